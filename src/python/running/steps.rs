//! Values that hang on what they replace: writing them twice is not writing them once.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall};

use super::Runner;
use super::data::{Cell, Datum};
use crate::python_work::WrittenValue;

/// Functions and methods that give their own result back: `name.strip().strip()` is `name.strip()`.
const SETTLED: &[&str] = &[
    "Coalesce",
    "Decimal",
    "Lower",
    "Trim",
    "Upper",
    "bool",
    "capitalize",
    "casefold",
    "date",
    "float",
    "int",
    "lower",
    "lstrip",
    "normalize",
    "replace",
    "round",
    "rstrip",
    "slugify",
    "str",
    "strip",
    "title",
    "upper",
];

/// How an expression mentions the field that it is written into.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mention {
    None,
    /// It is nothing else than that field.
    Whole,
    /// Once more of it makes no difference.
    Settled,
    Stepwise,
}

impl<'a> Runner<'a> {
    /// Remembers that an attribute was given a value that hangs on the one it had; `None` is `+=` and the like.
    pub(super) fn note_step(&mut self, target: &'a Expr, value: Option<&'a Expr>) {
        let Expr::Attribute(attribute) = target else { return };
        let name = attribute.attr.as_str();
        let is_step =
            value.is_none_or(|value| written_value(name, Some(&attribute.value), value) == WrittenValue::Stepwise);
        if let Datum::Row(id) = self.evaluate(&attribute.value)
            && let Some(Cell::Row { stepwise, .. }) = self.state.cell_mut(id)
        {
            stepwise.retain(|own| own != name);
            if is_step {
                stepwise.push(name.to_owned());
            }
        }
    }
}

/// What an expression writes into a field; of an object, if it is one that is changed.
pub(super) fn written_value(field: &str, owner: Option<&Expr>, value: &Expr) -> WrittenValue {
    match mention(value, field, owner) {
        Mention::Stepwise => WrittenValue::Stepwise,
        Mention::Whole => WrittenValue::Same,
        Mention::None | Mention::Settled if value.is_none_literal_expr() => WrittenValue::Null,
        Mention::None | Mention::Settled => WrittenValue::Other,
    }
}

fn mention(expression: &Expr, field: &str, owner: Option<&Expr>) -> Mention {
    if is_field(expression, field, owner) {
        return Mention::Whole;
    }
    let is_settled = match expression {
        Expr::Call(call) => called(call).is_some_and(|name| SETTLED.contains(&name)),
        Expr::BoolOp(_) | Expr::If(_) => true,
        _ => false,
    };
    let mut search = Search {
        field,
        owner,
        found: Mention::None,
    };
    visitor::walk_expr(&mut search, expression);
    match search.found {
        Mention::Whole if is_settled => Mention::Settled,
        Mention::Whole => match expression {
            // The method of a call that is settled.
            Expr::Attribute(attribute) if SETTLED.contains(&attribute.attr.as_str()) => Mention::Whole,
            _ => Mention::Stepwise,
        },
        found => found,
    }
}

struct Search<'e> {
    field: &'e str,
    owner: Option<&'e Expr>,
    found: Mention,
}

impl Visitor<'_> for Search<'_> {
    fn visit_expr(&mut self, expression: &Expr) {
        self.found = self.found.max(mention(expression, self.field, self.owner));
    }
}

/// `order.total` of the object that is changed, or `F("total")`.
fn is_field(expression: &Expr, field: &str, owner: Option<&Expr>) -> bool {
    match (expression, owner) {
        (Expr::Attribute(attribute), Some(owner)) => {
            let same = match (attribute.value.as_ref(), owner) {
                (Expr::Name(one), Expr::Name(other)) => one.id == other.id,
                _ => false,
            };
            same && attribute.attr.as_str() == field
        }
        (Expr::Call(call), _) if called(call) == Some("F") => match &*call.arguments.args {
            [Expr::StringLiteral(name)] => name.value.to_str() == field,
            _ => false,
        },
        _ => false,
    }
}

fn called(call: &ExprCall) -> Option<&str> {
    match call.func.as_ref() {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
