//! SQL text -> statements: what `RunSQL` and cursors send, as the same [`Statement`]s that Django's operations give.
//!
//! sqlparser cuts the text into tokens; its types do not leave `token`. The statements are read by heads of our own:
//! sqlparser's grammar refuses a fifth of real RunSQL, normalises what it reads, and its tree is as deep as the text
//! is long, while a lock needs names, options and verbatim pieces. Reading is linear, never recurses over an
//! expression and never fails as a whole: what is not understood is a [`Statement::Unread`], alone.

mod alter;
mod alter_table;
mod body;
mod certain;
mod column;
mod conditions;
mod conflict;
mod constraint;
mod create;
mod create_table;
mod cursor;
mod drop;
mod expression;
mod function;
mod functions;
mod heads;
mod holes;
mod index;
mod query;
mod reading;
mod rows;
mod session;
mod split;
mod token;
mod view_query;

use crate::row_work::Condition;
use crate::statement::{FunctionBody, Object, Statement, Volatility};
use crate::unknown::{Unknown, UnknownPart};

use reading::{Budget, Reading};

pub use certain::columns as certain_columns;
pub use functions::{built_in, calls};

/// What is known of functions that are not Postgres's own, and of what code of the database's asks for.
pub trait Functions {
    /// How far the function varies; `None` if nobody has declared it.
    fn volatility(&self, name: &str) -> Option<Volatility>;

    /// What runs when it is called: one for each list of parameters that it has been declared with.
    fn bodies(&self, _name: &str) -> &[FunctionBody] {
        &[]
    }

    /// Whether the database has this for certain.
    fn exists(&self, _object: &Object<'_>) -> bool {
        false
    }
}

/// One statement of a text, cut out but not yet read.
#[derive(Clone, Debug)]
pub struct Piece<'a> {
    text: &'a str,
    tokens: Tokens,
    /// Byte offset of its first character in the whole text.
    pub start: usize,
    /// Byte offset behind its last character.
    pub end: usize,
}

#[derive(Clone, Debug)]
enum Tokens {
    Read(Vec<token::Token>),
    Broken(String),
}

/// A statement without what does not change its meaning: white space, comments, the case of bare words.
#[must_use]
pub fn normalised(statement: &str) -> String {
    let (tokens, problem) = token::tokens(statement);
    if problem.is_some() {
        return statement.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let words = tokens.iter().map(|token| match &token.kind {
        token::Kind::Word(word) => word.as_str(),
        _ => &statement[token.start..token.end],
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The statements of a text in order, comments and empty ones left out.
#[must_use]
pub fn split(text: &str) -> Vec<Piece<'_>> {
    split::split(text, &[])
}

/// The same of a text with parts that are not known; what is shown for them is no SQL.
#[must_use]
pub fn split_around<'t>(text: &'t str, unknowns: &[UnknownPart]) -> Vec<Piece<'t>> {
    split::split(text, unknowns)
}

/// What a condition asks of the columns of a row: all of these must hold.
#[must_use]
pub fn conditions_in(text: &str) -> Vec<Condition> {
    match token::tokens(text) {
        (tokens, None) => conditions::all_of(&tokens),
        (_, Some(_)) => vec![Condition::Other],
    }
}

/// The statement that a text is, if it is one; what depends on functions of the user's own is not known.
#[must_use]
pub fn only_statement(text: &str) -> Option<Statement> {
    struct NoFunctions;
    impl Functions for NoFunctions {
        fn volatility(&self, _: &str) -> Option<Volatility> {
            None
        }
    }
    let pieces = split(text);
    let [piece] = pieces.as_slice() else { return None };
    let mut statements = piece.read(&NoFunctions);
    let statement = statements.pop()?;
    statements.is_empty().then_some(statement)
}

/// A name of which parts are not known: `orders_{year}`.
#[must_use]
pub fn unknown_name(name: &str, unknowns: &[UnknownPart]) -> Unknown {
    token::unknown_name(name, 0..name.len(), unknowns)
}

impl Piece<'_> {
    /// Its text, without the semicolon.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.text[self.start..self.end]
    }

    /// What it does: one statement for most, several for a `DROP` with several names or a `DO` block.
    #[must_use]
    pub fn read(&self, functions: &dyn Functions) -> Vec<Statement> {
        match &self.tokens {
            Tokens::Broken(reason) => vec![self.unread(reason.clone())],
            Tokens::Read(tokens) => {
                let budget = Budget::default();
                body::statement(self.text, tokens, Reading::new(functions, &budget))
                    .unwrap_or_else(|problem| vec![self.unread(problem.to_string())])
            }
        }
    }

    fn unread(&self, reason: String) -> Statement {
        Statement::Unread {
            text: self.sql().to_owned(),
            reason,
        }
    }
}
