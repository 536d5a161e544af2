//! `SafeRemoveField` and `SafeDeleteModel` of Sentry: what leaves the state is set aside, and dropped by a later migration.
//! See src/sentry/new_migrations/monkey.

use crate::migration::{FieldKind, Operation, RemovalPhase};
use crate::models::{ModelField, Models, View};

use super::super::run::Run;

impl Run<'_> {
    /// Either half of what `removal` does in one.
    pub(in super::super) fn two_phase_removal(
        &mut self,
        app: &str,
        removal: &Operation,
        phase: RemovalPhase,
        models: &mut Models,
    ) {
        match phase {
            RemovalPhase::SetAside => {
                self.refuse_to_set_aside(app, removal, models.now());
                models.set_aside(app, removal);
            }
            RemovalPhase::Drop if models.bring_back(app, removal) => self.operation(app, removal, models),
            RemovalPhase::Drop => {
                self.refuse("it must be in the pending deletion state before it is deleted: no operation with MOVE_TO_PENDING has put it there");
            }
        }
    }

    /// `state_forwards`, where it raises `UnsafeOperationException`.
    fn refuse_to_set_aside(&mut self, app: &str, removal: &Operation, models: View<'_>) {
        match removal {
            Operation::RemoveField { model_name, name } => {
                let model = self.model(models, app, model_name);
                let Some(field) = model.field(name) else { return };
                if has_constraint(&field) {
                    self.refuse(format!(
                        "the constraint of the foreign key `{name}` must be removed before: AlterField with db_constraint=False"
                    ));
                } else if !field.field.null && field.field.db_default.is_none() {
                    self.refuse(format!("`{name}` must be nullable or have a db_default before"));
                }
            }
            Operation::DeleteModel { name } => {
                let model = self.model(models, app, name);
                let keys = model.local_fields().into_iter().filter(has_constraint);
                let keys: Vec<String> = keys.map(|field| format!("`{}`", field.name)).collect();
                if !keys.is_empty() {
                    self.refuse(format!(
                        "the constraints of its foreign keys must be removed before ({}): AlterField with db_constraint=False",
                        keys.join(", ")
                    ));
                }
            }
            _ => {}
        }
    }
}

fn has_constraint(field: &ModelField<'_>) -> bool {
    match &field.field.kind {
        FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => relation.db_constraint,
        FieldKind::ManyToMany(_)
        | FieldKind::Plain(_)
        | FieldKind::Array { .. }
        | FieldKind::Generated { .. }
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::Database { .. }
        | FieldKind::NoColumn
        | FieldKind::Unknown(_) => false,
    }
}
