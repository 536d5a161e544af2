//! Changes a field's constructor as it stands in the file: its arguments, and its class.

use crate::versions::DjangoVersion;

/// A constructor taken apart: `models.CharField`, and its arguments.
struct Constructor<'a> {
    class: &'a str,
    arguments: Vec<&'a str>,
}

impl<'a> Constructor<'a> {
    fn read(source: &'a str) -> Option<Self> {
        let (class, rest) = source.split_once('(')?;
        let inner = &rest[..rest.rfind(')')?];
        let arguments = split(inner).into_iter().map(str::trim).filter(|text| !text.is_empty());
        Some(Self {
            class,
            arguments: arguments.collect(),
        })
    }

    fn without(mut self, names: &[&str]) -> Self {
        self.arguments.retain(|argument| {
            let name = argument.split_once('=').map_or("", |(name, _)| name.trim());
            !names.contains(&name)
        });
        self
    }

    fn with(&self, argument: &str) -> String {
        let mut arguments = self.arguments.clone();
        if !argument.is_empty() && !arguments.contains(&argument) {
            arguments.push(argument);
        }
        format!("{}({})", self.class, arguments.join(", "))
    }
}

/// The arguments, cut at the commas that stand in no bracket and no string.
fn split(inner: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0i32, None, 0);
    for (index, letter) in inner.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&inner[start..index]);
                start = index + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(&inner[start..]);
    parts
}

fn changed(source: &str, without: &[&str], with: &str) -> String {
    Constructor::read(source).map_or_else(|| source.to_owned(), |found| found.without(without).with(with))
}

/// Without a key or an index of its own.
pub(super) fn plain(source: &str) -> String {
    let class = source.replacen("OneToOneField(", "ForeignKey(", 1);
    let without = ["unique", "primary_key", "db_index"];
    if class == source {
        changed(source, &without, "")
    } else {
        changed(&class, &without, "db_index=False")
    }
}

/// Without its index.
pub(super) fn unindexed(source: &str) -> String {
    changed(source, &["db_index"], "db_index=False")
}

/// Nullable, and without any default.
pub(super) fn nullable(source: &str) -> String {
    changed(
        source,
        &["default", "db_default", "null", "unique", "primary_key"],
        "null=True",
    )
}

/// Nullable, whatever else it is.
pub(super) fn made_nullable(source: &str) -> String {
    changed(source, &["null"], "null=True")
}

/// The field of the same type that brings no check.
pub(super) fn unchecked(source: &str) -> String {
    source
        .replacen("PositiveBigIntegerField(", "BigIntegerField(", 1)
        .replacen("PositiveSmallIntegerField(", "SmallIntegerField(", 1)
        .replacen("PositiveIntegerField(", "IntegerField(", 1)
}

/// With its default kept in the database; nullable where that cannot be said.
pub(super) fn with_lasting_default(source: &str, django: DjangoVersion) -> String {
    let with = |argument: &str| changed(source, &[], argument);
    if django < DjangoVersion::new(5, 0) {
        return with("null=True");
    }
    let found = Constructor::read(source);
    let arguments = found.as_ref().map_or(&[][..], |found| &found.arguments);
    let Some(default) = arguments.iter().find(|argument| argument.starts_with("default=")) else {
        return with(implicit(found.as_ref()));
    };
    let lasting = match &default["default=".len()..] {
        "timezone.now" | "django.utils.timezone.now" => "django.db.models.functions.Now()",
        "dict" => "{}",
        "list" => "[]",
        literal if is_literal(literal) => literal,
        _ => return with("null=True"),
    };
    source.replacen(default, &format!("db_default={lasting}"), 1)
}

/// What Django fills a column with whose field names no default: `_effective_default` in django/db/backends/base/schema.py.
fn implicit(found: Option<&Constructor<'_>>) -> &'static str {
    let Some(found) = found else { return "null=True" };
    let is_clock = found
        .arguments
        .iter()
        .any(|argument| matches!(*argument, "auto_now=True" | "auto_now_add=True"));
    match (is_clock, found.class.rsplit('.').next().unwrap_or_default()) {
        (true, "DateTimeField") => "db_default=django.db.models.functions.Now()",
        (true, _) => "null=True",
        (false, _) => "db_default=\"\"",
    }
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
    fn a_python_default_becomes_one_of_the_database_where_django_knows_how() {
        let advised = |source| with_lasting_default(source, DjangoVersion::new(5, 2));
        assert_eq!(
            advised("models.IntegerField(default=0)"),
            "models.IntegerField(db_default=0)"
        );
        assert_eq!(
            advised("models.CharField(blank=True, max_length=5)"),
            "models.CharField(blank=True, max_length=5, db_default=\"\")"
        );
        assert_eq!(
            advised("models.DateTimeField(auto_now_add=True)"),
            "models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.Now())"
        );
        assert_eq!(
            advised("models.DateField(auto_now=True)"),
            "models.DateField(auto_now=True, null=True)"
        );
        assert_eq!(
            advised("models.DateTimeField(default=timezone.now)"),
            "models.DateTimeField(db_default=django.db.models.functions.Now())"
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
