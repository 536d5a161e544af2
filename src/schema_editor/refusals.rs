//! Where Django itself stops: in the state of the models, while it renders them, or in the schema editor.

use crate::migration::{Base, Constraint, FieldKind, Operation, OperationNode, OperationPath};
use crate::models::{Model, ModelField, ModelKey, Models, Origin, View};
use crate::packages::Packages;
use crate::python_work::{CalledFor, NamedFields};
use crate::versions::DjangoVersion;

use super::expressions::fields_looked_up;
use super::operations::States;
use super::run::Run;
use super::{Refusal, RefusedBy};

/// Until this version a percent sign in a comment is taken for a placeholder.
const TAKES_PERCENT: DjangoVersion = DjangoVersion::new(6, 1);

impl Run<'_> {
    /// Django raises an error here.
    pub(super) fn refuse(&mut self, reason: impl Into<String>) {
        self.refuse_by(RefusedBy::Django, reason.into());
    }

    /// Says who raises an exception here.
    pub(super) fn refuse_by(&mut self, by: RefusedBy, reason: String) {
        let refusal = Refusal {
            operation: self.editor.operation.clone(),
            by,
            reason,
        };
        let refusals = &mut self.editor.outcome.refusals;
        if !refusals.contains(&refusal) {
            refusals.push(refusal);
        }
    }

    /// Whether all that ever happened to the model in the state is known: what it does not have now, Django does not find.
    pub(super) fn is_whole(&self, model: &Model<'_>) -> bool {
        let state = &model.state;
        let is_known = |base: &Base| match base {
            Base::Model(_) => true,
            Base::Class(path) => Packages::known().is_plain_base(path),
        };
        state.origin == Origin::Migrations
            && state.options.unknown.is_empty()
            && state.bases.iter().all(is_known)
            && model.parents().iter().all(|parent| self.is_whole(parent))
            && !self.editor.unread_apps.contains(&state.key().app)
    }

    /// Whether all models of the app are known.
    pub(super) fn is_whole_app(&self, view: View<'_>, app: &str) -> bool {
        view.declares(app) && !self.editor.unread_apps.contains(app)
    }

    /// `_delete_composed_index` and `RenameIndex` want exactly one: certain where all that happened to the table is known.
    pub(super) fn refuse_count(&mut self, what: &str, count: usize, model: &Model<'_>, columns: &[String]) {
        let (table, columns) = (model.db_table(), columns.join(", "));
        let reason = format!("{count} {what} over {}({columns}), where it wants one", table.shown());
        if table
            .known()
            .is_some_and(|table| self.connection.catalog().is_whole(table))
        {
            self.refuse(reason);
        } else {
            self.partial(format!("Django stops if there are {reason}"));
        }
    }

    /// psycopg takes a percent sign in the statement for a placeholder.
    pub(super) fn refuse_percent(&mut self, comment: Option<&str>, version: DjangoVersion) {
        let has_percent = comment.is_some_and(|text| text.replace("%%", "").contains('%'));
        if has_percent && version >= DjangoVersion::new(5, 2) && version < TAKES_PERCENT {
            self.refuse("a percent sign in a comment is taken for a placeholder; write `%%`");
        }
    }

    /// `UniqueConstraint.remove_sql` compiles the condition, with the names that fields have by now. True where it cannot.
    pub(super) fn refuse_condition(&mut self, model: &Model<'_>, constraint: &Constraint) -> bool {
        let Constraint::Unique {
            name,
            condition: Some(condition),
            ..
        } = constraint
        else {
            return false;
        };
        let is_missing = |field: &&str| *field != "pk" && model.field(field).is_none();
        let missing = fields_looked_up(condition).into_iter().find(is_missing);
        let Some(field) = missing.filter(|_| self.is_whole(model)) else {
            return false;
        };
        self.refuse(format!(
            "the condition of `{name}` names `{field}`, which {} does not have",
            model.state.label()
        ));
        true
    }

    /// What `state_forwards`, or the rendering of the models after it, refuses.
    pub(super) fn refuse_by_state(&mut self, operation: &Operation, states: States<'_>) {
        let model = |view: View<'_>, name: &str| {
            view.model(&ModelKey::new(states.app, name))
                .map(|model| model.key().clone())
        };
        match operation {
            Operation::RenameModel { old_name, .. } => {
                let children = model(states.from, old_name).map(|key| states.from.inheriting(&key));
                if let Some(child) = children.iter().flatten().next() {
                    let child = child.state.label();
                    self.refuse(format!(
                        "{child} inherits from {old_name}, and a model with children or proxies cannot be renamed"
                    ));
                }
            }
            Operation::AddField {
                model_name,
                name,
                field,
                ..
            }
            | Operation::AlterField {
                model_name,
                name,
                field,
                ..
            } => {
                if let Some(key) = model(states.to, model_name)
                    && let Some(new) = states.to.model(&key)
                {
                    self.refuse_clash(&new, name);
                    if is_automatic(&field.kind) {
                        self.refuse_second_automatic(&new);
                    }
                }
            }
            Operation::CreateModel { name, .. } => {
                if let Some(key) = model(states.to, name)
                    && let Some(new) = states.to.model(&key)
                {
                    self.refuse_second_automatic(&new);
                }
            }
            _ => {}
        }
    }

    /// What `database_forwards` refuses because the state lacks it; `state_forwards` passes over a name that it lacks.
    pub(super) fn refuse_by_name(&mut self, operation: &Operation, states: States<'_>) {
        match operation {
            Operation::RemoveIndex { model_name, name, .. } => self.refuse_index(states, model_name, name),
            Operation::RenameIndex {
                model_name,
                old_name: Some(name),
                ..
            } => self.refuse_index(states, model_name, name),
            Operation::RemoveConstraint { model_name, name } | Operation::ValidateConstraint { model_name, name } => {
                self.refuse_constraint(states, model_name, name);
            }
            _ => {}
        }
    }

    /// What `state_forwards` refuses because the state lacks it: the model, and the field that is removed or renamed.
    /// `AlterField.state_forwards` takes a field that is not there for a new one.
    pub(super) fn refuse_missing(&mut self, operation: &Operation, states: States<'_>) {
        match operation {
            Operation::RemoveField { model_name, name }
            | Operation::RenameField {
                model_name,
                old_name: name,
                ..
            } => {
                if let Some(model) = self.refuse_missing_model(states, model_name)
                    && model.field(name).is_none()
                    && self.is_whole(&model)
                {
                    self.refuse(format!("{} has no field `{name}`", model.state.label()));
                }
            }
            Operation::DeleteModel { name }
            | Operation::RenameModel { old_name: name, .. }
            | Operation::AlterModelTable { name, .. }
            | Operation::AlterModelTableComment { name, .. }
            | Operation::AlterUniqueTogether { name, .. }
            | Operation::AlterIndexTogether { name, .. }
            | Operation::AlterOrderWithRespectTo { name, .. }
            | Operation::AlterModelOptions { name, .. }
            | Operation::AddField { model_name: name, .. }
            | Operation::AlterField { model_name: name, .. }
            | Operation::AddIndex { model_name: name, .. }
            | Operation::RemoveIndex { model_name: name, .. }
            | Operation::RenameIndex { model_name: name, .. }
            | Operation::AddConstraint { model_name: name, .. }
            | Operation::RemoveConstraint { model_name: name, .. } => {
                self.refuse_missing_model(states, name);
            }
            _ => {}
        }
    }

    /// The model as it stood before, if anything declares it.
    fn refuse_missing_model<'a>(&mut self, states: States<'a>, name: &str) -> Option<Model<'a>> {
        let found = states.from.model(&ModelKey::new(states.app, name));
        let declared = found.filter(|model| model.state.origin != Origin::Assumed);
        if declared.is_none() && self.is_whole_app(states.from, states.app) {
            self.refuse(format!("there is no model {}.{name}", states.app));
        }
        declared
    }

    fn refuse_index(&mut self, states: States<'_>, model_name: &str, name: &str) {
        let Some(model) = states.from.model(&ModelKey::new(states.app, model_name)) else {
            return;
        };
        let mut names = model.state.options.indexes.iter().map(|index| index.name.as_deref());
        let may_have_it = names.any(|known| known.is_none_or(|known| known == name));
        if !may_have_it && self.is_whole(&model) {
            self.refuse(format!("{} has no index `{name}`", model.state.label()));
        }
    }

    fn refuse_constraint(&mut self, states: States<'_>, model_name: &str, name: &str) {
        let Some(model) = states.from.model(&ModelKey::new(states.app, model_name)) else {
            return;
        };
        let mut names = model.state.options.constraints.iter().map(Constraint::name);
        let may_have_it = names.any(|known| known.is_none_or(|known| known == name));
        if !may_have_it && self.is_whole(&model) {
            self.refuse(format!("{} has no constraint `{name}`", model.state.label()));
        }
    }

    /// A field of a child must not be called as one of its parents, unless that is abstract.
    fn refuse_clash(&mut self, model: &Model<'_>, name: &str) {
        let above = ancestors(model);
        let below = descendants(model);
        let other = above.iter().chain(&below);
        let clash = other.into_iter().find(|other| other.state.fields.contains_key(name));
        if let Some(other) = clash {
            self.refuse(format!(
                "{} and {} both have a field `{name}`, and one inherits from the other",
                model.state.label(),
                other.state.label()
            ));
        }
    }

    /// What the schema editor refuses: a column has the type of what its key points to. In the state a model may come later.
    pub(super) fn refuse_targets(&mut self, operation: &Operation, states: States<'_>) {
        let (name, only) = match operation {
            Operation::AddField { model_name, name, .. } | Operation::AlterField { model_name, name, .. } => {
                (model_name, Some(name))
            }
            Operation::CreateModel { name, .. } => (name, None),
            _ => return,
        };
        let Some(model) = states.to.model(&ModelKey::new(states.app, name)) else {
            return;
        };
        for field in model
            .state
            .fields
            .keys()
            .filter(|field| only.is_none_or(|only| *only == ***field))
        {
            self.refuse_missing_target(&model, field);
        }
    }

    /// `resolve_related_fields`: a key wants the model that it points to. What another app declares may come earlier or later
    /// than here; the app's own models are in order.
    fn refuse_missing_target(&mut self, model: &Model<'_>, name: &str) {
        let Some(field) = model.field(name).filter(|field| field.field.reference().is_some()) else {
            return;
        };
        let own = &model.key().app;
        if let Some(key) = field.target_key().filter(|key| key.app == *own) {
            let reason = format!("{}.{name} points to it", model.state.label());
            self.refuse_absent(model.view, &key, &reason);
        }
    }

    /// A model of the app that no migration has created by now.
    fn refuse_absent(&mut self, view: View<'_>, key: &ModelKey, because: &str) {
        let found = view.model(key);
        let is_declared = found.is_some_and(|model| model.state.origin != Origin::Assumed);
        if !is_declared && self.is_whole_app(view, &key.app) {
            self.refuse(format!("there is no model {}.{}, and {because}", key.app, key.name));
        }
    }

    /// The names of models and fields in code that runs: it knows the models of the state alone.
    pub(super) fn refuse_names(&mut self, names: &[NamedFields], states: States<'_>) {
        for named in names.iter().filter(|named| named.model.app == states.app) {
            self.editor.code = Some(named.place.0);
            let key = ModelKey::new(&named.model.app, &named.model.name);
            self.refuse_absent(states.to, &key, "the code asks for it");
            if let Some(model) = states.to.model(&key).filter(|model| self.has_known_names(model)) {
                for field in named
                    .fields
                    .iter()
                    .filter(|field| !is_name_of(&model, field, named.purpose))
                {
                    self.refuse(no_field(&model, field, named));
                }
            }
        }
        self.editor.code = None;
    }

    /// Whether nothing else can give rows of the model a name: a manager of the project, a package that points to it.
    fn has_known_names(&self, model: &Model<'_>) -> bool {
        let family = std::iter::once(model.clone()).chain(ancestors(model));
        family.into_iter().all(|model| {
            let options = &model.state.options;
            self.is_whole(&model) && !options.own_managers && options.swappable.is_none() && !model.is_user()
        })
    }

    fn refuse_second_automatic(&mut self, model: &Model<'_>) {
        let fields = model.state.fields.values();
        if fields.filter(|field| is_automatic(&field.kind)).count() > 1 {
            self.refuse(format!("{} has more than one automatic field", model.state.label()));
        }
    }
}

