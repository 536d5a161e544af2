//! Objects of classes that were read: made, asked, their methods run.

use std::rc::Rc;

use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::super::lineage::Lineage;
use super::super::{Class, Method, Module};
use super::Runner;
use super::data::{Cell, CellId, Closure, Datum, Definition, Given};
use crate::python_work::{ModelName, Target};
use crate::value::Value;

/// Django's class of all models.
const MODEL: &str = "django.db.models.Model";

impl<'a> Runner<'a> {
    /// Makes an object, and runs its constructor.
    pub(super) fn construct(
        &mut self,
        home: &'a Module,
        class: &'a Class,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        if let Some(target) = self.model_class(home, class) {
            return self.new_row(target, &given);
        }
        if !class.members().is_empty() {
            return self.member_with_value(home, class, &given);
        }
        let lineage = self.lineage(home, class);
        let is_of_django = lineage.base.as_deref().is_some_and(is_plain_data);
        if is_of_django
            && !lineage
                .classes
                .iter()
                .any(|(_, class)| class.method("__init__").is_some())
        {
            return self.made(&format!("{}.{}", home.path, class.name), &given, self.place(place));
        }
        let id = self.state.keep(Cell::Object {
            classes: lineage.classes.into(),
            base: lineage.base,
            attributes: Vec::new(),
        });
        let object = Datum::Object(id);
        if self.method_of(id, "__init__", 0).is_some() {
            self.call_method(&object, "__init__", given, place);
            return object;
        }
        let Some(Cell::Object { classes, base, .. }) = self.state.cell(id).cloned() else {
            return object;
        };
        if let Some(base) = &base {
            self.set_by_django(id, Some(base), given, place);
            return object;
        }
        // A data class, a named tuple: its fields have the names of its arguments.
        let names = self.declared_fields(&classes);
        for (name, datum) in names.iter().cloned().zip(given.args).chain(given.kwargs) {
            self.set_attribute(&object, &name, datum, place);
        }
        object
    }

    pub(super) fn lineage(&mut self, home: &'a Module, class: &'a Class) -> Lineage<'a> {
        let path = format!("{}.{}", home.path, class.name);
        let mut lineage = Lineage::of(self.modules, Some(self.start), &path, &|path| {
            path.starts_with("django.")
        });
        self.asked.append(&mut lineage.asked);
        lineage
    }

    /// The model that a class of the project is, imported as it stands in `models.py`.
    pub(super) fn model_class(&mut self, home: &'a Module, class: &'a Class) -> Option<Target> {
        if !class.members().is_empty() {
            return None;
        }
        let mut parts = home.path.split(".models");
        let app = parts.next()?.rsplit('.').next()?.to_owned();
        parts.next()?;
        let lineage = self.lineage(home, class);
        let is_model = match lineage.base.as_deref() {
            Some(base) => base == MODEL || base.contains(".models.") || base.contains("auth.base_user"),
            None => !lineage.missing.is_empty(),
        };
        let name = class.name.clone();
        let model = is_model.then_some(ModelName { app, name })?;
        if !self.model_classes.iter().any(|(known, ..)| *known == model) {
            self.model_classes.push((model.clone(), home, class));
        }
        Some(Target::Model(model))
    }

    /// A method that the project gives a model, of its class or of one of its rows.
    pub(super) fn method_of_model(&mut self, target: &Target, name: &str, owner: &Datum<'a>) -> Option<Datum<'a>> {
        let Target::Model(model) = target else { return None };
        let known = self.model_classes.iter().find(|(known, ..)| known == model);
        let (home, class) = known.map(|(_, home, class)| (*home, *class))?;
        let classes = self.lineage(home, class).classes;
        let mut methods = classes
            .iter()
            .filter_map(|(owner, class)| Some((*owner, class.method(name)?)));
        let (home, method) = methods.next()?;
        let definition = home.syntax.as_ref()?.function(method.place)?;
        let first = match owner {
            _ if method.is_static => None,
            // `Order.cancel(order)` gets its object as an argument.
            Datum::Model(_) if !is_class_method(definition) => None,
            owner => Some(owner.clone()),
        };
        Some(self.method_closure(home, definition, None, first))
    }

    /// The method of the first class from `from` on that has it.
    pub(super) fn method_of(&self, id: CellId, name: &str, from: usize) -> Option<(usize, &'a Module, &'a Method)> {
        let Some(Cell::Object { classes, .. }) = self.state.cell(id) else {
            return None;
        };
        let mut rest = classes.iter().enumerate().skip(from);
        rest.find_map(|(at, (module, class))| Some((at, *module, class.method(name)?)))
    }

    /// A method, bound to its object.
    pub(super) fn bound_method(
        &mut self,
        id: CellId,
        (at, home, method): (usize, &'a Module, &'a Method),
    ) -> Datum<'a> {
        let Some(definition) = home.syntax.as_ref().and_then(|syntax| syntax.function(method.place)) else {
            return Datum::unknown(&format!("`{}` is not followed", method.name));
        };
        let first = if method.is_static {
            None
        } else {
            Some(Datum::Object(id))
        };
        self.method_closure(home, definition, Some((id, at)), first)
    }

    fn method_closure(
        &mut self,
        home: &'a Module,
        definition: &'a ast::StmtFunctionDef,
        receiver: Option<(CellId, usize)>,
        first: Option<Datum<'a>>,
    ) -> Datum<'a> {
        let frame = self.new_frame(home, None);
        let own = std::mem::replace(&mut self.frame, frame);
        let closure = Closure {
            definition: Definition::Function(definition),
            home,
            outer: None,
            receiver,
            first: None,
            is_atomic: false,
            is_context: false,
            limits: Vec::new(),
        };
        let datum = self.decorated(closure, &definition.decorator_list);
        self.frame = own;
        match (datum, first) {
            (datum, None) => datum,
            (Datum::Function(closure), first) if closure.outer.is_none() => Datum::Function(Rc::new(Closure {
                definition: closure.definition,
                home: closure.home,
                outer: closure.outer,
                receiver: closure.receiver,
                first,
                is_atomic: closure.is_atomic,
                is_context: closure.is_context,
                limits: closure.limits.clone(),
            })),
            // What a decorator made of it gets the object as its first argument too.
            (callee, Some(first)) => Datum::Partial(Rc::new(super::data::Partial {
                callee,
                arguments: Given {
                    args: vec![first],
                    ..Given::default()
                },
            })),
        }
    }

    /// An attribute of an object: as set, else of a class, else what a property gives.
    pub(super) fn object_attribute(&mut self, id: CellId, name: &str, place: TextRange) -> Datum<'a> {
        let Some(Cell::Object {
            classes,
            attributes,
            base,
        }) = self.state.cell(id).cloned()
        else {
            return Datum::unknown("is not evaluated");
        };
        if let Some((_, datum)) = attributes.iter().find(|(own, _)| own == name) {
            return datum.clone();
        }
        for (at, (home, class)) in classes.iter().enumerate() {
            if let Some(method) = class.method(name) {
                let bound = self.bound_method(id, (at, home, method));
                return if method.is_property {
                    self.call_datum(&bound, Given::default(), Some(place))
                } else {
                    bound
                };
            }
            if let Some(attribute) = class.attribute(name) {
                return self.class_value(home, &attribute.value);
            }
        }
        match base {
            Some(_) => Datum::Method(Rc::new((Datum::Object(id), name.to_owned()))),
            None => Datum::unknown(&format!("`{name}` is not known")),
        }
    }

    pub(super) fn class_value(&mut self, home: &'a Module, value: &'a Value) -> Datum<'a> {
        match value {
            // `staticmethod(function)`
            Value::Call(call) if call.path == "builtins.staticmethod" => match call.args.first() {
                Some(value) => self.of_value(value, home),
                None => Datum::none(),
            },
            value => self.of_value(value, home),
        }
    }

    /// An attribute of a class: `Backfill.run`, `Status.ACTIVE`.
    pub(super) fn class_attribute(
        &mut self,
        home: &'a Module,
        class: &'a Class,
        name: &str,
        place: TextRange,
    ) -> Datum<'a> {
        if let Some(target) = self.model_class(home, class) {
            return self.attribute(&Datum::Model(target), name, place);
        }
        let lineage = self.lineage(home, class);
        for (owner, found) in &lineage.classes {
            if let Some(method) = found.method(name) {
                let Some(definition) = owner.syntax.as_ref().and_then(|syntax| syntax.function(method.place)) else {
                    break;
                };
                let first = is_class_method(definition).then_some(Datum::Class(home, class));
                return self.method_closure(owner, definition, None, first);
            }
            if let Some(attribute) = found.attribute(name) {
                if found.member(name).is_some() {
                    return self.member(owner, found, name);
                }
                return self.class_value(owner, &attribute.value);
            }
        }
        Datum::name(format!("{}.{}.{name}", home.path, class.name))
    }

    /// `super()` and `super(Class, self)`, if the call is one of them.
    pub(super) fn super_of(&mut self, call: &'a ast::ExprCall) -> Option<Datum<'a>> {
        let name = call.func.as_name_expr()?;
        if name.id != "super" {
            return None;
        }
        let mut frame = self.frame;
        loop {
            let found = self.state.frame(frame)?;
            if let Some((id, at)) = found.receiver {
                return Some(Datum::Super(id, at + 1));
            }
            frame = found.outer?;
        }
    }
}

/// Classes of Django whose objects are only descriptions: fields, indexes, constraints, expressions.
fn is_plain_data(path: &str) -> bool {
    path.starts_with("django.db.models.") && path != MODEL || path.starts_with("django.contrib.postgres.")
}

fn is_class_method(definition: &ast::StmtFunctionDef) -> bool {
    let mut decorators = definition.decorator_list.iter();
    decorators.any(|decorator| matches!(&decorator.expression, ast::Expr::Name(name) if name.id == "classmethod"))
}
