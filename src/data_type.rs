//! A column's SQL type: its text, and the parts that decide what a change costs.

use std::fmt;

use crate::unknown::Sql;

/// A column type as SQL text with its parts taken out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataType {
    /// As written: `varchar(20)`, `timestamp with time zone`, `integer[]`.
    text: Sql,
    /// What it is made of; nothing where a part is not known.
    parts: Option<TypeParts>,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeParts {
    /// Postgres's own short name: `varchar`, `int4`, `timestamptz`, `numeric`; an unknown type keeps its own name, without quotes.
    pub name: String,
    /// Length, precision, scale: `[20]`, `[10, 2]`, or nothing.
    pub modifiers: Vec<i32>,
    /// The number of array dimensions written.
    pub dimensions: u8,
}

/// Types whose values Python code reads and writes alike.
const EXCHANGEABLE: &[&[&str]] = &[
    &["int2", "int4", "int8"],
    &["varchar", "text", "bpchar", "citext"],
    &["float4", "float8", "numeric"],
    &["timestamp", "timestamptz"],
    &["json", "jsonb"],
];

impl DataType {
    /// Whether code that knows a column of this type goes on with one of the other; where one is not known, it may.
    #[must_use]
    pub fn is_exchangeable_with(&self, other: &DataType) -> bool {
        let (Some(one), Some(other)) = (self.parts(), other.parts()) else {
            return true;
        };
        let family = |name: &str| EXCHANGEABLE.iter().position(|names| names.contains(&name));
        let is_family = family(&one.name).is_some() && family(&one.name) == family(&other.name);
        one.dimensions == other.dimensions && (one.name == other.name || is_family)
    }
}

impl TypeParts {
    /// Whether it is an array.
    #[must_use]
    pub fn is_array(&self) -> bool {
        self.dimensions > 0
    }
}

impl DataType {
    /// Reads a type from its SQL text. Any text is a type: what Postgres would refuse just keeps its name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut rest = text.trim().to_ascii_lowercase();
        let mut dimensions = 0u8;
        while let Some(open) = rest.ends_with(']').then(|| rest.rfind('[')).flatten() {
            rest.truncate(open);
            rest.truncate(rest.trim_end().len());
            dimensions = dimensions.saturating_add(1);
        }
        let (mut name, modifiers) = split_modifiers(&rest);
        if let Some(element) = name.strip_suffix(" array") {
            name = element.to_owned();
            dimensions = dimensions.saturating_add(1);
        }
        let parts = TypeParts {
            name: canonical_name(&name).to_owned(),
            modifiers,
            dimensions,
        };
        Self {
            text: text.trim().into(),
            parts: Some(parts),
        }
    }

    /// The type of a column, of which not all may be known.
    #[must_use]
    pub fn of(text: Sql) -> Self {
        match text.known() {
            Some(known) => Self::parse(known),
            None => Self { text, parts: None },
        }
    }

    /// What it is made of, where all of it is known.
    #[must_use]
    pub fn parts(&self) -> Option<&TypeParts> {
        self.parts.as_ref()
    }

    /// Postgres's own short name, where the type is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.parts.as_ref().map(|parts| parts.name.as_str())
    }

    /// Whether a sequence of its own comes with it: `serial`, `bigserial`, `smallserial`.
    #[must_use]
    pub fn is_serial(&self) -> bool {
        self.name().is_some_and(|name| name.ends_with("serial"))
    }

    /// The text, with what of it is not known.
    #[must_use]
    pub fn text(&self) -> &Sql {
        &self.text
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text.shown())
    }
}

/// Takes `(10, 2)` out of the middle or the end of a type: `timestamp(3) with time zone`.
fn split_modifiers(text: &str) -> (String, Vec<i32>) {
    let Some((before, after)) = text.split_once('(') else {
        return (squeeze(text), Vec::new());
    };
    let (inside, behind) = after.split_once(')').unwrap_or((after, ""));
    let modifiers = inside.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    (squeeze(&format!("{before} {behind}")), modifiers)
}

fn squeeze(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .trim_matches('"')
        .to_owned()
}

/// The names of the SQL standard and of Postgres for the same type.
/// See the PostgreSQL documentation, chapter "Data Types", table "Data Types".
fn canonical_name(name: &str) -> &str {
    match name.strip_prefix("pg_catalog.").unwrap_or(name) {
        "integer" | "int" | "int4" => "int4",
        "bigint" | "int8" => "int8",
        "smallint" | "int2" => "int2",
        "boolean" | "bool" => "bool",
        "character varying" | "varchar" => "varchar",
        "character" | "char" | "bpchar" => "bpchar",
        "numeric" | "decimal" => "numeric",
        "real" | "float4" => "float4",
        "double precision" | "float8" | "float" => "float8",
        "timestamp with time zone" | "timestamptz" => "timestamptz",
        "timestamp" | "timestamp without time zone" => "timestamp",
        "time with time zone" | "timetz" => "timetz",
        "time" | "time without time zone" => "time",
        "bit varying" | "varbit" => "varbit",
        "serial" | "serial4" => "serial",
        "bigserial" | "serial8" => "bigserial",
        "smallserial" | "serial2" => "smallserial",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::DataType;

    #[test]
    fn a_type_is_read_whatever_name_it_goes_by() {
        let parts = |text| {
            let parts = DataType::parse(text).parts.unwrap();
            (parts.name, parts.modifiers, parts.dimensions)
        };
        assert_eq!(parts("varchar(20)"), ("varchar".into(), vec![20], 0));
        assert_eq!(parts("CHARACTER  VARYING (20)"), ("varchar".into(), vec![20], 0));
        assert_eq!(parts("numeric(10, 2)"), ("numeric".into(), vec![10, 2], 0));
        assert_eq!(parts("timestamp(3) with time zone"), ("timestamptz".into(), vec![3], 0));
        assert_eq!(parts("integer[][3]"), ("int4".into(), vec![], 2));
        assert_eq!(parts("\"citext\""), ("citext".into(), vec![], 0));
    }
}
