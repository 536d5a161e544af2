//! The database that the schema editor talks to: each statement is observed, judged and applied.

use rustc_hash::FxHashSet;

use crate::catalog::Catalog;
use crate::facts::observe::{Context, Usage, observe};
use crate::finding::{Origin, StatementReport, Work};
use crate::migration::SqlText;
use crate::rules::RuleTable;
use crate::schema_editor::Connection;
use crate::source::Range;
use crate::statement::{AlterTableAction, Execution, Statement};
use crate::transaction::Transaction;

use super::judge::{Hit, Surroundings, judge};

/// Postgres, as far as it is known, with a log of what the running migration has done to it.
pub(super) struct Database<'a> {
    pub catalog: Catalog,
    rules: &'a RuleTable,
    time_zone: String,
    transaction: Transaction,
    new_indexes: FxHashSet<String>,
    /// Tables and columns that the models gave up in an earlier migration.
    released: Released,
    /// What the running migration makes the models give up; released when it has ended.
    releasing: Vec<(String, Option<String>)>,
    operation: usize,
    /// The place of what runs, where it has one of its own within the operation.
    place: Option<Range>,
    pub log: Vec<Executed>,
}

/// One string sent to the database.
#[derive(Debug)]
pub(super) struct Executed {
    pub operation: usize,
    pub deferred: bool,
    pub sql: String,
    pub statements: Vec<(StatementReport, Vec<Hit>)>,
}

/// What Django no longer knows, though the database may still have it.
#[derive(Debug, Default)]
struct Released {
    tables: FxHashSet<String>,
    columns: FxHashSet<(String, String)>,
}

impl Usage for Released {
    fn table_in_use(&self, table: &str) -> bool {
        !self.tables.contains(table)
    }

    fn column_in_use(&self, table: &str, column: &str) -> bool {
        self.table_in_use(table) && !self.columns.contains(&(table.to_owned(), column.to_owned()))
    }
}

impl<'a> Database<'a> {
    pub(super) fn new(rules: &'a RuleTable, time_zone: &str) -> Self {
        Self {
            catalog: Catalog::default(),
            rules,
            time_zone: time_zone.to_owned(),
            transaction: Transaction::default(),
            new_indexes: FxHashSet::default(),
            released: Released::default(),
            releasing: Vec::new(),
            operation: 0,
            place: None,
            log: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, atomic: bool) {
        self.catalog.begin_migration();
        self.transaction = Transaction::begin(atomic);
        self.new_indexes.clear();
        for (table, column) in self.releasing.drain(..) {
            match column {
                Some(column) => self.released.columns.insert((table, column)),
                None => self.released.tables.insert(table),
            };
        }
        self.log.clear();
    }

    /// Says which top-level operation sends the statements that follow.
    pub(super) fn at(&mut self, operation: usize) {
        self.operation = operation;
    }

    /// Remembers that the models give up a table, or a column of it, in the running migration.
    pub(super) fn release(&mut self, table: String, column: Option<String>) {
        self.releasing.push((table, column));
    }

    fn run(&mut self, operation: usize, deferred: bool, origin: Origin, execution: &Execution) {
        let sql = execution.sql();
        let statements = execution
            .statements
            .iter()
            .map(|statement| self.run_statement(operation, origin, statement))
            .collect();
        self.log.push(Executed {
            operation,
            deferred,
            sql,
            statements,
        });
    }

    fn run_statement(
        &mut self,
        operation: usize,
        origin: Origin,
        statement: &Statement,
    ) -> (StatementReport, Vec<Hit>) {
        let context = Context {
            catalog: &self.catalog,
            transaction: &self.transaction,
            time_zone: &self.time_zone,
            usage: &self.released,
        };
        let verdict = observe(statement, &context).map(|observations| {
            let around = Surroundings {
                catalog: &self.catalog,
                transaction: &self.transaction,
                new_indexes: &self.new_indexes,
            };
            judge(&observations, self.rules, &around)
        });
        self.remember(statement);
        let mut report = StatementReport {
            sql: statement.to_string(),
            operation,
            origin,
            not_analysed: None,
            rules: Vec::new(),
            matrix_rows: Vec::new(),
            locks: Vec::new(),
            work: Work::Unknown,
            scans: Vec::new(),
            rewrites: Vec::new(),
            builds: Vec::new(),
            range: self.place,
        };
        let Some(verdict) = verdict else {
            report.not_analysed = Some(unread_reason(statement));
            return (report, Vec::new());
        };
        for lock in &verdict.locks {
            self.transaction.hold(&lock.relation, lock.mode);
        }
        for hit in &verdict.hits {
            push_once(&mut report.rules, hit.rule.clone());
            if let Some(row) = hit.matrix {
                push_once(&mut report.matrix_rows, row);
            }
        }
        (report.locks, report.work) = (verdict.locks, verdict.work);
        (report.scans, report.rewrites, report.builds) = (verdict.scans, verdict.rewrites, verdict.builds);
        (report, verdict.hits)
    }

    fn remember(&mut self, statement: &Statement) {
        match statement {
            Statement::CreateIndex(create) => {
                self.new_indexes.insert(create.name.resolve());
            }
            Statement::AlterTable { table, actions } => {
                for action in actions {
                    match action {
                        AlterTableAction::AddColumn(column) => self.transaction.add_column(table, &column.name),
                        AlterTableAction::SetDefault { column, .. } => self.transaction.note_default(table, column),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        self.catalog.apply(statement);
    }
}

fn unread_reason(statement: &Statement) -> String {
    if let Statement::Unread { reason, .. } = statement {
        reason.clone()
    } else {
        String::new()
    }
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

impl Connection for Database<'_> {
    fn execute(&mut self, execution: Execution) {
        self.run(self.operation, false, Origin::Django, &execution);
    }

    fn execute_deferred(&mut self, operation: usize, execution: Execution) {
        self.run(operation, true, Origin::Django, &execution);
    }

    fn run_sql(&mut self, sql: &SqlText) {
        let SqlText::Pieces(pieces) = sql else { return };
        for piece in pieces {
            self.place = Some(piece.range);
            if let Some(text) = &piece.text {
                let reason = "SQL of RunSQL is not read by this version".to_owned();
                let statement = Statement::Unread {
                    text: text.clone(),
                    reason,
                };
                self.run(self.operation, false, Origin::RunSql, &statement.into());
            }
            self.place = None;
        }
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}
