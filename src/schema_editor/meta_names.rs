//! Names in `Meta` that take in the app's and the model's: `%(app_label)s_%(class)s_unique`.
//!
//! Django fills them in where it makes a model of its `Meta` (`Options._format_names`), not where an operation brings an
//! index or constraint along.

use std::borrow::Cow;

use crate::migration::{Constraint, Index};
use crate::models::Model;

/// The indexes of a model as it is created.
pub(super) fn indexes<'m>(model: &'m Model<'_>) -> Cow<'m, [Index]> {
    let declared = &model.state.options.indexes;
    if !declared
        .iter()
        .any(|index| index.name.as_deref().is_some_and(is_template))
    {
        return Cow::Borrowed(declared);
    }
    let filled = declared.iter().map(|index| Index {
        name: index.name.as_deref().map(|name| filled_in(model, name)),
        ..index.clone()
    });
    Cow::Owned(filled.collect())
}

/// The constraints of a model as it is created.
pub(super) fn constraints<'m>(model: &'m Model<'_>) -> Cow<'m, [Constraint]> {
    let declared = &model.state.options.constraints;
    if !declared
        .iter()
        .any(|constraint| constraint.name().is_some_and(is_template))
    {
        return Cow::Borrowed(declared);
    }
    let filled = declared.iter().map(|constraint| {
        let mut constraint = constraint.clone();
        if let Constraint::Check { name, .. } | Constraint::Unique { name, .. } | Constraint::Exclusion { name, .. } =
            &mut constraint
        {
            *name = filled_in(model, name);
        }
        constraint
    });
    Cow::Owned(filled.collect())
}

/// The names of all constraints of a model, as the model knows them.
pub(super) fn constraint_names(model: &Model<'_>) -> Vec<String> {
    let names = model.state.options.constraints.iter().filter_map(Constraint::name);
    names.map(|name| filled_in(model, name)).collect()
}

/// The names of all indexes of a model, as the model knows them.
pub(super) fn index_names(model: &Model<'_>) -> Vec<String> {
    let names = model
        .state
        .options
        .indexes
        .iter()
        .filter_map(|index| index.name.as_deref());
    names.map(|name| filled_in(model, name)).collect()
}

fn is_template(name: &str) -> bool {
    name.contains('%')
}

fn filled_in(model: &Model<'_>, name: &str) -> String {
    if !is_template(name) {
        return name.to_owned();
    }
    let key = model.key();
    name.replace("%(app_label)s", &key.app.to_lowercase())
        .replace("%(class)s", &key.name)
}
