//! The syntax tree of a module that was read, kept where its functions may have to be run.

use std::fmt;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Mod, Stmt, StmtFunctionDef};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::source::Range;

/// The tree of a source text. Opaque to all other modules.
pub(super) struct Syntax {
    parsed: Parsed<Mod>,
}

impl Syntax {
    pub(super) fn new(parsed: Parsed<Mod>) -> Self {
        Self { parsed }
    }

    /// The module's statements.
    pub(super) fn statements(&self) -> &[Stmt] {
        body(&self.parsed)
    }

    /// The outermost expression that stands exactly at this place.
    pub(super) fn expression(&self, place: Range) -> Option<&Expr> {
        let mut search = Search { place, found: None };
        search.visit_body(self.statements());
        search.found
    }

    /// The function whose name stands at this place.
    pub(super) fn function(&self, place: Range) -> Option<&StmtFunctionDef> {
        find(body(&self.parsed), place.start.into())
    }
}

fn stands_around(range: TextRange, place: Range) -> bool {
    u32::from(range.start()) <= place.start && place.end <= u32::from(range.end())
}

struct Search<'a> {
    place: Range,
    found: Option<&'a Expr>,
}

impl<'a> Visitor<'a> for Search<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if stands_around(statement.range(), self.place) {
            visitor::walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let range = expression.range();
        let is_it = (u32::from(range.start()), u32::from(range.end())) == (self.place.start, self.place.end);
        if self.found.is_none() && is_it {
            self.found = Some(expression);
        } else if stands_around(range, self.place) {
            visitor::walk_expr(self, expression);
        }
    }
}

impl fmt::Debug for Syntax {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Syntax")
    }
}

/// The statements of a parsed module.
pub(super) fn body(parsed: &Parsed<Mod>) -> &[Stmt] {
    match parsed.syntax() {
        Mod::Module(module) => module.body.as_slice(),
        Mod::Expression(_) => &[],
    }
}

fn find(body: &[Stmt], name: TextSize) -> Option<&StmtFunctionDef> {
    let statement = body.iter().find(|statement| statement.range().contains(name))?;
    match statement {
        Stmt::FunctionDef(function) if function.name.range.start() == name => Some(function),
        Stmt::FunctionDef(ast::StmtFunctionDef { body, .. })
        | Stmt::ClassDef(ast::StmtClassDef { body, .. })
        | Stmt::With(ast::StmtWith { body, .. })
        | Stmt::For(ast::StmtFor { body, .. }) => find(body, name),
        Stmt::If(conditional) => find(&conditional.body, name).or_else(|| {
            let mut clauses = conditional.elif_else_clauses.iter();
            clauses.find_map(|clause| find(&clause.body, name))
        }),
        Stmt::Try(attempt) => {
            let handlers = attempt
                .handlers
                .iter()
                .map(|ast::ExceptHandler::ExceptHandler(handler)| handler.body.as_slice());
            let bodies = [&attempt.body, &attempt.orelse, &attempt.finalbody].map(|body| body.as_slice());
            bodies.into_iter().chain(handlers).find_map(|body| find(body, name))
        }
        _ => None,
    }
}
