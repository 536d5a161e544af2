//! Where what Django believes and what Postgres has come apart: by state operations, which send nothing.
//!
//! The running release is asked statement by statement; this is about the release after it, whose models are the state. What a
//! migration leaves behind, and what it expects, is looked at when it ends, and told when the history has ended: no code runs
//! between two migrations of one `migrate`, and a model that is moved to another app is taken out by one and put in by another.

mod left;
mod renamed;

use crate::catalog::Catalog;
use crate::finding::{Finding, Severity};
use crate::migration::{Migration, Operation, OperationNode};
use crate::models::{Model, ModelField, ModelKey, View};
use crate::rules::RuleTable;
use crate::schema_editor::Refusal;

use super::advice::source_of;
use super::input::InputHit;
pub(super) use left::{drops_of, given_up_by, has_column};
use left::{keys_left, missing, required_column};
use renamed::naming_old_field;

/// State operations of the running migration, with what the models had before them.
#[derive(Debug, Default)]
pub(super) struct Apart<'a> {
    steps: Vec<(&'a OperationNode, Step)>,
}

/// What a state operation does without the database.
#[derive(Debug)]
enum Step {
    /// The models give a column up.
    Column {
        model: ModelKey,
        field: String,
        table: String,
        column: String,
    },
    /// They give a table up.
    Table(String),
    /// They expect a table, or a column of it.
    Expected { model: ModelKey, field: Option<String> },
    /// They call a field otherwise.
    Renamed {
        model: ModelKey,
        old_name: String,
        new_name: String,
    },
}

/// Something to be said, unless the rest of the history takes it back.
#[derive(Debug)]
pub(super) struct Held<'a> {
    pub hit: InputHit<'a>,
    unless: Unless,
}

/// What takes it back.
#[derive(Debug)]
enum Unless {
    /// Some model has the table again.
    TableIsTaken(String),
    /// A field of some model has the column again.
    ColumnIsTaken { table: String, column: String },
    /// Something makes what is missing.
    IsMade { model: ModelKey, field: Option<String> },
    /// Nothing: what is done about it later is the harm.
    Never,
}

impl<'a> Apart<'a> {
    /// Takes in what the state operations of an operation do, before they do it.
    pub(super) fn note(&mut self, app: &str, node: &'a OperationNode, models: View<'_>) {
        match &node.operation {
            Operation::RenameField { .. } => self.note_renamed(app, node),
            Operation::RenameModel { old_name, new_name } => self.rename_model(app, old_name, new_name),
            _ => {}
        }
        for (state, operation) in state_operations(node) {
            let model = |name: &str| models.model(&ModelKey::new(app, name));
            let steps = match operation {
                Operation::RemoveField { model_name, name } => {
                    let field = model(model_name).and_then(|model| model.field(name));
                    field.and_then(|field| given_up(&field)).into_iter().collect()
                }
                Operation::DeleteModel { name } => model(name).map(|model| tables_of(&model)).unwrap_or_default(),
                Operation::CreateModel { name, .. } => vec![expected(app, name, None)],
                Operation::AddField { model_name, name, .. } | Operation::AlterField { model_name, name, .. } => {
                    vec![expected(app, model_name, Some(name))]
                }
                Operation::RenameModel { old_name, new_name } => {
                    self.rename_model(app, old_name, new_name);
                    vec![expected(app, new_name, None)]
                }
                Operation::AlterModelTable { name, .. } => vec![expected(app, name, None)],
                Operation::RenameField {
                    model_name, new_name, ..
                } => {
                    self.note_renamed(app, state);
                    vec![expected(app, model_name, Some(new_name))]
                }
                _ => continue,
            };
            for step in steps {
                // The fields of a model that is deleted beside them are told where they go.
                let is_known = |(_, known): &(&OperationNode, Step)| match (known, &step) {
                    (Step::Table(known), Step::Table(table)) => known == table,
                    _ => false,
                };
                if !self.steps.iter().any(is_known) {
                    self.steps.push((state, step));
                }
            }
        }
    }

    /// Makes the steps so far follow a model.
    fn rename_model(&mut self, app: &str, old_name: &str, new_name: &str) {
        let (old, new) = (ModelKey::new(app, old_name), ModelKey::new(app, new_name));
        for (_, step) in &mut self.steps {
            match step {
                Step::Column { model, .. } | Step::Expected { model, .. } | Step::Renamed { model, .. } => {
                    if *model == old {
                        model.clone_from(&new);
                    }
                }
                Step::Table(_) => {}
            }
        }
    }

    fn note_renamed(&mut self, app: &str, node: &'a OperationNode) {
        if let Operation::RenameField {
            model_name,
            old_name,
            new_name,
        } = &node.operation
        {
            let step = Step::Renamed {
                model: ModelKey::new(app, model_name),
                old_name: old_name.clone(),
                new_name: new_name.clone(),
            };
            self.steps.push((node, step));
        }
    }

    /// What Django refuses takes nothing apart.
    pub(super) fn forget(&mut self, refusals: &[Refusal]) {
        let is_refused = |node: &OperationNode| refusals.iter().any(|refusal| refusal.operation == node.path);
        self.steps.retain(|(node, _)| !is_refused(node));
    }

