//! The tokens of a text with their byte offsets; the only place that sees sqlparser.

use std::ops::Range;

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Location, Token as Parsed, TokenWithSpan, Tokenizer, Whitespace, Word};

use crate::unknown::{PartForm, Unknown, UnknownPart};

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a bare name, in small letters as Postgres folds it.
    Word(String),
    /// A name in double quotes.
    Quoted(String),
    /// A string in quotes or dollars, with its value.
    Text(String),
    /// A number.
    Number(String),
    /// A value that is not known, or whatever else has a part that is not.
    Unknown(Unknown),
    /// A name of which a part is not known, or all.
    UnknownName(Unknown, NameForm),
    /// Punctuation, an operator, anything else.
    Symbol(String),
}

/// How much of a name is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameForm {
    /// A part: the rest is written out, so that it is a name.
    Part,
    /// All of it: it may be anything else as well.
    Whole,
}

/// The same of a text with parts that are not known: a literal is a literal of which no more is known, other text is a
/// name or part of one, and nothing else is made of the text that is shown for it. A string or a name with such a part in
/// it is not known either.
pub(super) fn tokens_around(text: &str, unknowns: &[UnknownPart]) -> (Vec<Token>, Option<String>) {
    let mut filled = text.to_owned();
    for UnknownPart { bytes, form, .. } in unknowns {
        let letter = match form {
            PartForm::Literal => "0",
            PartForm::Text => "x",
        };
        filled.replace_range(bytes.clone(), &letter.repeat(bytes.len()));
    }
    let (mut tokens, problem) = tokens(&filled);
    for token in &mut tokens {
        let within = |part: &&UnknownPart| part.bytes.start < token.end && token.start < part.bytes.end;
        if let Some(part) = unknowns.iter().find(within) {
            token.kind = unknown_kind(token, part, || unknown_name(text, token.start..token.end, unknowns));
        }
    }
    (tokens, problem)
}

fn unknown_kind(token: &Token, part: &UnknownPart, name: impl FnOnce() -> Unknown) -> Kind {
    let form = match (&token.kind, part.form) {
        (Kind::Word(_), PartForm::Text) if part.bytes == (token.start..token.end) => NameForm::Whole,
        (Kind::Word(_) | Kind::Quoted(_), PartForm::Text) => NameForm::Part,
        (_, PartForm::Text | PartForm::Literal) => return Kind::Unknown(part.unknown.clone()),
    };
    Kind::UnknownName(name(), form)
}

/// A name, part of a text, as an f-string would have it: `orders_{year}`. Two that are put together in the same way of the
/// same parts are the same one.
pub(super) fn unknown_name(text: &str, name: Range<usize>, unknowns: &[UnknownPart]) -> Unknown {
    let mut pattern = String::new();
    let mut parts: Vec<Unknown> = Vec::new();
    let mut at = name.start;
    for UnknownPart { bytes, unknown, .. } in unknowns {
        if bytes.start < at || bytes.end > name.end {
            continue;
        }
        pattern.push_str(text.get(at..bytes.start).unwrap_or_default());
        pattern.extend(["{", source(unknown).unwrap_or("…"), "}"]);
        parts.push(unknown.clone());
        at = bytes.end;
    }
    pattern.push_str(text.get(at..name.end).unwrap_or_default());
    let reason = match parts.first() {
        Some(part) => match source(part) {
            Some(source) => format!("`{source}` is known only when the code runs"),
            None => part.reason().to_owned(),
        },
        None => "is known only when the code runs".to_owned(),
    };
    Unknown::pattern(pattern.trim_matches('"'), &reason, &parts)
}

/// The expression that gives a part, where the reason is that and no sentence.
fn source(unknown: &Unknown) -> Option<&str> {
    Some(unknown.reason()).filter(|reason| !reason.contains(' '))
}

