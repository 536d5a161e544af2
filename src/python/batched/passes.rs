//! Which statements of a function go through a queryset, and which rows of it they leave.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFor};

/// Methods that leave a queryset one of the same rows, or of fewer: it can be filtered and ordered further.
const NARROWING: [&str; 9] = [
    "all",
    "filter",
    "exclude",
    "select_related",
    "prefetch_related",
    "only",
    "defer",
    "using",
    "order_by",
];

/// A statement of the function that goes through a queryset.
pub(super) struct Pass<'a> {
    pub statement: &'a Stmt,
    pub queryset: &'a Expr,
    /// The same, or what its name was given to.
    pub meant: &'a Expr,
    /// The fields that it writes, and what.
    pub written: Vec<(&'a str, &'a Expr)>,
}

/// What the statement goes through.
pub(super) fn pass<'a>(statement: &'a Stmt, querysets: &[(&'a str, &'a Expr)]) -> Option<Pass<'a>> {
    let (queryset, written) = match statement {
        Stmt::For(one) => {
            let is_plain = !one.is_async && one.orelse.is_empty() && !one.body.iter().any(leaves);
            (without_iterator(&one.iter), is_plain.then(|| attributes(one))?)
        }
        Stmt::Expr(expression) => match expression.value.as_ref() {
            Expr::Call(call) => {
                let receiver = method(call).filter(|(name, _)| *name == "update")?.1;
                let keywords = call.arguments.keywords.iter();
                let written = keywords.filter_map(|keyword| Some((keyword.arg.as_ref()?.as_str(), &keyword.value)));
                (receiver, written.collect())
            }
            _ => return None,
        },
        _ => return None,
    };
    is_queryset(queryset, querysets).then_some(Pass {
        statement,
        queryset,
        meant: meant(queryset, querysets),
        written,
    })
}

/// The name of the method that is called, and on what.
fn method(call: &ExprCall) -> Option<(&str, &Expr)> {
    match call.func.as_ref() {
        Expr::Attribute(attribute) => Some((attribute.attr.as_str(), attribute.value.as_ref())),
        _ => None,
    }
}

fn without_iterator(expression: &Expr) -> &Expr {
    match expression {
        Expr::Call(call) => match method(call) {
            Some(("iterator", receiver)) => receiver,
            _ => expression,
        },
        _ => expression,
    }
}

/// What a name was given to.
fn meant<'a>(expression: &'a Expr, named: &[(&'a str, &'a Expr)]) -> &'a Expr {
    match expression {
        Expr::Name(name) => named
            .iter()
            .find(|(own, _)| *own == name.id.as_str())
            .map_or(expression, |(_, value)| value),
        _ => expression,
    }
}

/// Whether it is a manager with methods behind it that narrow what it gives.
pub(super) fn is_queryset(expression: &Expr, named: &[(&str, &Expr)]) -> bool {
    match expression {
        Expr::Call(call) => {
            method(call).is_some_and(|(name, receiver)| NARROWING.contains(&name) && is_queryset(receiver, named))
        }
        Expr::Attribute(attribute) => {
            ["objects", "_default_manager", "_base_manager"].contains(&attribute.attr.as_str())
        }
        Expr::Name(name) => named.iter().any(|(own, _)| *own == name.id.as_str()),
        _ => false,
    }
}

/// Whether rows that a pass has done are none of the queryset's any more, for certain.
pub(super) fn leaves_out_what_is_done(queryset: &Expr, written: &[(&str, &Expr)]) -> bool {
    let Expr::Call(call) = queryset else { return false };
    let Some((name, receiver)) = method(call) else {
        return false;
    };
    // `filter(Q(..))` as well.
    let inner = call.arguments.args.iter().filter_map(|argument| match argument {
        Expr::Call(inner) if is_q(inner) => Some(&inner.arguments.keywords),
        _ => None,
    });
    let mut conditions = call.arguments.keywords.iter().chain(inner.flatten());
    let is_undone = conditions.any(|condition| {
        let Some(name) = &condition.arg else { return false };
        written
            .iter()
            .any(|(field, value)| is_undone_by(name, &condition.value, field, value))
    });
    name == "filter" && is_undone || leaves_out_what_is_done(receiver, written)
}

fn is_q(call: &ExprCall) -> bool {
    match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str() == "Q",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "Q",
        _ => false,
    }
}

/// Whether a condition holds no more where the field has this value.
fn is_undone_by(condition: &str, wanted: &Expr, field: &str, value: &Expr) -> bool {
    let (own, lookup) = condition.split_once("__").unwrap_or((condition, "exact"));
    if own != field {
        return false;
    }
    match (lookup, wanted) {
        ("isnull", Expr::BooleanLiteral(wanted)) => wanted.value && is_value(value),
        ("exact", Expr::NoneLiteral(_)) => is_value(value),
        ("exact", Expr::StringLiteral(wanted)) => match value {
            Expr::StringLiteral(value) => value.value.to_str() != wanted.value.to_str(),
            _ => false,
        },
        ("exact", Expr::BooleanLiteral(wanted)) => match value {
            Expr::BooleanLiteral(value) => value.value != wanted.value,
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression is something else than None, as it is written.
fn is_value(value: &Expr) -> bool {
    matches!(
        value,
        Expr::StringLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::FString(_)
            | Expr::List(_)
            | Expr::Dict(_)
    )
}

/// The attributes that a loop gives its target in each turn, and what.
fn attributes(one: &StmtFor) -> Vec<(&str, &Expr)> {
    let Expr::Name(target) = one.target.as_ref() else {
        return Vec::new();
    };
    let assigned = one.body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => assign.targets.first().zip(Some(assign.value.as_ref())),
        _ => None,
    });
    let attributes = assigned.filter_map(|(expression, value)| match expression {
        Expr::Attribute(attribute) => match attribute.value.as_ref() {
            Expr::Name(name) if name.id == target.id => Some((attribute.attr.as_str(), value)),
            _ => None,
        },
        _ => None,
    });
    attributes.collect()
}

/// Whether a statement of a loop may end the loop, or the function.
fn leaves(statement: &Stmt) -> bool {
    let mut finder = Leaves(false);
    finder.visit_stmt(statement);
    finder.0
}

struct Leaves(bool);

impl<'a> Visitor<'a> for Leaves {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0 |= matches!(statement, Stmt::Break(_) | Stmt::Return(_));
        walk_stmt(self, statement);
    }
}

/// Whether a method of one of these names is called.
pub(super) fn calls(statement: &Stmt, names: &[&str]) -> bool {
    let mut finder = Calls { names, found: false };
    finder.visit_stmt(statement);
    finder.found
}

struct Calls<'n> {
    names: &'n [&'n str],
    found: bool,
}

impl<'a> Visitor<'a> for Calls<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            self.found |= method(call).is_some_and(|(name, _)| self.names.contains(&name));
        }
        walk_expr(self, expression);
    }
}

/// Whether a name is read or bound in any of the statements.
pub(super) fn uses(statements: &[Stmt], name: &str) -> bool {
    let mut finder = Uses { name, found: false };
    statements.iter().for_each(|statement| finder.visit_stmt(statement));
    finder.found
}

struct Uses<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.found |= name.id.as_str() == self.name;
        }
        walk_expr(self, expression);
    }
}
