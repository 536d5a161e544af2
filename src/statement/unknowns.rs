//! What a statement shows as `<unknown: reason>`.

use super::{
    AlterTableAction, Column, ConstraintKind, CreateIndex, DefaultValue, IndexItem, Name, Statement, TableConstraint,
    Using, Volatility,
};

const OPENING: &str = "<unknown: ";

/// How an unknown part is shown inside an otherwise right statement.
#[must_use]
pub fn unknown(reason: &str) -> String {
    let reason = reason.replace(['<', '>'], "");
    format!("{OPENING}{reason}>")
}

/// Whether something in a piece of SQL is not known.
pub(crate) fn has_unknown(sql: &str) -> bool {
    sql.contains(OPENING)
}

/// The reasons in a piece of SQL, in order.
fn reasons(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(OPENING)
        .skip(1)
        .map(|rest| rest.split_once('>').map_or(rest, |(reason, _)| reason))
}

impl Statement {
    /// The reasons of all parts that are not known, in order.
    #[must_use]
    pub fn unknowns(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.visit_sql(&mut |sql| {
            if sql.contains(OPENING) {
                found.extend(reasons(sql).map(str::to_owned));
            }
        });
        found
    }

    /// Those of them that are values alone: a default whose kind is known, but whose text is not before it runs.
    #[must_use]
    pub fn unknown_values(&self) -> Vec<String> {
        let constant = |default: &DefaultValue| {
            let is_value = default.volatility == Volatility::Constant && has_unknown(&default.sql);
            is_value.then(|| default.sql.clone())
        };
        let sql: Vec<String> = match self {
            Statement::UpdateNulls { value, .. } => vec![value.clone()],
            Statement::AlterTable { actions, .. } => {
                let defaults = actions.iter().filter_map(|action| match action {
                    AlterTableAction::AddColumn(column) => column.default.as_ref(),
                    AlterTableAction::SetDefault { default, .. } => Some(default),
                    _ => None,
                });
                defaults.filter_map(constant).collect()
            }
            _ => Vec::new(),
        };
        sql.iter().flat_map(|sql| reasons(sql).map(str::to_owned)).collect()
    }

    /// Every part that can hold something unknown.
    fn visit_sql(&self, visit: &mut dyn FnMut(&str)) {
        match self {
            Statement::CreateTable(create) => {
                visit(&create.table);
                create.columns.iter().for_each(|column| visit_column(column, visit));
                create
                    .constraints
                    .iter()
                    .for_each(|constraint| visit_constraint(constraint, visit));
            }
            Statement::AlterTable { table, actions } => {
                visit(table);
                actions.iter().for_each(|action| visit_action(action, visit));
            }
            Statement::CreateIndex(create) => visit_index(create, visit),
            Statement::UpdateNulls { value, .. } => visit(value),
            Statement::DropTable { table, .. } | Statement::RenameTable { from: table, .. } => visit(table),
            Statement::Comment { text, .. } => visit(text),
            Statement::AlterSequenceType { data_type, .. } => visit(&data_type.text),
            Statement::SetConstraintsImmediate {
                constraint: Some(name), ..
            } => visit_name(name, visit),
            Statement::DropIndex { name, .. } => visit_name(name, visit),
            Statement::RenameIndex { from, to, .. } => {
                visit_name(from, visit);
                visit_name(to, visit);
            }
            Statement::SetConstraintsImmediate { constraint: None, .. }
            | Statement::CreateSequence { .. }
            | Statement::DropSequence { .. }
            | Statement::CreateExtension { .. }
            | Statement::CreateCollation { .. }
            | Statement::DropCollation { .. }
            | Statement::Command { .. }
            | Statement::Unread { .. } => {}
        }
    }
}

fn visit_column(column: &Column, visit: &mut dyn FnMut(&str)) {
    visit(&column.name);
    visit(&column.data_type.text);
    if let Some(default) = &column.default {
        visit(&default.sql);
    }
    if let Some(generated) = &column.generated {
        visit(&generated.expression.sql);
    }
    if let Some(key) = &column.references {
        visit(&key.to_table);
        key.to_columns.iter().for_each(|column| visit(column));
    }
}

/// A name that was derived from something unknown tells so itself.
fn visit_name(name: &Name, visit: &mut dyn FnMut(&str)) {
    match name {
        Name::Given(name) => visit(name),
        Name::Derived(derived) => {
            visit(&derived.table);
            derived.columns.iter().for_each(|column| visit(column));
            if let Some((table, column)) = &derived.target {
                visit(table);
                visit(column);
            }
        }
    }
}

fn visit_constraint(constraint: &TableConstraint, visit: &mut dyn FnMut(&str)) {
    if let Some(name) = &constraint.name {
        visit_name(name, visit);
    }
    match &constraint.kind {
        ConstraintKind::Check(expression) | ConstraintKind::Exclude { definition: expression } => {
            visit(&expression.sql);
        }
        ConstraintKind::ForeignKey(key) => {
            visit(&key.to_table);
            key.to_columns.iter().for_each(|column| visit(column));
        }
        ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => {
            columns.iter().for_each(|column| visit(column));
        }
    }
}

fn visit_action(action: &AlterTableAction, visit: &mut dyn FnMut(&str)) {
    match action {
        AlterTableAction::AddColumn(column) => visit_column(column, visit),
        AlterTableAction::AlterType { data_type, using, .. } => {
            visit(&data_type.text);
            if let Some(Using::Expression(expression)) = using {
                visit(expression);
            }
        }
        AlterTableAction::SetDefault { default, .. } => visit(&default.sql),
        AlterTableAction::AddConstraint(constraint) => visit_constraint(constraint, visit),
        AlterTableAction::DropColumn { column, .. } => visit(column),
        AlterTableAction::DropConstraint { name, .. } | AlterTableAction::ValidateConstraint { name } => {
            visit_name(name, visit);
        }
        AlterTableAction::RenameColumn { .. }
        | AlterTableAction::DropDefault { .. }
        | AlterTableAction::SetNotNull { .. }
        | AlterTableAction::DropNotNull { .. }
        | AlterTableAction::AddIdentity { .. }
        | AlterTableAction::DropIdentity { .. }
        | AlterTableAction::SetTablespace { .. }
        | AlterTableAction::Change { .. } => {}
    }
}

fn visit_index(create: &CreateIndex, visit: &mut dyn FnMut(&str)) {
    visit_name(&create.name, visit);
    for item in &create.items {
        match item {
            IndexItem::Column { name, .. } => visit(name),
            IndexItem::Expression(expression) => visit(&expression.sql),
        }
    }
    create.include.iter().for_each(|column| visit(column));
    if let Some(with) = &create.with {
        visit(with);
    }
    if let Some(condition) = &create.condition {
        visit(&condition.sql);
    }
}
