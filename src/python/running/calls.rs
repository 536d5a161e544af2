//! Calls: of functions, classes, and the things of Django.

use std::rc::Rc;

use ruff_python_ast as ast;
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use super::Runner;
use super::data::{Datum, Given, Partial};
use super::standard_library::is_of_python;
use crate::python_work::{CalledFor, Handed};

impl<'a> Runner<'a> {
    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Datum<'a> {
        let outer = self.at;
        if self.is_at_start() {
            self.at = self.place(call.range());
        }
        let datum = self.called(call);
        self.at = outer;
        datum
    }

    fn called(&mut self, call: &'a ast::ExprCall) -> Datum<'a> {
        if let Some(object) = self.super_of(call) {
            return object;
        }
        let place = call.range();
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            let callee = self.evaluate(&call.func);
            let given = self.arguments(&call.arguments);
            return self.call_datum(&callee, given, Some(place));
        };
        let owner = self.evaluate(&attribute.value);
        let given = self.arguments(&call.arguments);
        self.call_method(&owner, attribute.attr.as_str(), given, place)
    }

    /// Whether something can be called and followed.
    pub(super) fn can_be_called(&self, datum: &Datum<'a>) -> bool {
        matches!(
            datum,
            Datum::Function(_) | Datum::Partial(_) | Datum::Object(_) | Datum::Class(..) | Datum::Method(_)
        ) || datum.as_name().is_some()
    }

    /// Calls something; without a place, because Django does.
    pub(super) fn call_datum(&mut self, callee: &Datum<'a>, given: Given<'a>, place: Option<TextRange>) -> Datum<'a> {
        let at = place.unwrap_or_default();
        match callee {
            Datum::Function(closure) => self.call_function(&Rc::clone(closure), given, at),
            Datum::Partial(partial) => {
                let all = with_more(&partial.arguments, given);
                self.call_datum(&partial.callee, all, place)
            }
            Datum::Method(method) => self.call_method(&method.0, &method.1, given, at),
            Datum::Class(home, class) => self.construct(home, class, given, at),
            Datum::Object(_) => self.call_method(callee, "__call__", given, at),
            Datum::Model(target) => {
                if !given.is_open {
                    let names = given.kwargs.iter().map(|(name, _)| name.clone()).collect();
                    self.call_names(target, names, CalledFor::Objects, at);
                }
                self.new_row(target.clone(), &given)
            }
            Datum::Atomic => match given.args.first() {
                // `atomic(function)` and the decorator; `atomic(using)` is a block.
                Some(function @ (Datum::Function(_) | Datum::Partial(_))) => atomic_function(function),
                _ => Datum::Atomic,
            },
            Datum::Either(several) => {
                let results: Vec<Datum<'a>> = several
                    .iter()
                    .map(|one| self.in_doubt(|runner| runner.call_datum(one, given.clone(), place)))
                    .collect();
                let any = results.into_iter().reduce(Datum::or);
                any.unwrap_or_else(|| Datum::unknown("is known only when it runs"))
            }
            Datum::Constant(_) => match callee.as_name().map(str::to_owned) {
                Some(path) => self.call_path(&path, given, place),
                None => self.not_followed(callee, given, at),
            },
            callee => self.not_followed(callee, given, at),
        }
    }

    /// A function of this module or another, of Django or of Python.
    fn call_path(&mut self, path: &str, given: Given<'a>, place: Option<TextRange>) -> Datum<'a> {
        let at = place.unwrap_or_default();
        // The method of the base class, by its name: `Migration.apply(self, ..)`.
        if let ("django.db.migrations.Migration.apply", Some(Datum::Object(id))) = (path, given.args.first()) {
            let id = *id;
            let mut rest = given;
            rest.args.remove(0);
            return self.base_method(id, "apply", rest, at);
        }
        if let Some(datum) = self.call_known(path, &given, at) {
            return datum;
        }
        let resolved = self.of_path(path);
        match resolved.as_name() {
            None => return self.call_datum(&resolved, given, place),
            Some(next) if next != path => {
                let next = next.to_owned();
                if let Some(datum) = self.call_known(&next, &given, at) {
                    return datum;
                }
            }
            Some(_) => {}
        }
        if path.starts_with(super::STATE) {
            let reason = format!("`{}` changes the state", self.shown(at));
            return self.unfollowed(reason, Some(Handed::Editor), at);
        }
        if is_of_python(path) || is_harmless(path) {
            self.call_back(&given);
            // `random.sample`, `itertools.takewhile`: what comes out of rows may be those rows.
            let has_rows = given.args.iter().any(|datum| self.rows_of(datum).is_some());
            if has_rows && let Some(rows) = self.passed_on(&given, at) {
                return rows;
            }
            return Datum::unknown(&format!("what `{path}()` returns is not known"));
        }
        self.call_back(&given);
        let handed = self.handed_to(&given);
        let shown = path.strip_prefix("builtins.").unwrap_or(path);
        self.unfollowed(format!("`{shown}()` is not followed"), handed, at)
    }

    /// A call of something that is not known.
    pub(super) fn not_followed(&mut self, callee: &Datum<'a>, given: Given<'a>, place: TextRange) -> Datum<'a> {
        self.call_back(&given);
        let handed = self.handed_to(&given).max(self.handed([callee]));
        // Django itself called it: nothing is known of what runs.
        let is_whole = self.calls.is_empty() && place == TextRange::default();
        let handed = if is_whole { Some(Handed::Editor) } else { handed };
        let reason = match callee {
            Datum::Unknown(reason) if is_whole => reason.to_string(),
            Datum::Constant(value) if is_whole && value.unknown().is_some() => value
                .unknown()
                .map(|unknown| unknown.reason.clone())
                .unwrap_or_default(),
            _ if is_whole => "which code runs is not known".to_owned(),
            _ => format!("`{}` is not followed", self.shown(place)),
        };
        self.unfollowed(reason, handed, place)
    }
}

/// The arguments of a partial, and those that come to it.
fn with_more<'a>(partial: &Given<'a>, given: Given<'a>) -> Given<'a> {
    let mut all = partial.clone();
    all.args.extend(given.args);
    all.kwargs
        .retain(|(name, _)| !given.kwargs.iter().any(|(other, _)| other == name));
    all.kwargs.extend(given.kwargs);
    all.is_open |= given.is_open;
    all
}

/// Functions of Django that reach no table, whatever they get.
fn is_harmless(path: &str) -> bool {
    path.starts_with("builtins.")
        || path.starts_with("django.utils.")
        || path.starts_with("django.conf.")
        || path.starts_with("django.core.exceptions.")
        || path.starts_with("django.core.files.")
        || path.starts_with("django.core.validators.")
        || path.starts_with("django.core.mail.")
        || path.starts_with("django.core.cache.")
        || path.starts_with("django.template.")
        || path.starts_with("django.contrib.auth.hashers.")
}

/// A function each call of which is a transaction.
fn atomic_function<'a>(function: &Datum<'a>) -> Datum<'a> {
    match function {
        Datum::Function(closure) => Datum::Function(Rc::new(super::data::Closure {
            definition: closure.definition,
            home: closure.home,
            outer: closure.outer,
            receiver: closure.receiver,
            first: closure.first.clone(),
            is_atomic: true,
            is_context: closure.is_context,
            limits: closure.limits.clone(),
        })),
        Datum::Partial(partial) => Datum::Partial(Rc::new(Partial {
            callee: atomic_function(&partial.callee),
            arguments: partial.arguments.clone(),
        })),
        other => other.clone(),
    }
}
