//! What the code of a release has to wait for that runs before its migrations: what it no longer knows and what refuses its work
//! until it is dropped, and what it knows already and is not there.
//!
//! A statement is looked at before it takes effect, and told when the migration has ended: the new release knows what the models
//! know then.

use crate::catalog::{Catalog, ConstraintKind, Presence, table_key};
use crate::finding::Severity;
use crate::migration::OperationPath;
use crate::models::View;
use crate::packages::Tool;
use crate::phase::{Age, Because, Deploy, Phase};
use crate::standing::Stand;
use crate::statement::{AlterTableAction, Statement};
use crate::unknown::Identifier;

use super::apart::{drops_of, has_column};
use super::database::Database;

/// What the running migration does that the new release waits for.
#[derive(Debug, Default)]
pub(super) struct Late {
    steps: Vec<(OperationPath, Step)>,
    /// Columns that an insert could not leave out before this migration.
    lifted: Vec<(String, String)>,
    /// Foreign keys that this migration has dropped, with their tables.
    dropped: Vec<(String, Key)>,
}

#[derive(Debug)]
enum Step {
    /// A column goes that an insert may not leave out.
    Required {
        table: String,
        column: String,
        presence: Presence,
    },
    /// A column or a table goes, with foreign keys.
    Keys {
        what: String,
        table: String,
        keys: Vec<Key>,
        /// Whether one of them is certain to be there.
        is_certain: bool,
    },
    /// Something comes.
    Made(Made),
}

/// What comes, by the name that it has then.
#[derive(Debug)]
enum Made {
    Table {
        table: String,
        change: String,
    },
    Column {
        table: String,
        column: String,
        change: String,
    },
}

/// A foreign key that says nothing about what becomes of its rows.
#[derive(Clone, Debug)]
struct Key {
    name: String,
    columns: Vec<String>,
    to_table: String,
    presence: Presence,
}

impl Late {
    /// Takes in what a statement does, before it takes effect.
    fn note(&mut self, statement: &Statement, operation: &OperationPath, catalog: &Catalog, waits: Waits) {
        let mut steps = Vec::new();
        match statement {
            Statement::AlterTable { table, actions, .. } => {
                let table = table_key(table);
                if catalog.is_new(table) {
                    return;
                }
                for action in actions {
                    self.note_action(table, action, catalog, waits, &mut steps);
                }
            }
            Statement::DropTable { table, .. } if waits.for_keys => {
                let table = table_key(table);
                let keys = self.keys_of(table, None, catalog);
                if !keys.is_empty() && !catalog.is_new(table) {
                    steps.push(Step::of_keys(format!("`{table}`"), table, keys));
                }
            }
            Statement::CreateTable(create) if waits.for_additions => {
                let table = table_key(&create.table).to_owned();
                let change = format!("creates `{table}`");
                steps.push(Step::Made(Made::Table { table, change }));
            }
            Statement::RenameTable { from, to, .. } if waits.for_additions => {
                if let (Some(from), Some(to)) = (from.known(), to.known()) {
                    let change = format!("renames `{from}` to `{to}`");
                    let table = to.to_owned();
                    steps.push(Step::Made(Made::Table { table, change }));
                }
            }
            _ => {}
        }
        let steps = steps.into_iter().map(|step| (operation.clone(), step));
        self.steps.extend(steps);
    }

    fn note_action(
        &mut self,
        table: &str,
        action: &AlterTableAction,
        catalog: &Catalog,
        waits: Waits,
        steps: &mut Vec<Step>,
    ) {
        match action {
            AlterTableAction::DropNotNull { column } | AlterTableAction::SetDefault { column, .. } => {
                let column = column.known().filter(|column| is_required(table, column, catalog));
                self.lifted
                    .extend(column.map(|column| (table.to_owned(), column.to_owned())));
            }
            AlterTableAction::DropConstraint { name, .. } => {
                let name = name.known().unwrap_or_default();
                let keys = self.keys_of(table, None, catalog);
                let key = keys.into_iter().find(|key| key.name == *name);
                self.dropped.extend(key.map(|key| (table.to_owned(), key)));
            }
            AlterTableAction::DropColumn { column, .. } => {
                let Some(column) = column.known() else { return };
                if waits.for_columns {
                    self.note_required(table, column, catalog, steps);
                }
                if waits.for_keys {
                    self.note_keys(table, column, catalog, steps);
                }
            }
            AlterTableAction::AddColumn(added) if waits.for_additions => {
                if let Some(column) = added.name.known() {
                    let change = format!("adds `{column}` to `{table}`");
                    steps.push(made(table, column, change));
                }
            }
            AlterTableAction::RenameColumn { from, to } if waits.for_additions => {
                if let (Some(from), Some(to)) = (from.known(), to.known()) {
                    let change = format!("renames `{from}` of `{table}` to `{to}`");
                    steps.push(made(table, to, change));
                }
            }
            _ => {}
        }
    }

