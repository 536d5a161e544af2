//! What code of Python tells Django's schema editor, its arguments read.

use std::sync::Arc;

use super::field::Field;
use super::operation::{Constraint, Index};
use crate::python_work::{ModelName, TextPiece};

/// A call of the schema editor that changes the schema. The state of the models stays as it is.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    missing_docs,
    reason = "fields are the arguments of the method of Django's schema editor of the same name"
)]
pub enum SchemaCall {
    CreateModel {
        model: ModelName,
    },
    DeleteModel {
        model: ModelName,
    },
    AlterDbTable {
        old: Vec<TextPiece>,
        new: Vec<TextPiece>,
    },
    AlterUniqueTogether {
        model: ModelName,
        old: Vec<Vec<String>>,
        new: Vec<Vec<String>>,
    },
    AlterIndexTogether {
        model: ModelName,
        old: Vec<Vec<String>>,
        new: Vec<Vec<String>>,
    },
    AddField {
        model: ModelName,
        field: GivenField,
    },
    RemoveField {
        model: ModelName,
        field: GivenField,
    },
    AlterField {
        model: ModelName,
        old: GivenField,
        new: GivenField,
    },
    AddIndex {
        model: ModelName,
        index: Box<Index>,
        concurrently: bool,
    },
    RemoveIndex {
        model: ModelName,
        index: Box<Index>,
        concurrently: bool,
    },
    RenameIndex {
        model: ModelName,
        old: Box<Index>,
        new: Box<Index>,
    },
    AddConstraint {
        model: ModelName,
        constraint: Box<Constraint>,
    },
    RemoveConstraint {
        model: ModelName,
        constraint: Box<Constraint>,
    },
    /// `deferred_sql.append`
    Defer {
        text: Vec<TextPiece>,
    },
    /// `deferred_sql.clear`
    ForgetDeferred,
    /// Whatever else is done with `deferred_sql`.
    ChangeDeferred {
        reason: String,
    },
    /// A call that is known, but whose arguments cannot be read.
    Unread {
        reason: String,
    },
}

/// A field that the schema editor gets.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenField {
    /// One that the model has.
    Declared(String),
    /// One that the code makes, under this name.
    Made(String, Arc<Field>),
}
