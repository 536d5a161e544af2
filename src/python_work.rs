//! What Python code does to the database when it runs, as far as its text tells. Plain data, in the order of its course.

use crate::row_work::{Constant, Reach};
use crate::source::{Place, Range};
use crate::value::{Str, Value};

/// All that a piece of code does.
#[derive(Clone, Debug, Default)]
pub struct PythonWork {
    /// In order.
    pub effects: Vec<Effect>,
    /// The models and fields that it is certain to ask for by their names.
    pub names: Vec<NamedFields>,
    /// All words of its text, in order: what none of these names is out of its reach.
    pub words: Vec<String>,
}

/// What it does; the words of code that does it may be others.
impl PartialEq for PythonWork {
    fn eq(&self, other: &Self) -> bool {
        self.effects == other.effects && self.names == other.names
    }
}

/// One thing that code does.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What it is.
    pub action: Action,
    /// Whether it is certain to happen.
    pub certainty: Certainty,
    /// Whether the code catches its error, and goes on in the transaction that is aborted by it.
    pub caught: Caught,
    /// Where it stands.
    pub place: Place,
    /// Where in the module that everything began with the call stands that leads there.
    pub at: Place,
}

/// Which errors of the database code catches, and goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caught {
    /// None.
    #[default]
    Nothing,
    /// Some: a timeout, a value that is refused.
    Some,
    /// Those of names among them: that something is there already, or is missing (`ProgrammingError`).
    Names,
}

/// Whether something happens in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It does.
    Certain,
    /// It does, and where it fails, the code goes on.
    Attempted,
    /// Of the rows that a loop goes through, it does for those that meet a condition which is not known.
    PerRow,
    /// A condition that is not known decides.
    Doubtful,
}

/// What can be done to the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A string of statements is sent.
    Sql {
        /// The string, part by part.
        text: Vec<TextPiece>,
        /// What its placeholders stand for.
        params: Parameters,
    },
    /// Django's schema editor is told to change something.
    Editor(EditorCall),
    /// Rows are read or written.
    Rows(RowEffect),
    /// `transaction.atomic()` begins.
    Begin,
    /// `transaction.atomic()` ends.
    End,
    /// `apply_timeouts()` of django-pg-migration-tools begins: names of settings, and what they are set to.
    Limit(Vec<(String, Value)>),
    /// It ends, and sets them back.
    Unlimit,
    /// The method of Django's class that an operation overrides is called.
    Base,
    /// A command of `manage.py` runs.
    Command {
        /// Its name.
        name: Option<String>,
        /// The text arguments.
        arguments: Vec<String>,
    },
    /// Something that is not followed.
    Unfollowed {
        /// A sentence: "`copy_rows()` is not followed".
        reason: String,
        /// What it can reach.
        handed: Handed,
        /// What it names, where that is all that it can be about; nothing where it may be about anything.
        about: Vec<Named>,
    },
}

/// What code names of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A model, and so its table.
    Model(ModelName),
    /// A table, in SQL or by itself.
    Table(String),
}

/// The parameters of a string of SQL.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// None: the text goes to the server as it is.
    None,
    /// One set of them.
    Given(Value),
    /// `executemany`: the string is sent once for each item.
    Many(Value),
}

/// Part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPiece {
    /// As written, which knows where.
    Known(Str),
    /// The table of a model.
    Table(ModelName),
    /// The column of a field.
    Column(ModelName, String),
    /// What an expression gives, known only when the code runs: in one scope it gives the same each time.
    Value {
        /// The expression.
        source: String,
        /// The module, call and loop that it stands in, and what it is evaluated to.
        scope: String,
    },
    /// Known only when the code runs.
    Unknown(String),
}

/// What the code that is not followed can reach, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Handed {
    /// Models only.
    Apps,
    /// Rows of a model.
    Queryset,
    /// A connection or a cursor.
    Cursor,
    /// The schema editor.
    Editor,
}

/// App label and name of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelName {
    /// `shop`.
    pub app: String,
    /// `Order`, in whatever case the code writes it.
    pub name: String,
}

/// Whose rows they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Those of a model.
    Model(ModelName),
    /// Those that a relation of a model leads to: `order.items`.
    Relation(ModelName, String),
    /// Those of the table behind a many-to-many field: `Order.tags.through`.
    Through(ModelName, String),
    /// The code does not say.
    Unknown,
}

