//! django-loose-fk: a constraint that wraps a check over the two columns of its field.

use std::sync::Arc;

use super::super::arguments::{Arguments, Reason};
use crate::migration::operation::Constraint;
use crate::value::{Call, Operator, Value};

/// The constraint's class.
pub(in crate::migration::read) const FK_OR_URL: &str = "django_loose_fk.constraints.FkOrURLFieldConstraint";

/// `FkOrURLFieldConstraint.__init__` and `_get_check_constraint` of django_loose_fk/constraints.py.
pub(in crate::migration::read) fn fk_or_url(call: &Call) -> Result<Constraint, Reason> {
    let arguments = Arguments::new(call, &["fk_field", "url_field", "app_label", "model_name"])?;
    let (key, url) = (arguments.string("fk_field")?, arguments.string("url_field")?);
    let part = |name: &str| Ok::<_, Reason>(arguments.optional_string(name)?.unwrap_or_default());
    let (app, model) = (part("app_label")?, part("model_name")?);
    let prefix = if app.is_empty() || model.is_empty() {
        String::new()
    } else {
        format!("{app}_{model}_")
    };
    let has_no_url = q(call, &url, Value::Str("".into()));
    let has_no_key = q(call, &format!("{key}__isnull"), Value::Bool(true));
    let key_alone = both(not(has_no_key.clone()), has_no_url.clone());
    let url_alone = both(has_no_key, not(has_no_url));
    Ok(Constraint::Check {
        name: format!("{prefix}{key}_or_{url}_filled"),
        condition: Value::Operation(Operator::Or, vec![key_alone, url_alone]),
    })
}

fn q(call: &Call, lookup: &str, value: Value) -> Value {
    Value::Call(Arc::new(Call {
        path: "django.db.models.Q".to_owned(),
        args: Vec::new(),
        kwargs: vec![(lookup.to_owned(), value)],
        arg_ranges: vec![call.range],
        ..call.clone()
    }))
}

fn not(value: Value) -> Value {
    Value::Operation(Operator::Invert, vec![value])
}

fn both(one: Value, other: Value) -> Value {
    Value::Operation(Operator::And, vec![one, other])
}
