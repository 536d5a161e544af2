//! Names as Postgres keeps them, and those that it invents itself.

use crate::statement::split_identifier;
use crate::unknown::{Identifier, known_names};

/// Postgres cuts names at this many bytes (`NAMEDATALEN - 1`).
const LONGEST_NAME: usize = 63;

/// `<name1>_<name2>_<label>`, both parts shortened evenly until it fits, as `makeObjectName` in
/// src/backend/commands/indexcmds.c does; a number is appended to the label until `taken` is false.
#[must_use]
pub fn object_name(name1: &str, name2: Option<&str>, label: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = make_object_name(name1, name2, label);
    let mut pass = 0;
    while taken(&name) {
        pass += 1;
        name = make_object_name(name1, name2, &format!("{label}{pass}"));
    }
    name
}

fn make_object_name(name1: &str, name2: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(name2.is_some());
    let available = LONGEST_NAME.saturating_sub(overhead);
    let (mut length1, mut length2) = (name1.len(), name2.map_or(0, str::len));
    while length1 + length2 > available {
        if length1 > length2 {
            length1 -= 1;
        } else {
            length2 -= 1;
        }
    }
    match name2 {
        Some(name2) => format!("{}_{}_{label}", clip(name1, length1), clip(name2, length2)),
        None => format!("{}_{label}", clip(name1, length1)),
    }
}

/// At most `length` bytes, never half a character (`pg_mbcliplen`).
fn clip(text: &str, length: usize) -> &str {
    let end = (0..=length.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    &text[..end]
}

/// The name that Postgres keeps: without a schema and quotes that Django was given as part of it, and cut where it is too
/// long.
#[must_use]
pub(super) fn stored(name: &str) -> &str {
    clip(split_identifier(name).1, LONGEST_NAME)
}

/// A name that Django compares with `relname`: Postgres cuts it too, but quotes in it stay.
#[must_use]
pub(super) fn compared(name: &str) -> &str {
    clip(name, LONGEST_NAME)
}

/// The names of columns as Postgres keeps them.
#[must_use]
pub(super) fn stored_all(names: &[String]) -> Vec<String> {
    names.iter().map(|name| stored(name).to_owned()).collect()
}

/// The same of columns of which one may not be known: then nothing is claimed of the others.
#[must_use]
pub(super) fn stored_names(names: &[Identifier]) -> Vec<String> {
    stored_all(&known_names(names).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::object_name;

    #[test]
    fn both_parts_are_shortened_evenly_and_a_taken_name_gets_a_number() {
        assert_eq!(
            object_name("shop_order", Some("code"), "key", |_| false),
            "shop_order_code_key"
        );
        let long = object_name(&"t".repeat(50), Some(&"c".repeat(40)), "key", |_| false);
        assert_eq!(long, format!("{}_{}_key", "t".repeat(29), "c".repeat(29)));
        assert_eq!(
            object_name("shop", None, "pkey", |name| name == "shop_pkey"),
            "shop_pkey1"
        );
    }
}
