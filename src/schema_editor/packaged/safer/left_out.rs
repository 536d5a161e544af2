//! What the operations are given and do not do: it gets into the state, and the database lacks it.

use crate::migration::FieldKind;
use crate::models::ModelField;
use crate::packages::Safer;
use crate::unknown::Identifier;

use super::super::super::LeftOut;
use super::super::super::run::Run;

impl Run<'_> {
    /// An argument reaches the state alone.
    pub(super) fn leave_out(&mut self, argument: impl Into<String>, consequence: impl Into<String>) {
        self.editor.outcome.left_out.push(LeftOut {
            operation: self.editor.operation.clone(),
            argument: argument.into(),
            consequence: consequence.into(),
        });
    }

    /// `SaferAlterFieldSetNotNull` sets NOT NULL, whatever else of the field is another now.
    pub(super) fn leave_out_of_not_null(
        &mut self,
        old: Option<&ModelField<'_>>,
        new: &ModelField<'_>,
        table: &str,
        column: &str,
    ) {
        let Some(old) = old else { return };
        let name = &new.name;
        if new.field.null {
            let harm = format!("`{column}` of `{table}` becomes NOT NULL, and inserts of None fail");
            self.leave_out("`null=True`", harm);
        }
        if let (Some(was), Some(is)) = (old.db_type(), new.db_type())
            && let (Some(was), Some(is)) = (was.known(), is.known())
            && was != is
        {
            let same_kind = was.split('(').next() == is.split('(').next();
            let argument = if same_kind && is.starts_with("varchar") {
                "`max_length`"
            } else {
                "the type"
            };
            self.leave_out(
                argument,
                format!("`{column}` of `{table}` stays {was}, and the models say {is}"),
            );
        }
        if new.field.unique() && !old.field.unique() {
            self.leave_out("`unique`", format!("nothing keeps `{name}` unique in `{table}`"));
        } else if new.field.db_index && !old.field.db_index && !old.field.unique() {
            self.leave_out("`db_index`", format!("no index is built for `{name}` of `{table}`"));
        }
        let fills = new.field.default.is_some() && new.field.default != old.field.default;
        if fills && old.field.null && !new.field.null && self.connection.catalog().is_unfilled(table, column) {
            let harm = format!(
                "rows of `{table}` without `{column}` do not get it, and with one of them VALIDATE CONSTRAINT fails"
            );
            self.leave_out("`default`", harm);
        }
        if new.field.db_default.is_some() && new.field.db_default != old.field.db_default {
            self.leave_out("`db_default`", format!("`{column}` of `{table}` has no such default"));
        }
        if new.collation() != old.collation() {
            self.leave_out(
                "`db_collation`",
                format!("`{column}` of `{table}` keeps the collation that it has"),
            );
        }
        let target = |field: &ModelField<'_>| {
            let relation = field.field.relation()?;
            field.model.view.key_of(&relation.to, field.model.key()).ok()
        };
        if target(new) != target(old) {
            self.leave_out(
                "the relation",
                format!("the foreign keys of `{column}` of `{table}` stay as they are"),
            );
        }
        let constrained =
            |field: &ModelField<'_>| field.field.relation().is_some_and(|relation| relation.db_constraint);
        if constrained(new) != constrained(old) {
            self.leave_out(
                "`db_constraint`",
                format!("the foreign keys of `{column}` of `{table}` stay as they are"),
            );
        }
    }

    /// `ForeignKeyManager` looks at `null`, `to_field` and `db_index` of a field, and at what it points to.
    pub(super) fn leave_out_of_key(&mut self, field: &ModelField<'_>, column: &str, about: Safer) {
        let (name, declared) = (&field.name, &field.field);
        if about == Safer::ForeignKey && declared.primary_key {
            self.leave_out("`primary_key`", format!("`{column}` becomes no primary key"));
        } else if about == Safer::ForeignKey && declared.unique() {
            let argument = if matches!(declared.kind, FieldKind::OneToOne(_)) {
                "the uniqueness of a OneToOneField"
            } else {
                "`unique`"
            };
            self.leave_out(argument, format!("nothing keeps `{name}` unique"));
        } else if about == Safer::OneToOne && !declared.unique() {
            self.leave_out(
                "the ForeignKey",
                format!("the column is unique, and a second row with the same `{name}` is refused"),
            );
        }
        if let Some(Identifier::Known(wanted)) = field.column()
            && wanted != column
        {
            self.leave_out(
                "`db_column`",
                format!("the column is called `{column}`, and queries ask for `{wanted}`"),
            );
        }
        if declared.relation().is_some_and(|relation| !relation.db_constraint) {
            self.leave_out(
                "`db_constraint=False`",
                format!("a foreign key is made for `{column}`, and refuses values that the models allow"),
            );
        }
        for (argument, given) in [("`default`", &declared.default), ("`db_default`", &declared.db_default)] {
            if given.as_ref().is_some_and(|value| *value != crate::value::Value::None) {
                self.leave_out(argument, format!("no row gets it for `{name}`"));
            }
        }
    }

    /// A field that has another column, or none.
    pub(super) fn leave_column(&mut self, field: &ModelField<'_>, column: &str) {
        let name = &field.name;
        let removal = format!("the removal of `{name}`");
        match field.column() {
            Some(Identifier::Known(own)) if own == column => {}
            Some(Identifier::Known(own)) => {
                self.leave_out(
                    removal,
                    format!("it drops a column `{column}` where there is one, and `{own}` stays"),
                );
            }
            Some(Identifier::Unknown(unknown)) => self.partial(unknown.reason()),
            None => self.leave_out(
                removal,
                format!("it drops a column `{column}` where there is one, and what `{name}` has stays"),
            ),
        }
    }
}