/// Whether Django finds the name of a field: of the model, of a parent, or of the reverse side of a relation.
fn is_name_of(model: &Model<'_>, name: &str, purpose: CalledFor) -> bool {
    if name == "pk" || model.field(name).is_some() {
        return true;
    }
    match purpose {
        CalledFor::Queries => std::iter::once(model.clone())
            .chain(std::iter::once(model.concrete()))
            .chain(ancestors(model))
            .chain(descendants(model))
            .any(|model| {
                let relations = model.view.relations_to(model.key());
                relations.iter().any(|relation| leads_back_as(relation, name))
            }),
        CalledFor::Updates | CalledFor::Objects | CalledFor::Saves => false,
    }
}

/// Whether a relation goes by this name in conditions on what it points to. See `ForeignObject.related_query_name`.
fn leads_back_as(relation: &ModelField<'_>, name: &str) -> bool {
    let named = relation.field.compared.get("related_query_name");
    // Names with the class or the app in them are put together when the class is made.
    let is_open = |text: &str| text.contains('%');
    let accessor = super::rows::accessor(relation);
    named.is_some()
        || accessor.is_some_and(|accessor| accessor == name || is_open(&accessor))
        || relation.model.key().name == name
}

fn no_field(model: &Model<'_>, field: &str, named: &NamedFields) -> String {
    let what = match named.purpose {
        CalledFor::Queries => "asks for it",
        CalledFor::Updates => "updates it",
        CalledFor::Objects => "makes an object with it",
        CalledFor::Saves => "saves it",
    };
    let rows = if named.wants_rows {
        " as soon as there is a row"
    } else {
        ""
    };
    format!(
        "{} has no field {field}, and the code {what}{rows}",
        model.state.label()
    )
}

