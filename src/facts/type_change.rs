//! What `ALTER COLUMN .. TYPE` does to the rows and indexes of a table.
//!
//! Measured on PostgreSQL 12 to 18 over 144 pairs of types; the versions do not differ. Postgres decides in
//! `ATColumnChangeRequiresRewrite` (src/backend/commands/tablecmds.c) and `CheckIndexCompatible` (indexcmds.c).

use crate::data_type::DataType;
use crate::statement::Using;

/// The fate of rows and plain indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeChange {
    /// The type stays what it is.
    Same,
    /// Neither rows nor plain indexes are touched.
    Kept,
    /// The rows stay; indexes on the column are built anew.
    IndexesRebuilt,
    /// The table and all its indexes are written anew.
    Rewrite,
    /// Postgres refuses it without `USING`.
    Error,
    /// One of the types is not known well enough.
    Unknown,
}

impl TypeChange {
    /// The value of the fact `change`.
    #[must_use]
    pub fn fact(self) -> &'static str {
        match self {
            TypeChange::Same => "same",
            TypeChange::Kept => "kept",
            TypeChange::IndexesRebuilt => "indexes-rebuilt",
            TypeChange::Rewrite => "rewrite",
            TypeChange::Error => "error",
            TypeChange::Unknown => "unknown",
        }
    }
}

/// Types that Postgres has without an extension and that we can compare.
const KNOWN: &[&str] = &[
    "int2",
    "int4",
    "int8",
    "bool",
    "varchar",
    "bpchar",
    "text",
    "numeric",
    "float4",
    "float8",
    "timestamptz",
    "timestamp",
    "timetz",
    "time",
    "date",
    "interval",
    "varbit",
    "bit",
    "json",
    "jsonb",
    "uuid",
    "inet",
    "cidr",
    "bytea",
    "xml",
    "money",
    "oid",
    "name",
    "macaddr",
    "macaddr8",
    "citext",
    "hstore",
    "tsvector",
    "tsquery",
    "int4range",
    "int8range",
    "numrange",
    "tstzrange",
    "tsrange",
    "daterange",
    "serial",
    "bigserial",
    "smallserial",
];

/// When Postgres finds a way from one type to another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cast {
    /// By itself.
    Assignment,
    /// Only where `::type` asks for it.
    Explicit,
    /// Never.
    None,
}

/// `pg_cast` of PostgreSQL 15 for the types above; every type casts to text on assignment and from text explicitly.
fn cast(from: &str, to: &str) -> Cast {
    let is_text = |name: &str| matches!(name, "text" | "varchar" | "bpchar" | "citext" | "name");
    let is_number = |name: &str| matches!(name, "int2" | "int4" | "int8" | "numeric" | "float4" | "float8");
    if from == to || is_text(to) || (is_number(from) && is_number(to)) {
        return Cast::Assignment;
    }
    if is_text(from) {
        return Cast::Explicit;
    }
    match (from, to) {
        ("timestamp" | "timestamptz" | "date", "timestamp" | "timestamptz")
        | ("timestamp" | "timestamptz", "date")
        | ("timestamp" | "timestamptz" | "interval" | "timetz", "time")
        | ("timestamptz" | "time", "timetz")
        | ("time", "interval")
        | ("json", "jsonb")
        | ("jsonb", "json")
        | ("inet", "cidr")
        | ("cidr", "inet")
        | ("bit", "varbit")
        | ("varbit", "bit")
        | ("int2" | "int4" | "int8", "oid")
        | ("int4" | "int8" | "numeric", "money")
        | ("oid", "int4" | "int8")
        | ("money", "numeric")
        | ("macaddr", "macaddr8")
        | ("macaddr8", "macaddr") => Cast::Assignment,
        ("int4" | "int8", "bit") | ("bit", "int4" | "int8") | ("int4", "bool") | ("bool", "int4") => Cast::Explicit,
        ("jsonb", "bool") => Cast::Explicit,
        ("jsonb", number) if is_number(number) => Cast::Explicit,
        _ => Cast::None,
    }
}