/// Rows read or written.
#[derive(Clone, Debug, PartialEq)]
pub struct RowEffect {
    /// Whose.
    pub target: Target,
    /// What happens to them.
    pub change: Change,
    /// How many in the whole run.
    pub reach: Reach,
    /// How many in one transaction where none is open around the code: in one block of `transaction.atomic()`, else in
    /// one statement.
    pub batch: Reach,
    /// Whose rows those are that a loop goes through, where it is a loop that makes them many.
    pub of: Option<Target>,
    /// Conditions on them.
    pub filters: Vec<Filter>,
    /// Whether they are locked: `select_for_update`.
    pub locks: bool,
    /// Whether the model is today's, imported from `models.py`, and not that of the history.
    pub is_imported: bool,
}

/// Names by which code asks for a model of the history and for its fields, which Django looks up at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFields {
    /// The model.
    pub model: ModelName,
    /// The fields: `customer` of `customer__name`.
    pub fields: Vec<String>,
    /// What they are called for.
    pub purpose: CalledFor,
    /// Whether that happens once for each row that a loop goes through: with none of them never.
    pub wants_rows: bool,
    /// Where it stands.
    pub place: Place,
}

/// What the names of fields are called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalledFor {
    /// Conditions, an order, values: relations count, both ways.
    Queries,
    /// `update(..)`: columns of the model.
    Updates,
    /// `Order(..)`: attributes of an object.
    Objects,
    /// `save(update_fields=..)`
    Saves,
}

/// What happens to rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// They are gone through.
    Read,
    /// It is asked whether there are any, or how many.
    Ask,
    /// They are new, with these fields set.
    Insert {
        /// Fields by the names that the code gives.
        fields: Vec<String>,
    },
    /// They are written again.
    Update {
        /// The fields; `None` where the code does not say.
        fields: Option<Vec<WrittenField>>,
    },
    /// They go, and what depends on them.
    Delete,
    /// New ones, unless they are there: `get_or_create`.
    Upsert {
        /// Fields by the names that the code gives.
        fields: Vec<String>,
    },
    /// They are put in relation to an object: `order.tags.add(..)`.
    Link,
    /// Their relation to an object ends: `order.tags.remove(..)`.
    Unlink,
}

impl Change {
    /// Whether Django leaves `FOR UPDATE` out: an UPDATE or DELETE locks by itself.
    #[must_use]
    pub fn is_lockless(&self) -> bool {
        match self {
            Change::Update { .. } | Change::Delete | Change::Insert { .. } | Change::Link | Change::Unlink => true,
            Change::Read | Change::Ask | Change::Upsert { .. } => false,
        }
    }
}

/// A field that is written in rows that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenField {
    /// By the name that the code gives.
    pub name: String,
    /// With what.
    pub value: WrittenValue,
}

/// What is written into a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenValue {
    /// NULL.
    Null,
    /// What is in there.
    Same,
    /// Something that depends on what is in there, and is another each time: `F("total") + 1`.
    Stepwise,
    /// The same value in all rows, where it is known which.
    One(Option<Constant>),
    /// Anything else.
    Other,
}

/// A condition on rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// `status`, `pk__in`; empty where it is not known.
    pub lookup: String,
    /// What it is compared with.
    pub value: Value,
    /// Whether rows for which it holds are left out.
    pub excludes: bool,
    /// Conditions of which one is enough: `Q(status=None) | Q(status="")`.
    pub or: Vec<Filter>,
}

impl Filter {
    /// A condition that is not read.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            lookup: String::new(),
            value: Value::None,
            excludes: false,
            or: Vec::new(),
        }
    }
}

/// A call of Django's schema editor that changes the schema.
#[derive(Clone, Debug, PartialEq)]
pub struct EditorCall {
    /// The method's name, one of Django's.
    pub method: String,
    /// The arguments in Django's order.
    pub arguments: Vec<EditorArgument>,
}

/// What the schema editor gets.
#[derive(Clone, Debug, PartialEq)]
pub enum EditorArgument {
    /// A model.
    Model(ModelName),
    /// A field that a model has.
    FieldOf(ModelName, String),
    /// A field that the code makes, and its name.
    Field {
        /// The call that makes it.
        value: Value,
        /// Its name.
        name: String,
    },
    /// Text, such as a table's name.
    Text(Vec<TextPiece>),
    /// All else.
    Value(Value),
}

impl PythonWork {
    /// Code of which nothing is known.
    #[must_use]
    pub fn unfollowed(reason: String, at: Range) -> Self {
        let action = Action::Unfollowed {
            reason,
            handed: Handed::Editor,
            about: Vec::new(),
        };
        Self {
            names: Vec::new(),
            words: Vec::new(),
            effects: vec![Effect {
                action,
                certainty: Certainty::Certain,
                caught: Caught::Nothing,
                place: at.into(),
                at: at.into(),
            }],
        }
    }
}
