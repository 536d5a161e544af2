//! Changes a field's constructor as it stands in the file: its arguments, and its class.

use crate::python::WrittenCall;
use crate::versions::DjangoVersion;

fn changed(source: &str, change: impl FnOnce(WrittenCall) -> WrittenCall) -> String {
    WrittenCall::read(source).map_or_else(|| source.to_owned(), |call| change(call).print())
}

/// Without a key or an index of its own.
pub(super) fn plain(source: &str) -> String {
    changed(source, |call| {
        let is_key = call.class_name() == "OneToOneField";
        let call = call.without(&["unique", "primary_key", "db_index"]);
        if is_key {
            call.of_class("ForeignKey").with("db_index", "False")
        } else {
            call
        }
    })
}

/// Without its index.
pub(super) fn unindexed(source: &str) -> String {
    changed(source, |call| call.without(&["db_index"]).with("db_index", "False"))
}

/// Nullable, and without any default.
pub(super) fn nullable(source: &str) -> String {
    changed(source, |call| {
        let taken = ["default", "db_default", "null", "unique", "primary_key"];
        call.without(&taken).with("null", "True")
    })
}

/// Nullable, whatever else it is.
pub(super) fn made_nullable(source: &str) -> String {
    changed(source, |call| call.with("null", "True"))
}

/// The field of the same type that brings no check.
pub(super) fn unchecked(source: &str) -> String {
    changed(source, |call| {
        let plain = match call.class_name() {
            "PositiveBigIntegerField" => "BigIntegerField",
            "PositiveSmallIntegerField" => "SmallIntegerField",
            "PositiveIntegerField" => "IntegerField",
            _ => return call,
        };
        call.of_class(plain)
    })
}

/// With its default in the database as well; nullable where that cannot be said.
pub(super) fn with_lasting_default(source: &str, django: DjangoVersion) -> String {
    changed(source, |call| {
        let lasting = match call.keyword("default") {
            _ if django < DjangoVersion::new(5, 0) => None,
            Some("dict") => Some("{}".to_owned()),
            Some("list") => Some("[]".to_owned()),
            Some(literal) if is_literal(literal) => Some(literal.to_owned()),
            Some(_) | None => None,
        };
        match lasting {
            Some(lasting) => call.with("db_default", &lasting),
            None => call.with("null", "True"),
        }
    })
}

fn is_literal(text: &str) -> bool {
    let is_number = text
        .trim_start_matches('-')
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '.');
    is_number || matches!(text, "True" | "False") || text.starts_with(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::{nullable, plain, unchecked, unindexed, with_lasting_default};
    use crate::versions::DjangoVersion;

    #[test]
    fn a_python_default_stands_in_the_database_as_well_where_django_knows_how() {
        let advised = |source| with_lasting_default(source, DjangoVersion::new(5, 2));
        assert_eq!(
            advised("models.IntegerField(default=0)"),
            "models.IntegerField(default=0, db_default=0)"
        );
        assert_eq!(
            advised("models.UUIDField(default=uuid.uuid4)"),
            "models.UUIDField(default=uuid.uuid4, null=True)"
        );
        let before = with_lasting_default("models.IntegerField(default=0)", DjangoVersion::new(4, 2));
        assert_eq!(before, "models.IntegerField(default=0, null=True)");
    }

    #[test]
    fn arguments_are_taken_away_and_added() {
        assert_eq!(
            plain("models.UUIDField(null=True, unique=True)"),
            "models.UUIDField(null=True)"
        );
        assert_eq!(
            plain("models.OneToOneField(null=True, to=\"a.b\")"),
            "models.ForeignKey(null=True, to=\"a.b\", db_index=False)"
        );
        assert_eq!(
            unindexed("models.CharField(\n    db_index=True,\n    max_length=40,\n)"),
            "models.CharField(max_length=40, db_index=False)"
        );
        assert_eq!(
            nullable("models.ForeignKey(\"a.b\", models.CASCADE, default=f(1, \",\"))"),
            "models.ForeignKey(\"a.b\", models.CASCADE, null=True)"
        );
        assert_eq!(
            unchecked("models.PositiveSmallIntegerField(db_default=1)"),
            "models.SmallIntegerField(db_default=1)"
        );
    }
}
