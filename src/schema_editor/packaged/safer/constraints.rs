//! Constraints: a unique one from an index, a check in two steps.

use crate::migration::operation::Deferrable;
use crate::migration::{Constraint, Index};
use crate::models::Model;
use crate::packages::Safer;
use crate::statement::quote_name;
use crate::value::Value;

use super::super::super::operations::not_valid;
use super::super::super::run::Run;
use super::{Demanded, SaferOperation};

impl Run<'_> {
    pub(super) fn safer_add_constraint(
        &mut self,
        model: &Model<'_>,
        constraint: &Constraint,
        operation: SaferOperation<'_>,
    ) {
        if let Some(wanted) = other_class(operation.about, constraint) {
            self.refuse(format!("the package takes a {wanted} here, and no other class"));
            return;
        }
        match constraint {
            Constraint::Unique { .. } => self.safer_unique(model, constraint, operation.raise_if_exists),
            Constraint::Check { name, .. } => {
                let Some(table) = self.written_into(model) else {
                    return;
                };
                if !self.has_constraint(&table, name)
                    && let Some(statement) = self.create_constraint(model, constraint)
                {
                    self.execute_with(not_valid(statement), ";");
                    self.validate(&table, name);
                } else if self.is_not_valid(&table, name) {
                    self.validate(&table, name);
                }
            }
            Constraint::Exclusion { .. } => self.opaque("it takes no exclusion constraint"),
            Constraint::Unknown { reason, .. } => self.opaque(reason.clone()),
        }
    }

    /// `create_unique_constraint`: an index first, then the constraint over it, unless the index is all there is to it.
    pub(super) fn safer_unique(&mut self, model: &Model<'_>, constraint: &Constraint, raise_if_exists: bool) {
        let Constraint::Unique {
            name,
            fields,
            expressions,
            condition,
            deferrable,
            include,
            opclasses,
            nulls_distinct,
        } = constraint
        else {
            return;
        };
        let demanded = match nulls_distinct {
            Some(false) => Demanded::NotDistinct,
            Some(true) | None => Demanded::Distinct,
        };
        let condition = condition.clone().filter(|condition| *condition != Value::None);
        let has_condition = condition.is_some();
        let index = Index {
            name: Some(name.clone()),
            expressions: expressions.clone(),
            opclasses: opclasses.clone(),
            condition,
            ..Index::over(fields)
        };
        if has_condition || !expressions.is_empty() {
            if !include.is_empty() {
                self.leave_out(
                    "`include`",
                    format!("`{name}` is built without the columns that it names"),
                );
            }
            if has_condition && demanded == Demanded::NotDistinct {
                self.refuse("the package writes NULLS NOT DISTINCT behind the condition, where Postgres takes none");
                return;
            }
            self.safer_create_index(model, &index, demanded);
            return;
        }
        let Some(table) = self.written_into(model) else {
            return;
        };
        if self.has_constraint(&table, name) {
            if raise_if_exists {
                self.refuse(format!(
                    "there is a constraint `{name}` already, and raise_if_exists is true"
                ));
            }
            return;
        }
        self.safer_create_index(model, &index, demanded);
        let quoted = quote_name(name);
        if !include.is_empty() || !opclasses.is_empty() {
            // It cuts the statement of Django at ` UNIQUE`, and this one begins with CREATE UNIQUE INDEX.
            let given = if include.is_empty() { "opclasses" } else { "include" };
            self.refuse(format!(
                "with `{given}` the package sends CREATE UNIQUE USING INDEX {quoted}, which Postgres cannot read; the index is built and stays"
            ));
            return;
        }
        let deferred = match deferrable {
            Some(Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
            Some(Deferrable::Immediate) => {
                self.leave_out(
                    "`deferrable`",
                    format!("`{name}` cannot be deferred, and SET CONSTRAINTS fails"),
                );
                ""
            }
            None => "",
        };
        let table = quote_name(&table);
        self.execute_text(format!(
            "ALTER TABLE {table} ADD CONSTRAINT {quoted} UNIQUE USING INDEX {quoted}{deferred}"
        ));
    }

    pub(super) fn safer_remove_constraint(&mut self, model: &Model<'_>, name: &str, about: Safer) {
        let declared = model.state.options.constraints.iter();
        let Some(constraint) = declared.clone().find(|constraint| constraint.name() == Some(name)) else {
            if !self.is_whole(model) {
                self.opaque(format!("no migration at hand declares a constraint {name}"));
            }
            return;
        };
        if about == Safer::UniqueConstraint && other_class(about, constraint).is_some() {
            self.refuse(format!(
                "the package asks `{name}` for what only a UniqueConstraint has"
            ));
            return;
        }
        if is_index(constraint) {
            if about == Safer::CheckConstraint {
                self.leave_out(
                    format!("the removal of `{name}`"),
                    "it is an index, which this looks for among the constraints, and it stays",
                );
            } else {
                self.safer_drop_index(model, name);
            }
        } else if let Some(table) = self.written_into(model)
            && self.has_constraint(&table, name)
        {
            self.remove_constraint(model, constraint, name);
        }
    }
}

/// The class that it takes, where this is another.
fn other_class(about: Safer, constraint: &Constraint) -> Option<&'static str> {
    match (about, constraint) {
        (Safer::UniqueConstraint, Constraint::Check { .. } | Constraint::Exclusion { .. }) => Some("UniqueConstraint"),
        (Safer::CheckConstraint, Constraint::Unique { .. } | Constraint::Exclusion { .. }) => Some("CheckConstraint"),
        _ => None,
    }
}

/// Whether Django makes an index of it, and no constraint.
fn is_index(constraint: &Constraint) -> bool {
    matches!(constraint, Constraint::Unique { expressions, condition, .. }
        if !expressions.is_empty() || condition.as_ref().is_some_and(|condition| *condition != Value::None))
}
