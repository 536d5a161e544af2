//! What is known only once an object is made: the code of a `RunPython` that a class or a function of the project makes, and
//! what a migration does beside its operations.

use std::sync::Arc;

use ruff_text_size::TextRange;

use super::super::{Module, Modules};
use super::data::{Cell, CellId, Datum, Given};
use super::{DATABASE_FORWARDS, Runner};
use crate::python_work::PythonWork;
use crate::value::{Call, Value};

pub(super) const RUN_PYTHON: &str = "django.db.migrations.RunPython";
pub(super) const MIGRATION: &str = "django.db.migrations.Migration";

/// The parameters of the constructors of Django's operations, as far as classes that derive from them ask for them.
/// See django/db/migrations/operations and django/contrib/postgres/operations.py.
#[rustfmt::skip]
const PARAMETERS: &[(&str, &[&str])] = &[
    ("RunPython", &["code", "reverse_code", "atomic", "hints", "elidable"]),
    ("RunSQL", &["sql", "reverse_sql", "state_operations", "hints", "elidable"]),
    ("SeparateDatabaseAndState", &["database_operations", "state_operations"]),
    ("CreateModel", &["name", "fields", "options", "bases", "managers"]),
    ("DeleteModel", &["name"]),
    ("RenameModel", &["old_name", "new_name"]),
    ("AlterModelTable", &["name", "table"]),
    ("AlterUniqueTogether", &["name", "unique_together"]),
    ("AddField", &["model_name", "name", "field", "preserve_default"]),
    ("AlterField", &["model_name", "name", "field", "preserve_default"]),
    ("RemoveField", &["model_name", "name", "field"]),
    ("RenameField", &["model_name", "old_name", "new_name"]),
    ("AddIndex", &["model_name", "index"]),
    ("AddIndexConcurrently", &["model_name", "index"]),
    ("RemoveIndex", &["model_name", "name"]),
    ("RemoveIndexConcurrently", &["model_name", "name"]),
    ("AddConstraint", &["model_name", "constraint"]),
    ("AddConstraintNotValid", &["model_name", "constraint"]),
    ("RemoveConstraint", &["model_name", "name"]),
    ("ValidateConstraint", &["model_name", "name"]),
];

/// An operation that a function of the project makes.
pub struct MadeOperation {
    /// The call of Django's class.
    pub call: Call,
    /// What the code does, where it is a `RunPython`.
    pub work: Option<PythonWork>,
}

impl Modules {
    /// What the code of an operation does whose class derives from `RunPython`, as this call makes it. The second is what
    /// `atomic` was set to.
    #[must_use]
    pub fn run_constructed(&self, start: &Module, call: &Call, asked: &mut Vec<String>) -> Option<(PythonWork, Value)> {
        let mut runner = Runner::new(self, start);
        runner.at = call.range;
        let object = runner.object_of(call);
        let Datum::Object(id) = object else {
            asked.append(&mut runner.asked);
            return None;
        };
        runner.run_code_of(id);
        let atomic = runner.object_attribute(id, "atomic", TextRange::default());
        let atomic = runner.plain_value(&atomic).unwrap_or(Value::None);
        asked.append(&mut runner.asked);
        Some((runner.finish(), atomic))
    }

    /// The operation of Django that a function of the project returns.
    #[must_use]
    pub fn made_operation(&self, start: &Module, call: &Call, asked: &mut Vec<String>) -> Option<MadeOperation> {
        let mut runner = Runner::new(self, start);
        runner.at = call.range;
        let made = runner.object_of(call);
        let made_id = match &made {
            Datum::Made(id) => Some(*id),
            _ => None,
        };
        let cell = made_id.and_then(|id| runner.state.cell(id).cloned());
        let operation = match cell {
            Some(Cell::Made { call, attributes }) if runner.effects.is_empty() => {
                let code = attributes.into_iter().find(|(name, _)| name == "code");
                let work = code.map(|(_, code)| {
                    let given = Given {
                        args: vec![Datum::Apps, Datum::Editor],
                        ..Given::default()
                    };
                    runner.call_datum(&code, given, None);
                });
                Some((call, work.is_some()))
            }
            _ => None,
        };
        asked.append(&mut runner.asked);
        let (call, is_code) = operation?;
        let work = runner.finish();
        Some(MadeOperation {
            call,
            work: is_code.then_some(work),
        })
    }