/// Compares the type before with the type after.
///
/// `collation_changes` says that the column's collation becomes another; `time_zone` is the session's `TimeZone`.
#[must_use]
pub fn type_change(
    from: &DataType,
    to: &DataType,
    using: Option<&Using>,
    collation_changes: bool,
    time_zone: &str,
) -> TypeChange {
    if matches!(using, Some(Using::Expression(_))) {
        return TypeChange::Rewrite;
    }
    if from.text.contains("<unknown") || to.text.contains("<unknown") {
        return TypeChange::Unknown;
    }
    if from.name.ends_with("serial") || to.name.ends_with("serial") {
        return if to.name.ends_with("serial") {
            TypeChange::Error
        } else {
            TypeChange::Unknown
        };
    }
    if from.is_array() || to.is_array() {
        return array_change(from, to, using);
    }
    if from.name == to.name && from.modifiers == to.modifiers && !collation_changes {
        return TypeChange::Same;
    }
    if !KNOWN.contains(&from.name.as_str()) || !KNOWN.contains(&to.name.as_str()) {
        return TypeChange::Unknown;
    }
    match (cast(&from.name, &to.name), using) {
        (Cast::None, _) | (Cast::Explicit, None) => return TypeChange::Error,
        (Cast::Assignment, _) | (Cast::Explicit, Some(_)) => {}
    }
    match scalar_change(from, to, time_zone) {
        TypeChange::Kept if collation_changes => TypeChange::IndexesRebuilt,
        other => other,
    }
}

fn is_text_like(name: &str) -> bool {
    matches!(name, "varchar" | "text" | "citext" | "bpchar")
}

/// Arrays are coerced element by element, except from a limited to an unlimited varchar.
fn array_change(from: &DataType, to: &DataType, using: Option<&Using>) -> TypeChange {
    let same_name = from.name == to.name && from.is_array() == to.is_array();
    let limit_dropped = from.name == "varchar" && to.modifiers.is_empty();
    if same_name && from.modifiers == to.modifiers {
        TypeChange::Same
    } else if same_name && limit_dropped {
        TypeChange::Kept
    } else if from.is_array() == to.is_array() || using.is_some() || is_text_like(&to.name) {
        TypeChange::Rewrite
    } else {
        TypeChange::Error
    }
}

fn scalar_change(from: &DataType, to: &DataType, time_zone: &str) -> TypeChange {
    match (from.name.as_str(), to.name.as_str()) {
        ("varchar" | "text", "varchar" | "text") => kept_if(length_grows(from, to)),
        ("citext", "text") | ("text" | "varchar", "citext") => TypeChange::IndexesRebuilt,
        ("citext", "varchar") if to.modifiers.is_empty() => TypeChange::IndexesRebuilt,
        ("citext", "citext") | ("cidr", "inet") => TypeChange::Kept,
        ("numeric", "numeric") => kept_if(numeric_grows(from, to)),
        ("varbit", "varbit") => kept_if(length_grows(from, to)),
        ("bit", "varbit") if to.modifiers.is_empty() || from.modifiers == to.modifiers => TypeChange::IndexesRebuilt,
        ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") | ("timetz", "timetz") => {
            kept_if(precision_grows(from, to))
        }
        ("interval", "interval") => kept_if(precision_grows(from, to)),
        ("timestamp", "timestamptz") | ("timestamptz", "timestamp") => zone_change(to, time_zone),
        ("int4", "oid") | ("oid", "int4") => TypeChange::IndexesRebuilt,
        ("xml", "text") => TypeChange::Kept,
        (same, other) if same == other && from.modifiers == to.modifiers => TypeChange::Kept,
        _ => TypeChange::Rewrite,
    }
}

fn kept_if(kept: bool) -> TypeChange {
    if kept { TypeChange::Kept } else { TypeChange::Rewrite }
}

/// No limit afterwards, or a larger one; `text` is a `varchar` without a limit.
fn length_grows(from: &DataType, to: &DataType) -> bool {
    match (from.modifiers.first(), to.modifiers.first()) {
        (_, None) => true,
        (Some(before), Some(after)) => after >= before,
        (None, Some(_)) => false,
    }
}

/// More digits with the same scale, or no limit at all.
fn numeric_grows(from: &DataType, to: &DataType) -> bool {
    let scale = |modifiers: &[i32]| modifiers.get(1).copied().unwrap_or(0);
    match (from.modifiers.first(), to.modifiers.first()) {
        (_, None) => true,
        (Some(before), Some(after)) => after >= before && scale(&from.modifiers) == scale(&to.modifiers),
        (None, Some(_)) => false,
    }
}

