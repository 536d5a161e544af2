//! What `ALTER COLUMN .. TYPE` does to the rows and indexes of a table.
//!
//! Measured on PostgreSQL 12 to 18 for every pair of types: fixtures/type-changes.json, tests/servers. Postgres decides in
//! `ATColumnChangeRequiresRewrite` (src/backend/commands/tablecmds.c) and `CheckIndexCompatible` (indexcmds.c).

use crate::data_type::{DataType, TypeParts};
use crate::statement::Using;
use crate::versions::PostgresVersion;

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
fn cast(from: &str, to: &str, postgres: PostgresVersion) -> Cast {
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
        ("jsonb", "bool") | ("hstore", "json" | "jsonb") => Cast::Explicit,
        ("int2" | "int4" | "int8", "bytea") | ("bytea", "int2" | "int4" | "int8") if postgres.0 >= 18 => Cast::Explicit,
        ("jsonb", number) if is_number(number) => Cast::Explicit,
        _ => Cast::None,
    }
}

/// Compares the type before with the type after.
///
/// `collation_changes` says that the column's collation becomes another; `time_zone` is the session's `TimeZone`, where it is known.
#[must_use]
pub fn type_change(
    from: &DataType,
    to: &DataType,
    using: Option<&Using>,
    collation_changes: bool,
    time_zone: Option<&str>,
    postgres: PostgresVersion,
) -> TypeChange {
    if matches!(using, Some(Using::Expression(_))) {
        return TypeChange::Rewrite;
    }
    let (Some(from), Some(to)) = (from.parts(), to.parts()) else {
        return if from == to && !collation_changes {
            TypeChange::Same
        } else {
            TypeChange::Unknown
        };
    };
    if from.name.ends_with("serial") || to.name.ends_with("serial") {
        return if to.name.ends_with("serial") {
            TypeChange::Error
        } else {
            TypeChange::Unknown
        };
    }
    if from.is_array() || to.is_array() {
        return collated(array_change(from, to, using, postgres), collation_changes);
    }
    if from.name == to.name && from.modifiers == to.modifiers && !collation_changes {
        return TypeChange::Same;
    }
    if !KNOWN.contains(&from.name.as_str()) || !KNOWN.contains(&to.name.as_str()) {
        return TypeChange::Unknown;
    }
    if is_refused(cast(&from.name, &to.name, postgres), using) {
        return TypeChange::Error;
    }
    collated(scalar_change(from, to, time_zone), collation_changes)
}

/// Another collation is another order.
fn collated(change: TypeChange, collation_changes: bool) -> TypeChange {
    match change {
        TypeChange::Same | TypeChange::Kept if collation_changes => TypeChange::IndexesRebuilt,
        other => other,
    }
}

fn is_refused(cast: Cast, using: Option<&Using>) -> bool {
    match (cast, using) {
        (Cast::None, _) | (Cast::Explicit, None) => true,
        (Cast::Assignment, _) | (Cast::Explicit, Some(_)) => false,
    }
}

fn is_text(name: &str) -> bool {
    matches!(name, "text" | "varchar" | "bpchar" | "citext" | "name")
}

/// Arrays are coerced element by element, except where a limit is taken away; between an array and anything else goes
/// only its text.
fn array_change(from: &TypeParts, to: &TypeParts, using: Option<&Using>, postgres: PostgresVersion) -> TypeChange {
    let both = from.is_array() && to.is_array();
    if both && from.name == to.name && from.modifiers == to.modifiers {
        return TypeChange::Same;
    }
    if both && from.name == to.name && to.modifiers.is_empty() {
        return TypeChange::Kept;
    }
    if [from, to].iter().any(|kind| !KNOWN.contains(&kind.name.as_str())) {
        return TypeChange::Unknown;
    }
    let way = match (from.is_array(), to.is_array()) {
        (true, false) if from.name == "text" && to.name == "hstore" => Cast::Explicit,
        (true, false) if is_text(&to.name) => Cast::Assignment,
        (false, true) if is_text(&from.name) => Cast::Explicit,
        (true, false) | (false, true) => Cast::None,
        (true, true) | (false, false) => cast(&from.name, &to.name, postgres),
    };
    if is_refused(way, using) {
        TypeChange::Error
    } else {
        TypeChange::Rewrite
    }
}

