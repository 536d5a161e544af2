//! What one statement of Django's becomes: the templates `sql_..` of `DatabaseSchemaEditorMixin`.

use crate::backend::ZeroDowntime;
use crate::statement::{
    AlterTableAction, Column, ConstraintKind, CreateIndex, IndexItem, Name, SqlExpression, Statement, TableChange,
    TableConstraint, deferrable_sql, quote_name,
};
use crate::unknown::{Identifier, quoted, sql};
use crate::versions::DjangoVersion;

use super::super::columns::alter;
use super::super::constraints::create_unique;

/// One string, with the timeouts that are set around it.
#[derive(Clone, Debug)]
pub(in super::super) struct Guarded {
    pub(in super::super) statements: Vec<Statement>,
    pub(in super::super) guard: Guard,
}

/// The package's classes of statements, by the timeouts around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Guard {
    /// A string of its own, or `use_timeouts=False`.
    None,
    /// `PGAccessExclusive`: `STATEMENT_TIMEOUT` and `LOCK_TIMEOUT`.
    Timeouts,
    /// `PGShareUpdateExclusive`: no statement timeout, with `FLEXIBLE_STATEMENT_TIMEOUT`.
    NoStatementTimeout,
}

impl Guarded {
    fn new(statement: Statement, guard: Guard) -> Self {
        Self {
            statements: vec![statement],
            guard,
        }
    }
}

/// What one statement becomes: what is sent now, and what is put off.
#[derive(Debug, Default)]
pub(in super::super) struct Steps {
    pub(in super::super) now: Vec<Guarded>,
    pub(in super::super) later: Vec<Later>,
}

/// What is put off.
#[derive(Debug)]
pub(in super::super) enum Later {
    /// A statement of Django's that follows renames until it is its turn to become steps.
    Statement(Box<Statement>),
    /// A text that is composed by then.
    Fixed(Vec<Guarded>),
}

/// What Django's string becomes.
pub(super) fn steps(backend: &ZeroDowntime, django: DjangoVersion, mut string: Vec<Statement>) -> Steps {
    let adds_column = |statement: &Statement| {
        matches!(statement, Statement::AlterTable { actions, .. }
            if matches!(actions.as_slice(), [AlterTableAction::AddColumn(_)]))
    };
    if string.len() == 1 || string.first().is_some_and(adds_column) {
        // `sql_create_column_inline_fk = None`: what follows is about the key, which is put off.
        let first = string.drain(..).next();
        return first
            .map(|statement| single(backend, django, statement))
            .unwrap_or_default();
    }
    let drops_key = string.iter().any(|statement| {
        matches!(statement, Statement::AlterTable { actions, .. }
            if matches!(actions.as_slice(), [AlterTableAction::DropConstraint { .. }]))
    });
    let guard = if drops_key { Guard::Timeouts } else { Guard::None };
    Steps {
        now: vec![Guarded {
            statements: string,
            guard,
        }],
        later: Vec::new(),
    }
}

fn single(backend: &ZeroDowntime, django: DjangoVersion, statement: Statement) -> Steps {
    let (statement, guard) = match statement {
        Statement::AlterTable { table, actions, .. } => {
            let mut steps = Steps::default();
            // `supports_combined_alters` is switched off.
            for action in actions {
                let is_kept = backend.keeps_default(django) && matches!(action, AlterTableAction::DropDefault { .. });
                if !is_kept {
                    alter_table(backend, &table, action, &mut steps);
                }
            }
            return steps;
        }
        Statement::CreateIndex(index) => (
            Statement::CreateIndex(CreateIndex {
                concurrently: true,
                ..index
            }),
            Guard::NoStatementTimeout,
        ),
        Statement::DropIndex {
            table, name, cascade, ..
        } => {
            let statement = Statement::DropIndex {
                table,
                name,
                concurrently: true,
                if_exists: true,
                cascade,
            };
            (statement, Guard::NoStatementTimeout)
        }
        statement @ Statement::Comment { .. } => (statement, Guard::NoStatementTimeout),
        statement @ (Statement::RenameTable { .. }
        | Statement::AlterSequenceType { .. }
        | Statement::CreateSequence { .. }
        | Statement::DropSequence { .. }) => (statement, Guard::Timeouts),
        statement => (statement, Guard::None),
    };
    Steps {
        now: vec![Guarded::new(statement, guard)],
        later: Vec::new(),
    }
}

fn alter_table(backend: &ZeroDowntime, table: &Identifier, action: AlterTableAction, steps: &mut Steps) {
    match action {
        AlterTableAction::AddColumn(column) => add_column(table, *column, steps),
        AlterTableAction::SetNotNull { column } => steps.later.push(Later::Fixed(set_not_null(table, column))),
        AlterTableAction::AddConstraint(constraint) => steps.now.extend(add_constraint(backend, table, constraint)),
        // Django's operation of that name writes its own statement.
        action @ AlterTableAction::ValidateConstraint { .. } => {
            steps.now.push(Guarded::new(alter(table, action), Guard::None));
        }
        action => steps.now.push(Guarded::new(alter(table, action), Guard::Timeouts)),
    }
}

