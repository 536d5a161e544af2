//! Functions and procedures that SQL creates: what they run when they are called.

use std::sync::Arc;

/// What a function or procedure runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionBody {
    /// Which of the two it is.
    pub kind: FunctionKind,
    /// What it is written in.
    pub language: BodyLanguage,
    /// Its text.
    pub text: Arc<str>,
    /// What it is called with.
    pub parameters: Vec<Parameter>,
    /// `SET setting = value`: it runs in a part of the transaction of its own.
    pub has_settings: bool,
}

/// `FUNCTION` or `PROCEDURE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// A query calls it.
    Function,
    /// `CALL` does.
    Procedure,
}

/// The languages that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLanguage {
    /// `plpgsql`
    PlPgSql,
    /// `sql`
    Sql,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its type, as it was written.
    pub data_type: String,
    /// How many arguments it takes.
    pub takes: Takes,
    /// What it is where none is given, as it was written.
    pub default: Option<String>,
}

/// How many arguments a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One.
    One,
    /// One or none: it has a default.
    AtMostOne,
    /// `VARIADIC`
    Any,
}

impl FunctionBody {
    /// Whether it can be called with so many arguments.
    #[must_use]
    pub fn takes(&self, arguments: usize) -> bool {
        let needed = self.parameters.iter().filter(|parameter| parameter.takes == Takes::One);
        let is_open = self.parameters.iter().any(|parameter| parameter.takes == Takes::Any);
        needed.count() <= arguments && (is_open || arguments <= self.parameters.len())
    }

    /// Whether a declaration replaces it: the parameters have the same types.
    #[must_use]
    pub fn is_replaced_by(&self, other: &FunctionBody) -> bool {
        let types = |body: &FunctionBody| {
            let parameters = body.parameters.iter();
            parameters
                .map(|parameter| parameter.data_type.clone())
                .collect::<Vec<_>>()
        };
        types(self) == types(other)
    }
}
