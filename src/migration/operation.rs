//! The operations of django.db.migrations and django.contrib.postgres, arguments read.

use std::sync::Arc;

use crate::packages::Uniqueness;
use crate::python_work::PythonWork;
use crate::unknown::Identifier;
use crate::value::{Str, Value};

use super::field::{Field, ModelRef};
use super::packaged::{Packaged, Trigger};
use super::schema_call::SchemaCall;
use super::{OperationNode, Owner};

/// One migration operation.
///
/// Closed on purpose, and matched without `_`: an operation that Django invents must make the compiler complain.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    missing_docs,
    reason = "fields are the arguments of the Django class of the same name"
)]
pub enum Operation {
    CreateModel {
        name: String,
        fields: Vec<(String, Arc<Field>)>,
        options: Arc<ModelOptions>,
        bases: Vec<Base>,
    },
    DeleteModel {
        name: String,
    },
    RenameModel {
        old_name: String,
        new_name: String,
    },
    AlterModelTable {
        name: String,
        /// The new name, if it is not Django's own; or why it cannot be read.
        table: Result<Option<String>, String>,
    },
    AlterModelTableComment {
        name: String,
        table_comment: Option<String>,
    },
    AlterUniqueTogether {
        name: String,
        unique_together: Vec<Vec<String>>,
    },
    AlterIndexTogether {
        name: String,
        index_together: Vec<Vec<String>>,
    },
    AlterOrderWithRespectTo {
        name: String,
        order_with_respect_to: Option<String>,
    },
    /// `AlterModelOptions`: only `managed`, `proxy`-like options matter to the database; see `ALTER_OPTION_KEYS`.
    AlterModelOptions {
        name: String,
        options: Vec<(String, Value)>,
    },
    AlterModelManagers {
        name: String,
    },
    AddField {
        model_name: String,
        name: String,
        field: Arc<Field>,
        preserve_default: bool,
    },
    RemoveField {
        model_name: String,
        name: String,
    },
    AlterField {
        model_name: String,
        name: String,
        field: Arc<Field>,
        preserve_default: bool,
    },
    RenameField {
        model_name: String,
        old_name: String,
        new_name: String,
    },
    AddIndex {
        model_name: String,
        index: Index,
        concurrently: bool,
    },
    RemoveIndex {
        model_name: String,
        name: String,
        concurrently: bool,
    },
    RenameIndex {
        model_name: String,
        new_name: String,
        old_name: Option<String>,
        old_fields: Option<Vec<String>>,
    },
    /// Also `AddConstraintNotValid` of django.contrib.postgres.
    AddConstraint {
        model_name: String,
        constraint: Constraint,
        not_valid: bool,
    },
    RemoveConstraint {
        model_name: String,
        name: String,
    },
    /// Django 6.0: state only.
    AlterConstraint {
        model_name: String,
        name: String,
        constraint: Constraint,
    },
    ValidateConstraint {
        model_name: String,
        name: String,
    },
    SeparateDatabaseAndState {
        database_operations: Vec<OperationNode>,
        state_operations: Vec<OperationNode>,
    },
    RunSql {
        sql: SqlText,
        reverse_sql: Option<SqlText>,
        state_operations: Vec<OperationNode>,
    },
    /// `atomic` as given to the operation: `None` follows the migration.
    RunPython {
        atomic: Option<bool>,
        code: Value,
        /// What it does, in order.
        work: Arc<PythonWork>,
        /// What it tells the schema editor, in the order of such calls in its work.
        calls: Vec<SchemaCall>,
    },
    CreateExtension {
        name: String,
    },
    CreateCollation {
        name: String,
        locale: String,
        provider: String,
        deterministic: bool,
    },
    RemoveCollation {
        name: String,
    },
    /// An operation of a well-known package.
    Packaged(Packaged),
    /// An operation class that is not Django's, and whose way to the database is its own.
    Custom {
        path: String,
        /// Whether its file is at hand.
        owner: Owner,
        /// What the class of Django below it does, if the state changes in that way.
        base: Option<Box<Operation>>,
    },
    /// A class that is Django's, but whose arguments could not be read, or no call at all.
    Unread {
        reason: String,
    },
}

impl Operation {
    /// What happens to the models: of an operation of a package the one of Django that it stands for.
    #[must_use]
    pub fn of_django(&self) -> &Self {
        match self {
            Operation::Packaged(packaged) => packaged.base().unwrap_or(self),
            operation => operation,
        }
    }
}

/// A base class of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// `"shop.Order"`: multi-table inheritance, or the parent of a proxy.
    Model(ModelRef),
    /// A dotted class path: `django.db.models.Model`, a mixin.
    Class(String),
}

/// The model options that decide DDL; all others are kept as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelOptions {
    /// `db_table`.
    pub db_table: Option<Identifier>,
    /// `db_table_comment`.
    pub db_table_comment: Option<String>,
    /// `db_tablespace`.
    pub db_tablespace: Option<String>,
    /// `managed = False`.
    pub unmanaged: bool,
    /// `proxy`.
    pub proxy: bool,
    /// `abstract`: never in real migrations, but harmless.
    pub abstract_model: bool,
    /// `swappable`: the setting that can replace this model.
    pub swappable: Option<String>,
    /// `unique_together`, as a list of lists, in source order.
    pub unique_together: Vec<Vec<String>>,
    /// `index_together` (removed in Django 5.1), in source order.
    pub index_together: Vec<Vec<String>>,
    /// `order_with_respect_to`.
    pub order_with_respect_to: Option<String>,
    /// `indexes`.
    pub indexes: Vec<Index>,
    /// `constraints`.
    pub constraints: Vec<Constraint>,
    /// `triggers` of django-pgtrigger, which its operations keep here.
    pub triggers: Vec<Trigger>,
    /// Whether it has managers of its own, which may give its rows more names.
    pub own_managers: bool,
    /// `required_db_vendor`, `db_vendor`-like and unknown option values (name, reason); DDL is then uncertain.
    pub unknown: Vec<(String, String)>,
}

