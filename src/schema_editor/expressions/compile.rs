//! Expressions: references, values, and which part of Django compiles the others.

use std::sync::Arc;

use crate::fields::Target;
use crate::migration::{Field, FieldKind, InternalType};
use crate::models::{Model, ModelField, ModelSettings};
use crate::unknown::{Sql, quoted, sql};
use crate::value::{Call, Value};
use crate::versions::DjangoVersion;

use super::super::literals::Literal;
use super::super::prepare::{self, Prepared};
use super::compiled::{Clause, Compiled, Shape};
use super::outputs::{Class, class, declared, inferred, plain};
use super::where_tree;

/// Compiles expressions over one model.
#[derive(Clone, Copy)]
pub(super) struct Compiler<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    /// Whether what is compiled was resolved before. Django resolves the left side of a lookup twice, and a condition in
    /// it then stands in parentheses. See `WhereNode.resolve_expression`.
    pub(super) is_resolved_twice: bool,
}

impl<'m, 'a> Compiler<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>) -> Self {
        Self {
            model,
            is_resolved_twice: false,
        }
    }

    /// For the left side of a lookup.
    pub(super) fn of_left_side(self) -> Self {
        Self {
            is_resolved_twice: true,
            ..self
        }
    }

    pub(super) fn settings(&self) -> &'a ModelSettings {
        self.model.view.settings()
    }

    pub(super) fn django(&self) -> DjangoVersion {
        self.settings().django
    }

    /// Any expression.
    pub(super) fn compile(&self, value: &Value) -> Compiled {
        match value {
            Value::Call(call) => self.call(call, value),
            Value::Operation(operator, items) if !where_tree::is_condition(value) => self.arithmetic(*operator, items),
            Value::Operation(..) => self.clause(value).into_compiled(),
            _ => Compiled::unknown(&prepare::reason(value)),
        }
    }

    /// An argument of an expression: a string names a field, a bare value is a `Value`.
    /// See `BaseExpression._parse_expressions`.
    pub(super) fn argument(&self, value: &Value) -> Compiled {
        match value {
            Value::Str(name) => self.reference(name),
            value if is_expression(value) => self.compile(value),
            _ => self.value(value, None),
        }
    }

    /// An argument that is no name of a field: a bare value is a `Value`.
    pub(super) fn operand(&self, value: &Value) -> Compiled {
        if is_expression(value) {
            self.compile(value)
        } else {
            self.value(value, None)
        }
    }

    fn call(&self, call: &Call, value: &Value) -> Compiled {
        if !is_django(&call.path) {
            return Compiled::unknown(&call.path);
        }
        let known = match call.class_name() {
            "F" => call
                .argument(0, "name")
                .and_then(Value::as_str)
                .map(|name| self.reference(name)),
            "Value" => {
                let output = call.argument(1, "output_field").and_then(declared);
                call.argument(0, "value").map(|value| self.value(value, output))
            }
            // Django 6.1
            "JSONNull" => Some(self.value(&Value::None, Some(plain(InternalType::Json)))),
            "Q" => Some(self.clause(value).into_compiled()),
            "ExpressionWrapper" => self.wrapper(call),
            "Case" => self.case(call),
            _ => None,
        };
        known
            .or_else(|| self.lookup_class(call).map(Clause::into_compiled))
            .or_else(|| self.bit_operation(call))
            .or_else(|| self.moment_function(call))
            .or_else(|| self.search_function(call))
            .or_else(|| self.json_function(call))
            .or_else(|| self.function(call))
            .unwrap_or_else(|| Compiled::unknown(&call.path))
    }

    /// `ExpressionWrapper(expression, output_field)`
    fn wrapper(&self, call: &Call) -> Option<Compiled> {
        let inner = self.compile(call.argument(0, "expression")?);
        let output = call.argument(1, "output_field").and_then(declared);
        Some(Compiled {
            shape: Shape::Other,
            ..inner.with_output(output)
        })
    }

    /// `Value(value, output_field)`. See `Value.as_sql`.
    pub(super) fn value(&self, value: &Value, output: Option<Arc<Field>>) -> Compiled {
        let output = output.or_else(|| inferred(value));
        let prepared = match &output {
            Some(field) => prepare::database_value(self.settings(), field, value),
            None => prepare::generic(value),
        };
        let mut compiled = self.prepared_value(prepared);
        if let Some(field) = &output
            && let Some(cast) = self.placeholder_cast(field)
        {
            compiled.sql.push(&cast);
        }
        compiled.with_output(output)
    }

    /// What Django sends for a value.
    pub(super) fn prepared_value(&self, prepared: Prepared) -> Compiled {
        let compiled = match prepared {
            Prepared::None => Compiled::new("NULL"),
            Prepared::Literal(literal) => Compiled::parameter(self.literal(literal)),
            Prepared::Unknown(reason) => Compiled::unknown(&reason),
        };
        Compiled {
            shape: Shape::Value,
            ..compiled
        }
    }

    /// `quote_value`: Django 4.2 doubles the percent signs of texts in indexes and constraints, and leaves them so.
    pub(super) fn literal(&self, literal: Literal) -> String {
        match literal {
            Literal::Text(text) if !self.since(5, 0) => Literal::Text(text.replace('%', "%%")).sql(),
            literal => literal.sql(),
        }
    }

    /// `get_placeholder` of array and range fields.
    fn placeholder_cast(&self, field: &Arc<Field>) -> Option<Sql> {
        match class(Some(field))? {
            Class::Array | Class::Range => {
                crate::fields::cast_type(field, self.django()).map(|data_type| sql!("::{}", data_type))
            }
            _ => None,
        }
    }

    /// `F(name)`, transforms included: `F("day__year")`.
    pub(super) fn reference(&self, name: &str) -> Compiled {
        let mut parts = name.split("__");
        let first = parts.next().unwrap_or_default();
        let Some(field) = self.field(first) else {
            return self.missing(first);
        };
        let mut compiled = column(&field);
        for transform in parts {
            match self.transform(compiled, transform) {
                Some(transformed) => compiled = transformed,
                None => return Compiled::unknown(&format!("the transform {name}")),
            }
        }
        compiled
    }

    pub(super) fn field(&self, name: &str) -> Option<ModelField<'a>> {
        if name == "pk" {
            self.model.primary_key()
        } else {
            self.model.field(name)
        }
    }

    pub(super) fn missing(&self, name: &str) -> Compiled {
        Compiled::unknown(&format!(
            "{} has no field {name} that is known",
            self.model.state.label()
        ))
    }

    /// A field's `db_default`: an expression, or a bare value, which the field prepares.
    /// See `Field._db_default_expression`.
    pub(super) fn database_default(&self, field: &ModelField<'_>, value: &Value) -> Compiled {
        if is_expression(value) {
            self.compile(value)
        } else {
            self.value(value, output_of(field))
        }
    }
}

