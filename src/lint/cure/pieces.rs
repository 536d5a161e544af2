//! What an operation sends, statement by statement, as the work that a plan has to do in another way.

use crate::plan::{PlannedOperation, run_sql};
use crate::statement::{
    AlterTableAction, ConstraintKind, CreateIndex, ForeignKey, IndexItem, Name, Statement, TableConstraint, quote_name,
};
use crate::unknown::Identifier;

/// One piece of work on a table that is in use.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// A change of the catalog: it takes a moment.
    Brief(Reversible),
    /// An index of a partitioned table, which holds nothing until those of its partitions are attached.
    Hollow {
        /// How it is made.
        make: Reversible,
        /// Its name.
        name: String,
    },
    /// An index that is built concurrently.
    Build(Build),
    /// An index that is dropped concurrently.
    Unbuild {
        /// Its name.
        name: String,
    },
    /// A constraint over an index that is there.
    Attach(Reversible),
    /// A constraint that goes.
    Detach(Reversible),
    /// A constraint that holds for new rows, and is proved for the old ones afterwards.
    Prove {
        /// `ADD CONSTRAINT .. NOT VALID`
        add: Reversible,
        /// `VALIDATE CONSTRAINT`
        validate: String,
        /// Whether it is a foreign key.
        is_key: bool,
    },
    /// Rows get a value where they have none.
    Fill,
    /// `SET NOT NULL`
    NotNull {
        /// Its table.
        table: String,
        /// Its column.
        column: String,
    },
}

/// A constraint that is there: how it goes, and comes again.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub name: String,
    pub columns: Vec<String>,
    pub change: Reversible,
    pub is_key: bool,
}

/// A statement and the one that takes it back.
#[derive(Clone, Debug)]
pub(super) struct Reversible {
    pub sql: String,
    pub reverse: String,
}

/// An index to be built.
#[derive(Clone, Debug)]
pub(super) struct Build {
    pub name: String,
    pub create: String,
    pub drop: String,
    pub statement: Box<CreateIndex>,
    /// Whether it goes with the index of the partitioned table that it is attached to.
    goes_along: bool,
}

impl Build {
    pub(super) fn of(create: &CreateIndex) -> Option<Self> {
        let name = create.name.known()?.into_owned();
        create.table.known()?;
        let concurrent = CreateIndex {
            concurrently: true,
            ..create.clone()
        };
        let sql = Statement::CreateIndex(concurrent.clone()).to_string();
        Some(Self {
            drop: format!("DROP INDEX CONCURRENTLY IF EXISTS {}", quote_name(&name)),
            name,
            create: sql,
            statement: Box::new(concurrent),
            goes_along: false,
        })
    }

    /// One of a partition: it goes with the index that it is attached to.
    pub(super) fn of_partition(self) -> Self {
        Self {
            goes_along: true,
            ..self
        }
    }

    /// A list, so that a second run begins where the first has failed.
    pub(super) fn operation(&self) -> PlannedOperation {
        run_sql(
            &[self.drop.clone(), self.create.clone()],
            Some(if self.goes_along {
                &[]
            } else {
                std::slice::from_ref(&self.drop)
            }),
        )
    }
}

impl Reversible {
    pub(super) fn operation(&self) -> PlannedOperation {
        let reverse = Some(self.reverse.clone()).filter(|reverse| !reverse.is_empty());
        run_sql(std::slice::from_ref(&self.sql), Some(reverse.as_slice()))
    }
}

/// What one statement, or one action of it, does.
#[derive(Clone, Copy)]
pub(super) enum Change<'s> {
    Statement(&'s Statement),
    Action(&'s Identifier, &'s AlterTableAction),
}

impl Change<'_> {
    /// Whether it makes a foreign key.
    pub(super) fn adds_key(&self) -> bool {
        match self {
            Change::Action(_, AlterTableAction::AddConstraint(added)) => {
                matches!(added.kind, ConstraintKind::ForeignKey(_))
            }
            Change::Action(..) | Change::Statement(_) => false,
        }
    }
}

/// What is known of a table beside the statements: how to take back what they do.
pub(super) struct Known<'a> {
    /// Its constraints.
    pub constraints: &'a [Own],
    /// The type of the column so far, where another one costs nothing.
    pub free_type: Option<&'a str>,
}

/// The pieces of all statements; `None` where one of them is no work of these kinds, or cannot be taken back.
pub(super) fn pieces(statements: &[&Statement], known: &Known<'_>) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    for change in left(statements) {
        pieces.extend(pieces_of(change, known)?);
    }
    Some(pieces)
}

/// All that the statements do.
pub(super) fn all<'s>(statements: &[&'s Statement]) -> Vec<Change<'s>> {
    statements.iter().flat_map(|statement| changes_of(statement)).collect()
}

/// What the statements do, without what they do only to undo it.
pub(super) fn left<'s>(statements: &[&'s Statement]) -> Vec<Change<'s>> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    for change in all(statements) {
        match changes.iter().position(|earlier| undoes(change, *earlier)) {
            Some(at) => {
                changes.remove(at);
            }
            None => changes.push(change),
        }
    }
    changes
}

fn changes_of(statement: &Statement) -> Vec<Change<'_>> {
    match statement {
        Statement::AlterTable { table, actions, .. } => {
            actions.iter().map(|action| Change::Action(table, action)).collect()
        }
        // A key that goes checks first what waits; it goes with the statement that drops it.
        Statement::SetConstraintsImmediate { .. } => Vec::new(),
        statement => vec![Change::Statement(statement)],
    }
}