/// An `Index` of django.db.models or django.contrib.postgres.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The class path, `django.contrib.postgres.indexes.GinIndex`; of a subclass that of the Django class it derives from.
    pub path: String,
    /// The class as the migration names it.
    pub class: String,
    /// Whether the class has a `remove_sql` of its own, which is not followed.
    pub own_removal: bool,
    /// The access method by the class, which is its `suffix`; nothing for a plain index.
    pub method: Option<String>,
    /// Whether the class makes it unique.
    pub unique: Option<Uniqueness>,
    /// `name`; `None` where it is missing or unknown (it is then computed as `Index.set_name_with_model` does).
    pub name: Option<String>,
    /// `fields` without the leading `-`, with the order.
    pub fields: Vec<IndexField>,
    /// Positional expressions.
    pub expressions: Vec<Value>,
    /// `opclasses`.
    pub opclasses: Vec<String>,
    /// `condition`.
    pub condition: Option<Value>,
    /// `include`.
    pub include: Vec<String>,
    /// `db_tablespace`.
    pub db_tablespace: Option<String>,
    /// Class-specific arguments, `fastupdate`, `lists`, ..., in the order in which they are printed.
    pub parameters: Vec<(String, Value)>,
    /// Arguments that could not be read (name, reason).
    pub unknown: Vec<(String, String)>,
}

/// One field of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexField {
    /// The field's name.
    pub name: String,
    /// `-name`.
    pub descending: bool,
}

/// A constraint of `Meta.constraints`.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    missing_docs,
    reason = "fields are the arguments of the Django class of the same name"
)]
pub enum Constraint {
    Check {
        name: String,
        condition: Value,
    },
    Unique {
        name: String,
        fields: Vec<String>,
        expressions: Vec<Value>,
        condition: Option<Value>,
        deferrable: Option<Deferrable>,
        include: Vec<String>,
        opclasses: Vec<String>,
        nulls_distinct: Option<bool>,
    },
    /// `django.contrib.postgres.constraints.ExclusionConstraint`.
    Exclusion {
        name: String,
        expressions: Vec<(Value, Value)>,
        index_type: String,
        condition: Option<Value>,
        deferrable: Option<Deferrable>,
        include: Vec<String>,
    },
    /// A class we do not know, or unreadable arguments.
    Unknown {
        name: Option<String>,
        reason: String,
    },
}

impl Index {
    /// `models.Index(fields=fields)`, without a name.
    #[must_use]
    pub fn over(fields: &[String]) -> Self {
        let field = |name: &String| IndexField {
            name: name.clone(),
            descending: false,
        };
        Self {
            path: "django.db.models.Index".to_owned(),
            class: "django.db.models.Index".to_owned(),
            own_removal: false,
            method: None,
            unique: None,
            name: None,
            fields: fields.iter().map(field).collect(),
            expressions: Vec::new(),
            opclasses: Vec::new(),
            condition: None,
            include: Vec::new(),
            db_tablespace: None,
            parameters: Vec::new(),
            unknown: Vec::new(),
        }
    }
}

impl Constraint {
    /// `models.UniqueConstraint(fields=[field], name=name)`
    #[must_use]
    pub fn unique(name: &str, field: &str) -> Self {
        Constraint::Unique {
            name: name.to_owned(),
            fields: vec![field.to_owned()],
            expressions: Vec::new(),
            condition: None,
            deferrable: None,
            include: Vec::new(),
            opclasses: Vec::new(),
            nulls_distinct: None,
        }
    }

    /// The constraint's name, where it is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Constraint::Check { name, .. } | Constraint::Unique { name, .. } | Constraint::Exclusion { name, .. } => {
                Some(name)
            }
            Constraint::Unknown { name, .. } => name.as_deref(),
        }
    }
}

/// `django.db.models.Deferrable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferrable {
    /// `INITIALLY DEFERRED`
    Deferred,
    /// `INITIALLY IMMEDIATE`
    Immediate,
}

/// The `sql` argument of `RunSQL`.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlText {
    /// `RunSQL.noop`, or an empty string.
    Noop,
    /// One string, or a list's items in order. Each is sent to the server whole.
    Pieces(Vec<SqlPiece>),
    /// Not readable, and why.
    Unknown(String),
}

impl SqlText {
    /// Whether all of it is known.
    pub(super) fn is_known(&self) -> bool {
        match self {
            SqlText::Noop => true,
            SqlText::Pieces(pieces) => pieces.iter().all(|piece| piece.text.is_some()),
            SqlText::Unknown(_) => false,
        }
    }
}

/// One string that `RunSQL` sends.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlPiece {
    /// The SQL, which knows where it is written; `None` where this item could not be read.
    pub text: Option<Str>,
    /// The parameters of a `(sql, params)` pair.
    pub params: Option<Value>,
}
