//! What of a statement is not known.

use crate::unknown::{Identifier, Sql, Unknown};

use super::{
    AlterTableAction, Column, ConstraintKind, CreateIndex, DefaultValue, ForeignKey, IndexItem, Name, Statement,
    TableConstraint, Using, Volatility,
};

/// Collects what is not known, in order.
#[derive(Default)]
struct Collected(Vec<Unknown>);

impl Statement {
    /// All parts that are not known, in order.
    #[must_use]
    pub fn unknowns(&self) -> Vec<Unknown> {
        let mut found = Collected::default();
        found.statement(self);
        found.0
    }

    /// Those of them that are values alone: a default whose kind is known, but whose text is not before it runs.
    #[must_use]
    pub fn unknown_values(&self) -> Vec<Unknown> {
        let constant = |default: &&DefaultValue| default.volatility == Volatility::Constant;
        match self {
            Statement::UpdateNulls { value, .. } => value.unknowns().to_vec(),
            Statement::AlterTable { actions, .. } => {
                let defaults = actions.iter().filter_map(|action| match action {
                    AlterTableAction::AddColumn(column) => column.default.as_ref(),
                    AlterTableAction::SetDefault { default, .. } => Some(default),
                    _ => None,
                });
                let values = defaults.filter(constant);
                values.flat_map(|default| default.sql.unknowns()).cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The table that it is about, where its name is not known.
    #[must_use]
    pub fn nameless_table(&self) -> Option<&Unknown> {
        self.table()?.unknown()
    }

    /// The table that it is about, where it names one.
    #[must_use]
    pub fn table(&self) -> Option<&Identifier> {
        match self {
            Statement::CreateTable(create) => Some(&create.table),
            Statement::CreateIndex(create) => Some(&create.table),
            Statement::DropTable { table, .. }
            | Statement::RenameTable { from: table, .. }
            | Statement::AlterTable { table, .. }
            | Statement::Comment { table, .. }
            | Statement::UpdateNulls { table, .. } => Some(table),
            Statement::DropIndex { table, .. } | Statement::RenameIndex { table, .. } => table.as_ref(),
            Statement::SetConstraintsImmediate { .. }
            | Statement::AlterSequenceType { .. }
            | Statement::CreateSequence { .. }
            | Statement::DropSequence { .. }
            | Statement::CreateExtension { .. }
            | Statement::CreateCollation { .. }
            | Statement::DropCollation { .. }
            | Statement::Command { .. }
            | Statement::Unread { .. } => None,
        }
    }

    /// The statement as SQL that remembers what of it is not known.
    #[must_use]
    pub fn sql(&self) -> Sql {
        Sql::composed(self.to_string(), self.unknowns())
    }
}

impl AlterTableAction {
    /// The column that it is about.
    #[must_use]
    pub fn column(&self) -> Option<&Identifier> {
        match self {
            AlterTableAction::AddColumn(column) => Some(&column.name),
            AlterTableAction::DropColumn { column, .. }
            | AlterTableAction::RenameColumn { from: column, .. }
            | AlterTableAction::AlterType { column, .. }
            | AlterTableAction::SetDefault { column, .. }
            | AlterTableAction::DropDefault { column }
            | AlterTableAction::SetNotNull { column }
            | AlterTableAction::DropNotNull { column }
            | AlterTableAction::AddIdentity { column }
            | AlterTableAction::DropIdentity { column } => Some(column),
            AlterTableAction::AddConstraint(_)
            | AlterTableAction::DropConstraint { .. }
            | AlterTableAction::ValidateConstraint { .. }
            | AlterTableAction::SetTablespace { .. }
            | AlterTableAction::Change { .. } => None,
        }
    }
}

impl Collected {
    fn sql(&mut self, sql: &Sql) {
        self.0.extend_from_slice(sql.unknowns());
    }

    fn identifier(&mut self, name: &Identifier) {
        self.0.extend(name.unknown().cloned());
    }

    /// A name that was derived from something unknown tells so itself.
    fn name(&mut self, name: &Name) {
        self.0.extend(name.unknown());
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::CreateTable(create) => {
                self.identifier(&create.table);
                create.columns.iter().for_each(|column| self.column(column));
                let constraints = create.constraints.iter();
                constraints.for_each(|constraint| self.constraint(constraint));
                self.0.extend_from_slice(&create.unread);
            }
            Statement::AlterTable { table, actions, .. } => {
                self.identifier(table);
                actions.iter().for_each(|action| self.action(action));
            }
            Statement::CreateIndex(create) => self.index(create),
            Statement::UpdateNulls { table, column, value } => {
                self.identifier(table);
                self.identifier(column);
                self.sql(value);
            }
            Statement::Comment { table, column, .. } => {
                self.identifier(table);
                column.iter().for_each(|column| self.identifier(column));
            }
            Statement::AlterSequenceType { sequence, data_type } => {
                self.identifier(sequence);
                self.sql(data_type.text());
            }
            Statement::DropTable { table: name, .. }
            | Statement::CreateSequence { sequence: name, .. }
            | Statement::DropSequence { sequence: name, .. } => self.identifier(name),
            Statement::RenameTable { from, to, .. } => {
                self.identifier(from);
                self.identifier(to);
            }
            Statement::SetConstraintsImmediate {
                constraint: Some(name), ..
            }
            | Statement::DropIndex { name, .. } => self.name(name),
            Statement::RenameIndex { from, to, .. } => {
                self.name(from);
                self.name(to);
            }
            Statement::SetConstraintsImmediate { constraint: None, .. }
            | Statement::CreateExtension { .. }
            | Statement::CreateCollation { .. }
            | Statement::DropCollation { .. }
            | Statement::Command { .. }
            | Statement::Unread { .. } => {}
        }
    }

    fn column(&mut self, column: &Column) {
        self.identifier(&column.name);
        self.sql(column.data_type.text());
        if let Some(default) = &column.default {
            self.sql(&default.sql);
        }
        if let Some(generated) = &column.generated {
            self.sql(&generated.expression.sql);
        }
        if let Some(check) = &column.check {
            self.sql(&check.sql);
        }
        if let Some(key) = &column.references {
            self.name(&key.name);
            self.foreign_key(key);
        }
    }

    fn foreign_key(&mut self, key: &ForeignKey) {
        let places = std::iter::once(&key.to_table).chain(&key.to_columns);
        places.chain(&key.columns).for_each(|place| self.identifier(place));
    }

    fn constraint(&mut self, constraint: &TableConstraint) {
        if let Some(name) = &constraint.name {
            self.name(name);
        }
        match &constraint.kind {
            ConstraintKind::Check(expression) | ConstraintKind::Exclude { definition: expression } => {
                self.sql(&expression.sql);
            }
            ConstraintKind::ForeignKey(key) => self.foreign_key(key),
            ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => {
                columns.iter().for_each(|column| self.identifier(column));
            }
        }
    }

    fn action(&mut self, action: &AlterTableAction) {
        match action {
            AlterTableAction::AddColumn(column) => self.column(column),
            AlterTableAction::AlterType {
                column,
                data_type,
                using,
                ..
            } => {
                self.identifier(column);
                self.sql(data_type.text());
                if let Some(Using::Expression(expression)) = using {
                    self.sql(expression);
                }
            }
            AlterTableAction::SetDefault { column, default } => {
                self.identifier(column);
                self.sql(&default.sql);
            }
            AlterTableAction::AddConstraint(constraint) => self.constraint(constraint),
            AlterTableAction::DropConstraint { name, .. } | AlterTableAction::ValidateConstraint { name } => {
                self.name(name);
            }
            AlterTableAction::RenameColumn { from, to } => {
                self.identifier(from);
                self.identifier(to);
            }
            AlterTableAction::DropColumn { column, .. }
            | AlterTableAction::DropDefault { column }
            | AlterTableAction::SetNotNull { column }
            | AlterTableAction::DropNotNull { column }
            | AlterTableAction::AddIdentity { column }
            | AlterTableAction::DropIdentity { column } => self.identifier(column),
            AlterTableAction::SetTablespace { .. } | AlterTableAction::Change { .. } => {}
        }
    }

    fn index(&mut self, create: &CreateIndex) {
        self.identifier(&create.table);
        self.name(&create.name);
        for item in &create.items {
            match item {
                IndexItem::Column { name, .. } => self.identifier(name),
                IndexItem::Expression(expression) => self.sql(&expression.sql),
            }
        }
        create.include.iter().for_each(|column| self.identifier(column));
        if let Some(with) = &create.with {
            self.sql(with);
        }
        if let Some(condition) = &create.condition {
            self.sql(&condition.sql);
        }
    }
}
