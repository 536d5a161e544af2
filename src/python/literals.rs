//! Where the characters of a string literal stand in its file.

use ruff_python_ast::{Expr, StringLiteral};
use ruff_python_parser::parse_parenthesized_expression_range;
use ruff_text_size::{TextRange, TextSize};

use crate::source::{Range, SourceFile};
use crate::value::{Form, Literal, Piece, Str};

/// Offset in what a literal gives, and in its file, of the first byte of each stretch that maps one to one.
type Stretches = Vec<(usize, u32)>;

/// The place of each part of a string in the literals that it comes from. Literals are looked at again when somebody asks.
#[derive(Debug, Default)]
pub struct Layout {
    pieces: Vec<(Piece, Option<Stretches>)>,
}

impl Layout {
    /// Reads the literals of a string; `source` gives the text that a range lies in.
    #[must_use]
    pub fn of<'s>(string: &Str, source: impl Fn(Range) -> Option<&'s SourceFile>) -> Self {
        let stretches = |piece: Piece| {
            let stretches = source(piece.literal.range).and_then(|source| stretches(source, piece.literal));
            (piece, stretches)
        };
        Self {
            pieces: string.pieces().into_iter().map(stretches).collect(),
        }
    }

    /// Where these bytes of the string stand: from the literal of the first to that of the last, if that is one file.
    /// What was computed between literals has the place of the literals around it.
    #[must_use]
    pub fn place(&self, start: usize, end: usize) -> Option<Range> {
        let within = |(piece, _): &&(Piece, Option<Stretches>)| piece.at < end && piece.at + piece.length > start;
        let mut pieces = self.pieces.iter().filter(within);
        let (first, stretches) = pieces.next()?;
        let begin = offset(first, stretches.as_ref(), start.max(first.at));
        let (last, stretches) = pieces.next_back().unwrap_or(self.pieces.iter().find(within)?);
        let last_byte = (end - 1).min(last.at + last.length - 1);
        let end = offset(last, stretches.as_ref(), last_byte).map(|at| at + 1);
        let (from, to) = (first.literal.range, last.literal.range);
        let range = Range {
            start: begin.unwrap_or(from.start),
            end: end.unwrap_or(to.end),
            file: from.file,
        };
        (from.file == to.file && range.start < range.end).then_some(range)
    }
}

fn offset(piece: &Piece, stretches: Option<&Stretches>, at: usize) -> Option<u32> {
    let decoded = piece.from + at - piece.at;
    let stretches = stretches?;
    let after = stretches.partition_point(|(start, _)| *start <= decoded);
    let (start, file) = stretches.get(after.checked_sub(1)?)?;
    u32::try_from(decoded - start).ok().map(|rest| file + rest)
}

fn stretches(source: &SourceFile, literal: Literal) -> Option<Stretches> {
    match literal.form {
        Form::Quoted => {
            let range = TextRange::new(literal.range.start.into(), literal.range.end.into());
            let parsed = parse_parenthesized_expression_range(&source.text, range).ok()?;
            let Expr::StringLiteral(string) = parsed.expr() else {
                return None;
            };
            let mut stretches = Vec::new();
            let mut decoded = 0;
            for part in &string.value {
                of_part(source, part, decoded, &mut stretches)?;
                decoded += part.value.len();
            }
            Some(stretches)
        }
        Form::Bare => Some(vec![(0, literal.range.start)]),
        // Braces and backslashes stand for something else than themselves.
        Form::Between => {
            let text = source.slice(literal.range);
            (!text.contains(['\\', '{', '}', '\r'])).then(|| vec![(0, literal.range.start)])
        }
    }
}

