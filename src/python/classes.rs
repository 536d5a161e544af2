//! Class statements: bases, attributes and methods as data.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::Ranged;

use super::enumerations::Enumeration;
use super::evaluate::{Binding, Interpreter, Scope, shortened};
use super::{Class, functions};
use crate::source::Range;
use crate::value::Value;

/// A class while its module is being read.
pub(super) struct Definition {
    pub(super) class: Class,
    enumeration: Option<Enumeration>,
    /// Of an enumeration `RED.value`, `RED.name` and the like.
    pub(super) members: Vec<(String, Binding)>,
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
        let mut attributes = self.scopes.pop().unwrap_or_default();
        self.class_name = outer;
        let enumeration = bases.iter().find_map(|base| self.enumeration(base));
        let enumeration = enumeration.map(|kind| kind.mixed_with(&bases));
        let members = enumeration.map(|kind| Self::members(&name, kind, &bases, &mut attributes));
        let methods = statement.body.iter().filter_map(Stmt::as_function_def_stmt);
        // A property is asked for by its name; nothing is looked up by the name of what sets it.
        let methods = methods.filter(|method| !functions::is_setter(method));
        let methods = methods
            .map(|method| functions::method(method, self.place_of(method.name.range)))
            .collect();
        let place = self.place_of(statement.name.range);
        self.bind(statement.name.as_str(), Value::Name(self.local_path(&name)), place);
        self.keep_attributes(&name, attributes);
        let class = Class {
            name,
            name_range: place,
            bases,
            remade_by: self.remade_by(statement),
            attributes: Vec::new(),
            methods,
        };
        self.classes.push(Definition {
            class,
            enumeration,
            members: members.unwrap_or_default(),
        });
    }

    /// `Migration = ..`: Django takes what bears the name, however it was made. Another class is what a class statement with that
    /// base and nothing else would make; of `type(name, bases, attributes)` bases and attributes are known; all else is a
    /// base that is not.
    pub(super) fn assigned_class(&mut self, name: &str, value: &Value, place: Range) {
        let mut attributes = Scope::default();
        let bases = match value {
            Value::Call(call) if call.path == "builtins.type" && call.args.len() == 3 => {
                match &call.args[2] {
                    Value::Dict(items) => {
                        for (key, value) in items {
                            if let Value::Str(key) = key {
                                attributes.insert(key.to_string().into(), Binding::shared(value.clone(), place));
                            }
                        }
                    }
                    other => {
                        for name in ["dependencies", "operations"] {
                            attributes.insert(name.into(), Binding::shared(other.clone(), place));
                        }
                    }
                }
                call.args[1]
                    .as_items()
                    .map_or_else(|| vec![call.args[1].clone()], <[Value]>::to_vec)
            }
            value => vec![value.clone()],
        };
        self.keep_attributes(name, attributes);
        let class = Class {
            name: name.to_owned(),
            name_range: place,
            bases,
            remade_by: None,
            attributes: Vec::new(),
            methods: Vec::new(),
        };
        self.classes.push(Definition {
            class,
            enumeration: None,
            members: Vec::new(),
        });
    }

    /// A decorator, or a keyword that Python hands to the metaclass or to `__init_subclass__`.
    fn remade_by(&self, statement: &StmtClassDef) -> Option<String> {
        let text = |range| shortened(self.source.slice(self.place_of(range)));
        let decorator = statement.decorator_list.first();
        let keywords = statement.arguments.as_ref().map(|arguments| &arguments.keywords);
        let mut keywords = keywords.into_iter().flatten();
        let keyword = keywords.find(|keyword| {
            let name = keyword.value.as_name_expr().map(|name| name.id.as_str());
            let attribute = keyword
                .value
                .as_attribute_expr()
                .map(|attribute| attribute.attr.as_str());
            !matches!(name.or(attribute), Some("ABCMeta"))
        });
        decorator
            .map(|decorator| text(decorator.range()))
            .or_else(|| keyword.map(|keyword| text(keyword.range())))
    }

    fn bases(&mut self, statement: &'a StmtClassDef) -> Vec<Value> {
        let Some(arguments) = &statement.arguments else {
            return Vec::new();
        };
        let mut bases = Vec::with_capacity(arguments.args.len());
        for base in &arguments.args {
            bases.push(match base {
                Expr::Starred(starred) => self.unknown(starred.range(), "is not followed"),
                // `URLField[str, str]` is that class, with types for who checks them.
                Expr::Subscript(generic) => self.evaluate(&generic.value),
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

    /// `value`, `name` or `label` of a member of a local enumeration.
    pub(super) fn part_of_member(&self, class: &str, member: &str, part: &str) -> Option<Value> {
        let wanted = format!("{member}.{part}");
        let found = self
            .class_definition(class)?
            .members
            .iter()
            .find(|(name, _)| *name == wanted);
        found.map(|(_, binding)| binding.value.clone())
    }

    pub(super) fn class_definition(&self, class: &str) -> Option<&Definition> {
        let mut definitions = self.classes.iter().rev();
        definitions.find(|definition| definition.class.name == class)
    }

    fn enumeration(&self, base: &Value) -> Option<Enumeration> {
        let Value::Name(path) = base else { return None };
        let local = || self.class_definition(self.local_class(base)?)?.enumeration;
        Enumeration::of(path).or_else(local)
    }
}
