//! A string of Python, and where its characters were written.
//!
//! SQL is put together from constants, f-strings and loops. What a statement in it does is told where it stands, so each
//! piece of a string keeps the literal that it comes from, however often it is joined, cut and formatted.

use std::fmt;
use std::ops::{Deref, Range as Bytes};
use std::sync::Arc;

use crate::source::Range;

/// A string. Equality is the text's: places do not count.
#[derive(Clone, Default)]
pub struct Str {
    text: String,
    written: Written,
}

#[derive(Clone, Default)]
enum Written {
    /// Nowhere: it was computed.
    #[default]
    Nowhere,
    /// The whole of one literal.
    Whole(Literal),
    /// Parts of literals, in order, perhaps with computed text between them.
    Pieces(Arc<[Piece]>),
}

/// Text of a file that gives characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal {
    /// Where it stands.
    pub range: Range,
    /// How it is written.
    pub form: Form,
}

/// How the text of a literal gives its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// With quotes; adjacent literals that Python joins are one.
    Quoted,
    /// What stands between the braces of an f-string.
    Between,
    /// Text that is no literal: that of a file.
    Bare,
}

/// Characters that stand in one literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where they begin in the string, in bytes.
    pub at: usize,
    /// How many bytes they are.
    pub length: usize,
    /// The literal.
    pub literal: Literal,
    /// Where they begin in what the literal gives, in bytes.
    pub from: usize,
}

impl Str {
    /// What a literal gives.
    #[must_use]
    pub fn of_literal(text: String, range: Range, form: Form) -> Self {
        Self {
            text,
            written: Written::Whole(Literal { range, form }),
        }
    }

    /// The text alone.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// The pieces that stand in literals, in order.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece> {
        match &self.written {
            Written::Nowhere => Vec::new(),
            Written::Whole(literal) => vec![Piece {
                at: 0,
                length: self.text.len(),
                literal: *literal,
                from: 0,
            }],
            Written::Pieces(pieces) => pieces.to_vec(),
        }
    }

    /// A part of it; nothing where the bytes do not fall on characters.
    #[must_use]
    pub fn part(&self, bytes: Bytes<usize>) -> Str {
        let Some(text) = self.text.get(bytes.clone()) else {
            return Str::default();
        };
        let mut builder = Builder::default();
        builder.copy(text, bytes.start, &self.pieces());
        builder.finish()
    }

    /// The string that a slice of this one's text is.
    #[must_use]
    pub fn slice(&self, of_text: &str) -> Str {
        let start = (of_text.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        match start.checked_add(of_text.len()) {
            Some(end) if end <= self.text.len() => self.part(start..end),
            Some(_) | None => of_text.into(),
        }
    }
}

/// Puts a string together from parts of others.
#[derive(Default)]
pub struct Builder {
    text: String,
    pieces: Vec<Piece>,
}

impl Builder {
    /// Appends text that stands in no literal.
    pub fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a string.
    pub fn push(&mut self, string: &Str) {
        self.copy(&string.text, 0, &string.pieces());
    }

    /// Appends the part of a string that these bytes are.
    pub fn push_part(&mut self, string: &Str, bytes: Bytes<usize>) {
        if let Some(text) = string.text.get(bytes.clone()) {
            self.copy(text, bytes.start, &string.pieces());
        }
    }

    /// Appends `text`, which begins `start` bytes into a string with these pieces.
    fn copy(&mut self, text: &str, start: usize, pieces: &[Piece]) {
        let end = start + text.len();
        for piece in pieces {
            let (from, to) = (piece.at.max(start), (piece.at + piece.length).min(end));
            if from < to || (from == to && text.is_empty()) {
                self.pieces.push(Piece {
                    at: self.text.len() + from - start,
                    length: to - from,
                    literal: piece.literal,
                    from: piece.from + from - piece.at,
                });
            }
        }
        self.text.push_str(text);
    }

    /// How many bytes it has so far.
    #[must_use]
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// The string.
    #[must_use]
    pub fn finish(self) -> Str {
        let written = if self.pieces.is_empty() {
            Written::Nowhere
        } else {
            Written::Pieces(self.pieces.into())
        };
        Str {
            text: self.text,
            written,
        }
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self {
            text,
            written: Written::Nowhere,
        }
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, formatter)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Builder, Form, Str};
    use crate::source::SourceFile;

    #[test]
    fn parts_keep_the_literals_that_they_come_from() {
        let source = SourceFile::new(PathBuf::from("0001.py"), "'a b' 'c'".to_owned());
        let first = Str::of_literal("a b".to_owned(), source.range(0, 5), Form::Quoted);
        let second = Str::of_literal("c".to_owned(), source.range(6, 9), Form::Quoted);
        let mut builder = Builder::default();
        builder.push_part(&first, 2..3);
        builder.push_text("-");
        builder.push(&second);
        let joined = builder.finish();
        assert_eq!(&*joined, "b-c");
        let pieces = joined.pieces();
        let shown: Vec<_> = pieces
            .iter()
            .map(|piece| (piece.at, piece.length, piece.from, source.slice(piece.literal.range)))
            .collect();
        assert_eq!(shown, [(0, 1, 2, "'a b'"), (2, 1, 0, "'c'")]);
        assert_eq!(joined.slice(joined.trim_start_matches("b-")).pieces()[0].at, 0);
    }
}
