//! Values as psycopg 3 writes them into a statement: `Transformer.as_literal` in `psycopg/_py_transformer.py`.

use std::fmt::Write;

use crate::statement::quote_literal;

/// A value on its way into a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// `NULL`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer and the type of its array.
    Integer(i128, &'static str),
    /// A number as Python's `str` writes it, and its type.
    Number(String, &'static str),
    /// A string, without a cast.
    Text(String),
    /// A quoted text with its cast: `'..'::date`.
    Typed(String, &'static str),
    /// Bytes, as hexadecimal digits.
    Bytes(String),
    /// A list.
    Array(Vec<Literal>),
}

impl Literal {
    /// The SQL.
    pub(super) fn sql(&self) -> String {
        match self {
            Literal::Null => "NULL".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Integer(value, _) => spaced(value.to_string()),
            Literal::Number(text, type_name) if !text.contains(|letter: char| letter.is_ascii_digit()) => {
                format!("{}::{type_name}", quote_literal(text))
            }
            Literal::Number(text, _) => spaced(text.clone()),
            Literal::Text(text) => quote_literal(text),
            Literal::Typed(text, type_name) => format!("{}::{type_name}", quote_literal(text)),
            // `\x` needs no escape: bytes are quoted by `PQescapeBytea`, not as a string.
            Literal::Bytes(digits) => format!("'\\x{digits}'::bytea"),
            Literal::Array(items) => {
                let mut text = String::new();
                write_array(&mut text, items);
                match self.element_type() {
                    Some(element) => format!("{}::{element}[]", quote_literal(&text)),
                    None => quote_literal(&text),
                }
            }
        }
    }

    /// The type of the first element that has one; strings and nothing have none.
    fn element_type(&self) -> Option<&'static str> {
        match self {
            Literal::Null | Literal::Text(_) => None,
            Literal::Bool(_) => Some("bool"),
            Literal::Bytes(_) => Some("bytea"),
            Literal::Integer(_, type_name) | Literal::Number(_, type_name) | Literal::Typed(_, type_name) => {
                Some(type_name)
            }
            Literal::Array(items) => items.iter().find_map(Literal::element_type),
        }
    }
}

/// psycopg puts a space before a minus, so that `5 - -1` never becomes a comment.
fn spaced(number: String) -> String {
    if number.starts_with('-') {
        format!(" {number}")
    } else {
        number
    }
}

/// See `ListDumper` in psycopg/types/array.py.
fn write_array(text: &mut String, items: &[Literal]) {
    text.push('{');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        match item {
            Literal::Null => text.push_str("NULL"),
            Literal::Bool(value) => text.push(if *value { 't' } else { 'f' }),
            Literal::Integer(value, _) => {
                let _ = write!(text, "{value}");
            }
            Literal::Number(number, _) => text.push_str(number),
            Literal::Text(element) | Literal::Typed(element, _) => write_element(text, element),
            Literal::Bytes(digits) => write_element(text, &format!("\\x{digits}")),
            Literal::Array(items) => write_array(text, items),
        }
    }
    text.push('}');
}

fn write_element(text: &mut String, element: &str) {
    let is_special = |letter: char| matches!(letter, '"' | '{' | '}' | ',' | '\\') || letter.is_ascii_whitespace();
    if !element.is_empty() && !element.contains(is_special) && !element.eq_ignore_ascii_case("null") {
        text.push_str(element);
        return;
    }
    text.push('"');
    for letter in element.chars() {
        if matches!(letter, '"' | '\\') {
            text.push('\\');
        }
        text.push(letter);
    }
    text.push('"');
}

/// `repr(float)` of Python.
pub(super) fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = value.to_string();
        return if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::{Literal, float_text};

    fn texts(items: &[&str]) -> Literal {
        Literal::Array(items.iter().map(|&item| Literal::Text(item.to_owned())).collect())
    }

    #[test]
    fn a_negative_number_has_a_space_before_its_sign() {
        assert_eq!(Literal::Integer(-1, "int4").sql(), " -1");
        assert_eq!(Literal::Number("-1e+100".to_owned(), "float8").sql(), " -1e+100");
        assert_eq!(Literal::Number("NaN".to_owned(), "numeric").sql(), "'NaN'::numeric");
    }

    #[test]
    fn an_array_of_strings_has_no_cast_and_quotes_what_it_must() {
        assert_eq!(texts(&[]).sql(), "'{}'");
        assert_eq!(
            texts(&["a", "b'c", "d\"\\", "", "null", "e f"]).sql(),
            " E'{a,b''c,\"d\\\\\"\\\\\\\\\",\"\",\"null\",\"e f\"}'"
        );
        let numbers = Literal::Array(vec![Literal::Integer(1, "int4"), Literal::Integer(-2, "int4")]);
        assert_eq!(numbers.sql(), "'{1,-2}'::int4[]");
    }

    #[test]
    fn a_float_is_written_as_python_does() {
        for (value, text) in [
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (0.1, "0.1"),
            (5.0, "5.0"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }
}
