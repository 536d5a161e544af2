//! What a function does with one of its parameters, by its code alone.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, StmtFunctionDef};

/// The attributes of a parameter that the code speaks of, dotted; an empty one where it is used as it is.
pub(super) fn uses(function: &StmtFunctionDef, parameter: usize) -> Vec<String> {
    let parameters = &function.parameters;
    let mut positional = parameters.posonlyargs.iter().chain(&parameters.args);
    let Some(parameter) = positional.nth(parameter) else {
        // Taken by `*args`: anything may become of it.
        return vec![String::new()];
    };
    let mut uses = Uses {
        name: parameter.parameter.name.as_str(),
        found: Vec::new(),
    };
    uses.visit_body(&function.body);
    uses.found
}

struct Uses<'f> {
    name: &'f str,
    found: Vec<String>,
}

impl<'f> Visitor<'f> for Uses<'f> {
    fn visit_expr(&mut self, expression: &'f Expr) {
        match attributes(expression, self.name) {
            Some(attributes) => self.found.push(attributes),
            None => visitor::walk_expr(self, expression),
        }
    }
}

/// `a.b` of `name.a.b`.
fn attributes(expression: &Expr, name: &str) -> Option<String> {
    match expression {
        Expr::Name(found) if found.id == name => Some(String::new()),
        Expr::Attribute(attribute) => {
            let mut owner = attributes(&attribute.value, name)?;
            if !owner.is_empty() {
                owner.push('.');
            }
            owner.push_str(&attribute.attr);
            Some(owner)
        }
        _ => None,
    }
}
