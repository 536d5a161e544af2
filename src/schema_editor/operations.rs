//! Each operation's way to the database: `database_forwards` of django/db/migrations/operations.

use std::sync::Arc;

use crate::catalog::{Cause, NameQuery, Scope};
use crate::finding::Origin;
use crate::migration::{Constraint, Field, Index, Operation, OperationNode, Packaged, SqlPiece, SqlText};
use crate::models::{Model, ModelField, Models, View};
use crate::python_work::Caught;
use crate::statement::{AlterTableAction, Name, Statement};
use crate::unknown::Identifier;
use crate::value::Value;
use crate::versions::DjangoVersion;

use super::columns::{alter, comment_text};
use super::parameters::{Written, fill_parameters};
use super::placeholders::misfit;
use super::run::{Run, django};
use super::scope_of_app;

/// The state before an operation and after it.
#[derive(Clone, Copy)]
pub(super) struct States<'a> {
    pub(super) app: &'a str,
    pub(super) from: View<'a>,
    pub(super) to: View<'a>,
}

impl Run<'_> {
    /// Runs an operation, and says of what it sends that it is this operation's.
    pub(super) fn node(&mut self, app: &str, node: &OperationNode, models: &mut Models) {
        let outer = std::mem::replace(&mut self.editor.operation, node.path.clone());
        if node.caught == Caught::Nothing {
            self.operation(app, &node.operation, models);
        } else {
            self.attempt(app, node, models);
        }
        self.editor.operation = outer;
    }

    /// Runs an operation whose errors are caught: it may fail in vain.
    fn attempt(&mut self, app: &str, node: &OperationNode, models: &mut Models) {
        let table = |models: &Models| {
            let (model, _) = node.operation.target();
            let table = models.now().table_of(app, model?)?;
            table.known().map(str::to_owned)
        };
        let again = self.catch(node.caught);
        let before = table(models);
        let of_model = |table: Option<String>, models: &Models| {
            let of_app = || scope_of_app(models.now(), app);
            table.map_or_else(of_app, |table| Scope::Tables(vec![table]))
        };
        self.connection
            .doubt(&of_model(before.clone(), models), Cause::Undecided);
        self.operation(app, &node.operation, models);
        let after = before.or_else(|| table(models));
        self.connection.doubt(&of_model(after, models), Cause::Undecided);
        self.editor.again = again;
    }

    /// Changes the state, then sends what the operation sends.
    pub(super) fn operation(&mut self, app: &str, operation: &Operation, models: &mut Models) {
        let mark = models.mark();
        match operation {
            Operation::SeparateDatabaseAndState {
                database_operations,
                state_operations,
            } => {
                for nested in database_operations {
                    self.node(app, nested, models);
                }
                models.roll_back(mark);
                self.state_operations(app, state_operations, models);
            }
            Operation::RunSql {
                sql, state_operations, ..
            } => {
                self.run_sql(sql);
                self.state_operations(app, state_operations, models);
            }
            Operation::Packaged(Packaged::TwoPhaseRemoval { base, phase }) => {
                self.two_phase_removal(app, base, *phase, models);
            }
            Operation::Custom {
                path, base: Some(base), ..
            } => {
                self.operation(app, base, models);
                self.opaque(format!("{path} sends this in a way of its own, if at all"));
            }
            _ => {
                models.apply(app, operation);
                let states = States {
                    app,
                    from: models.before(mark),
                    to: models.now(),
                };
                self.forwards(operation, states);
            }
        }
    }

    /// Changes the state alone: `state_forwards` of each, which sends nothing, and refuses as it does anywhere.
    fn state_operations(&mut self, app: &str, operations: &[OperationNode], models: &mut Models) {
        for node in operations {
            let outer = std::mem::replace(&mut self.editor.operation, node.path.clone());
            match &node.operation {
                Operation::SeparateDatabaseAndState { state_operations, .. }
                | Operation::RunSql { state_operations, .. } => self.state_operations(app, state_operations, models),
                operation => {
                    if matches!(operation, Operation::Custom { .. } | Operation::Unread { .. }) {
                        self.editor.distrust(app);
                    }
                    let mark = models.mark();
                    models.apply(app, operation);
                    let states = States {
                        app,
                        from: models.before(mark),
                        to: models.now(),
                    };
                    self.refuse_by_state(operation, states);
                    self.refuse_missing(operation, states);
                }
            }
            self.editor.operation = outer;
        }
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each operation, each a call")]
    fn forwards(&mut self, operation: &Operation, states: States<'_>) {
        let for_state = operation.of_django();
        self.refuse_by_state(for_state, states);
        self.refuse_by_name(for_state, states);
        self.refuse_targets(for_state, states);
        match operation {
            Operation::CreateModel { name, .. } => self.create_declared_model(name, states),
            Operation::DeleteModel { name } => {
                if let Some(model) = self.migrated(states.from, states.app, name) {
                    self.delete_model(&model);
                }
            }
            Operation::RenameModel { old_name, new_name } => {
                if let Some(new) = self.migrated(states.to, states.app, new_name) {
                    let old = self.model(states.from, states.app, old_name);
                    self.rename_model(&old, &new);
                }
            }
            Operation::AlterModelTable { name, .. } => {
                if let Some(new) = self.migrated(states.to, states.app, name) {
                    let old = self.model(states.from, states.app, name);
                    self.alter_db_table(&old.db_table(), &new.db_table());
                    self.rename_relation_tables(&old, &new);
                }
            }
            Operation::AlterModelTableComment { name, table_comment } => {
                if let Some(model) = self.migrated(states.to, states.app, name) {
                    self.refuse_percent(table_comment.as_deref(), django(&model));
                    let comment = comment_text(django(&model), table_comment.as_deref().unwrap_or_default());
                    self.comment_on_table(&model.db_table(), comment);
                }
            }
            Operation::AlterUniqueTogether { name, .. } => {
                if let Some(model) = self.migrated(states.to, states.app, name) {
                    let old = self.model(states.from, states.app, name);
                    let (old, new) = (&old.state.options.unique_together, &model.state.options.unique_together);
                    self.alter_unique_together(&model, old, new);
                }
            }
            Operation::AlterIndexTogether { name, .. } => {
                if let Some(model) = self.migrated(states.to, states.app, name) {
                    let old = self.model(states.from, states.app, name);
                    let (old, new) = (&old.state.options.index_together, &model.state.options.index_together);
                    self.alter_index_together(&model, old, new);
                }
            }
            Operation::AlterOrderWithRespectTo { name, .. } => self.alter_order(name, states),
            Operation::AddField {
                model_name,
                name,
                field,
                ..
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    let old_model = states.from.model(model.key()).unwrap_or_else(|| model.clone());
                    self.note_unread(field, true);
                    self.add_field(&old_model, &bound(&model, name, field));
                }
            }
            Operation::RemoveField { model_name, name } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name)
                    && let Some(field) = self.field(&model, name)
                {
                    self.remove_field(&model, &field);
                }
            }
            Operation::AlterField {
                model_name,
                name,
                field,
                ..
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    let old_model = self.model(states.from, states.app, model_name);
                    if let Some(old) = self.field(&old_model, name) {
                        self.note_unread(field, old.field.null && !field.null);
                        let new = bound(&model, name, field);
                        self.alter_field(&old_model, &old, &new);
                        if let (Some(Identifier::Known(column)), true) = (new.column(), old.db_type() != new.db_type())
                        {
                            self.note_triggers(&model, &column);
                        }
                    }
                }
            }
            Operation::RenameField {
                model_name,
                old_name,
                new_name,
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    let old_model = self.model(states.from, states.app, model_name);
                    if let (Some(old), Some(new)) = (self.field(&old_model, old_name), self.field(&model, new_name)) {
                        self.alter_field(&old_model, &old, &new);
                    }
                }
            }
            Operation::AddIndex {
                model_name,
                index,
                concurrently,
            } => self.add_index(model_name, index, *concurrently, states),
            Operation::RemoveIndex {
                model_name,
                name,
                concurrently,
            } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name) {
                    self.note_own_removal(&model, name);
                    self.drop_index(&model, Name::Given(name.clone()), *concurrently);
                }
            }
            Operation::RenameIndex { model_name, .. } => self.rename_index(model_name, operation, states),
            Operation::AddConstraint {
                model_name,
                constraint,
                not_valid,
            } => self.add_constraint(model_name, constraint, *not_valid, states),
            Operation::RemoveConstraint { model_name, name } => self.remove_named(model_name, name, states),
            Operation::ValidateConstraint { model_name, name } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name) {
                    let name = Name::Given(name.clone());
                    self.execute(alter(&model.db_table(), AlterTableAction::ValidateConstraint { name }));
                }
            }
            Operation::CreateExtension { name } => self.create_extension(name),
            Operation::CreateCollation {
                name,
                locale,
                provider,
                deterministic,
            } => self.execute(Statement::CreateCollation {
                name: name.clone(),
                locale: locale.clone(),
                provider: (provider != "libc").then(|| provider.clone()),
                nondeterministic: !deterministic,
            }),
            Operation::RemoveCollation { name } => self.execute(Statement::DropCollation { name: name.clone() }),
            Operation::Packaged(packaged) => self.packaged(packaged, states),
            Operation::Custom { path, .. } => {
                self.editor.distrust(states.app);
                self.opaque(format!("{path} is not one of Django's operations"));
            }
            Operation::Unread { reason } => {
                self.editor.distrust(states.app);
                self.opaque(reason.clone());
            }
            Operation::RunPython { .. } => self.run_code(operation, states),
            Operation::AlterModelOptions { .. }
            | Operation::AlterModelManagers { .. }
            | Operation::AlterConstraint { .. }
            | Operation::RunSql { .. }
            | Operation::SeparateDatabaseAndState { .. } => {}
        }
    }

    /// The model, if operations on it reach the database (`allow_migrate_model`).
    pub(super) fn migrated<'a>(&mut self, view: View<'a>, app: &str, name: &str) -> Option<Model<'a>> {
        let model = self.model(view, app, name);
        for (option, reason) in &model.state.options.unknown {
            match model.state.options.db_table.as_ref().and_then(Identifier::unknown) {
                Some(table) if option == "db_table" => self.partial(table.reason()),
                Some(_) | None => self.partial(format!("{option} of {}: {reason}", model.state.label())),
            }
        }
        model.can_migrate().then_some(model)
    }

    /// What of a field could not be read. `blank` decides nothing but the default that rows get, where they get one.
    fn note_unread(&mut self, field: &Field, fills_rows: bool) {
        let matters = |name: &str| fills_rows || name != "blank";
        for (name, reason) in field.unknown.iter().filter(|(name, _)| matters(name)) {
            // These names stand in the statements, which give the reason themselves.
            let is_told_by_statements = matches!(name.as_str(), "db_column" | "db_table");
            self.partial(if is_told_by_statements {
                reason.clone()
            } else {
                format!("{name}: {reason}")
            });
        }
    }

    fn create_declared_model(&mut self, name: &str, states: States<'_>) {
        let Some(model) = self.migrated(states.to, states.app, name) else {
            return;
        };
        for field in model.state.fields.values() {
            self.note_unread(field, false);
        }
        self.create_model(&model);
        // Since Django 5.1; before, these were deferred with the other indexes.
        if django(&model) >= DjangoVersion::new(5, 1) {
            self.alter_index_together(&model, &[], &model.state.options.index_together);
        }
    }

    /// `AlterOrderWithRespectTo.database_forwards`
    fn alter_order(&mut self, name: &str, states: States<'_>) {
        let Some(model) = self.migrated(states.to, states.app, name) else {
            return;
        };
        let old = self.model(states.from, states.app, name);
        let was_ordered = old.state.options.order_with_respect_to.is_some();
        match (was_ordered, model.state.options.order_with_respect_to.is_some()) {
            (true, false) => {
                if let Some(field) = old.field("_order") {
                    self.remove_field(&old, &field);
                }
            }
            (false, true) => {
                if let Some(mut field) = model.field("_order") {
                    Arc::make_mut(&mut field.field).default = Some(Value::Int(0));
                    self.add_field(&old, &field);
                }
            }
            (true, true) | (false, false) => {}
        }
    }

    fn add_index(&mut self, model_name: &str, index: &Index, concurrently: bool, states: States<'_>) {
        if let Some(model) = self.migrated(states.to, states.app, model_name)
            && let Some(statement) = self.create_meta_index(&model, index, concurrently)
        {
            self.execute(statement);
        }
    }

    /// `RenameIndex.database_forwards`
    fn rename_index(&mut self, model_name: &str, operation: &Operation, states: States<'_>) {
        let Operation::RenameIndex {
            new_name,
            old_name,
            old_fields,
            ..
        } = operation
        else {
            return;
        };
        let Some(model) = self.migrated(states.to, states.app, model_name) else {
            return;
        };
        let old_model = self.model(states.from, states.app, model_name);
        let found = match (old_fields, old_name) {
            (Some(fields), _) => self.only_index(&old_model, fields),
            (None, Some(name)) => Some(name.clone()),
            (None, None) => None,
        };
        if let Some(old_name) = found.filter(|name| name != new_name) {
            self.execute(Statement::RenameIndex {
                if_exists: false,
                table: Some(model.db_table()),
                from: Name::Given(old_name),
                to: Name::Given(new_name.clone()),
            });
        }
    }

    /// The one index over these fields; Django stops where there is not exactly one.
    fn only_index(&mut self, model: &Model<'_>, fields: &[String]) -> Option<String> {
        let columns = self.columns(model, fields)?;
        let columns = self.looked_up(&columns)?;
        let query = NameQuery {
            columns: Some(&columns),
            index: Some(true),
            // Django 5.1 began to leave out unique indexes.
            unique: (django(model) >= DjangoVersion::new(5, 1)).then_some(false),
            ..NameQuery::default()
        };
        let names = self.constraint_names(model, query)?;
        if let [name] = names.as_slice() {
            return Some(name.clone());
        }
        self.refuse_count("indexes", names.len(), model, &columns);
        None
    }

    fn add_constraint(&mut self, model_name: &str, constraint: &Constraint, is_not_valid: bool, states: States<'_>) {
        let view = if is_not_valid { states.from } else { states.to };
        let Some(model) = self.migrated(view, states.app, model_name) else {
            return;
        };
        let Some(statement) = self.create_constraint(&model, constraint) else {
            return;
        };
        if is_not_valid {
            self.refuse_not_valid();
        }
        self.execute(if is_not_valid { not_valid(statement) } else { statement });
    }

    /// An index class that drops its index by itself.
    fn note_own_removal(&mut self, model: &Model<'_>, name: &str) {
        let mut indexes = model.state.options.indexes.iter();
        let index = indexes.find(|index| index.name.as_deref() == Some(name));
        if let Some(index) = index.filter(|index| index.own_removal) {
            self.partial(format!("`remove_sql` of `{}` is not followed", index.class));
        }
    }

    /// `RemoveConstraint.database_forwards`: what it sends depends on what the constraint was.
    fn remove_named(&mut self, model_name: &str, name: &str, states: States<'_>) {
        let Some(model) = self.migrated(states.to, states.app, model_name) else {
            return;
        };
        let old = self.model(states.from, states.app, model_name);
        let constraints = &old.state.options.constraints;
        let declared = constraints.iter().find(|constraint| constraint.name() == Some(name));
        match declared {
            Some(
                constraint @ (Constraint::Check { .. } | Constraint::Unique { .. } | Constraint::Exclusion { .. }),
            ) => {
                if !self.refuse_condition(&model, constraint) {
                    self.remove_constraint(&model, constraint, name);
                }
            }
            None if self.is_whole(&old) => {}
            Some(Constraint::Unknown { .. }) | None => {
                self.partial(format!("what the constraint {name} was is not known"));
                self.remove_by_catalog(&model, name);
            }
        }
    }

    /// Drops a constraint of which only the name is known, by what the catalog has under that name.
    fn remove_by_catalog(&mut self, model: &Model<'_>, name: &str) {
        let table = self.connection.catalog().identified(&model.db_table());
        let is_index =
            table.is_some_and(|table| !table.constraints.contains_key(name) && table.indexes.contains_key(name));
        if is_index {
            self.drop_index(model, Name::Given(name.to_owned()), false);
        } else {
            self.drop_constraint(model, name);
        }
    }

    /// `CreateExtension.database_forwards`: nothing is sent where the extension is there already.
    fn create_extension(&mut self, name: &str) {
        if !self.connection.catalog().has_extension(name) {
            self.execute(Statement::CreateExtension { name: name.to_owned() });
        }
    }

    /// `RunSQL._run_sql`
    fn run_sql(&mut self, sql: &SqlText) {
        match sql {
            SqlText::Noop => {}
            SqlText::Unknown(reason) => self.opaque(reason.clone()),
            SqlText::Pieces(pieces) => {
                if pieces.iter().any(|piece| piece.text.is_none()) {
                    self.opaque("the SQL could not be read");
                }
                for piece in pieces {
                    if let Some((text, unknowns)) = self.with_parameters(piece) {
                        self.send_written(text, unknowns, Origin::RunSql);
                    }
                }
            }
        }
    }

    /// The text of a piece with its parameters in it, as the schema editor composes it before it is sent.
    pub(super) fn with_parameters(&mut self, piece: &SqlPiece) -> Option<Written> {
        let Some(parameters) = &piece.params else {
            return Some((piece.text.clone()?, Vec::new()));
        };
        let written = (piece.text.clone()?, Vec::new());
        if let Some(reason) = misfit(&written, parameters) {
            self.refuse(reason);
            return None;
        }
        let filled = fill_parameters(&written, parameters);
        match &filled {
            Some((_, unknowns)) if !unknowns.is_empty() => self.partial("a parameter of the SQL"),
            Some(_) => {}
            None => self.opaque("the parameters of the SQL"),
        }
        filled
    }
}

/// The statement that adds a constraint, with `NOT VALID`.
pub(super) fn not_valid(mut statement: Statement) -> Statement {
    if let Statement::AlterTable { actions, .. } = &mut statement
        && let Some(AlterTableAction::AddConstraint(added)) = actions.first_mut()
    {
        added.not_valid = true;
    }
    statement
}

pub(super) fn bound<'a>(model: &Model<'a>, name: &str, field: &Arc<Field>) -> ModelField<'a> {
    ModelField {
        model: model.clone(),
        name: Arc::from(name),
        field: Arc::clone(field),
    }
}