/// The tokens up to the first place that no token begins at, and what is wrong there.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Option<String>) {
    let mut parsed = Vec::new();
    let outcome = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize_with_location_into_buf(&mut parsed);
    let mut offsets = Offsets::new(text);
    let tokens = parsed.into_iter().filter_map(|token| offsets.token(token)).collect();
    let problem = outcome.err().map(|error| problem(&error.message));
    (tokens, problem)
}

fn problem(message: &str) -> String {
    if message.contains("comment") {
        "a comment is not closed".to_owned()
    } else if message.contains("Unterminated") || message.contains("close delimiter") || message.contains("EOF") {
        "a quote is not closed".to_owned()
    } else {
        format!("no SQL: {message}")
    }
}

/// Turns lines and columns into byte offsets, in one walk over the text.
struct Offsets<'a> {
    rest: std::str::CharIndices<'a>,
    length: usize,
    line: u64,
    column: u64,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.char_indices(),
            length: text.len(),
            line: 1,
            column: 1,
        }
    }

    /// The offset of a place that is not before the last one asked for.
    fn offset(&mut self, place: Location) -> usize {
        while (self.line, self.column) < (place.line, place.column) {
            match self.rest.next() {
                Some((_, '\n')) => {
                    self.line += 1;
                    self.column = 1;
                }
                Some(_) => self.column += 1,
                None => return self.length,
            }
        }
        self.rest.offset()
    }

    fn token(&mut self, parsed: TokenWithSpan) -> Option<Token> {
        let start = self.offset(parsed.span.start);
        let end = self.offset(parsed.span.end);
        kind(parsed.token).map(|kind| Token { kind, start, end })
    }
}

fn kind(token: Parsed) -> Option<Kind> {
    Some(match token {
        Parsed::Whitespace(
            Whitespace::Space
            | Whitespace::Newline
            | Whitespace::Tab
            | Whitespace::SingleLineComment { .. }
            | Whitespace::MultiLineComment(_),
        )
        | Parsed::EOF => return None,
        Parsed::Word(Word {
            value,
            quote_style: Some(_),
            ..
        }) => Kind::Quoted(value),
        Parsed::Word(Word { value, .. }) => Kind::Word(value.to_lowercase()),
        Parsed::Number(number, _) => Kind::Number(number),
        Parsed::SingleQuotedString(text)
        | Parsed::SingleQuotedByteStringLiteral(text)
        | Parsed::NationalStringLiteral(text)
        | Parsed::EscapedStringLiteral(text)
        | Parsed::UnicodeStringLiteral(text)
        | Parsed::HexStringLiteral(text) => Kind::Text(text),
        Parsed::DollarQuotedString(text) => Kind::Text(text.value),
        other => Kind::Symbol(other.to_string()),
    })
}

impl Token {
    /// Whether it is this keyword.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if own == word)
    }

    /// Whether it is this piece of punctuation.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(&self.kind, Kind::Symbol(own) if own == symbol)
    }

    /// The word, if it is a bare one.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The name, quoted or bare.
    pub(super) fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(name) | Kind::Quoted(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is a name, known or not.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word(_) | Kind::Quoted(_) | Kind::UnknownName(..))
    }

    /// What is not known of a name of which nothing is.
    pub(super) fn unknown_whole(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::UnknownName(unknown, NameForm::Whole) => Some(unknown),
            Kind::Word(_)
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Number(_)
            | Kind::Unknown(_)
            | Kind::UnknownName(..)
            | Kind::Symbol(_) => None,
        }
    }

    /// What is not known of it.
    pub(super) fn unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::Unknown(unknown) | Kind::UnknownName(unknown, _) => Some(unknown),
            Kind::Word(_) | Kind::Quoted(_) | Kind::Text(_) | Kind::Number(_) | Kind::Symbol(_) => None,
        }
    }

    /// How much deeper what follows is nested: 1 for an opening bracket, -1 for a closing one.
    pub(super) fn nesting(&self) -> i32 {
        match &self.kind {
            Kind::Symbol(symbol) if symbol == "(" || symbol == "[" => 1,
            Kind::Symbol(symbol) if symbol == ")" || symbol == "]" => -1,
            _ => 0,
        }
    }
}