    /// The migration has ended: what is to be said of it.
    pub(super) fn end(
        &mut self,
        migration: &'a Migration,
        models: View<'_>,
        catalog: &Catalog,
        rules: &'a RuleTable,
    ) -> Vec<Held<'a>> {
        let mut held = Vec::new();
        for (node, step) in std::mem::take(&mut self.steps) {
            let found = Found { migration, node, rules };
            match step {
                Step::Column {
                    model,
                    field,
                    table,
                    column,
                } => {
                    let unless = || Unless::ColumnIsTaken {
                        table: table.clone(),
                        column: column.clone(),
                    };
                    let wanted = required_column(models, catalog, (&model, &field), (&table, &column));
                    held.extend(wanted.and_then(|said| found.hold("required-column-left", said, unless())));
                    let keys = keys_left(&table, Some(&column), models, catalog);
                    held.extend(keys.and_then(|said| found.hold("foreign-key-left", said, unless())));
                }
                Step::Table(table) => {
                    let keys = keys_left(&table, None, models, catalog);
                    held.extend(
                        keys.and_then(|said| found.hold("foreign-key-left", said, Unless::TableIsTaken(table))),
                    );
                }
                Step::Expected { model, field } => {
                    let said = missing(models, catalog, &model, field.as_deref());
                    held.extend(
                        said.and_then(|said| found.hold("missing-in-database", said, Unless::IsMade { model, field })),
                    );
                }
                Step::Renamed {
                    model,
                    old_name,
                    new_name,
                } => {
                    let said = naming_old_field(models, &model, &old_name, &new_name);
                    held.extend(said.and_then(|said| found.hold("index-names-old-field", said, Unless::Never)));
                }
            }
        }
        held.retain(|held| held.still_holds(models, catalog));
        held
    }
}

impl Held<'_> {
    /// Whether the rest of the history has not taken it back.
    pub(super) fn still_holds(&self, models: View<'_>, catalog: &Catalog) -> bool {
        match &self.unless {
            Unless::TableIsTaken(table) => !is_taken(table, None, models, catalog),
            Unless::ColumnIsTaken { table, column } => !is_taken(table, Some(column), models, catalog),
            Unless::IsMade { model, field } => missing(models, catalog, model, field.as_deref()).is_some(),
            Unless::Never => true,
        }
    }
}

/// What an operation tells the models for itself: the operation of a package is to do in the database what it tells them.
fn state_operations(node: &OperationNode) -> Vec<(&OperationNode, &Operation)> {
    match &node.operation {
        Operation::SeparateDatabaseAndState { state_operations, .. } | Operation::RunSql { state_operations, .. } => {
            state_operations.iter().map(|state| (state, &state.operation)).collect()
        }
        Operation::Packaged(packaged) => packaged.base().map(|base| (node, base)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a model has the table, or this column of it, by its name or by one that it was given later.
fn is_taken(table: &str, column: Option<&str>, models: View<'_>, catalog: &Catalog) -> bool {
    let mut names = catalog.later_names(table).chain([table]);
    names.any(|name| {
        let mut having = models.models_of_table(name);
        having.any(|model| column.is_none_or(|column| has_column(&model, column))) || models.has_automatic_table(name)
    })
}

/// What is said, and how certain it is.
struct Said {
    names: Vec<(&'static str, String)>,
    is_certain: bool,
}

/// The operation that it is said of.
struct Found<'a> {
    migration: &'a Migration,
    node: &'a OperationNode,
    rules: &'a RuleTable,
}

impl<'a> Found<'a> {
    fn hold(&self, rule: &str, said: Said, unless: Unless) -> Option<Held<'a>> {
        let target = said.names.first().map(|(_, value)| value.clone()).unwrap_or_default();
        let range = self.node.name_range;
        let mut names = said.names;
        names.push(("operation_source", source_of(self.node, &self.migration.source)));
        let doubt = if said.is_certain {
            ""
        } else {
            ", unless something that could not be read has changed the table"
        };
        names.push(("doubt", doubt.to_owned()));
        let mut hit = InputHit::of_migration(self.rules, rule, self.migration, range, target, names)?;
        hit.operation = Some(self.node.path.clone());
        hit.class = Some(self.node.class.clone());
        if !said.is_certain {
            hit.severity = Severity::Info;
        }
        Some(Held { hit, unless })
    }
}

fn given_up(field: &ModelField<'_>) -> Option<Step> {
    if let Some(through) = field.automatic_table() {
        return through.db_table().known().map(|table| Step::Table(table.to_owned()));
    }
    let (table, column) = (field.model.db_table(), field.column()?);
    Some(Step::Column {
        model: field.model.key().clone(),
        field: field.name.to_string(),
        table: table.known()?.to_owned(),
        column: column.known()?.to_owned(),
    })
}

fn tables_of(model: &Model<'_>) -> Vec<Step> {
    if !model.can_migrate() {
        return Vec::new();
    }
    let automatic = model.local_many_to_many();
    let automatic = automatic.iter().filter_map(ModelField::automatic_table);
    let tables = automatic.map(|through| through.db_table()).chain([model.db_table()]);
    let tables = tables.filter_map(|table| table.known().map(str::to_owned));
    tables.map(Step::Table).collect()
}

fn expected(app: &str, model: &str, field: Option<&str>) -> Step {
    Step::Expected {
        model: ModelKey::new(app, model),
        field: field.map(str::to_owned),
    }
}

/// Adds findings to those of the same operations: of several the worst tells, and the others stand beside it.
pub(super) fn add_to(findings: &mut Vec<Finding>, held: impl Iterator<Item = Finding>) {
    for mut finding in held {
        let of_operation =
            |known: &&mut Finding| known.migration == finding.migration && known.operation == finding.operation;
        let Some(known) = findings.iter_mut().find(of_operation) else {
            findings.push(finding);
            continue;
        };
        if finding.severity > known.severity {
            std::mem::swap(&mut finding, known);
        }
        known.also.push(finding.rule);
        known.also.extend(finding.also);
        known.hits.extend(finding.hits);
    }
}
