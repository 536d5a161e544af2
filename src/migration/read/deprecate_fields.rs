//! django-deprecate-fields: `deprecate_field(models.TextField())` is the field itself while migrations run, and may be NULL.

use std::sync::Arc;

use crate::value::{Call, Value};

/// The field that a call of `deprecate_field` makes of the one that it gets.
pub(super) fn deprecated(call: &Call) -> Option<Call> {
    let path = call.path.strip_prefix("django_deprecate_fields.")?;
    let is_it = matches!(path, "deprecate_field" | "deprecate_field.deprecate_field");
    let field = call.argument(0, "field_instance").filter(|_| is_it)?;
    let Value::Call(field) = field else { return None };
    let mut field = Call::clone(Arc::as_ref(field));
    match field.kwargs.iter_mut().find(|(name, _)| name == "null") {
        Some((_, null)) => *null = Value::Bool(true),
        None => {
            field.kwargs.push(("null".to_owned(), Value::Bool(true)));
            field.arg_ranges.push(field.range);
        }
    }
    Some(field)
}
