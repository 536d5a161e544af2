//! `Index` classes of django.db.models and django.contrib.postgres.

use super::Reading;
use super::arguments::{described, not_readable, strings};
use crate::migration::operation::{Index, IndexField};
use crate::packages::{KnownIndex, Packages};
use crate::value::{Call, Value};

impl Reading<'_> {
    /// An index; what cannot be read stands in its `unknown`.
    pub(super) fn index(&self, value: &Value) -> Result<Index, String> {
        let Value::Call(call) = value else {
            return Err(format!("the index is not readable: it is {}", described(value)));
        };
        let mut index = empty(call);
        let Some((path, known)) = self.index_class(&call.path, super::MAX_BASES) else {
            index.unknown.push((
                "class".to_owned(),
                format!("`{}` is no index class that forelock knows", call.path),
            ));
            self.read_index(call, &[], &mut index);
            return Ok(index);
        };
        index.path = path;
        index.method.clone_from(&known.method);
        index.unique = known.unique;
        self.read_index(call, &known.parameters, &mut index);
        let order = |name: &String| known.parameters.iter().position(|parameter| parameter == name);
        index.parameters.sort_by_key(|(name, _)| order(name));
        Ok(index)
    }

    /// The index class that a class is or derives from, Django's or a package's.
    fn index_class(&self, path: &str, hops: usize) -> Option<(String, &'static KnownIndex)> {
        if let Some(known) = Packages::known().index(path) {
            return Some((path.to_owned(), known));
        }
        let hops = hops.checked_sub(1)?;
        let (_, class) = self.modules.class(self.module, path)?;
        let bases = class.bases.iter().filter_map(|base| match base {
            Value::Name(base) => Some(base),
            _ => None,
        });
        bases.into_iter().find_map(|base| self.index_class(base, hops))
    }

    fn read_index(&self, call: &Call, own: &[String], index: &mut Index) {
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
}

fn empty(call: &Call) -> Index {
    Index {
        path: call.path.clone(),
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
