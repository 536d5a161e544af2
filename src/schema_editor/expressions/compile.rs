//! Expressions: references, values, functions.

use std::sync::Arc;

use crate::migration::{Field, FieldKind, InternalType};
use crate::models::{Model, ModelField};
use crate::statement::{Volatility, quote_name, unknown};
use crate::value::{Call, Value};

use super::super::prepare::{self, Prepared};

/// A piece of SQL and what is known about it.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub(super) sql: String,
    /// The columns in it, each once, in order.
    pub(super) columns: Vec<String>,
    /// Whether Django sends part of it as a parameter.
    pub(super) is_parameterized: bool,
    /// Whether it is a `Value`.
    pub(super) is_value: bool,
    /// Whether it is a condition (`conditional`).
    pub(super) is_condition: bool,
    /// Whether it is a bare column.
    pub(super) is_column: bool,
    /// `output_field`, where it is known.
    pub(super) output: Option<Arc<Field>>,
    pub(super) volatility: Volatility,
}

impl Compiled {
    pub(super) fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            columns: Vec::new(),
            is_parameterized: false,
            is_value: false,
            is_condition: false,
            is_column: false,
            output: None,
            volatility: Volatility::Constant,
        }
    }

    pub(super) fn unknown(reason: &str) -> Self {
        Self {
            volatility: Volatility::Unknown,
            ..Self::new(unknown(reason))
        }
    }

    /// New SQL over parts: their columns and what else is known of them adds up.
    pub(super) fn over<'c>(sql: String, parts: impl IntoIterator<Item = &'c Compiled>) -> Self {
        let mut compiled = Self::new(sql);
        for part in parts {
            for column in &part.columns {
                if !compiled.columns.contains(column) {
                    compiled.columns.push(column.clone());
                }
            }
            compiled.is_parameterized |= part.is_parameterized;
            compiled.volatility = super::combine(compiled.volatility, part.volatility);
        }
        compiled
    }

    pub(super) fn with_output(mut self, internal_type: InternalType) -> Self {
        self.output = Some(plain(internal_type));
        self
    }
}

/// A field of this type, as an expression's output.
pub(super) fn plain(internal_type: InternalType) -> Arc<Field> {
    Arc::new(Field::of_kind(FieldKind::Plain(internal_type)))
}

/// Compiles expressions over one model.
pub(super) struct Compiler<'m, 'a> {
    pub(super) model: &'m Model<'a>,
}

impl<'m, 'a> Compiler<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>) -> Self {
        Self { model }
    }

    /// Any expression.
    pub(super) fn compile(&self, value: &Value) -> Compiled {
        match value {
            Value::Call(call) => self.call(call, value),
            Value::Operation(..) => self.operation(value),
            _ => Compiled::unknown(&prepare::reason(value)),
        }
    }

    /// An argument of an expression: a bare value is a `Value`. See `BaseExpression._parse_expressions`.
    pub(super) fn argument(&self, value: &Value) -> Compiled {
        match value {
            Value::Str(name) => self.reference(name),
            Value::Call(_) | Value::Operation(..) => self.compile(value),
            _ => self.literal(value, None),
        }
    }

    fn call(&self, call: &Call, value: &Value) -> Compiled {
        match call.class_name() {
            "F" => match call.argument(0, "name") {
                Some(Value::Str(name)) => self.reference(name),
                _ => Compiled::unknown(&prepare::reason(value)),
            },
            "Value" => self.value(call),
            "Q" => self.condition(value),
            "Now" => Compiled {
                volatility: Volatility::Stable,
                ..Compiled::new("STATEMENT_TIMESTAMP()").with_output(InternalType::DateTime)
            },
            _ => Compiled::unknown(&call.path),
        }
    }

    fn operation(&self, value: &Value) -> Compiled {
        if super::where_tree::is_condition(value) {
            return self.condition(value);
        }
        Compiled::unknown("an expression with an operator")
    }

    /// `Value(..)`
    fn value(&self, call: &Call) -> Compiled {
        match call.argument(0, "value") {
            Some(value) => self.literal(value, None),
            None => Compiled::unknown(&call.path),
        }
    }

    /// A value as it goes into the statement, by the field that takes it.
    pub(super) fn literal(&self, value: &Value, field: Option<&ModelField<'_>>) -> Compiled {
        let prepared = match field {
            Some(field) => prepare::prepare(field, value),
            None => prepare::generic(value),
        };
        let compiled = match prepared {
            Prepared::None => Compiled::new("NULL"),
            Prepared::Literal(literal) => Compiled {
                is_parameterized: true,
                ..Compiled::new(literal.sql())
            },
            Prepared::Unknown(reason) => Compiled::unknown(&reason),
        };
        Compiled {
            is_value: true,
            ..compiled
        }
    }

    /// `F(name)`
    pub(super) fn reference(&self, name: &str) -> Compiled {
        let found = if name == "pk" {
            self.model.primary_key()
        } else {
            self.model.field(name)
        };
        match found {
            Some(field) => column(&field),
            None => Compiled::unknown(&format!(
                "{} has no field {name} that is known",
                self.model.state.label()
            )),
        }
    }

    /// A field's `db_default`: an expression, or a bare value.
    pub(super) fn database_default(&self, field: &ModelField<'_>, value: &Value) -> Compiled {
        match value {
            Value::Call(call) if call.class_name() == "Value" => match call.argument(0, "value") {
                Some(value) => self.literal(value, Some(field)),
                None => Compiled::unknown(&call.path),
            },
            Value::Call(call)
                if call.path.starts_with("django.db.models") || call.path.starts_with("django.contrib") =>
            {
                self.compile(value)
            }
            Value::Operation(..) => self.compile(value),
            _ => self.literal(value, Some(field)),
        }
    }

    /// `IndexExpression.resolve_expression`: what is no column stands in parentheses.
    pub(super) fn index_item(&self, value: &Value) -> Compiled {
        let compiled = self.argument(value);
        if compiled.is_column {
            return compiled;
        }
        Compiled::over(format!("({})", compiled.sql), [&compiled])
    }
}

/// A column without its table.
pub(super) fn column(field: &ModelField<'_>) -> Compiled {
    let Some(name) = field.column() else {
        return Compiled::unknown(&format!("{} has no column", field.name));
    };
    let is_boolean = matches!(field.field.kind, FieldKind::Plain(InternalType::Boolean));
    Compiled {
        columns: vec![name.clone()],
        is_column: true,
        is_condition: is_boolean,
        output: Some(Arc::clone(&field.field)),
        ..Compiled::new(quote_name(&name))
    }
}
