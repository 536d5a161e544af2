//! Renames: the name changes in Python alone.

use crate::migration::{ModelRef, Operation};
use crate::plan::{Declared, Plan, PlannedMigration, PlannedOperation, apart};
use crate::python::{TopLevel, WrittenCall, names_in};
use crate::versions::DjangoVersion;

use super::{Cure, model_line, step};

impl Cure<'_> {
    /// `db_column` keeps the column; then `RenameField` sends nothing.
    pub(super) fn renamed_field(&self) -> Option<Plan> {
        let Operation::RenameField { old_name, new_name, .. } = &self.node.operation else {
            return None;
        };
        let before = self.before.field.as_ref()?;
        let (file, text) = (self.text_at)(before.field.range.0)?;
        let written = WrittenCall::read(text)?;
        // The model that it points to may have another name since.
        let written = match before.field.reference() {
            Some(ModelRef::Named { app, name }) => written.with_argument(0, "to", &format!("\"{app}.{name}\"")),
            Some(ModelRef::SelfReference | ModelRef::Setting(_)) | None => written,
            Some(ModelRef::Unknown(_)) => return None,
        };
        let column = format!("\"{}\"", before.column);
        let field = written.with("db_column", &column).print();
        let keep = self.operation_on_field("AlterField", old_name, &field);
        let mut migration = PlannedMigration::atomic(self.of_state(keep));
        migration.imports = TopLevel::of(&file.text).imports_of(&names_in(&field))?;
        let steps = vec![model_line(new_name, &field), step("sends nothing", migration)];
        let summary = format!(
            "rename it in Python alone: with `db_column` the column stays `{}`, and nothing is sent",
            before.column
        );
        Some(Plan::new(summary, steps).declaring(Declared::KeepsName, "The column keeps its name in the database."))
    }

    /// What keeps a name, and the operation, which sends nothing behind it.
    fn of_state(&self, keep: String) -> Vec<PlannedOperation> {
        [keep, self.written()].map(PlannedOperation::of_state).into()
    }

    /// `db_table` keeps the table.
    pub(super) fn renamed_model(&self) -> Option<Plan> {
        let Operation::RenameModel { old_name, .. } = &self.node.operation else {
            return None;
        };
        if self.before.is_target_of_automatic {
            return None;
        }
        let table = self.before.table.as_deref()?;
        let keep = format!("migrations.AlterModelTable(name=\"{old_name}\", table=\"{table}\")");
        let meta = crate::plan::Step {
            release: 1,
            does: "the model".to_owned(),
            content: crate::plan::Content::Meta {
                option: "db_table",
                value: format!("\"{table}\""),
            },
        };
        // Before Django 5.0 it makes the foreign keys to the model again, though their table is the same.
        let operations = if self.django < DjangoVersion::new(5, 0) {
            vec![apart(Vec::new(), &[keep, self.written()])]
        } else {
            self.of_state(keep)
        };
        let migration = PlannedMigration::atomic(operations);
        let plan = Plan::new(
            format!("rename it in Python alone: with `db_table` the table stays `{table}`, and nothing is sent"),
            vec![meta, step("sends nothing", migration)],
        );
        Some(plan.declaring(Declared::KeepsName, "The table keeps its name in the database.").noting(
            "Permissions keep their codenames, and until the running release is gone its code makes the content type of the old name again.",
        ))
    }
}
