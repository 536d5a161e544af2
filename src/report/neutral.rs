//! Text of other people's files, made harmless for a terminal.
//!
//! A migration may hold escape sequences that recolour, rewrite or hide what stands above them, and marks that
//! reverse the reading order. Each such character is replaced by one visible character, so columns stay.

use std::borrow::Cow;

use super::Characters;

/// The text as one line: line ends and tabs become spaces.
pub(super) fn one_line(text: &str, characters: Characters) -> Cow<'_, str> {
    replaced(text, |character| match character {
        '\n' | '\r' | '\t' => Some(' '),
        _ => visible(character, characters),
    })
}

/// The text with its lines and tabs; every line ends at `\n`.
pub(super) fn lines(text: &str, characters: Characters) -> Cow<'_, str> {
    if text.contains("\r\n") {
        return Cow::Owned(lines(&text.replace("\r\n", "\n"), characters).into_owned());
    }
    replaced(text, |character| match character {
        '\n' | '\t' => None,
        _ => visible(character, characters),
    })
}

fn replaced(text: &str, replacement: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte);
    if text.bytes().all(is_plain) || text.chars().all(|character| replacement(character).is_none()) {
        return Cow::Borrowed(text);
    }
    text.chars()
        .map(|character| replacement(character).unwrap_or(character))
        .collect()
}

/// What is shown instead of a character that a terminal would obey.
fn visible(character: char, characters: Characters) -> Option<char> {
    if !character.is_control() && !reorders(character) {
        return None;
    }
    Some(match (characters, character) {
        (Characters::Ascii, _) => '?',
        // "Control Pictures" in Unicode stand in the order of the characters that they show.
        (Characters::Unicode, '\0'..='\x1f') => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        (Characters::Unicode, '\x7f') => '\u{2421}',
        (Characters::Unicode, _) => '\u{fffd}',
    })
}

/// Marks that change the reading order or end a line without being control characters.
/// See "Trojan Source", CVE-2021-42574.
fn reorders(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'
            ..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::{Characters, lines, one_line};

    #[test]
    fn an_escape_sequence_is_shown_and_not_obeyed() {
        assert_eq!(one_line("a\x1b[31mb\u{9b}2J", Characters::Unicode), "a␛[31mb\u{fffd}2J");
        assert_eq!(one_line("a\x1b[31mb", Characters::Ascii), "a?[31mb");
    }

    #[test]
    fn lines_and_tabs_survive_where_they_are_wanted() {
        assert_eq!(lines("a\r\n\tb\rc", Characters::Unicode), "a\n\tb␍c");
        assert_eq!(one_line("a\n\tb", Characters::Unicode), "a  b");
    }

    #[test]
    fn marks_that_reverse_the_reading_order_are_shown() {
        assert_eq!(one_line("a\u{202e}b", Characters::Unicode), "a\u{fffd}b");
    }
}