/// Follows the text between the quotes of one literal beside what it gives.
fn of_part(source: &SourceFile, part: &StringLiteral, decoded: usize, stretches: &mut Stretches) -> Option<()> {
    let content = part.content_range();
    let text = source.text.get(content.to_std_range())?;
    let is_raw = part.flags.prefix().is_raw();
    let (mut at, mut given) = (0, 0);
    let mut note = |given: usize, at: usize| {
        let file = content.start() + TextSize::try_from(at).ok()?;
        stretches.push((decoded + given, file.into()));
        Some(())
    };
    note(0, 0)?;
    while at < text.len() {
        let letter = text[at..].chars().next()?;
        let (written, gives) = match letter {
            '\\' if !is_raw => escape(&text[at + 1..], &part.value[given..])?,
            '\r' if text[at..].starts_with("\r\n") && !part.value[given..].starts_with('\r') => (2, 1),
            letter => (letter.len_utf8(), letter.len_utf8()),
        };
        (at, given) = (at + written, given + gives);
        if written != gives {
            note(given, at)?;
        }
    }
    (given == part.value.len()).then_some(())
}

/// How long an escape is with its backslash, and how long what it gives: the next character of `given`.
fn escape(behind: &str, given: &str) -> Option<(usize, usize)> {
    let letter = behind.chars().next()?;
    let gives = given.chars().next().map_or(0, char::len_utf8);
    let digits = |most: usize| {
        let digits = behind
            .bytes()
            .take(most)
            .take_while(|byte| (b'0'..=b'7').contains(byte));
        digits.count()
    };
    Some(match letter {
        '\n' => (2, 0),
        '\r' => (if behind.starts_with("\r\n") { 3 } else { 2 }, 0),
        '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' => (2, gives),
        'x' => (4, gives),
        'u' => (6, gives),
        'U' => (10, gives),
        'N' => (2 + behind.find('}')?, gives),
        '0'..='7' => (1 + digits(3), gives),
        // Python leaves both as they are.
        _ => (1, 1),
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Layout;
    use crate::python::{Modules, Origin, parse};
    use crate::source::SourceFile;

    /// The part of the file that `part` of the string `SQL` comes from.
    fn found(text: &str, part: &str) -> String {
        let source = SourceFile::new(PathBuf::from("0001.py"), text.to_owned());
        let origin = Origin {
            path: "shop.migrations.0001",
            is_package: false,
        };
        let module = parse(&source, origin, &Modules::default());
        let crate::value::Value::Str(sql) = &module.bindings["SQL"] else {
            panic!("SQL is a string");
        };
        let layout = Layout::of(sql, |_| Some(&source));
        let start = sql.find(part).expect("the part is in the string");
        let place = layout.place(start, start + part.len()).expect("it stands somewhere");
        source.slice(place).to_owned()
    }

    #[test]
    fn a_statement_is_found_inside_its_string() {
        assert_eq!(found("SQL = \"\"\"\nA;\n  B c\n\"\"\"", "B c"), "B c");
        assert_eq!(found("SQL = r'A\\d; B'", "B"), "B");
    }

    #[test]
    fn strings_side_by_side_and_escapes_are_followed() {
        assert_eq!(found("SQL = ('A \"x\";'  # first\n 'B y')", "B y"), "B y");
        assert_eq!(found("SQL = 'A\\'s;' + 'B\\ty'", "B\ty"), "B\\ty");
        assert_eq!(found("SQL = 'A\\x41\\u00e9\\N{BULLET}\\101\\q;B'", "B"), "B");
        assert_eq!(found("SQL = 'A;\\\n  B'", "B"), "B");
    }

    #[test]
    fn what_is_formatted_keeps_the_places_of_its_text() {
        assert_eq!(found("T = 'shop'\nSQL = f'A {T}; B {T}'", "B"), "B");
        assert_eq!(found("SQL = 'A %s; B' % 'long name'", "B"), "B");
        assert_eq!(found("SQL = 'A {}; B'.format('long name')", "B"), "B");
        assert_eq!(found("SQL = '; '.join(['A', 'B'])", "B"), "B");
        assert_eq!(
            found(
                "from textwrap import dedent\nSQL = dedent('''\n    A;\n    B c''')",
                "B c"
            ),
            "B c"
        );
        assert_eq!(found("SQL = '  A; X '.strip().replace('X', 'B')", "B"), "B");
    }
}
