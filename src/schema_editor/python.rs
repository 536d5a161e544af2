//! What code of Python sends: its SQL, and what it tells the schema editor.

use crate::catalog::{Cause, Claim, Scope};
use crate::finding::Origin;
use crate::migration::{Field, GivenField, Operation, SchemaCall};
use crate::models::{Model, ModelField, View};
use crate::python_work::{Action, Caught, Certainty, Effect, Handed, ModelName, Named, Parameters, TextPiece};
use crate::row_work::RowChange;
use crate::sql;
use crate::statement::{Name, Statement};
use crate::transaction::Likelihood;
use crate::unknown::{Identifier, PartForm, Unknown, UnknownPart};
use crate::value::{Builder, Str, Value};

use super::Again;
use super::operations::{States, bound};
use super::parameters::{Written, fill_parameters};
use super::placeholders::misfit;
use super::row_work::widest;
use super::run::Run;
use super::{PythonCode, scope_of_app};

const UNDECIDED: &str = "whether all of this is sent is known only when the code runs";

impl Run<'_> {
    /// Runs the code of a `RunPython`, effect by effect.
    pub(super) fn run_code(&mut self, operation: &Operation, states: States<'_>) {
        let Operation::RunPython {
            atomic, work, calls, ..
        } = operation
        else {
            return;
        };
        let atomic = self.own_transaction(*atomic);
        // How many rows it goes through is told once, in its turn among the statements.
        let widest = widest(&work.effects);
        let code = PythonCode {
            atomic,
            rows: self.row_work(&work.effects, atomic, states.to),
        };
        // A block within another is a savepoint, and holds its locks until that one ends.
        let mut blocks: Vec<bool> = Vec::new();
        if atomic == Some(true) {
            self.begin_block(&mut blocks);
        }
        self.refuse_names(&work.names, states);
        let claims = self.claims_about(&work.words, states.to);
        let mut calls = calls.iter();
        let mut limits = Vec::new();
        for (index, effect) in work.effects.iter().enumerate() {
            self.editor.code = Some(effect.place.0);
            let outer = self.catch(effect.caught);
            self.connection.suppose(likelihood(effect.certainty));
            match &effect.action {
                Action::Sql { text, params } => {
                    let scope = self.scope_of_text(text, &work.effects, states);
                    self.undecided(effect, &scope, |run| {
                        run.send_python(text, params, effect.certainty, &scope, states.to);
                    });
                }
                Action::Editor(_) => {
                    if let Some(call) = calls.next() {
                        let scope = scope_of_app(states.to, states.app);
                        let is_certain = matches!(effect.certainty, Certainty::Certain | Certainty::Attempted);
                        self.undecided(effect, &scope, |run| match call {
                            SchemaCall::ForgetDeferred if is_certain => run.editor.deferred.clear(),
                            SchemaCall::ForgetDeferred => run.doubt_deferred(UNDECIDED),
                            call => run.schema_call(call, states.to),
                        });
                    }
                }
                Action::Begin => self.begin_block(&mut blocks),
                Action::End => self.end_block(&mut blocks),
                Action::Limit(timeouts) => limits.push(self.apply_timeouts(timeouts)),
                Action::Unlimit => limits.pop().into_iter().for_each(|limit| self.lift(limit)),
                Action::Command { name, .. } => self.command(name.as_deref(), states),
                Action::Unfollowed { reason, handed, about } => {
                    let scope = self.scope_of_names(about, states);
                    if *handed >= Handed::Cursor {
                        self.opaque_about(&scope, reason.clone());
                    } else {
                        self.connection.doubt(&scope, Cause::Rows);
                    }
                }
                Action::Rows(rows) => {
                    if rows.locks && !self.connection.is_in_transaction() && !rows.change.is_lockless() {
                        let place = self.place();
                        self.connection.select_for_update(&place);
                    }
                    self.change_rows(rows, effect.certainty, states);
                }
                Action::Base => {}
            }
            self.editor.again = outer;
            if widest == Some(index) {
                self.tell_rows(&code);
            }
        }
        self.editor.code = None;
        self.connection.suppose(Likelihood::Certain);
        self.withdraw(claims);
        if widest.is_none() && !work.effects.is_empty() {
            self.tell_rows(&code);
        }
        while !blocks.is_empty() {
            self.end_block(&mut blocks);
        }
    }

    /// What is claimed about the columns that code names, before it runs.
    fn claims_about(&self, words: &[String], view: View<'_>) -> Vec<Claim> {
        let is_word = |name: &str| words.binary_search_by(|word| word.as_str().cmp(name)).is_ok();
        let renamed = view.columns_by_other_names(is_word);
        let is_renamed = |table: &str, column: &str| renamed.iter().any(|known| known.0 == table && known.1 == column);
        self.connection.catalog().claims(|table, column| {
            let is_key = column.strip_suffix("_id").is_some_and(is_word);
            is_word(column) || is_key || is_renamed(table, column)
        })
    }

    /// Code that names a column may have written it, in whatever way: what it leaves as it was is not certain any more.
    fn withdraw(&mut self, claims: Vec<Claim>) {
        for claim in claims {
            if self.connection.catalog().still_claims(&claim) {
                let Claim { table, column, .. } = claim;
                self.connection.change_rows(&RowChange::Named { table, column });
            }
        }
    }

    /// Errors of what comes next are caught. Gives what a second run did so far.
    pub(super) fn catch(&mut self, caught: Caught) -> Again {
        if caught != Caught::Nothing && self.connection.is_in_transaction() {
            let place = self.place();
            self.connection.catch_error(&place);
        }
        let again = match caught {
            Caught::Nothing | Caught::Some => self.editor.again,
            Caught::Names => Again::GoesOn,
        };
        std::mem::replace(&mut self.editor.again, again)
    }

    fn begin_block(&mut self, blocks: &mut Vec<bool>) {
        let is_outermost = !self.connection.is_in_transaction();
        if is_outermost {
            self.connection.begin();
        }
        blocks.push(is_outermost);
    }

    fn end_block(&mut self, blocks: &mut Vec<bool>) {
        if blocks.pop() == Some(true) {
            self.connection.end();
        }
    }

    fn tell_rows(&mut self, code: &PythonCode) {
        let place = self.place();
        self.connection.run_python(code, &place);
    }

    /// Does something; where that hangs on a condition that is not known, it may fail in vain, and may not have happened.
    fn undecided(&mut self, effect: &Effect, scope: &Scope, run: impl FnOnce(&mut Self)) {
        match effect.certainty {
            Certainty::Certain => run(self),
            Certainty::Attempted | Certainty::PerRow | Certainty::Doubtful => {
                if effect.certainty != Certainty::Attempted {
                    self.partial(UNDECIDED);
                }
                self.connection.doubt(scope, Cause::Undecided);
                run(self);
                self.connection.doubt(scope, Cause::Undecided);
            }
        }
    }

    /// The tables that a text names; else those that all SQL of the code names, and those of the app.
    fn scope_of_text(&self, text: &[TextPiece], code: &[Effect], states: States<'_>) -> Scope {
        let mut tables = self.tables_of_text(text, states);
        if !tables.is_empty() {
            return Scope::Tables(tables);
        }
        // What the database says for a table, the code sends to change that table.
        tables.extend(code.iter().flat_map(|effect| match &effect.action {
            Action::Sql { text, .. } => self.tables_of_text(text, states),
            Action::Editor(_)
            | Action::Begin
            | Action::End
            | Action::Limit(_)
            | Action::Unlimit
            | Action::Command { .. }
            | Action::Unfollowed { .. }
            | Action::Rows(_)
            | Action::Base => Vec::new(),
        }));
        match scope_of_app(states.to, states.app) {
            Scope::Tables(of_app) => Scope::Tables(of_app.into_iter().chain(tables).collect()),
            Scope::Everything => Scope::Everything,
        }
    }

    fn tables_of_text(&self, text: &[TextPiece], states: States<'_>) -> Vec<String> {
        let mut tables = Vec::new();
        for piece in text {
            match piece {
                TextPiece::Known(known) => tables.extend(self.connection.catalog().tables_in(known)),
                TextPiece::Table(name) | TextPiece::Column(name, _) => {
                    let table = states.to.table_of(&name.app, &name.name);
                    tables.extend(table.and_then(|table| table.known().map(str::to_owned)));
                }
                TextPiece::Value { .. } | TextPiece::Unknown(_) => {}
            }
        }
        tables
    }

    /// The tables of these names, else those of the app.
    fn scope_of_names(&mut self, names: &[Named], states: States<'_>) -> Scope {
        let tables = names.iter().filter_map(|name| match name {
            Named::Model(name) => states.to.table_of(&name.app, &name.name)?.known().map(str::to_owned),
            Named::Table(name) => Some(name.clone()),
        });
        scope_of(tables.collect(), states)
    }

    fn command(&mut self, name: Option<&str>, states: States<'_>) {
        let of_app = scope_of_app(states.to, states.app);
        match name {
            Some("migrate") => self.opaque_about(&Scope::Everything, "what the command `migrate` does is not followed"),
            Some(name) => self.opaque_about(&of_app, format!("what the command `{name}` does is not followed")),
            None => self.opaque_about(
                &of_app,
                "a command is called whose name is known only when the code runs",
            ),
        }
    }

    fn send_python(
        &mut self,
        text: &[TextPiece],
        params: &Parameters,
        certainty: Certainty,
        scope: &Scope,
        view: View<'_>,
    ) {
        let text = self.composed(text, view);
        if let Some(unknown) = unknown_from_the_start(&text) {
            self.opaque_about(
                scope,
                format!("the SQL is known only when the code runs: {}", unknown.reason()),
            );
            return;
        }
        if !text.1.is_empty() {
            self.partial("a part of the SQL is known only when the code runs");
        }
        let sets: Vec<Option<Value>> = match params {
            Parameters::None => vec![None],
            // Nothing to fill in, and no percent sign to be halved.
            Parameters::Given(Value::Tuple(items)) if items.is_empty() && !text.0.contains('%') => vec![None],
            Parameters::Given(params) => vec![Some(params.clone())],
            Parameters::Many(Value::List(sets) | Value::Tuple(sets)) => sets.iter().cloned().map(Some).collect(),
            Parameters::Many(_) => {
                self.opaque("how often the SQL is sent is known only when the code runs");
                return;
            }
        };
        for params in sets {
            let misfit = params.as_ref().and_then(|params| misfit(&text, params));
            if let Some(reason) = misfit.filter(|_| certainty == Certainty::Certain) {
                self.refuse(reason);
                return;
            }
            let filled = match &params {
                None => Some(text.clone()),
                Some(params) => fill_parameters(&text, params),
            };
            match filled {
                Some((filled, unknowns)) => {
                    if unknowns.len() > text.1.len() {
                        self.partial("a parameter of the SQL");
                    }
                    self.send_written(filled, unknowns, Origin::RunPython);
                }
                None => self.opaque("the parameters of the SQL"),
            }
        }
    }

    /// A text with the tables and columns of models in it.
    fn composed(&mut self, pieces: &[TextPiece], view: View<'_>) -> Written {
        let mut text = Builder::default();
        let mut unknowns = Vec::new();
        for piece in pieces {
            let unknown = match piece {
                TextPiece::Known(known) => {
                    text.push(known);
                    continue;
                }
                TextPiece::Table(name) => match self.model_of(name, view).db_table() {
                    Identifier::Known(table) => {
                        text.push_text(&table);
                        continue;
                    }
                    Identifier::Unknown(unknown) => unknown,
                },
                TextPiece::Column(name, field) => {
                    let model = self.model_of(name, view);
                    let column = match field.as_str() {
                        "pk" => model.primary_key(),
                        field => model.field(field),
                    };
                    match column.and_then(|field| field.column()) {
                        Some(Identifier::Known(column)) => {
                            text.push_text(&column);
                            continue;
                        }
                        Some(Identifier::Unknown(unknown)) => unknown,
                        None => Unknown::new(&format!("the column of {}.{field}", model.state.label())),
                    }
                }
                TextPiece::Value { source, scope } => {
                    let subject = format!("{source} in {scope} of operation {:?}", self.editor.operation);
                    Unknown::named(&subject, source)
                }
                TextPiece::Unknown(reason) => Unknown::new(reason),
            };
            let start = text.length();
            text.push_text(&unknown.to_string());
            unknowns.push(UnknownPart {
                bytes: start..text.length(),
                unknown,
                form: PartForm::Text,
            });
        }
        (text.finish(), unknowns)
    }

    /// The name of a table, as the code puts it together.
    fn table_name(&mut self, pieces: &[TextPiece], view: View<'_>) -> Identifier {
        let (text, unknowns) = self.composed(pieces, view);
        if unknowns.is_empty() {
            Identifier::from(text.to_string())
        } else {
            Identifier::Unknown(sql::unknown_name(&text, &unknowns))
        }
    }

    /// A text of which all is known.
    fn known_text(&mut self, pieces: &[TextPiece], view: View<'_>) -> Result<Str, String> {
        let (text, unknowns) = self.composed(pieces, view);
        match unknowns.first() {
            None => Ok(text),
            Some(part) => Err(part.unknown.reason().to_owned()),
        }
    }

    fn model_of<'a>(&mut self, name: &ModelName, view: View<'a>) -> Model<'a> {
        self.model(view, &name.app, &name.name)
    }

    fn schema_call(&mut self, call: &SchemaCall, view: View<'_>) {
        match call {
            SchemaCall::CreateModel { model } => {
                let model = self.model_of(model, view);
                self.create_model(&model);
            }
            SchemaCall::DeleteModel { model } => {
                let model = self.model_of(model, view);
                self.delete_model(&model);
            }
            SchemaCall::AlterDbTable { old, new } => {
                let (old, new) = (self.table_name(old, view), self.table_name(new, view));
                self.alter_db_table(&old, &new);
            }
            SchemaCall::AlterUniqueTogether { model, old, new } => {
                let model = self.model_of(model, view);
                self.alter_unique_together(&model, old, new);
            }
            SchemaCall::AlterIndexTogether { model, old, new } => {
                let model = self.model_of(model, view);
                self.alter_index_together(&model, old, new);
            }
            SchemaCall::AddField { model, field } => {
                let model = self.model_of(model, view);
                if let Some(field) = self.given(&model, field) {
                    self.add_field(&model, &field);
                }
            }
            SchemaCall::RemoveField { model, field } => {
                let model = self.model_of(model, view);
                if let Some(field) = self.given(&model, field) {
                    self.remove_field(&model, &field);
                }
            }
            SchemaCall::AlterField { model, old, new } => {
                let model = self.model_of(model, view);
                if let (Some(old), Some(new)) = (self.given(&model, old), self.given(&model, new)) {
                    self.alter_field(&model, &old, &new);
                }
            }
            SchemaCall::AddIndex {
                model,
                index,
                concurrently,
            } => {
                let model = self.model_of(model, view);
                if let Some(statement) = self.create_meta_index(&model, index, *concurrently) {
                    self.execute(statement);
                }
            }
            SchemaCall::RemoveIndex {
                model,
                index,
                concurrently,
            } => {
                let model = self.model_of(model, view);
                match &index.name {
                    Some(name) => self.drop_index(&model, Name::Given(name.clone()), *concurrently),
                    None => self.opaque("an index without a name is dropped"),
                }
            }
            SchemaCall::RenameIndex { model, old, new } => {
                let model = self.model_of(model, view);
                match (&old.name, &new.name) {
                    (Some(old), Some(new)) => self.execute(Statement::RenameIndex {
                        if_exists: false,
                        table: Some(model.db_table()),
                        from: Name::Given(old.clone()),
                        to: Name::Given(new.clone()),
                    }),
                    (_, None) | (None, _) => self.opaque("an index without a name is renamed"),
                }
            }
            SchemaCall::AddConstraint { model, constraint } => {
                let model = self.model_of(model, view);
                if let Some(statement) = self.create_constraint(&model, constraint) {
                    self.execute(statement);
                }
            }
            SchemaCall::RemoveConstraint { model, constraint } => {
                let model = self.model_of(model, view);
                match constraint.name() {
                    Some(name) => self.remove_constraint(&model, constraint, name),
                    None => self.opaque("a constraint without a name is dropped"),
                }
            }
            SchemaCall::Defer { text } => match self.known_text(text, view) {
                Ok(text) => self.defer_written(text),
                Err(reason) => self.opaque(reason),
            },
            SchemaCall::ForgetDeferred => self.editor.deferred.clear(),
            SchemaCall::ChangeDeferred { reason } => {
                self.doubt_deferred(reason);
                self.opaque(reason.clone());
            }
            SchemaCall::Unread { reason } => self.opaque(reason.clone()),
        }
    }

    fn given<'a>(&mut self, model: &Model<'a>, field: &GivenField) -> Option<ModelField<'a>> {
        match field {
            GivenField::Declared(name) if name == "pk" => model.primary_key(),
            GivenField::Declared(name) => self.field(model, name),
            GivenField::Made(name, field) => {
                self.note_made(field);
                Some(bound(model, name, field))
            }
        }
    }

    fn note_made(&mut self, field: &Field) {
        for (name, reason) in &field.unknown {
            self.partial(format!("{name}: {reason}"));
        }
    }
}

/// The part that a text begins with, if nothing tells what the text is.
fn unknown_from_the_start((text, unknowns): &Written) -> Option<&Unknown> {
    let first = unknowns.first()?;
    let is_open = text[..first.bytes.start].trim().is_empty();
    is_open.then_some(&first.unknown)
}

pub(super) fn scope_of(tables: Vec<String>, states: States<'_>) -> Scope {
    if tables.is_empty() {
        scope_of_app(states.to, states.app)
    } else {
        Scope::Tables(tables)
    }
}

/// Of rows that a loop goes through it is taken for granted that there are some, and that some meet its conditions.
fn likelihood(certainty: Certainty) -> Likelihood {
    match certainty {
        Certainty::Certain | Certainty::Attempted | Certainty::PerRow => Likelihood::Certain,
        Certainty::Doubtful => Likelihood::Possible,
    }
}