fn is_automatic(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Plain(internal_type) if internal_type.is_automatic())
}

/// As deep as anybody inherits: a model that is its own ancestor, through whatever accident, must not loop.
const DEEPEST: usize = 16;

fn ancestors<'a>(model: &Model<'a>) -> Vec<Model<'a>> {
    reached(model, Model::parents)
}

fn descendants<'a>(model: &Model<'a>) -> Vec<Model<'a>> {
    reached(model, |model| model.view.inheriting(model.key()))
}

fn reached<'a>(model: &Model<'a>, next: impl Fn(&Model<'a>) -> Vec<Model<'a>>) -> Vec<Model<'a>> {
    let mut found = Vec::new();
    let mut latest = vec![model.clone()];
    for _ in 0..DEEPEST {
        latest = latest.iter().flat_map(&next).collect();
        if latest.is_empty() {
            break;
        }
        found.extend(latest.iter().cloned());
    }
    found
}

/// Models that the migration deleted though others still name them: Django stops when it next builds the models.
pub(super) fn left_behind(app: &str, operations: &[OperationNode], models: &Models) -> Vec<Refusal> {
    let now = models.now();
    let mut refusals = Vec::new();
    for node in operations {
        let Operation::DeleteModel { name } = &node.operation else {
            continue;
        };
        let key = ModelKey::new(app, name);
        if now.model(&key).is_some() {
            continue;
        }
        if let Some(reason) = still_named(now, &key, name) {
            refusals.push(Refusal {
                by: RefusedBy::Django,
                operation: OperationPath::clone(&node.path),
                reason: format!("{reason}: this and every later `migrate` ends with that error"),
            });
        }
    }
    refusals
}

fn still_named(now: View<'_>, key: &ModelKey, name: &str) -> Option<String> {
    if let Some(child) = now.inheriting(key).first() {
        return Some(format!("{} still inherits from {name}", child.state.label()));
    }
    let relation = now
        .relations_to(key)
        .into_iter()
        .find(|field| !field.is_in_automatic_table())?;
    Some(format!(
        "`{}.{}` still names {name}",
        relation.model.state.label(),
        relation.name
    ))
}
