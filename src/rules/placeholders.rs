//! The names in braces that messages and advice of pages may hold.

/// What is filled in: names that facts and findings give, and those that `lint/advice.rs` makes of an operation.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "again", "along", "argument", "but", "change", "check", "column", "columns_quoted",
    "command", "concurrent_sql", "consequence", "constraint", "constraint_source", "count", "default", "deleted",
    "dependency", "dependent", "did", "doing", "domain", "doubt", "drop_keys", "dropped",
    "drops", "effect", "feature", "field", "field_source", "first_half", "given_up", "how",
    "index", "index_name", "index_source", "keys", "left", "made", "missing", "mode",
    "model", "new_column", "new_table", "not_atomic", "not_repeatable", "not_valid_sql", "nullable_field", "of",
    "old_type", "one_release", "operation_by_strings", "operation_source", "originals", "other_statements", "owner", "parent",
    "partner", "place", "plain_field", "reason", "referenced", "release", "retry", "rows",
    "run", "safe_field", "sequence", "setting", "state_operations", "statement", "still", "table",
    "tables", "to_models", "tool", "trigger", "two", "type", "unchecked_field", "unindexed_field",
    "value", "verb", "version", "view", "waiting", "what", "who", "writing",
    "written",
];

/// The names in braces of a text.
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| {
        let name = rest.split_once('}')?.0;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_name.then_some(name)
    })
}

/// A name in braces that nothing fills in, if there is one.
pub(super) fn misspelt(template: &str) -> Option<&str> {
    placeholders(template).find(|name| !KNOWN.contains(name))
}