fn scalar_change(from: &TypeParts, to: &TypeParts, time_zone: Option<&str>) -> TypeChange {
    match (from.name.as_str(), to.name.as_str()) {
        ("varchar" | "text", "varchar" | "text") => kept_if(length_grows(from, to)),
        ("citext", "text") | ("text" | "varchar", "citext") => TypeChange::IndexesRebuilt,
        ("citext", "varchar") if to.modifiers.is_empty() => TypeChange::IndexesRebuilt,
        ("citext", "citext") | ("cidr", "inet") => TypeChange::Kept,
        ("numeric", "numeric") => kept_if(numeric_grows(from, to)),
        ("varbit", "varbit") => kept_if(length_grows(from, to)),
        ("bit", "varbit") if to.modifiers.is_empty() => TypeChange::IndexesRebuilt,
        ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") | ("timetz", "timetz") => {
            kept_if(precision_grows(from, to))
        }
        ("interval", "interval") => kept_if(precision_grows(from, to)),
        ("timestamp", "timestamptz") | ("timestamptz", "timestamp") => zone_change(to, time_zone),
        ("int4", "oid") | ("oid", "int4") => TypeChange::IndexesRebuilt,
        ("xml", "text") => TypeChange::Kept,
        ("xml", "varchar") if to.modifiers.is_empty() => TypeChange::Kept,
        (same, other) if same == other && from.modifiers == to.modifiers => TypeChange::Kept,
        _ => TypeChange::Rewrite,
    }
}

fn kept_if(kept: bool) -> TypeChange {
    if kept { TypeChange::Kept } else { TypeChange::Rewrite }
}

/// No limit afterwards, or a larger one; `text` is a `varchar` without a limit.
fn length_grows(from: &TypeParts, to: &TypeParts) -> bool {
    match (from.modifiers.first(), to.modifiers.first()) {
        (_, None) => true,
        (Some(before), Some(after)) => after >= before,
        (None, Some(_)) => false,
    }
}

/// More digits with the same scale, or no limit at all.
fn numeric_grows(from: &TypeParts, to: &TypeParts) -> bool {
    let scale = |modifiers: &[i32]| modifiers.get(1).copied().unwrap_or(0);
    match (from.modifiers.first(), to.modifiers.first()) {
        (_, None) => true,
        (Some(before), Some(after)) => after >= before && scale(&from.modifiers) == scale(&to.modifiers),
        (None, Some(_)) => false,
    }
}

/// A precision that is not written is 6, the highest.
fn precision_grows(from: &TypeParts, to: &TypeParts) -> bool {
    let precision = |data_type: &TypeParts| data_type.modifiers.first().copied().unwrap_or(6);
    precision(to) >= precision(from)
}

fn zone_change(to: &TypeParts, time_zone: Option<&str>) -> TypeChange {
    let Some(time_zone) = time_zone else {
        return TypeChange::Unknown;
    };
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
    use super::{KNOWN, TypeChange, type_change};
    use crate::data_type::DataType;
    use crate::statement::Using;
    use crate::unknown::Unknown;
    use crate::versions::PostgresVersion;

    fn change(from: &str, to: &str) -> TypeChange {
        type_change(
            &DataType::parse(from),
            &DataType::parse(to),
            Some(&Using::Cast),
            false,
            Some("UTC"),
            PostgresVersion::DEFAULT,
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
            type_change(&from, &to, None, false, Some("Europe/Berlin"), PostgresVersion::DEFAULT),
            TypeChange::Rewrite
        );
    }

    #[test]
    fn text_to_jsonb_fails_without_using_and_rewrites_with_it() {
        let (from, to) = (DataType::parse("text"), DataType::parse("jsonb"));
        assert_eq!(
            type_change(&from, &to, None, false, Some("UTC"), PostgresVersion::DEFAULT),
            TypeChange::Error
        );
        assert_eq!(
            type_change(
                &from,
                &to,
                Some(&Using::Cast),
                false,
                Some("UTC"),
                PostgresVersion::DEFAULT
            ),
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
        assert_eq!(
            type_change(&from, &to, None, true, Some("UTC"), PostgresVersion::DEFAULT),
            TypeChange::IndexesRebuilt
        );
    }

    #[test]
    fn every_type_that_is_known_was_measured() {
        let measured = include_str!("../../fixtures/type-changes.json");
        let types: Vec<DataType> = measured
            .lines()
            .filter_map(|line| line.trim().strip_prefix("[\"")?.split('"').next())
            .map(DataType::parse)
            .collect();
        let unmeasured: Vec<&str> = KNOWN
            .iter()
            .copied()
            .filter(|name| !name.ends_with("serial") && !types.iter().any(|known| known.name() == Some(name)))
            .collect();
        assert_eq!(unmeasured, [""; 0]);
    }

    #[test]
    fn what_is_not_known_is_said() {
        assert_eq!(change("geometry(POINT,4326)", "text"), TypeChange::Unknown);
        let unknown = |subject| DataType::of(Unknown::named(subject, "key type").into());
        let change =
            |from: &DataType, to: &DataType| type_change(from, to, None, false, Some("UTC"), PostgresVersion::DEFAULT);
        let (tag, other) = (unknown("taggit.Tag"), unknown("taggit.Other"));
        assert_eq!(change(&DataType::parse("integer"), &tag), TypeChange::Unknown);
        assert_eq!(change(&tag, &other), TypeChange::Unknown);
        assert_eq!(change(&tag, &tag.clone()), TypeChange::Same);
    }
}
