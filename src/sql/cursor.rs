//! A place in the tokens of one statement, moving forward.

use thiserror::Error;

use crate::statement::Name;
use crate::unknown::{Identifier, Sql, Unknown};

use super::reading::Reading;
use super::token::{Kind, Token};

/// Why a statement was not understood.
#[derive(Debug, Error)]
pub(super) enum Problem {
    #[error("expected {expected} but found {found}")]
    Unexpected { expected: &'static str, found: String },
    #[error("`{0}` is no statement that forelock knows")]
    Head(String),
    #[error("{0}")]
    Other(String),
}

/// What comes out of reading a part of a statement.
pub(super) type Read<T> = Result<T, Problem>;

#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub at: usize,
    pub reading: Reading<'a>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token], reading: Reading<'a>) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            reading,
        }
    }

    /// A cursor over a part of the tokens.
    pub(super) fn over(&self, tokens: &'a [Token]) -> Cursor<'a> {
        Cursor::new(self.text, tokens, self.reading)
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> &'a [Token] {
        let rest = &self.tokens[self.at.min(self.tokens.len())..];
        self.at = self.tokens.len();
        rest
    }

    /// Whether these keywords come next.
    pub(super) fn sees(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.peek_at(ahead).is_some_and(|token| token.is(word)))
    }

    /// Goes past these keywords, if they come next.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.sees(words);
        if found {
            self.at += words.len();
        }
        found
    }

    /// Goes past the one of these keywords that comes next.
    pub(super) fn eat_one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|word| self.eat(&[word]))
    }

    pub(super) fn expect(&mut self, word: &'static str) -> Read<()> {
        if self.eat(&[word]) { Ok(()) } else { self.fail(word) }
    }

    pub(super) fn sees_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    pub(super) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.sees_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect_symbol(&mut self, symbol: &'static str) -> Read<()> {
        if self.eat_symbol(symbol) {
            Ok(())
        } else {
            self.fail(symbol)
        }
    }

    pub(super) fn expect_end(&self) -> Read<()> {
        if self.is_done() {
            Ok(())
        } else {
            self.fail("the end of the statement")
        }
    }

    pub(super) fn fail<T>(&self, expected: &'static str) -> Read<T> {
        let found = self.peek().map_or_else(
            || "the end".to_owned(),
            |token| {
                let text: String = self.text[token.start..token.end].chars().take(40).collect();
                format!("`{text}`")
            },
        );
        Err(Problem::Unexpected { expected, found })
    }

    /// A name without a schema.
    pub(super) fn name(&mut self) -> Read<String> {
        match self.peek().and_then(Token::name) {
            Some(name) if !name.is_empty() => {
                self.at += 1;
                Ok(name.to_owned())
            }
            _ if self.peek().is_some_and(|token| token.unknown().is_some()) => Err(Problem::Other(
                "a name in it is known only when the code runs".to_owned(),
            )),
            _ => self.fail("a name"),
        }
    }

    /// A name without a schema, of which a part may be unknown.
    pub(super) fn identifier(&mut self) -> Read<Identifier> {
        match self.unknown_name() {
            Some(unknown) => Ok(Identifier::Unknown(unknown)),
            None => self.name().map(Identifier::Known),
        }
    }

    /// The same as the name of an index or constraint.
    pub(super) fn object(&mut self) -> Read<Name> {
        self.identifier().map(Name::from)
    }

    /// Goes past a name that has an unknown part, if one comes next, with the schema before or the name behind it.
    fn unknown_name(&mut self) -> Option<Unknown> {
        let mut ahead = self.at;
        let mut unknown = None;
        loop {
            let token = self.tokens.get(ahead)?;
            match &token.kind {
                Kind::UnknownName(part, _) => unknown = Some(part.clone()),
                _ => {
                    token.name()?;
                }
            }
            ahead += 1;
            if !self.tokens.get(ahead).is_some_and(|token| token.is_symbol(".")) {
                break;
            }
            ahead += 1;
        }
        let unknown = unknown?;
        self.at = ahead;
        Some(unknown)
    }

    /// A name as the catalog has it: bare, unless its schema is not the usual one.
    pub(super) fn relation(&mut self) -> Read<String> {
        let mut parts = vec![self.name()?];
        while self.eat_symbol(".") {
            parts.push(self.name()?);
        }
        Ok(catalog_name(&parts))
    }

    /// The same, of which a part may be unknown.
    pub(super) fn relation_identifier(&mut self) -> Read<Identifier> {
        match self.unknown_name() {
            Some(unknown) => Ok(Identifier::Unknown(unknown)),
            None => self.relation().map(Identifier::Known),
        }
    }

    /// A relation behind `ONLY`, before `*`.
    pub(super) fn table(&mut self) -> Read<String> {
        self.behind_only(Self::relation)
    }

    /// The same, of which a part may be unknown.
    pub(super) fn table_identifier(&mut self) -> Read<Identifier> {
        self.behind_only(Self::relation_identifier)
    }

    fn behind_only<T>(&mut self, relation: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let in_brackets = self.sees(&["only"]) && self.peek_at(1).is_some_and(|token| token.is_symbol("("));
        self.eat(&["only"]);
        if in_brackets {
            self.at += 1;
        }
        let table = relation(self)?;
        if in_brackets {
            self.expect_symbol(")")?;
        }
        self.eat_symbol("*");
        Ok(table)
    }

    /// Names with commas between them.
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat_symbol(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `(name, name)`
    pub(super) fn names_in_brackets(&mut self) -> Read<Vec<String>> {
        let inside = self.brackets()?;
        let mut cursor = self.over(inside);
        let names = cursor.list(Cursor::name)?;
        cursor.expect_end()?;
        Ok(names)
    }

    /// The same, of which parts may be unknown.
    pub(super) fn identifiers_in_brackets(&mut self) -> Read<Vec<Identifier>> {
        let inside = self.brackets()?;
        let mut cursor = self.over(inside);
        let names = cursor.list(Cursor::identifier)?;
        cursor.expect_end()?;
        Ok(names)
    }

    /// What stands between the brackets that open here.
    pub(super) fn brackets(&mut self) -> Read<&'a [Token]> {
        if !self.sees_symbol("(") {
            return self.fail("(");
        }
        let mut depth = 0i32;
        for (ahead, token) in self.tokens[self.at..].iter().enumerate() {
            depth += token.nesting();
            if depth == 0 {
                let inside = &self.tokens[self.at + 1..self.at + ahead];
                self.at += ahead + 1;
                return Ok(inside);
            }
        }
        Err(Problem::Other("a bracket is not closed".to_owned()))
    }

    /// Everything up to the first token outside of brackets for which `stop` is true.
    pub(super) fn until(&mut self, mut stop: impl FnMut(&Token) -> bool) -> &'a [Token] {
        let from = self.at;
        let mut depth = 0i32;
        while let Some(token) = self.peek() {
            if depth <= 0 && (token.nesting() < 0 || stop(token)) {
                break;
            }
            depth += token.nesting();
            self.at += 1;
        }
        &self.tokens[from..self.at]
    }

    /// The parts between commas outside of brackets.
    pub(super) fn comma_separated(tokens: &'a [Token]) -> Vec<&'a [Token]> {
        let mut depth = 0i32;
        tokens
            .split(|token| {
                depth += token.nesting();
                depth == 0 && token.is_symbol(",")
            })
            .collect()
    }

    /// The text of some tokens as it was written.
    pub(super) fn source(&self, tokens: &[Token]) -> String {
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => self.text[first.start..last.end].to_owned(),
            _ => String::new(),
        }
    }

    /// The same as SQL that remembers what of it is not known.
    pub(super) fn sql(&self, tokens: &[Token]) -> Sql {
        let unknowns = tokens.iter().filter_map(Token::unknown).cloned();
        Sql::composed(self.source(tokens), unknowns.collect())
    }

    /// A string, by its value.
    pub(super) fn string(&mut self) -> Read<String> {
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Text(text)) => {
                self.at += 1;
                Ok(text.clone())
            }
            _ => self.fail("a string"),
        }
    }

    pub(super) fn if_exists(&mut self) -> bool {
        self.eat(&["if", "exists"])
    }

    pub(super) fn if_not_exists(&mut self) -> bool {
        self.eat(&["if", "not", "exists"])
    }

    /// `CASCADE` or `RESTRICT` at the end.
    pub(super) fn cascade(&mut self) -> bool {
        let cascade = self.eat(&["cascade"]);
        self.eat(&["restrict"]);
        cascade
    }
}

/// Django writes a schema into `db_table` as `schema"."table`; the schemas that need no writing fall away.
pub(super) fn catalog_name(parts: &[String]) -> String {
    match parts {
        [.., schema, name] if !matches!(schema.as_str(), "public" | "pg_catalog" | "pg_temp") => {
            format!("{schema}\".\"{name}")
        }
        [.., name] => name.clone(),
        [] => String::new(),
    }
}