    /// What the `apply` of a migration's class does, if a class that was read defines it.
    #[must_use]
    pub fn run_apply(&self, start: &Module, asked: &mut Vec<String>) -> Option<PythonWork> {
        let class = start.class("Migration")?;
        let mut runner = Runner::new(self, start);
        runner.at = class.name_range;
        let Datum::Object(id) = runner.construct(start, class, Given::default(), TextRange::default()) else {
            return None;
        };
        runner.method_of(id, "apply", 0)?;
        let given = Given {
            args: vec![Datum::name("<to_state>"), Datum::Editor],
            ..Given::default()
        };
        runner.call_method(&Datum::Object(id), "apply", given, TextRange::default());
        asked.append(&mut runner.asked);
        Some(runner.finish())
    }
}

impl<'a> Runner<'a> {
    /// The object that a call makes: as it is written where it stands in the first module, else by its values.
    pub(super) fn object_of(&mut self, call: &Call) -> Datum<'a> {
        let start = self.start;
        let is_here = call.range.file == start.source.id;
        let syntax = start.syntax.as_ref().filter(|_| is_here);
        if let Some(written) = syntax.and_then(|syntax| syntax.expression(call.range)) {
            let before = self.effects.len();
            let object = self.evaluate(written);
            if matches!(object, Datum::Object(_) | Datum::Made(_)) && !self.holds_unknown(&object) {
                return object;
            }
            self.effects.truncate(before);
        }
        self.of_value(&Value::Call(Arc::new(call.clone())), start)
    }

    fn holds_unknown(&self, object: &Datum<'a>) -> bool {
        let (Datum::Object(id) | Datum::Made(id)) = object else {
            return false;
        };
        match self.state.cell(*id) {
            Some(Cell::Object { attributes, .. } | Cell::Made { attributes, .. }) => {
                attributes.iter().any(|(_, datum)| matches!(datum, Datum::Unknown(_)))
            }
            _ => false,
        }
    }

    /// What the constructor of a class of Django sets.
    pub(super) fn set_by_django(&mut self, id: CellId, base: Option<&str>, given: Given<'a>, place: TextRange) {
        let class = base.and_then(|base| base.rsplit('.').next()).unwrap_or_default();
        let parameters = PARAMETERS.iter().find(|(name, _)| *name == class);
        let object = Datum::Object(id);
        for (name, datum) in parameters.map_or(&[][..], |(_, names)| names).iter().zip(given.args) {
            self.set_attribute(&object, name, datum, place);
        }
        for (name, datum) in given.kwargs {
            self.set_attribute(&object, &name, datum, place);
        }
    }

    /// Runs the code that an object of a class below `RunPython` holds.
    pub(super) fn run_code_of(&mut self, id: CellId) -> Datum<'a> {
        let given = Given {
            args: vec![Datum::Apps, Datum::Editor],
            ..Given::default()
        };
        if self.method_of(id, DATABASE_FORWARDS, 0).is_some() && self.forwards.args.is_empty() {
            let app = self.start.path.split(".migrations").next().unwrap_or_default();
            let app = app.rsplit('.').next().unwrap_or_default().to_owned();
            self.forwards = Given {
                args: vec![
                    Datum::text(&app),
                    Datum::Editor,
                    Datum::name("<from_state>"),
                    Datum::name("<to_state>"),
                ],
                ..Given::default()
            };
            let forwards = self.forwards.clone();
            return self.call_method(&Datum::Object(id), DATABASE_FORWARDS, forwards, TextRange::default());
        }
        let code = self.object_attribute(id, "code", TextRange::default());
        self.call_datum(&code, given, None)
    }
}
