//! Where a piece of SQL stands in the migration file: inside the string literals that it was written in.

use crate::source::{Range, SourceFile};

/// For each run of literals in the file, how offsets in the string map to offsets in the file.
pub(super) struct Places {
    /// Offset in the decoded string, offset in the file, for the first byte of each stretch that maps one to one.
    stretches: Vec<(usize, usize)>,
    whole: Range,
}

impl Places {
    /// Looks in the expression for string literals that come to this text, behind those of earlier pieces.
    pub(super) fn find(source: &SourceFile, expression: Range, text: &str, taken: &mut u32) -> Self {
        let from = expression.start.max(*taken);
        let area = source.slice(source.range(from, expression.end));
        let mut found = runs(area).into_iter().filter(|run| run.decoded == text);
        let Some(run) = found.next() else {
            return Self {
                stretches: Vec::new(),
                whole: expression,
            };
        };
        let offset = from as usize;
        let stretches: Vec<(usize, usize)> = run
            .stretches
            .iter()
            .map(|(decoded, at)| (*decoded, at + offset))
            .collect();
        let end = u32::try_from(offset + run.end).unwrap_or(expression.end);
        *taken = end;
        let start = u32::try_from(offset + run.start).unwrap_or(expression.start);
        Self {
            stretches,
            whole: source.range(start, end),
        }
    }

    /// The place of a part of the string; the whole expression where that is not known.
    pub(super) fn range(&self, start: usize, end: usize) -> Range {
        let place = |at: usize| {
            let after = self.stretches.partition_point(|(decoded, _)| *decoded <= at);
            let (decoded, file) = self.stretches.get(after.checked_sub(1)?)?;
            u32::try_from(file + (at - decoded)).ok()
        };
        match (place(start), place(end.saturating_sub(1))) {
            (Some(start), Some(last)) => Range {
                start,
                end: last + 1,
                ..self.whole
            },
            _ => self.whole,
        }
    }
}

/// Literals that Python joins: side by side, with white space, comments, line ends or `+` between them.
struct Run {
    start: usize,
    end: usize,
    decoded: String,
    stretches: Vec<(usize, usize)>,
}

fn runs(area: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut rest = 0;
    let mut joins = false;
    while let Some(next) = area[rest..].chars().next() {
        if let Some(literal) = literal(area, rest) {
            match runs.last_mut().filter(|_| joins) {
                Some(run) => run.join(literal),
                None => runs.push(literal),
            }
            rest = runs.last().map_or(area.len(), |run| run.end);
            joins = true;
            continue;
        }
        let word_length: usize = area[rest..]
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .map(char::len_utf8)
            .sum();
        if next == '#' {
            rest += area[rest..].find('\n').unwrap_or(area.len() - rest);
        } else if word_length > 0 {
            rest += word_length;
            joins = false;
        } else {
            rest += next.len_utf8();
            joins &= next.is_whitespace() || next == '+' || next == '\\' || next == '(' || next == ')';
        }
    }
    runs
}

impl Run {
    fn join(&mut self, other: Run) {
        let offset = self.decoded.len();
        self.decoded.push_str(&other.decoded);
        self.stretches
            .extend(other.stretches.into_iter().map(|(decoded, at)| (decoded + offset, at)));
        self.end = other.end;
    }
}

/// The string literal that begins here; none for bytes and f-strings, which are not plain text.
fn literal(area: &str, start: usize) -> Option<Run> {
    let prefix: String = area[start..]
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .take(3)
        .collect();
    let is_prefix = matches!(prefix.to_ascii_lowercase().as_str(), "" | "r" | "u");
    let open = start + prefix.len();
    let quote = ["\"\"\"", "'''", "\"", "'"]
        .into_iter()
        .find(|quote| area[open..].starts_with(quote))?;
    if !is_prefix {
        return None;
    }
    let is_raw = prefix.eq_ignore_ascii_case("r");
    let mut run = Run {
        start,
        end: area.len(),
        decoded: String::new(),
        stretches: vec![(0, open + quote.len())],
    };
    let mut at = open + quote.len();
    while at < area.len() {
        if area[at..].starts_with(quote) {
            run.end = at + quote.len();
            return Some(run);
        }
        let letter = area[at..].chars().next()?;
        if letter != '\\' {
            run.decoded.push(letter);
            at += letter.len_utf8();
            continue;
        }
        let escaped = area[at + 1..].chars().next()?;
        let length = 1 + escaped.len_utf8();
        if is_raw {
            run.decoded.push_str(&area[at..at + length]);
            at += length;
            continue;
        }
        run.decoded.extend(unescaped(escaped)?);
        at += length;
        run.stretches.push((run.decoded.len(), at));
    }
    None
}

/// What a backslash with this letter means: nothing before a line end. `None` for codes of several letters.
#[allow(
    clippy::option_option,
    reason = "an escape that gives nothing is something else than none"
)]
fn unescaped(letter: char) -> Option<Option<char>> {
    Some(match letter {
        '\n' => None,
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '\\' | '\'' | '"' => Some(letter),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Places;
    use crate::source::SourceFile;

    /// The part of the file that `part` of the decoded text comes from.
    fn found(source: &str, text: &str, part: &str) -> String {
        let file = SourceFile::new(PathBuf::from("0001.py"), source.to_owned());
        let length = u32::try_from(source.len()).unwrap();
        let places = Places::find(&file, file.range(0, length), text, &mut 0);
        let start = text.find(part).unwrap();
        file.slice(places.range(start, start + part.len())).to_owned()
    }

    #[test]
    fn a_statement_is_found_inside_its_string() {
        assert_eq!(found("\"\"\"\nA;\n  B c\n\"\"\"", "\nA;\n  B c\n", "B c"), "B c");
        assert_eq!(found("r'A; B'", "A; B", "B"), "B");
    }

    #[test]
    fn strings_side_by_side_and_escapes_are_followed() {
        assert_eq!(found("('A \"x\";'  # first\n 'B y')", "A \"x\";B y", "B y"), "B y");
        assert_eq!(found("'A\\'s;' + 'B\\ty'", "A's;B\ty", "B\ty"), "B\\ty");
        assert_eq!(found("[('%s', 1), 'A; B']", "A; B", "B"), "B");
    }

    #[test]
    fn what_is_put_together_otherwise_has_the_place_of_its_expression() {
        assert_eq!(found("f'A {x}'", "A y", "A"), "f'A {x}'");
        assert_eq!(found("SQL", "A y", "A"), "SQL");
    }
}