/// A precision that is not written is 6, the highest.
fn precision_grows(from: &DataType, to: &DataType) -> bool {
    let precision = |data_type: &DataType| data_type.modifiers.first().copied().unwrap_or(6);
    precision(to) >= precision(from)
}

fn zone_change(to: &DataType, time_zone: &str) -> TypeChange {
    let is_utc = ["UTC", "Etc/UTC", "GMT"]
        .iter()
        .any(|zone| zone.eq_ignore_ascii_case(time_zone));
    let whole = to.modifiers.first().is_none_or(|precision| *precision == 6);
    if is_utc && whole {
        TypeChange::IndexesRebuilt
    } else {
        TypeChange::Rewrite
    }
}

#[cfg(test)]
mod tests {
    use super::{TypeChange, type_change};
    use crate::data_type::DataType;
    use crate::statement::Using;

    fn change(from: &str, to: &str) -> TypeChange {
        type_change(
            &DataType::parse(from),
            &DataType::parse(to),
            Some(&Using::Cast),
            false,
            "UTC",
        )
    }

    #[test]
    fn a_longer_varchar_is_free_and_a_shorter_one_rewrites_the_table() {
        assert_eq!(change("varchar(20)", "varchar(40)"), TypeChange::Kept);
        assert_eq!(change("varchar(20)", "varchar(10)"), TypeChange::Rewrite);
        assert_eq!(change("varchar(20)", "text"), TypeChange::Kept);
        assert_eq!(change("text", "varchar(20)"), TypeChange::Rewrite);
        assert_eq!(change("text", "varchar"), TypeChange::Kept);
    }

    #[test]
    fn more_digits_are_free_as_long_as_the_scale_stays() {
        assert_eq!(change("numeric(10, 2)", "numeric(12, 2)"), TypeChange::Kept);
        assert_eq!(change("numeric(10, 2)", "numeric(12, 3)"), TypeChange::Rewrite);
        assert_eq!(change("numeric(10, 2)", "numeric"), TypeChange::Kept);
    }

    #[test]
    fn a_wider_integer_rewrites_the_table() {
        assert_eq!(change("integer", "bigint"), TypeChange::Rewrite);
        assert_eq!(change("integer", "integer"), TypeChange::Same);
    }

    #[test]
    fn a_time_zone_is_free_in_utc_but_for_the_indexes() {
        assert_eq!(
            change("timestamp", "timestamp with time zone"),
            TypeChange::IndexesRebuilt
        );
        assert_eq!(change("timestamp(3)", "timestamptz(3)"), TypeChange::Rewrite);
        let (from, to) = (DataType::parse("timestamp"), DataType::parse("timestamptz"));
        assert_eq!(
            type_change(&from, &to, None, false, "Europe/Berlin"),
            TypeChange::Rewrite
        );
    }

    #[test]
    fn text_to_jsonb_fails_without_using_and_rewrites_with_it() {
        let (from, to) = (DataType::parse("text"), DataType::parse("jsonb"));
        assert_eq!(type_change(&from, &to, None, false, "UTC"), TypeChange::Error);
        assert_eq!(
            type_change(&from, &to, Some(&Using::Cast), false, "UTC"),
            TypeChange::Rewrite
        );
    }

    #[test]
    fn a_pair_without_any_cast_fails_even_with_using() {
        assert_eq!(change("integer", "date"), TypeChange::Error);
        assert_eq!(change("integer", "boolean"), TypeChange::Rewrite);
    }

    #[test]
    fn another_collation_rebuilds_the_indexes_of_a_text_column() {
        let (from, to) = (DataType::parse("varchar(20)"), DataType::parse("varchar(20)"));
        assert_eq!(type_change(&from, &to, None, true, "UTC"), TypeChange::IndexesRebuilt);
    }

    #[test]
    fn what_is_not_known_is_said() {
        assert_eq!(change("geometry(POINT,4326)", "text"), TypeChange::Unknown);
        assert_eq!(
            change("integer", "<unknown: key type of taggit.Tag>"),
            TypeChange::Unknown
        );
    }
}