/// A column without its table.
pub(super) fn column(field: &ModelField<'_>) -> Compiled {
    let Some(name) = field.column() else {
        return Compiled::unknown(&format!("{} has no column", field.name));
    };
    Compiled {
        columns: name.known().map(str::to_owned).into_iter().collect(),
        shape: Shape::Column {
            is_nullable: field.field.null,
            is_relation: field.field.relation().is_some(),
        },
        ..Compiled::new(quoted(&name)).with_output(output_of(field))
    }
}

/// The field that prepares values for a column: of a foreign key what it points to, of a generated field its output.
fn output_of(field: &ModelField<'_>) -> Option<Arc<Field>> {
    const LONGEST_CHAIN: usize = 32;
    let mut field = field.clone();
    for _ in 0..LONGEST_CHAIN {
        match field.target() {
            Some(Target::Field(target)) => field = target,
            Some(Target::Missing { .. }) => return None,
            None => break,
        }
    }
    match &field.field.kind {
        FieldKind::Generated { output, .. } => Some(Arc::new(Field::clone(output))),
        FieldKind::Unknown(_) => None,
        _ => Some(field.field),
    }
}

fn is_django(path: &str) -> bool {
    path.starts_with("django.") || path.starts_with('.')
}

/// Whether a value has `resolve_expression`: an expression, a condition, or an operation on one.
pub(super) fn is_expression(value: &Value) -> bool {
    match value {
        Value::Call(call) if call.path.starts_with('.') => call.args.first().is_some_and(is_expression),
        Value::Call(call) => {
            call.path.starts_with("django.db.models.") && !call.class_name().ends_with("Field")
                || call.path.starts_with("django.contrib.postgres.") && !is_range(call)
        }
        Value::Operation(_, items) => items.iter().any(is_expression),
        _ => false,
    }
}

fn is_range(call: &Call) -> bool {
    matches!(
        call.class_name(),
        "NumericRange" | "DateRange" | "DateTimeTZRange" | "DateTimeRange" | "Range"
    )
}

impl Compiled {
    /// `connection.ops.unification_cast_sql`
    pub(super) fn unified(mut self) -> Self {
        let cast = match class(self.output.as_ref()) {
            Some(Class::Address) => "inet",
            Some(Class::Time) => "time",
            Some(Class::Uuid) => "uuid",
            _ => return self,
        };
        self.sql = sql!("CAST({} AS {cast})", self.sql);
        self
    }

    pub(super) fn is_internal(&self, internal_type: InternalType) -> bool {
        self.output
            .as_ref()
            .is_some_and(|field| matches!(&field.kind, FieldKind::Plain(plain) if *plain == internal_type))
    }
}
