//! Keys of JSON documents, and JSON functions: django/db/models/fields/json.py.

use crate::migration::InternalType;
use crate::unknown::sql;
use crate::value::{Call, Value};

use super::super::literals::Literal;
use super::compile::Compiler;
use super::compiled::{Compiled, Shape};

/// What a key gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// `KeyTransform`
    Document,
    /// `KeyTextTransform`
    Text,
}

impl Compiler<'_, '_> {
    /// `KeyTransform`, `KeyTextTransform`, `KT`.
    pub(super) fn json_function(&self, call: &Call) -> Option<Compiled> {
        let gives = match call.class_name() {
            "KeyTransform" => Gives::Document,
            "KeyTextTransform" => Gives::Text,
            "KT" => return self.key_path(call.args.first()?.as_str()?),
            _ => return None,
        };
        let name = match call.args.first()? {
            Value::Str(name) => name.to_string(),
            Value::Int(index) => index.to_string(),
            _ => return None,
        };
        let document = self.argument(call.args.get(1)?);
        if call.path.contains(".hstore.") {
            return Some(hstore_key(self, &document, &name));
        }
        Some(json_key(self, document, name, gives))
    }

    /// `KT("data__a__b")`
    fn key_path(&self, lookup: &str) -> Option<Compiled> {
        let (first, keys) = lookup.split_once("__")?;
        let mut found = self.reference(first);
        for key in keys.split("__") {
            found = json_key(self, found, key.to_owned(), Gives::Text);
        }
        Some(found)
    }
}

/// `KeyTransform(key, document)`: keys of keys are one path.
pub(super) fn json_key(compiler: &Compiler<'_, '_>, document: Compiled, key: String, gives: Gives) -> Compiled {
    let (document, mut path) = match document.shape {
        Shape::Key { document, path } => (document, path),
        _ => (Box::new(document), Vec::new()),
    };
    path.push(key);
    key_sql(compiler, *document, path, gives)
}

/// `KeyTransform.as_postgresql`
fn key_sql(compiler: &Compiler<'_, '_>, document: Compiled, path: Vec<String>, gives: Gives) -> Compiled {
    let (operator, nested, output) = match gives {
        Gives::Document => ("->", "#>", document.output.clone()),
        Gives::Text => ("->>", "#>>", Some(super::outputs::plain(InternalType::Text))),
    };
    let sql = match path.as_slice() {
        [key] => sql!("({} {operator} {})", document.sql, key_literal(compiler, key)),
        keys => {
            let keys = keys.iter().map(|key| Literal::Text(key.clone())).collect();
            sql!("({} {nested} {})", document.sql, Literal::Array(keys).sql())
        }
    };
    let compiled = Compiled::over(sql, [&document]).with_output(output);
    Compiled {
        is_parameterized: true,
        shape: Shape::Key {
            document: Box::new(document),
            path,
        },
        ..compiled
    }
}

/// A number is an index into an array.
fn key_literal(compiler: &Compiler<'_, '_>, key: &str) -> String {
    match key.trim().parse::<i128>() {
        Ok(index) => Literal::Integer(index, "int2").sql(),
        Err(_) => compiler.literal(Literal::Text(key.to_owned())),
    }
}

/// The same key as text. See `KeyTransformTextLookupMixin`.
pub(super) fn as_text_key(compiler: &Compiler<'_, '_>, key: &Compiled) -> Option<Compiled> {
    let Shape::Key { document, path } = &key.shape else {
        return None;
    };
    Some(key_sql(compiler, Compiled::clone(document), path.clone(), Gives::Text))
}

/// The `KeyTransform` of `HStoreField`.
pub(super) fn hstore_key(compiler: &Compiler<'_, '_>, store: &Compiled, key: &str) -> Compiled {
    let sql = sql!("({} -> {})", store.sql, compiler.literal(Literal::Text(key.to_owned())));
    Compiled {
        is_parameterized: true,
        ..Compiled::over(sql, [store]).of_type(InternalType::Text)
    }
}
