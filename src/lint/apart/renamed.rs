//! Fields that are called otherwise, and what goes on calling them by the old name.
//!
//! Source: Django, `ProjectState.rename_field` in django/db/migrations/state.py, which leaves `indexes` and `constraints` alone.

use crate::migration::{Constraint, Index};
use crate::models::{ModelKey, View};
use crate::schema_editor::{StringIs, fields_named};
use crate::value::Value;

use super::Said;

/// An index or constraint of the state that names a field by a name which the model does not have.
pub(super) fn naming_old_field(models: View<'_>, model: &ModelKey, old_name: &str, new_name: &str) -> Option<Said> {
    let model = models.model(model)?;
    let options = &model.state.options;
    let indexes: Vec<&Index> = options
        .indexes
        .iter()
        .filter(|index| index_names(index, old_name))
        .collect();
    let constraints = options.constraints.iter();
    let constraints: Vec<&Constraint> = constraints
        .filter(|constraint| constraint_names(constraint, old_name))
        .collect();
    if model.field(old_name).is_some() || indexes.is_empty() && constraints.is_empty() {
        return None;
    }
    let names = indexes.iter().map(|index| index.name.as_deref());
    let names = names.chain(constraints.iter().map(|constraint| constraint.name()));
    let names: Vec<String> = names.map(|name| format!("`{}`", name.unwrap_or("an index"))).collect();
    let (still, again) = match names.as_slice() {
        [one] => (format!("{one} still names"), "it"),
        [first @ .., last] => (format!("{} and {last} still name", first.join(", ")), "them"),
        [] => return None,
    };
    let renamed = |field: &str| if field == old_name { new_name } else { field }.to_owned();
    let label = &model.state.identity.name;
    let indexes = indexes.iter().map(|index| index_again(label, index, &renamed));
    let constraints = constraints
        .iter()
        .map(|constraint| constraint_again(label, constraint, &renamed));
    let cure: Option<Vec<String>> = indexes.chain(constraints).collect();
    let cure = cure.map(|lines| lines.concat());
    let cure = cure.unwrap_or_else(|| {
        "# RemoveIndex and AddIndex, or the operations of the constraint, over the new name\n".to_owned()
    });
    Some(Said {
        names: vec![
            ("field", old_name.to_owned()),
            ("still", still),
            ("again", again.to_owned()),
            ("state_operations", cure.trim_end().to_owned()),
            ("of", model.state.label()),
        ],
        is_certain: true,
    })
}

fn index_names(index: &Index, field: &str) -> bool {
    index.fields.iter().any(|named| named.name == field)
        || index.include.iter().any(|name| name == field)
        || any_names(&index.expressions, StringIs::FieldName, field)
        || any_names(&index.condition, StringIs::Itself, field)
}

fn constraint_names(constraint: &Constraint, field: &str) -> bool {
    let is_it = |name: &String| name == field;
    match constraint {
        Constraint::Check { condition, .. } => any_names([condition], StringIs::Itself, field),
        Constraint::Unique {
            fields,
            expressions,
            include,
            condition,
            ..
        } => {
            fields.iter().chain(include).any(is_it)
                || any_names(expressions, StringIs::FieldName, field)
                || any_names(condition, StringIs::Itself, field)
        }
        Constraint::Exclusion {
            expressions,
            include,
            condition,
            ..
        } => {
            let compared = expressions.iter().map(|(expression, _)| expression);
            include.iter().any(is_it)
                || any_names(compared, StringIs::FieldName, field)
                || any_names(condition, StringIs::Itself, field)
        }
        Constraint::Unknown { .. } => false,
    }
}

fn any_names<'v>(values: impl IntoIterator<Item = &'v Value>, string: StringIs, field: &str) -> bool {
    let mut values = values.into_iter();
    values.any(|value| fields_named(value, string).contains(&field))
}

/// The operations that make an index over other names, where it is over fields and no more.
fn index_again(model: &str, index: &Index, renamed: &dyn Fn(&str) -> String) -> Option<String> {
    let is_plain = index.expressions.is_empty()
        && index.opclasses.is_empty()
        && index.condition.is_none()
        && index.include.is_empty()
        && index.parameters.is_empty()
        && index.db_tablespace.is_none()
        && index.unknown.is_empty()
        && index.path == "django.db.models.Index";
    let name = index.name.as_ref().filter(|_| is_plain)?;
    let fields = index.fields.iter().map(|field| {
        let sign = if field.descending { "-" } else { "" };
        format!(r#""{sign}{}""#, renamed(&field.name))
    });
    let fields = fields.collect::<Vec<_>>().join(", ");
    Some(format!(
        "migrations.RemoveIndex(\"{model}\", \"{name}\"),\n\
         migrations.AddIndex(\"{model}\", models.Index(fields=[{fields}], name=\"{name}\")),\n"
    ))
}

fn constraint_again(model: &str, constraint: &Constraint, renamed: &dyn Fn(&str) -> String) -> Option<String> {
    let Constraint::Unique {
        name,
        fields,
        expressions,
        condition: None,
        deferrable: None,
        include,
        opclasses,
        nulls_distinct: None,
    } = constraint
    else {
        return None;
    };
    let is_plain = expressions.is_empty() && include.is_empty() && opclasses.is_empty();
    let fields = fields.iter().map(|field| format!(r#""{}""#, renamed(field)));
    let fields = fields.collect::<Vec<_>>().join(", ");
    is_plain.then(|| {
        format!(
            "migrations.RemoveConstraint(\"{model}\", \"{name}\"),\n\
             migrations.AddConstraint(\"{model}\", models.UniqueConstraint(fields=[{fields}], name=\"{name}\")),\n"
        )
    })
}
