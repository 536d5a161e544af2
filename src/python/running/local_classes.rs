//! Classes that a function defines, and objects of no class that was read: named tuples, namespaces.

use std::rc::Rc;

use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::super::{Class, Module};
use super::Runner;
use super::data::{Cell, CellId, Closure, Datum, Definition, Given, Partial};

/// What a class that a function defines is called with: the names of its body.
pub(super) const LOCAL_CLASS: &str = "<class>";
/// What `namedtuple(..)` is called with: the names of its fields.
pub(super) const NAMED_TUPLE: &str = "<namedtuple>";
/// The class of tuples: an object of it is unpacked to its attributes.
pub(super) const TUPLE: &str = "builtins.tuple";

impl<'a> Runner<'a> {
    /// A class inside of a function.
    pub(super) fn define_class(&mut self, class: &'a ast::StmtClassDef) {
        let bases = class.arguments.iter().flat_map(|arguments| &arguments.args);
        let bases: Vec<Datum<'a>> = bases.map(|base| self.evaluate(base)).collect();
        let (mut classes, mut base, mut inherited) = (Vec::new(), None, Vec::new());
        for datum in &bases {
            match datum {
                Datum::Class(home, class) => {
                    let lineage = self.lineage(home, class);
                    classes.extend(lineage.classes);
                    base = base.or(lineage.base);
                }
                datum => match self.local_class(datum).and_then(|id| self.state.cell(id).cloned()) {
                    Some(Cell::Object { attributes, .. }) => inherited.extend(attributes),
                    _ => base = base.or_else(|| datum.as_name().map(str::to_owned)),
                },
            }
        }
        let frame = self.new_frame(self.home(), Some(self.frame));
        let own = std::mem::replace(&mut self.frame, frame);
        self.execute(&class.body);
        let names = self.state.frame(frame).map(|frame| frame.names.clone());
        self.frame = own;
        let mut attributes: Vec<(String, Datum<'a>)> = names.unwrap_or_default().into_iter().collect();
        inherited.retain(|(name, _)| !attributes.iter().any(|(own, _)| own == name));
        attributes.extend(inherited);
        attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
        let template = Datum::Object(self.state.keep(Cell::Object {
            classes: classes.into(),
            base,
            attributes,
        }));
        let datum = self.with_names(LOCAL_CLASS, vec![template]);
        self.bind(class.name.as_str(), datum);
    }

    fn with_names(&mut self, callee: &str, args: Vec<Datum<'a>>) -> Datum<'a> {
        Datum::Partial(Rc::new(Partial {
            callee: Datum::name(callee),
            arguments: Given {
                args,
                ..Given::default()
            },
        }))
    }

    /// The names of the body of a class that a function defines.
    pub(super) fn local_class(&self, datum: &Datum<'a>) -> Option<CellId> {
        let Datum::Partial(partial) = datum else { return None };
        match (partial.callee.as_name()?, partial.arguments.args.first()?) {
            (LOCAL_CLASS, Datum::Object(id)) => Some(*id),
            _ => None,
        }
    }

    /// Makes an object of a class that a function defines.
    pub(super) fn construct_local(&mut self, mut given: Given<'a>, place: TextRange) -> Datum<'a> {
        let template = match given.args.first() {
            Some(Datum::Object(id)) => self.state.cell(*id).cloned(),
            _ => None,
        };
        let Some(template @ Cell::Object { .. }) = template else {
            return Datum::unknown("is not followed");
        };
        given.args.remove(0);
        let id = self.state.keep(template);
        let object = Datum::Object(id);
        if let Some(Cell::Object { attributes, .. }) = self.state.cell_mut(id) {
            for (_, datum) in attributes {
                if let Datum::Function(closure) = &*datum
                    && !is_static(closure)
                {
                    *datum = Datum::Function(Rc::new(bound(closure, object.clone())));
                }
            }
        }
        match self.object_attribute(id, "__init__", place) {
            init @ Datum::Function(_) => {
                self.call_datum(&init, given, Some(place));
            }
            _ => self.set_by_django(id, None, given, place),
        }
        object
    }

    /// `namedtuple("Row", "table column")`
    pub(super) fn named_tuple(&mut self, given: &Given<'a>) -> Datum<'a> {
        let names = match given.get(1, "field_names") {
            Some(Datum::Text(names)) => {
                let names = names.replace(',', " ");
                let names = names.split_whitespace().map(Datum::text).collect();
                self.state.list(names)
            }
            Some(list) => list.clone(),
            None => Datum::unknown("the fields of a named tuple are not known"),
        };
        self.with_names(NAMED_TUPLE, vec![names])
    }

    /// A tuple whose items have names.
    pub(super) fn construct_tuple(&mut self, mut given: Given<'a>) -> Datum<'a> {
        if given.args.is_empty() {
            return Datum::unknown("is not followed");
        }
        let names = given.args.remove(0);
        let names = self.state.items(&names).map(|(names, _)| names).unwrap_or_default();
        let names: Vec<String> = names.iter().filter_map(|name| self.known_text(name)).collect();
        self.object_with(&names, given, Some(TUPLE))
    }

    /// An object whose attributes are the arguments, by position and by name.
    pub(super) fn object_with(&mut self, names: &[String], given: Given<'a>, base: Option<&str>) -> Datum<'a> {
        let mut attributes: Vec<(String, Datum<'a>)> = names.iter().cloned().zip(given.args).collect();
        attributes.extend(given.kwargs);
        Datum::Object(self.state.keep(Cell::Object {
            classes: Vec::new().into(),
            base: base.map(str::to_owned),
            attributes,
        }))
    }

    /// The fields that a class declares by their types, in order: those of a data class or a named tuple.
    pub(super) fn declared_fields(&self, classes: &[(&'a Module, &'a Class)]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (home, class) in classes.iter().rev() {
            let statements = home.syntax.as_ref().map(|syntax| syntax.statements());
            let mut statements = statements.into_iter().flatten();
            let body = statements.find_map(|statement| match statement {
                ast::Stmt::ClassDef(written) if written.name.as_str() == class.name => Some(&written.body),
                _ => None,
            });
            for statement in body.into_iter().flatten() {
                if let ast::Stmt::AnnAssign(field) = statement
                    && let ast::Expr::Name(name) = field.target.as_ref()
                    && !names.iter().any(|own| own == name.id.as_str())
                {
                    names.push(name.id.to_string());
                }
            }
        }
        names
    }
}

fn is_static(closure: &Closure<'_>) -> bool {
    let Definition::Function(function) = closure.definition else {
        return true;
    };
    let mut decorators = function.decorator_list.iter();
    decorators.any(|decorator| matches!(&decorator.expression, ast::Expr::Name(name) if name.id == "staticmethod"))
}

fn bound<'a>(closure: &Closure<'a>, object: Datum<'a>) -> Closure<'a> {
    Closure {
        definition: closure.definition,
        home: closure.home,
        outer: closure.outer,
        receiver: None,
        first: Some(object),
        is_atomic: closure.is_atomic,
        is_context: closure.is_context,
        limits: closure.limits.clone(),
    }
}
