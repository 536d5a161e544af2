//! Errors of the database that code catches: in a transaction they abort what follows all the same.

use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr};

use super::data::Datum;
use super::{Runner, What};
use crate::python_work::{Action, Caught, Change};

/// Which errors a handler catches, and goes on.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Catching {
    /// Errors of the database among them.
    caught: Caught,
    /// It names them: they are expected.
    is_named: bool,
}

impl Catching {
    fn of(caught: Caught, is_named: bool) -> Self {
        Self { caught, is_named }
    }

    /// What two handlers catch together.
    pub(super) fn or(self, other: Self) -> Self {
        Self::of(self.caught.max(other.caught), self.is_named || other.is_named)
    }
}

impl<'a> Runner<'a> {
    pub(super) fn catching(&mut self, handler: &'a ast::ExceptHandlerExceptHandler) -> Catching {
        let Some(class) = handler.type_.as_deref() else {
            return Catching::of(Caught::Names, false);
        };
        let classes = match class {
            Expr::Tuple(tuple) => tuple.elts.as_slice(),
            class => std::slice::from_ref(class),
        };
        let classes: Vec<Datum<'a>> = classes.iter().map(|class| self.evaluate(class)).collect();
        let catching = classes.iter().filter_map(Datum::as_name).map(catching_of);
        catching.fold(Catching::default(), Catching::or)
    }

    /// Marks what was attempted and leaves the transaction aborted where it fails. A block within is a savepoint, to which
    /// Django goes back.
    pub(super) fn note_caught(&mut self, attempted: Range<usize>, catching: Catching, attempt: &'a ast::StmtTry) {
        if catching.caught == Caught::Nothing || goes_back(attempt) {
            return;
        }
        let mut depth = 0usize;
        for found in self.effects.get_mut(attempted).into_iter().flatten() {
            let What::Effect(action) = &found.what else { continue };
            match action {
                Action::Begin => depth += 1,
                Action::End => depth = depth.saturating_sub(1),
                Action::Sql { .. } | Action::Editor(_) | Action::Base if depth == 0 => {
                    found.caught = found.caught.max(catching.caught);
                }
                // That an object is not found is no error of the database, and caught as often.
                Action::Rows(rows) if catching.is_named && depth == 0 && is_written(&rows.change) => {
                    found.caught = found.caught.max(catching.caught);
                }
                Action::Sql { .. }
                | Action::Editor(_)
                | Action::Rows(_)
                | Action::Base
                | Action::Limit(_)
                | Action::Unlimit
                | Action::Command { .. }
                | Action::Unfollowed { .. } => {}
            }
        }
    }
}

fn catching_of(class: &str) -> Catching {
    let name = class.rsplit('.').next().unwrap_or(class);
    match name {
        "Exception" | "BaseException" => Catching::of(Caught::Names, false),
        // What is there already and what is missing is a `ProgrammingError`, whose bases are these.
        "ProgrammingError" | "DatabaseError" => Catching::of(Caught::Names, true),
        "DataError" | "IntegrityError" | "InternalError" | "NotSupportedError" | "OperationalError" => {
            Catching::of(Caught::Some, true)
        }
        "Error" | "DuplicateTable" | "DuplicateObject" | "DuplicateColumn" | "UndefinedTable" | "UndefinedObject"
        | "UndefinedColumn"
            if class.starts_with("psycopg") || class.starts_with("django.db") =>
        {
            Catching::of(Caught::Names, true)
        }
        _ if class.starts_with("psycopg") => Catching::of(Caught::Some, true),
        _ => Catching::default(),
    }
}

/// Whether Django writes these rows without a savepoint of its own.
fn is_written(change: &Change) -> bool {
    match change {
        Change::Insert { .. } | Change::Update { .. } | Change::Delete => true,
        Change::Read | Change::Ask | Change::Upsert { .. } | Change::Link | Change::Unlink => false,
    }
}

/// Whether the code itself goes back to a savepoint.
fn goes_back(attempt: &ast::StmtTry) -> bool {
    struct Search(bool);
    impl<'v> Visitor<'v> for Search {
        fn visit_expr(&mut self, expression: &'v Expr) {
            let names = |text: &str| {
                let text = text.to_ascii_lowercase();
                text.contains("savepoint") || text.contains("rollback")
            };
            self.0 |= match expression {
                Expr::Attribute(attribute) => names(attribute.attr.as_str()),
                Expr::Name(name) => names(name.id.as_str()),
                Expr::StringLiteral(text) => names(text.value.to_str()),
                _ => false,
            };
            visitor::walk_expr(self, expression);
        }
    }
    let mut search = Search(false);
    search.visit_body(&attempt.body);
    for ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
        search.visit_body(&handler.body);
    }
    search.0
}