/// What Django does in one operation to undo it there: a default for as long as the statement runs, an index or a foreign key
/// that it drops and makes again.
fn undoes(change: Change<'_>, earlier: Change<'_>) -> bool {
    let (table, action, earlier_table, earlier) = match (change, earlier) {
        (Change::Statement(Statement::CreateIndex(create)), Change::Statement(Statement::DropIndex { name, .. })) => {
            return create.name.known().is_some() && create.name.known() == name.known();
        }
        (Change::Action(table, action), Change::Action(earlier_table, earlier)) => {
            (table, action, earlier_table, earlier)
        }
        _ => return false,
    };
    let is_undone = match (earlier, action) {
        (AlterTableAction::SetDefault { column, .. }, AlterTableAction::DropDefault { column: dropped }) => {
            column == dropped
        }
        (AlterTableAction::DropConstraint { name, .. }, AlterTableAction::AddConstraint(added)) => {
            matches!(&added.kind, ConstraintKind::ForeignKey(key) if key.name.known() == name.known())
        }
        _ => false,
    };
    is_undone && table == earlier_table
}

fn pieces_of(change: Change<'_>, known: &Known<'_>) -> Option<Vec<Piece>> {
    match change {
        Change::Statement(Statement::CreateIndex(create)) if !create.concurrently => {
            Some(vec![Piece::Build(Build::of(create)?)])
        }
        Change::Statement(Statement::DropIndex { name, .. }) => Some(vec![Piece::Unbuild {
            name: name.known()?.into_owned(),
        }]),
        Change::Statement(Statement::UpdateNulls { .. }) => Some(vec![Piece::Fill]),
        Change::Statement(_) => None,
        Change::Action(table, action) => of_action(table.known()?, action, known),
    }
}

fn of_action(table: &str, action: &AlterTableAction, known: &Known<'_>) -> Option<Vec<Piece>> {
    let quoted = quote_name(table);
    let brief = |column: &Identifier, change: &str, reverse: &str| {
        let column = quote_name(column.known()?);
        Some(vec![Piece::Brief(Reversible {
            sql: format!("ALTER TABLE {quoted} ALTER COLUMN {column} {change}"),
            reverse: format!("ALTER TABLE {quoted} ALTER COLUMN {column} {reverse}"),
        })])
    };
    match action {
        AlterTableAction::AddConstraint(constraint) => added_constraint(table, constraint),
        AlterTableAction::SetNotNull { column } => Some(vec![Piece::NotNull {
            table: table.to_owned(),
            column: column.known()?.to_owned(),
        }]),
        AlterTableAction::DropNotNull { column } => brief(column, "DROP NOT NULL", "SET NOT NULL"),
        AlterTableAction::SetDefault { column, default } => {
            let set = format!("SET DEFAULT {}", default.sql.known()?);
            brief(column, &set, "DROP DEFAULT")
        }
        AlterTableAction::AlterType {
            column,
            collation: None,
            ..
        } => {
            let back = format!("TYPE {}", known.free_type?);
            let start = format!("ALTER TABLE {quoted} ALTER COLUMN {} ", quote_name(column.known()?));
            Some(vec![Piece::Brief(Reversible {
                sql: altered(table, action.clone()),
                reverse: format!("{start}{back}"),
            })])
        }
        AlterTableAction::DropConstraint { name, .. } => {
            let name = name.known()?;
            let own = known.constraints.iter().find(|own| own.name == name)?;
            Some(vec![Piece::Detach(own.change.clone())])
        }
        _ => None,
    }
}

/// What a constraint of its own comes to.
pub(super) fn added_constraint(table: &str, constraint: &TableConstraint) -> Option<Vec<Piece>> {
    let name = match (&constraint.name, &constraint.kind) {
        (_, ConstraintKind::ForeignKey(ForeignKey { name, .. })) | (Some(name), _) => name.known()?.into_owned(),
        (None, _) => return None,
    };
    let (quoted, constraint_name) = (quote_name(table), quote_name(&name));
    let drop = format!("ALTER TABLE {quoted} DROP CONSTRAINT IF EXISTS {constraint_name}");
    match &constraint.kind {
        ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) => {
            let not_valid = TableConstraint {
                not_valid: true,
                ..constraint.clone()
            };
            Some(vec![Piece::Prove {
                add: Reversible {
                    sql: add_constraint(table, not_valid),
                    reverse: drop,
                },
                validate: format!("ALTER TABLE {quoted} VALIDATE CONSTRAINT {constraint_name}"),
                is_key: matches!(constraint.kind, ConstraintKind::ForeignKey(_)),
            }])
        }
        ConstraintKind::Unique {
            columns,
            deferrable,
            nulls_distinct,
        } => {
            let items = columns.iter().map(|column| IndexItem::Column {
                name: column.clone(),
                operator_class: None,
                suffix: None,
            });
            let mut create = CreateIndex::over(Identifier::Known(table.to_owned()), Name::Given(name), items.collect());
            create.unique = true;
            create.nulls_distinct = *nulls_distinct;
            let deferrable = crate::statement::deferrable_sql(*deferrable);
            let attach = Reversible {
                sql: format!(
                    "ALTER TABLE {quoted} ADD CONSTRAINT {constraint_name} UNIQUE USING INDEX {constraint_name}{deferrable}"
                ),
                reverse: drop,
            };
            Some(vec![Piece::Build(Build::of(&create)?), Piece::Attach(attach)])
        }
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Exclude { .. } => None,
    }
}

fn add_constraint(table: &str, constraint: TableConstraint) -> String {
    altered(table, AlterTableAction::AddConstraint(constraint))
}

/// One action on a table as SQL.
pub(super) fn altered(table: &str, action: AlterTableAction) -> String {
    let statement = Statement::AlterTable {
        table: Identifier::Known(table.to_owned()),
        if_exists: false,
        actions: vec![action],
    };
    statement.to_string()
}
