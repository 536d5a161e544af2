//! What a reading knows of functions, which of them it is in, and how much it may still do.

use std::cell::Cell;

use crate::statement::{FunctionBody, Object, Volatility};

use super::Functions;

/// Functions within functions deeper than this are not followed.
const DEEPEST_CALL: usize = 16;

/// As many statements as the bodies of one statement may come to: loops are unrolled, and functions called in several places.
const MOST_STATEMENTS: u32 = 5_000;

/// As many bytes of SQL as the bodies of one statement may put together.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What is left for the bodies of one statement.
pub(super) struct Budget {
    statements: Cell<u32>,
    bytes: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            statements: Cell::new(MOST_STATEMENTS),
            bytes: Cell::new(MOST_BYTES),
        }
    }
}

/// The surroundings of the text that is read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    functions: &'a dyn Functions,
    budget: &'a Budget,
    running: Option<&'a Running<'a>>,
    /// Whether names may be variables.
    is_in_body: bool,
}

/// A function whose body is read.
pub(super) struct Running<'a> {
    name: &'a str,
    caller: Option<&'a Running<'a>>,
}

/// Why a body is not followed.
#[derive(Clone, Copy)]
pub(super) enum Refused {
    /// It runs already.
    CallsItself,
    TooDeep,
}

impl<'a> Reading<'a> {
    pub(super) fn new(functions: &'a dyn Functions, budget: &'a Budget) -> Self {
        Self {
            functions,
            budget,
            running: None,
            is_in_body: false,
        }
    }

    pub(super) fn volatility(&self, name: &str) -> Option<Volatility> {
        self.functions.volatility(name)
    }

    pub(super) fn bodies(&self, name: &str) -> &'a [FunctionBody] {
        self.functions.bodies(name)
    }

    pub(super) fn exists(&self, object: &Object<'_>) -> bool {
        self.functions.exists(object)
    }

    /// Goes into the body of a function.
    pub(super) fn call(&self, name: &'a str) -> Result<Running<'a>, Refused> {
        let mut depth = 0;
        let mut above = self.running;
        while let Some(running) = above {
            if running.name == name {
                return Err(Refused::CallsItself);
            }
            depth += 1;
            above = running.caller;
        }
        if depth >= DEEPEST_CALL {
            return Err(Refused::TooDeep);
        }
        Ok(Running {
            name,
            caller: self.running,
        })
    }

    pub(super) fn within<'b>(&self, running: &'b Running<'b>) -> Reading<'b>
    where
        'a: 'b,
    {
        Reading {
            functions: self.functions,
            budget: self.budget,
            running: Some(running),
            is_in_body: true,
        }
    }

    /// Goes into a body without a name.
    pub(super) fn in_body(self) -> Self {
        Self {
            is_in_body: true,
            ..self
        }
    }

    /// Whether a name may be a variable: of PL/pgSQL, or a parameter.
    pub(super) fn has_variables(&self) -> bool {
        self.is_in_body
    }

    /// Takes a statement from the budget; false when nothing is left.
    pub(super) fn take_statement(&self) -> bool {
        let left = self.budget.statements.get();
        self.budget.statements.set(left.saturating_sub(1));
        left > 0
    }

    /// Takes the bytes of a text from the budget, before it is put together; false when too few are left.
    pub(super) fn take_bytes(&self, bytes: usize) -> bool {
        let left = self.budget.bytes.get();
        self.budget.bytes.set(left.saturating_sub(bytes));
        left >= bytes
    }
}