    fn note_required(&self, table: &str, column: &str, catalog: &Catalog, steps: &mut Vec<Step>) {
        let is_lifted = self.lifted.iter().any(|(of, lifted)| of == table && lifted == column);
        if is_lifted || is_required(table, column, catalog) {
            steps.push(Step::Required {
                table: table.to_owned(),
                column: column.to_owned(),
                presence: catalog.presence_of_column(table, &Identifier::Known(column.to_owned())),
            });
        }
    }

    fn note_keys(&self, table: &str, column: &str, catalog: &Catalog, steps: &mut Vec<Step>) {
        let keys = self.keys_of(table, Some(column), catalog);
        if !keys.is_empty() {
            steps.push(Step::of_keys(format!("`{column}` of `{table}`"), table, keys));
        }
    }

    /// The foreign keys of a table, or of its column, that were there when the migration began.
    fn keys_of(&self, table: &str, column: Option<&str>, catalog: &Catalog) -> Vec<Key> {
        let constraints = catalog.table(table).into_iter().flat_map(|entry| &entry.constraints);
        let known = constraints.filter_map(|(name, constraint)| match &constraint.kind {
            ConstraintKind::ForeignKey {
                columns,
                to_table,
                acts_on_delete: false,
                ..
            } => Some(Key {
                name: name.clone(),
                columns: columns.clone(),
                to_table: to_table.clone(),
                presence: catalog.presence_of_constraint(table, name),
            }),
            _ => None,
        });
        let dropped = self.dropped.iter().filter(|(of, _)| of == table);
        let all = known.chain(dropped.map(|(_, key)| key.clone()));
        let is_meant = |key: &Key| column.is_none_or(|column| key.columns.iter().any(|own| own == column));
        all.filter(is_meant).collect()
    }
}

impl Step {
    fn of_keys(what: String, table: &str, keys: Vec<Key>) -> Self {
        Step::Keys {
            what,
            table: table.to_owned(),
            is_certain: keys.iter().any(|key| key.presence == Presence::There),
            keys,
        }
    }
}

/// What the new release waits for.
#[derive(Clone, Copy)]
struct Waits {
    for_columns: bool,
    for_keys: bool,
    for_additions: bool,
}

fn made(table: &str, column: &str, change: String) -> Step {
    Step::Made(Made::Column {
        table: table.to_owned(),
        column: column.to_owned(),
        change,
    })
}

/// Whether an insert may not leave the column out, which an earlier migration made.
fn is_required(table: &str, column: &str, catalog: &Catalog) -> bool {
    let known = catalog.column(table, column);
    known.is_some_and(|known| !known.is_optional() && known.created_in != catalog.current_migration())
}

