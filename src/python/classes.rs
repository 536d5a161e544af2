//! Class statements: bases, attributes and methods as data.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::Ranged;

use super::evaluate::{Interpreter, Scope};
use super::{Class, functions, range};
use crate::value::Value;

/// A class while its module is being read.
pub(super) struct Definition {
    pub(super) class: Class,
    /// An enumeration whose members equal their values: `TextChoices`, `IntegerChoices`, `StrEnum`, `(str, Enum)`.
    is_choices: bool,
}

impl<'a> Interpreter<'a> {
    pub(super) fn class(&mut self, statement: &'a StmtClassDef) {
        let name = match &self.class_name {
            Some(outer) => format!("{outer}.{}", statement.name),
            None => statement.name.to_string(),
        };
        let bases = self.bases(statement);
        let outer = self.class_name.replace(name.clone());
        self.scopes.push(Scope::default());
        self.depth += 5;
        if self.depth < 100 {
            self.execute(&statement.body);
        }
        self.depth -= 5;
        let attributes = self.scopes.pop().unwrap_or_default();
        self.class_name = outer;
        let is_choices = bases.iter().any(|base| self.has_equal_members(base));
        let methods = statement.body.iter().filter_map(Stmt::as_function_def_stmt);
        let methods = methods.map(functions::method).collect();
        let place = range(statement.name.range);
        self.bind(statement.name.as_str(), Value::Name(self.local_path(&name)), place);
        self.keep_attributes(&name, attributes);
        let class = Class {
            name,
            name_range: place,
            bases,
            attributes: Vec::new(),
            methods,
        };
        self.classes.push(Definition { class, is_choices });
    }

    fn bases(&mut self, statement: &'a StmtClassDef) -> Vec<Value> {
        let Some(arguments) = &statement.arguments else {
            return Vec::new();
        };
        let mut bases = Vec::with_capacity(arguments.args.len());
        for base in &arguments.args {
            bases.push(match base {
                Expr::Starred(starred) => self.unknown(starred.range(), "is not followed"),
                base => self.evaluate(base),
            });
        }
        bases
    }

    /// Attributes stand beside the class in the scope that holds it, as `Class.attribute`.
    fn keep_attributes(&mut self, class: &str, attributes: Scope) {
        let Some(scope) = self.scopes.first_mut() else { return };
        if self.classes.iter().any(|definition| definition.class.name == class) {
            // The same class once more: the later statement replaces it whole.
            let prefix = format!("{class}.");
            scope.retain(|name, _| !name.starts_with(&prefix));
        }
        for (name, binding) in attributes {
            scope.insert(format!("{class}.{name}").into(), binding);
        }
    }

    /// Whether members of this local class equal their values.
    pub(super) fn is_choices(&self, name: &str) -> bool {
        let definition = self
            .classes
            .iter()
            .rev()
            .find(|definition| definition.class.name == name);
        definition.is_some_and(|definition| definition.is_choices)
    }

    fn has_equal_members(&self, base: &Value) -> bool {
        let Value::Name(path) = base else { return false };
        let known = [
            "django.db.models.TextChoices",
            "django.db.models.IntegerChoices",
            "django.db.models.Choices",
            "enum.IntEnum",
            "enum.StrEnum",
            "enum.Enum",
        ];
        known.contains(&path.as_str()) || self.local_class(base).is_some_and(|name| self.is_choices(name))
    }
}
