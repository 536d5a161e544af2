//! A compiled piece of SQL and what Django still knows about it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::migration::{Field, InternalType};
use crate::statement::{SqlExpression, Volatility};
use crate::unknown::{Sql, SqlPart, Unknown};

use super::outputs::plain;

/// A piece of SQL and what is known about it.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub(super) sql: Sql,
    /// The columns in it, each once, in order.
    pub(super) columns: Vec<String>,
    /// Whether Django sends part of it as a parameter.
    pub(super) is_parameterized: bool,
    /// `output_field`, where it is known; of a foreign key what it points to.
    pub(super) output: Option<Arc<Field>>,
    pub(super) volatility: Volatility,
    pub(super) shape: Shape,
    /// The functions that a lookup on it applies to its other side as well (`bilateral`).
    pub(super) bilateral: Vec<&'static str>,
}

/// What kind of expression it is, as far as others ask.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Nothing that anybody asks for.
    Other,
    /// `Col`
    Column {
        /// `null` of the field.
        is_nullable: bool,
        /// Whether it is a foreign key.
        is_relation: bool,
    },
    /// `Value`
    Value,
    /// `Lookup`
    Lookup,
    /// `KeyTransform` on a JSON document: the document and the keys.
    Key {
        /// The document.
        document: Box<Compiled>,
        /// The keys, outermost first.
        path: Vec<String>,
    },
    /// `ExtractYear` or `ExtractIsoYear` as a transform.
    Year {
        /// What the year is taken from.
        moment: Box<Compiled>,
        /// Which year.
        calendar: Calendar,
    },
    /// `SearchVector` or `SearchQuery`, with its configuration.
    Search {
        /// `'english'::regconfig`
        config: Option<Box<Compiled>>,
    },
}

/// How years are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calendar {
    Gregorian,
    /// Years of whole weeks.
    Iso,
}

/// What a condition comes to.
#[derive(Clone, Debug)]
pub(super) enum Clause {
    /// SQL.
    Sql(Compiled),
    /// It can never hold (`EmptyResultSet`).
    Never,
    /// It always holds (`FullResultSet`).
    Always,
}

impl Compiled {
    pub(super) fn new(sql: impl Into<Sql>) -> Self {
        Self {
            sql: sql.into(),
            columns: Vec::new(),
            is_parameterized: false,
            output: None,
            volatility: Volatility::Constant,
            shape: Shape::Other,
            bilateral: Vec::new(),
        }
    }

    pub(super) fn unknown(reason: &str) -> Self {
        Self {
            volatility: Volatility::Unknown,
            ..Self::new(Unknown::new(reason))
        }
    }

    /// What Django raises an error for.
    pub(super) fn refused(reason: &str) -> Self {
        Self {
            volatility: Volatility::Unknown,
            ..Self::new(Unknown::refused(reason))
        }
    }

    /// New SQL over parts: their columns and what else is known of them adds up.
    pub(super) fn over<'c>(sql: Sql, parts: impl IntoIterator<Item = &'c Compiled>) -> Self {
        let mut compiled = Self::new(sql);
        for part in parts {
            for column in &part.columns {
                if !compiled.columns.contains(column) {
                    compiled.columns.push(column.clone());
                }
            }
            compiled.is_parameterized |= part.is_parameterized;
            compiled.volatility = compiled.volatility.max(part.volatility);
        }
        compiled
    }

    /// A text that goes in as a parameter.
    pub(super) fn parameter(sql: String) -> Self {
        Self {
            is_parameterized: true,
            ..Self::new(sql)
        }
    }

    pub(super) fn of_type(mut self, internal_type: InternalType) -> Self {
        self.output = Some(plain(internal_type));
        self
    }

    pub(super) fn with_output(mut self, output: Option<Arc<Field>>) -> Self {
        self.output = output;
        self
    }

    pub(super) fn varying(mut self, volatility: Volatility) -> Self {
        self.volatility = self.volatility.max(volatility);
        self
    }

    /// The SQL of a lookup or condition.
    pub(super) fn condition<'c>(sql: Sql, parts: impl IntoIterator<Item = &'c Compiled>) -> Self {
        Self::over(sql, parts).of_type(InternalType::Boolean)
    }

    pub(super) fn into_expression(self) -> SqlExpression {
        SqlExpression {
            sql: self.sql,
            columns: self.columns,
        }
    }

    pub(super) fn is_value(&self) -> bool {
        matches!(self.shape, Shape::Value)
    }

    pub(super) fn is_column(&self) -> bool {
        matches!(self.shape, Shape::Column { .. })
    }
}

impl SqlPart for Compiled {
    fn gather<'s>(&'s self, unknowns: &mut Vec<Unknown>) -> Cow<'s, str> {
        self.sql.gather(unknowns)
    }
}

impl Clause {
    /// A lookup's SQL.
    pub(super) fn lookup<'c>(sql: Sql, parts: impl IntoIterator<Item = &'c Compiled>) -> Self {
        Clause::Sql(Compiled {
            shape: Shape::Lookup,
            ..Compiled::condition(sql, parts)
        })
    }

    pub(super) fn unknown(reason: &str) -> Self {
        Clause::Sql(Compiled::unknown(reason))
    }

    /// As an argument of an expression, where Django cannot leave it out.
    pub(super) fn into_compiled(self) -> Compiled {
        match self {
            Clause::Sql(compiled) => compiled,
            Clause::Always => Compiled::new("true").of_type(InternalType::Boolean),
            Clause::Never => Compiled::unknown("a condition that can never hold"),
        }
    }
}