impl Database<'_> {
    /// Takes in what the release after the running migration waits for, before a statement takes effect.
    pub(super) fn note_late(&mut self, statement: &Statement, operation: &OperationPath) {
        let phase = self.deploy().phase;
        let waits_for_drops = phase.lets_new_code_wait_for_drops();
        let waits = Waits {
            for_columns: waits_for_drops || phase == Phase::BeforeDeploy && self.drops_given_up(statement),
            // Of a first half in an earlier release, `foreign-key-left` has told it there.
            for_keys: waits_for_drops,
            for_additions: phase.lets_new_code_wait_for_additions(),
        };
        self.late.note(statement, operation, &self.catalog, waits);
    }

    /// Whether it drops a column that an earlier release gave up, as far as anybody knows: that release runs without it.
    fn drops_given_up(&self, statement: &Statement) -> bool {
        let Statement::AlterTable { table, actions, .. } = statement else {
            return false;
        };
        let mut columns = actions.iter().filter_map(|action| match action {
            AlterTableAction::DropColumn { column, .. } => column.known(),
            _ => None,
        });
        columns.any(|column| {
            let given_up = self.column_given_up(table_key(table), column);
            given_up.is_some_and(|given_up| given_up.stand == Stand::Unknown)
        })
    }

    /// The migration has ended: says what the new release waited for.
    pub(super) fn judge_late(&mut self, models: View<'_>) {
        let steps = std::mem::take(&mut self.late).steps;
        let mut missing = Vec::new();
        for (operation, step) in steps {
            match step {
                Step::Required {
                    table,
                    column,
                    presence,
                } => {
                    let model = models.models_of_table(&table).next();
                    if let Some(model) = model.filter(|model| !has_column(model, &column)) {
                        let names = vec![("table", table), ("column", column), ("of", model.state.label())];
                        let severity = (presence != Presence::There).then_some(Severity::Info);
                        self.remark("required-column-dropped-late", operation, names, severity, Vec::new());
                    }
                }
                Step::Keys {
                    what,
                    table,
                    keys,
                    is_certain,
                } => {
                    let names = names_of_keys(what, table, &keys, models);
                    if let Some(names) = names {
                        let severity = (!is_certain).then_some(Severity::Info);
                        self.remark("foreign-key-dropped-late", operation, names, severity, Vec::new());
                    }
                }
                Step::Made(made) => missing.extend(made.missed(models).map(|missed| (operation, missed))),
            }
        }
        self.tell_missing(&missing);
    }

    /// What comes after the code that knows it: once for a migration, whose phase it is.
    fn tell_missing(&mut self, missing: &[(OperationPath, Missed)]) {
        let deploy = self.deploy();
        let mut changes: Vec<&str> = missing.iter().map(|(_, missed)| missed.change.as_str()).collect();
        changes.dedup();
        let mut of: Vec<&str> = missing.iter().map(|(_, missed)| missed.of.as_str()).collect();
        of.dedup();
        let Some((operation, _)) = missing.first() else { return };
        let (changes, words) = (joined(&changes), deploy.words());
        let change = if deploy.because == Because::Configured {
            format!("must run before the code ({words}): {changes}")
        } else {
            format!("{changes} after the deploy ({words})")
        };
        let names = vec![("change", change), ("of", joined(&of)), ("how", how_before(deploy))];
        let severity = match deploy.age {
            Age::MayBeNew => None,
            Age::Past => Some(Severity::Info),
        };
        self.remark("missing-until-migrated", operation.clone(), names, severity, Vec::new());
    }
}

/// What the new release misses.
struct Missed {
    change: String,
    /// The models whose queries fail.
    of: String,
}

impl Made {
    /// It, if the models know it at the end of the migration.
    fn missed(self, models: View<'_>) -> Option<Missed> {
        match self {
            Made::Table { table, change } => {
                let model = models.models_of_table(&table).next();
                let of = model.map(|model| format!("`{}`", model.state.label()));
                let of = of.or_else(|| models.has_automatic_table(&table).then(|| format!("`{table}`")))?;
                Some(Missed { change, of })
            }
            Made::Column { table, column, change } => {
                let mut having = models.models_of_table(&table);
                let model = having.find(|model| has_column(model, &column))?;
                let of = format!("`{}`", model.state.label());
                Some(Missed { change, of })
            }
        }
    }
}

fn names_of_keys(what: String, table: String, keys: &[Key], models: View<'_>) -> Option<Vec<(&'static str, String)>> {
    let to_models = keys.iter().filter_map(|key| {
        let model = models.models_of_table(&key.to_table).next()?;
        Some((key.name.as_str(), format!("`{}`", model.state.label())))
    });
    let (names, mut targets): (Vec<&str>, Vec<String>) = to_models.unzip();
    targets.dedup();
    let word = if names.len() == 1 {
        "foreign key"
    } else {
        "foreign keys"
    };
    (!names.is_empty()).then(|| {
        vec![
            ("what", what),
            ("keys", word.to_owned()),
            ("to_models", targets.join(" or a ")),
            ("table", table),
            ("drops", drops_of(&names)),
        ]
    })
}

/// How a migration is made to run before the deploy.
fn how_before(deploy: Deploy) -> String {
    let tool = match deploy.because {
        Because::Usual | Because::Configured => {
            return "run this migration, and then roll the code out that knows what it adds".to_owned();
        }
        Because::Marked(tool) | Because::Behind(tool) => tool,
    };
    let mark = match tool {
        Tool::Safemigrate | Tool::Syzygy | Tool::Sentry => tool.mark(Phase::BeforeDeploy),
    };
    format!("let it run before the deploy, in a migration with {mark} that depends on none that waits")
}

fn joined(parts: &[&str]) -> String {
    const SHOWN: usize = 3;
    if parts.len() > SHOWN + 1 {
        let others = parts.len() - SHOWN;
        return format!("{} and {others} others", parts[..SHOWN].join(", "));
    }
    match parts.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