/// `_patched_iter_column_sql`, and `add_field` without keys that are part of the column.
fn add_column(table: &Identifier, mut column: Column, steps: &mut Steps) {
    let name = column.name.clone();
    if std::mem::take(&mut column.primary_key) {
        let constraint = TableConstraint {
            name: Some(Name::derived(table, std::slice::from_ref(&name), "_pk")),
            kind: ConstraintKind::PrimaryKey { columns: vec![name] },
            not_valid: false,
        };
        steps.later.push(Later::Fixed(key_by_index(table, constraint, "")));
    } else if std::mem::take(&mut column.unique) {
        let statement = create_unique(table, vec![name]);
        steps.later.push(Later::Statement(Box::new(statement)));
    }
    if let Some(key) = column.references.take() {
        let constraint = TableConstraint {
            name: Some(key.name.clone()),
            kind: ConstraintKind::ForeignKey(key),
            not_valid: false,
        };
        let statement = alter(table, AlterTableAction::AddConstraint(constraint));
        steps.later.push(Later::Statement(Box::new(statement)));
    }
    let statement = alter(table, AlterTableAction::AddColumn(Box::new(column)));
    steps.now.push(Guarded::new(statement, Guard::Timeouts));
}

/// `_sql_column_not_null`
fn set_not_null(table: &Identifier, column: Identifier) -> Vec<Guarded> {
    let name = Name::derived(table, std::slice::from_ref(&column), "_notnull");
    let check = ConstraintKind::Check(SqlExpression {
        sql: sql!("{} IS NOT NULL", quoted(&column)),
        columns: column.known().map(str::to_owned).into_iter().collect(),
    });
    let mut steps = in_two_steps(table, name.clone(), check);
    let drop = AlterTableAction::DropConstraint {
        name,
        if_exists: false,
        cascade: false,
    };
    for action in [AlterTableAction::SetNotNull { column }, drop] {
        steps.push(Guarded::new(alter(table, action), Guard::Timeouts));
    }
    steps
}

fn add_constraint(backend: &ZeroDowntime, table: &Identifier, constraint: TableConstraint) -> Vec<Guarded> {
    let name = constraint.name.clone();
    match (name, constraint.kind) {
        (Some(name), kind @ ConstraintKind::Check(_)) => in_two_steps(table, name, kind),
        (Some(name), ConstraintKind::ForeignKey(mut key)) => {
            if !backend.keeps_on_delete() {
                key.on_delete = None;
            }
            in_two_steps(table, name, ConstraintKind::ForeignKey(key))
        }
        (
            name @ Some(_),
            ConstraintKind::Unique {
                columns,
                deferrable,
                nulls_distinct,
            },
        ) => {
            let ending = if backend.keeps_deferrable() {
                deferrable_sql(deferrable)
            } else {
                ""
            };
            let kind = ConstraintKind::Unique {
                columns,
                deferrable,
                nulls_distinct,
            };
            let constraint = TableConstraint {
                name,
                kind,
                not_valid: false,
            };
            key_by_index(table, constraint, ending)
        }
        (name @ Some(_), kind @ ConstraintKind::PrimaryKey { .. }) => {
            let constraint = TableConstraint {
                name,
                kind,
                not_valid: false,
            };
            key_by_index(table, constraint, "")
        }
        (name, kind) => {
            let constraint = TableConstraint {
                name,
                kind,
                not_valid: constraint.not_valid,
            };
            let statement = alter(table, AlterTableAction::AddConstraint(constraint));
            vec![Guarded::new(statement, Guard::None)]
        }
    }
}

/// `NOT VALID`, then `VALIDATE CONSTRAINT`.
fn in_two_steps(table: &Identifier, name: Name, kind: ConstraintKind) -> Vec<Guarded> {
    let constraint = TableConstraint {
        name: Some(name.clone()),
        kind,
        not_valid: true,
    };
    let add = alter(table, AlterTableAction::AddConstraint(constraint));
    let validate = alter(table, AlterTableAction::ValidateConstraint { name });
    vec![
        Guarded::new(add, Guard::Timeouts),
        Guarded::new(validate, Guard::NoStatementTimeout),
    ]
}

/// A unique index, then the constraint that takes it over.
fn key_by_index(table: &Identifier, constraint: TableConstraint, ending: &str) -> Vec<Guarded> {
    let (columns, nulls_distinct, is_primary) = match constraint.kind {
        ConstraintKind::Unique {
            columns,
            nulls_distinct,
            ..
        } => (columns, nulls_distinct, false),
        ConstraintKind::PrimaryKey { columns } => (columns, None, true),
        ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) | ConstraintKind::Exclude { .. } => return Vec::new(),
    };
    let Some(name) = constraint.name else {
        return Vec::new();
    };
    let items = columns.into_iter().map(|name| IndexItem::Column {
        name,
        operator_class: None,
        suffix: None,
    });
    let index = CreateIndex {
        unique: true,
        concurrently: true,
        nulls_distinct,
        ..CreateIndex::over(table.clone(), name.clone(), items.collect())
    };
    let shown = name.shown();
    let quoted = quote_name(&shown);
    let kind = if is_primary { "PRIMARY KEY" } else { "UNIQUE" };
    let change = AlterTableAction::Change {
        text: format!("ADD CONSTRAINT {quoted} {kind} USING INDEX {quoted}{ending}"),
        change: TableChange::AddKeyUsingIndex {
            index: shown.into_owned(),
            primary: is_primary,
            name: Some(name),
        },
    };
    vec![
        Guarded::new(Statement::CreateIndex(index), Guard::NoStatementTimeout),
        Guarded::new(alter(table, change), Guard::Timeouts),
    ]
}
