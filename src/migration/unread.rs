//! What of an operation could not be read: its class, or one of its arguments.

use crate::value::Value;

use super::field::{Field, FieldKind, ManyToMany, ModelRef};
use super::operation::{Base, Constraint, Index, ModelOptions, Operation, SqlText};

impl Operation {
    /// Why the operation is not read as a whole, nested operations included; empty where its class and all arguments that
    /// matter to the database are known.
    ///
    /// A known default that varies, such as `timezone.now`, is read. The code of an operation class that is not Django's is
    /// not.
    #[must_use]
    pub fn unread(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        self.collect_unread(&mut reasons);
        reasons
    }

    fn collect_unread(&self, reasons: &mut Vec<String>) {
        match self {
            Operation::CreateModel {
                fields, options, bases, ..
            } => {
                fields.iter().for_each(|(_, field)| of_field(field, reasons));
                of_options(options, reasons);
                bases.iter().for_each(|base| of_base(base, reasons));
            }
            Operation::AddField { field, .. } | Operation::AlterField { field, .. } => of_field(field, reasons),
            Operation::AddIndex { index, .. } => of_index(index, reasons),
            Operation::AddConstraint { constraint, .. } | Operation::AlterConstraint { constraint, .. } => {
                of_constraint(constraint, reasons);
            }
            Operation::SeparateDatabaseAndState {
                database_operations,
                state_operations,
            } => {
                for node in database_operations.iter().chain(state_operations) {
                    node.operation.collect_unread(reasons);
                }
            }
            Operation::RunSql {
                sql, state_operations, ..
            } => {
                of_sql(sql, reasons);
                for node in state_operations {
                    node.operation.collect_unread(reasons);
                }
            }
            Operation::Packaged(packaged) => {
                if let Some(base) = packaged.base() {
                    base.collect_unread(reasons);
                }
            }
            Operation::Custom { path, .. } => reasons.push(format!("{path} is not one of Django's operations")),
            Operation::Unread { reason } => reasons.push(reason.clone()),
            Operation::AlterModelTable { table, .. } => reasons.extend(table.as_ref().err().cloned()),
            Operation::DeleteModel { .. }
            | Operation::RenameModel { .. }
            | Operation::AlterModelTableComment { .. }
            | Operation::AlterUniqueTogether { .. }
            | Operation::AlterIndexTogether { .. }
            | Operation::AlterOrderWithRespectTo { .. }
            | Operation::AlterModelOptions { .. }
            | Operation::AlterModelManagers { .. }
            | Operation::RemoveField { .. }
            | Operation::RenameField { .. }
            | Operation::RemoveIndex { .. }
            | Operation::RenameIndex { .. }
            | Operation::RemoveConstraint { .. }
            | Operation::ValidateConstraint { .. }
            | Operation::RunPython { .. }
            | Operation::CreateExtension { .. }
            | Operation::CreateCollation { .. }
            | Operation::RemoveCollation { .. } => {}
        }
    }
}

fn of_field(field: &Field, reasons: &mut Vec<String>) {
    named(&field.unknown, reasons);
    of_value("default", field.default.as_ref(), reasons);
    of_value("db_default", field.db_default.as_ref(), reasons);
    match &field.kind {
        FieldKind::Unknown(reason) => reasons.push(reason.clone()),
        FieldKind::Array { base, .. } => of_field(base, reasons),
        FieldKind::Generated { expression, output, .. } => {
            of_value("expression", Some(expression), reasons);
            of_field(output, reasons);
        }
        FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => of_model(&relation.to, reasons),
        FieldKind::ManyToMany(many) => of_many_to_many(many, reasons),
        FieldKind::Plain(_) | FieldKind::CompositePrimaryKey(_) | FieldKind::Database { .. } | FieldKind::NoColumn => {}
    }
}

fn of_many_to_many(many: &ManyToMany, reasons: &mut Vec<String>) {
    of_model(&many.to, reasons);
    if let Some(through) = &many.through {
        of_model(through, reasons);
    }
}

fn of_model(model: &ModelRef, reasons: &mut Vec<String>) {
    match model {
        ModelRef::Unknown(reason) => reasons.push(reason.clone()),
        ModelRef::Named { .. } | ModelRef::SelfReference | ModelRef::Setting(_) => {}
    }
}

fn of_base(base: &Base, reasons: &mut Vec<String>) {
    match base {
        Base::Model(model) => of_model(model, reasons),
        Base::Class(_) => {}
    }
}

fn of_options(options: &ModelOptions, reasons: &mut Vec<String>) {
    named(&options.unknown, reasons);
    options.indexes.iter().for_each(|index| of_index(index, reasons));
    let constraints = options.constraints.iter();
    constraints.for_each(|constraint| of_constraint(constraint, reasons));
}

fn of_index(index: &Index, reasons: &mut Vec<String>) {
    named(&index.unknown, reasons);
    of_value("condition", index.condition.as_ref(), reasons);
    let expressions = index.expressions.iter();
    expressions.for_each(|expression| of_value("expression", Some(expression), reasons));
}

fn of_constraint(constraint: &Constraint, reasons: &mut Vec<String>) {
    match constraint {
        Constraint::Unknown { reason, .. } => reasons.push(reason.clone()),
        Constraint::Check { condition, .. } => of_value("condition", Some(condition), reasons),
        Constraint::Unique {
            expressions, condition, ..
        } => {
            of_value("condition", condition.as_ref(), reasons);
            let expressions = expressions.iter();
            expressions.for_each(|expression| of_value("expression", Some(expression), reasons));
        }
        Constraint::Exclusion {
            expressions, condition, ..
        } => {
            of_value("condition", condition.as_ref(), reasons);
            let expressions = expressions.iter();
            expressions.for_each(|(expression, _)| of_value("expression", Some(expression), reasons));
        }
    }
}

fn of_sql(sql: &SqlText, reasons: &mut Vec<String>) {
    match sql {
        SqlText::Noop => {}
        SqlText::Pieces(pieces) => {
            let unread = pieces.iter().filter(|piece| piece.text.is_none());
            reasons.extend(unread.map(|_| "a string of SQL could not be evaluated".to_owned()));
        }
        SqlText::Unknown(reason) => reasons.push(reason.clone()),
    }
}

fn of_value(name: &str, value: Option<&Value>, reasons: &mut Vec<String>) {
    if let Some(unknown) = value.and_then(Value::unknown) {
        reasons.push(format!("{name}: {}", unknown.reason));
    }
}

fn named(unknown: &[(String, String)], reasons: &mut Vec<String>) {
    reasons.extend(unknown.iter().map(|(name, reason)| format!("{name}: {reason}")));
}
