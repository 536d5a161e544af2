//! `Index` classes of django.db.models and django.contrib.postgres.

use super::Reading;
use super::arguments::{described, not_readable, strings};
use super::constraints::clone_differs;
use crate::migration::operation::{Index, IndexField};
use crate::packages::{KnownIndex, Packages};
use crate::python::Object;
use crate::value::{Call, Value};

impl Reading<'_> {
    /// An index; what cannot be read stands in its `unknown`.
    pub(super) fn index(&self, value: &Value) -> Result<Index, String> {
        let Value::Call(call) = value else {
            return Err(format!("the index is not readable: it is {}", described(value)));
        };
        let mut object = self.object(&call.path, &|path| Packages::known().index(path).is_some());
        let index = object_index(call, &mut object);
        self.done_with(&object);
        Ok(index)
    }
}

fn object_index(call: &Call, object: &mut Object<'_>) -> Index {
    let mut index = empty(call);
    let Some((path, known)) = object.base().and_then(known) else {
        let reason = format!("`{}` is no index class that forelock knows", call.path);
        index.unknown.push(("class".to_owned(), reason));
        read_index(call, &[], &mut index);
        return index;
    };
    index.path = path;
    index.method.clone_from(&known.method);
    index.unique = known.unique;
    let constructed = object.construct(call);
    let doubts = constructed.doubts.iter();
    let doubts = doubts.map(|doubt| ("class".to_owned(), format!("`{}`: {doubt}", call.path)));
    index.unknown.extend(doubts);
    let mut passed = Call {
        args: constructed.args,
        kwargs: constructed.kwargs,
        ..call.clone()
    };
    set_later(&mut passed, known, object);
    read_index(&passed, &known.parameters, &mut index);
    own_methods(known, object, &mut index);
    if let Some(doubt) = clone_differs(call, object) {
        let reason = format!("`{}`: {doubt}", call.path);
        index.unknown.push(("class".to_owned(), reason));
    }
    let order = |name: &String| known.parameters.iter().position(|parameter| parameter == name);
    index.parameters.sort_by_key(|(name, _)| order(name));
    index
}

fn read_index(call: &Call, own: &[String], index: &mut Index) {
    index.expressions.clone_from(&call.args);
    for (name, value) in &call.kwargs {
        let read = match name.as_str() {
            "fields" => strings(name, value).map(|fields| index.fields = fields.iter().map(field).collect()),
            "name" => match value {
                Value::Str(text) => {
                    index.name = Some(text.to_string());
                    Ok(())
                }
                Value::None => Ok(()),
                value => Err(not_readable(name, value)),
            },
            "opclasses" => strings(name, value).map(|opclasses| index.opclasses = opclasses),
            "include" if *value == Value::None => Ok(()),
            "include" => strings(name, value).map(|include| index.include = include),
            "condition" if *value == Value::None => Ok(()),
            "condition" => {
                index.condition = Some(value.clone());
                Ok(())
            }
            "db_tablespace" if *value == Value::None => Ok(()),
            "db_tablespace" => match value {
                Value::Str(text) => {
                    index.db_tablespace = Some(text.to_string());
                    Ok(())
                }
                value => Err(not_readable(name, value)),
            },
            _ if own.contains(name) => {
                if *value != Value::None {
                    index.parameters.push((name.clone(), value.clone()));
                }
                Ok(())
            }
            _ => Err(format!("`{}` takes no argument `{name}`", call.class_name())),
        };
        if let Err(reason) = read {
            index.unknown.push((name.clone(), reason));
        }
    }
}

fn known(path: &str) -> Option<(String, &'static KnownIndex)> {
    Some((path.to_owned(), Packages::known().index(path)?))
}

/// What a constructor set after that of Django's class, or a property gives, as if it had been an argument.
fn set_later(passed: &mut Call, known: &KnownIndex, object: &mut Object<'_>) {
    const ATTRIBUTES: [&str; 6] = ["condition", "db_tablespace", "fields", "include", "name", "opclasses"];
    for name in ATTRIBUTES
        .into_iter()
        .chain(known.parameters.iter().map(String::as_str))
    {
        let property = object.call(name, Vec::new(), &[]);
        let Some(value) = property.or_else(|| object.set_attribute(name).cloned()) else {
            continue;
        };
        match passed.kwargs.iter_mut().find(|(given, _)| given == name) {
            Some((_, given)) => *given = value,
            None => passed.kwargs.push((name.to_owned(), value)),
        }
    }
}

/// What methods and attributes of the class say that Django's class does not know.
fn own_methods(known: &KnownIndex, object: &mut Object<'_>, index: &mut Index) {
    let is_of_postgres = known.method.is_some();
    let suffix = match object.call("suffix", Vec::new(), &[]) {
        Some(suffix) => Some(suffix),
        None => object.class_attribute("suffix").cloned(),
    };
    match suffix {
        Some(Value::Str(suffix)) if is_of_postgres => index.method = Some(suffix.to_string()),
        // Part of a name that is made, and of nothing else.
        Some(_) if !is_of_postgres && index.name.is_some() => {}
        Some(suffix) => index
            .unknown
            .push(("suffix".to_owned(), not_readable("suffix", &suffix))),
        None => {}
    }
    if let Some(statement) = object.call("create_sql", vec![Value::None, Value::None], &[])
        && !(Object::is_base_result(&statement, "create_sql") && takes_method(object, index))
    {
        not_followed("create_sql", index);
    }
    for method in ["get_with_params", "_get_condition_sql"] {
        if object.defines(method) {
            not_followed(method, index);
        }
    }
    if index.name.is_none() && object.defines("set_name_with_model") {
        not_followed("set_name_with_model", index);
    }
    index.own_removal = object.defines("remove_sql");
}

/// `super().create_sql(model, schema_editor, using=" USING hash")`: nothing else is changed.
fn takes_method(object: &Object<'_>, index: &mut Index) -> bool {
    let Some((args, kwargs)) = object.passed("create_sql") else {
        return false;
    };
    let named = kwargs.iter().find(|(name, _)| name == "using").map(|(_, value)| value);
    match args.get(2).or(named).and_then(Value::as_str) {
        None | Some("") => {}
        Some(using) => match using.trim_start().strip_prefix("USING ") {
            Some(method) => index.method = Some(method.to_owned()),
            None => return false,
        },
    }
    object.effects().is_empty() && kwargs.iter().all(|(name, _)| name == "using") && args.len() <= 3
}

fn not_followed(method: &str, index: &mut Index) {
    let reason = format!("`{method}` of `{}` is not followed", index.class);
    index.unknown.push((method.to_owned(), reason));
}

fn empty(call: &Call) -> Index {
    Index {
        path: call.path.clone(),
        class: call.path.clone(),
        own_removal: false,
        method: None,
        unique: None,
        name: None,
        fields: Vec::new(),
        expressions: Vec::new(),
        opclasses: Vec::new(),
        condition: None,
        include: Vec::new(),
        db_tablespace: None,
        parameters: Vec::new(),
        unknown: Vec::new(),
    }
}

#[allow(clippy::ptr_arg, reason = "maps over the strings of a Vec<String>")]
fn field(written: &String) -> IndexField {
    match written.strip_prefix('-') {
        Some(name) => IndexField {
            name: name.to_owned(),
            descending: true,
        },
        None => IndexField {
            name: written.clone(),
            descending: false,
        },
    }
}
