//! Runs Python code abstractly, and writes down what it does to the database.
//!
//! Beside the evaluator of values: that one asks what an expression is, this one what happens, and in what order. Conditions
//! that constants do not decide let both branches run, in doubt; loops over rows run once, for all rows. Nothing is
//! guessed: whatever reaches the schema editor, a cursor or rows and is not followed is an effect of its own.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the arguments of a call belong to what is called"
)]

mod arguments;
mod attributes;
mod branches;
mod builtins;
mod calls;
mod caught;
mod classes;
mod commands;
mod constructed;
mod containers;
mod data;
mod database;
mod django;
mod editor;
mod editor_texts;
mod enumerations;
mod expressions;
mod files;
mod functions;
mod local_classes;
mod loops;
mod memory;
mod methods;
mod models;
mod named_fields;
mod names;
mod objects;
mod operations;
mod python;
mod rows;
mod standard_library;
mod state;
mod statements;
mod steps;
mod text;
mod timeouts;
mod values;
mod words;
mod writes;

use std::rc::Rc;

use ruff_python_ast::Expr;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

pub use constructed::MadeOperation;

use super::{Class, Module, Modules};
use crate::python_work::{
    Action, Caught, Certainty, Effect, Handed, ModelName, NamedFields, PythonWork, Target, TextPiece,
};
use crate::row_work::Reach;
use crate::source::Range;
use crate::value::{Call, Value};
use data::{Datum, FrameId, Given};
use functions::Running;
use state::{Frame, State};
use statements::Body;

/// How many expressions and statements may run for one piece of code.
const MAX_STEPS: usize = 400_000;
/// How many bytes of text may be made for it.
const MAX_BYTES: usize = 8 << 20;
/// How many things it may do.
const MAX_EFFECTS: usize = 20_000;
/// Calls within each other, and expressions within each other: the stack is finite.
const MAX_DEPTH: usize = 150;

/// The method by which an operation changes the database.
const DATABASE_FORWARDS: &str = "database_forwards";
/// The method by which it changes the state, which it gets under this name.
const STATE_FORWARDS: &str = "state_forwards";
const STATE: &str = "<state>";
/// The parameters of `database_forwards` after `self`.
const PARAMETERS: [&str; 4] = ["app_label", "schema_editor", "from_state", "to_state"];

/// Which part of an expression something stands for.
#[derive(Clone, Copy)]
enum Written {
    Whole,
    FirstOf,
}

/// The turns of a loop that runs.
#[derive(Clone)]
struct Turns {
    /// The rows that it has a turn for.
    reach: Reach,
    /// The same, where a loop around it goes on to the next slice of them.
    whole: Reach,
    /// Whether nobody knows how many turns there are.
    is_endless: bool,
    /// Whether there is one for certain.
    runs_once: bool,
    /// Whose rows it goes through.
    of: Option<Target>,
    /// How many undecided conditions were around it when it began.
    doubt: usize,
}

/// What was found in the course of the code, and how many undecided conditions it hangs on.
#[derive(Clone)]
struct Found {
    what: What,
    certainty: Certainty,
    caught: Caught,
    place: Range,
    at: Range,
    doubt: usize,
    /// Those of them that are no conditions on what a loop goes through.
    doubt_of_all: usize,
}

#[derive(Clone, PartialEq)]
enum What {
    Effect(Action),
    Names(NamedFields),
}

impl Found {
    /// Whether it is a query of the catalog, and changes nothing.
    fn looks_up(&self) -> bool {
        let What::Effect(Action::Sql { text, .. }) = &self.what else {
            return false;
        };
        let sql: Option<String> = text
            .iter()
            .map(|piece| match piece {
                TextPiece::Known(text) => Some(&**text),
                _ => None,
            })
            .collect();
        sql.is_some_and(|sql| {
            let sql = sql.trim().trim_end_matches(';').to_lowercase();
            let of_catalog = ["pg_catalog.", "information_schema.", "from pg_"];
            sql.starts_with("select") && !sql.contains(';') && of_catalog.iter().any(|name| sql.contains(name))
        })
    }

    fn certainty(&self) -> Certainty {
        match (self.doubt, self.doubt_of_all) {
            (0, _) => self.certainty,
            (_, 0) => Certainty::PerRow,
            (_, _) => Certainty::Doubtful,
        }
    }
}

/// What runs code.
pub(super) struct Runner<'a> {
    modules: &'a Modules,
    start: &'a Module,
    state: State<'a>,
    frame: FrameId,
    /// How many loops have begun so far.
    loops_begun: usize,
    symbols: Vec<TextPiece>,
    effects: Vec<Found>,
    doubt: usize,
    /// The call in the first module that led here.
    at: Range,
    loops: Vec<Turns>,
    /// How many of the loops are around the outermost block of `transaction.atomic()`; `None` outside of one.
    loops_before_atomic: Option<usize>,
    /// The functions that run, outermost first.
    calls: Vec<Running<'a>>,
    /// Calls that have run, by their functions.
    memory: FxHashMap<usize, Vec<Rc<memory::Remembered<'a>>>>,
    /// How many calls were not followed because they call themselves, or are too deep in others.
    cuts: usize,
    /// Values of `return` in branches that perhaps run.
    returns: Vec<Datum<'a>>,
    /// Values of `yield` of the generator that runs.
    yields: Option<Vec<Datum<'a>>>,
    /// Bodies of `with` that wait for the `yield` of their context manager.
    waiting: Vec<Body<'a>>,
    /// The timeouts of `pglock` that are set now, the outermost first.
    locks_limited: Vec<timeouts::LockTimeout>,
    /// Names of modules, evaluated; `None` while they are.
    globals: FxHashMap<(&'a str, String), Option<Datum<'a>>>,
    /// What the `database_forwards` that runs got.
    forwards: Given<'a>,
    asked: Vec<String>,
    /// Members of enumerations that equal their values, as they were met.
    members: Vec<enumerations::Member<'a>>,
    /// Models that the code asks the registry of today for.
    models_of_today: Vec<ModelName>,
    /// Classes of models that the code imports: these have the project's own methods.
    model_classes: Vec<(ModelName, &'a Module, &'a Class)>,
    /// The words of the code that ran, and of the module that it began in.
    words: words::Words<'a>,
    /// Where it makes the list of a migration's operations: the flags of the environment that it has gone by.
    flags_taken: Option<Vec<String>>,
    steps: usize,
    bytes: usize,
    depth: usize,
    is_exhausted: bool,
}

impl Modules {
    /// What code does that a `RunPython` is given: a function or whatever else can be called. It stands at a place of the
    /// module that everything begins with. Modules that have to be read first are asked for.
    #[must_use]
    pub fn run_python(
        &self,
        start: &Module,
        code: &Value,
        place: Option<Range>,
        asked: &mut Vec<String>,
    ) -> PythonWork {
        let mut runner = Runner::new(self, start);
        runner.at = place.unwrap_or_default();
        let written = place.filter(|place| place.file == start.source.id);
        let written = written.and_then(|place| start.syntax.as_ref()?.expression(place));
        // In a loop over literals the call stands for one turn of it, which the text does not tell.
        let is_whole = |value: &Value| value.unknown().is_none() && matches!(value, Value::Call(_));
        let by_value = Some(code)
            .filter(|code| is_whole(code))
            .map(|code| runner.of_value(code, start));
        // `RunPython(*functions)`: the first of them.
        let written = written.map(|written| match written {
            Expr::Starred(starred) => (starred.value.as_ref(), Written::FirstOf),
            written => (written, Written::Whole),
        });
        let callee = match by_value.filter(|callee| runner.can_be_called(callee)) {
            Some(callee) => callee,
            None => match written.map(|(expression, part)| runner.evaluate_part(expression, part)) {
                Some(callee) if runner.can_be_called(&callee) => callee,
                Some(_) | None => runner.of_value(code, start),
            },
        };
        let given = Given {
            args: vec![Datum::Apps, Datum::Editor],
            ..Given::default()
        };
        runner.call_datum(&callee, given, None);
        asked.append(&mut runner.asked);
        runner.finish()
    }
}

impl Modules {
    /// What the `database_forwards` of an operation does, of a class that was read, made by this call in a migration of
    /// the app. `None` where the class does not define it.
    #[must_use]
    pub fn run_operation(&self, start: &Module, call: &Call, app: &str, asked: &mut Vec<String>) -> Option<PythonWork> {
        let args = vec![
            Datum::text(app),
            Datum::Editor,
            Datum::name("<from_state>"),
            Datum::name("<to_state>"),
        ];
        self.run_method(Runner::new(self, start), call, DATABASE_FORWARDS, args, asked)
    }

    /// What the `state_forwards` of an operation does to the state: [`Action::Base`] where it calls that of Django's class.
    /// `None` where no class that was read defines it.
    #[must_use]
    pub fn run_state_forwards(
        &self,
        start: &Module,
        call: &Call,
        app: &str,
        asked: &mut Vec<String>,
    ) -> Option<PythonWork> {
        let args = vec![Datum::text(app), Datum::name(STATE)];
        self.run_method(Runner::new(self, start), call, STATE_FORWARDS, args, asked)
    }

    /// Calls a method of what a call makes. What its constructor does to the database it does when the file is imported.
    fn run_method<'m>(
        &'m self,
        mut runner: Runner<'m>,
        call: &Call,
        method: &str,
        args: Vec<Datum<'m>>,
        asked: &mut Vec<String>,
    ) -> Option<PythonWork> {
        runner.at = call.range;
        let object = runner.object_of(call);
        let defines = match object {
            Datum::Object(id) => runner.method_of(id, method, 0).is_some(),
            _ => false,
        };
        if defines {
            let given = Given {
                args,
                ..Given::default()
            };
            if method == DATABASE_FORWARDS {
                runner.forwards = given.clone();
            }
            runner.call_method(&object, method, given, TextRange::default());
        }
        asked.append(&mut runner.asked);
        defines.then(|| runner.finish())
    }

    /// What the expression at a place of a module comes to, if all of it is known.
    #[must_use]
    pub fn run_expression(&self, start: &Module, place: Range, asked: &mut Vec<String>) -> Option<Value> {
        let mut runner = Runner::new(self, start);
        let value = runner.value_of_place(place);
        asked.append(&mut runner.asked);
        value.filter(|value| value.unknown().is_none() && runner.effects.is_empty())
    }

    /// The list of operations that the expression at a place of a module comes to, and the flags of the environment that decided it.
    /// Not all of their arguments need be known, and what makes them may look into the catalog of the database.
    #[must_use]
    pub fn run_operations(
        &self,
        start: &Module,
        place: Range,
        asked: &mut Vec<String>,
    ) -> Option<(Value, Vec<String>)> {
        let mut runner = Runner::new(self, start);
        runner.flags_taken = Some(Vec::new());
        let value = runner.value_of_place(place);
        asked.append(&mut runner.asked);
        let value = value?;
        let are_calls = value.as_items()?.iter().all(|item| matches!(item, Value::Call(_)));
        let is_known = are_calls && runner.effects.iter().all(Found::looks_up);
        is_known.then(|| (value, runner.flags_taken.unwrap_or_default()))
    }
}

impl<'a> Runner<'a> {
    /// The expression at a place of the first module.
    fn value_of_place(&mut self, place: Range) -> Option<Value> {
        if place.file != self.start.source.id {
            return None;
        }
        // `*make()`: what it is made of.
        let written = match self.start.syntax.as_ref()?.expression(place)? {
            Expr::Starred(starred) => &starred.value,
            written => written,
        };
        self.at = place;
        let datum = self.evaluate(written);
        self.plain_value(&datum)
    }

    fn new(modules: &'a Modules, start: &'a Module) -> Self {
        let mut runner = Self {
            modules,
            start,
            state: State::default(),
            frame: 0,
            symbols: Vec::new(),
            effects: Vec::new(),
            doubt: 0,
            at: Range::default(),
            loops: Vec::new(),
            loops_begun: 0,
            loops_before_atomic: None,
            calls: Vec::new(),
            memory: FxHashMap::default(),
            cuts: 0,
            returns: Vec::new(),
            yields: None,
            waiting: Vec::new(),
            locks_limited: Vec::new(),
            globals: FxHashMap::default(),
            forwards: Given::default(),
            asked: Vec::new(),
            members: Vec::new(),
            models_of_today: Vec::new(),
            model_classes: Vec::new(),
            flags_taken: None,
            words: words::Words::default(),
            steps: 0,
            bytes: 0,
            depth: 0,
            is_exhausted: false,
        };
        runner.frame = runner.new_frame(start, None);
        runner
    }

    fn finish(self) -> PythonWork {
        let mut work = PythonWork {
            words: self.words.finish(self.start),
            ..PythonWork::default()
        };
        for found in self.effects {
            let certainty = found.certainty();
            match found.what {
                What::Effect(action) => work.effects.push(Effect {
                    action,
                    certainty,
                    caught: found.caught,
                    place: found.place.into(),
                    at: found.at.into(),
                }),
                What::Names(names) if certainty == Certainty::Certain => work.names.push(names),
                What::Names(_) => {}
            }
        }
        work
    }

    fn evaluate_part(&mut self, expression: &'a Expr, part: Written) -> Datum<'a> {
        let datum = self.evaluate(expression);
        match part {
            Written::Whole => datum,
            Written::FirstOf => {
                let items = self.state.items(&datum).filter(|(_, is_open)| !is_open);
                let first = items.and_then(|(items, _)| items.into_iter().next());
                first.unwrap_or_else(|| Datum::unknown("which code runs is not known"))
            }
        }
    }

    /// A frame for the names of a function of this module.
    fn new_frame(&mut self, home: &'a Module, outer: Option<FrameId>) -> FrameId {
        self.state.open(Frame {
            home,
            names: FxHashMap::default(),
            outer,
            receiver: None,
            outward: Vec::new(),
        })
    }

    /// The module whose code runs.
    fn home(&self) -> &'a Module {
        self.state.frame(self.frame).map_or(self.start, |frame| frame.home)
    }

    /// Whether the code that runs stands in the first module.
    fn is_at_start(&self) -> bool {
        std::ptr::eq(self.home(), self.start)
    }

    /// A range of the syntax tree as a place that outlives it.
    fn place(&self, range: TextRange) -> Range {
        self.home().source.range(range.start().into(), range.end().into())
    }

    /// The text of a place, for a sentence.
    fn shown(&self, place: TextRange) -> String {
        const MAX_SHOWN: usize = 60;
        let text = self.home().source.slice(self.place(place));
        let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if shown.chars().count() > MAX_SHOWN {
            return shown.chars().take(MAX_SHOWN - 1).chain(['…']).collect();
        }
        shown
    }

    /// Counts one step, and says whether there are any left.
    fn may_go_on(&mut self) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            self.exhaust();
        }
        !self.is_exhausted
    }

    /// Counts text before it is made, and says whether it may be.
    fn may_make(&mut self, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MAX_BYTES {
            self.exhaust();
        }
        !self.is_exhausted
    }

    /// The state as it is, to go back to. It is copied, which counts.
    fn snapshot(&mut self) -> State<'a> {
        self.steps += self.state.len() / 8;
        self.state.clone()
    }

    fn exhaust(&mut self) {
        if self.is_exhausted {
            return;
        }
        self.is_exhausted = true;
        let place = self.at;
        let reason = "the code takes too long to follow".to_owned();
        let action = Action::Unfollowed {
            reason,
            handed: Handed::Editor,
            about: Vec::new(),
        };
        self.push(action, place);
    }

    /// Notes that something happens.
    fn effect(&mut self, action: Action, place: TextRange) {
        // What Django calls itself stands where it is handed to Django.
        let place = match place {
            place if place == TextRange::default() => self.at,
            place => self.place(place),
        };
        self.effect_at(action, place);
    }

    fn effect_at(&mut self, action: Action, place: Range) {
        if self.is_exhausted {
            return;
        }
        if self.effects.len() >= MAX_EFFECTS {
            self.exhaust();
            return;
        }
        self.push(action, place);
    }

    fn push(&mut self, action: Action, place: Range) {
        // No row, no turn; that there are rows is taken for granted where they are what is changed.
        let turns = match action {
            Action::Rows(_) | Action::Begin | Action::End | Action::Limit(_) | Action::Unlimit => 0,
            Action::Sql { .. }
            | Action::Editor(_)
            | Action::Base
            | Action::Command { .. }
            | Action::Unfollowed { .. } => self.loops.iter().filter(|turns| !turns.runs_once).count(),
        };
        self.effects.push(Found {
            what: What::Effect(action),
            certainty: Certainty::Certain,
            caught: Caught::Nothing,
            place,
            at: self.at,
            doubt: self.doubt + turns,
            doubt_of_all: self
                .loops
                .first()
                .map_or(self.doubt, |turns| turns.doubt.min(self.doubt)),
        });
    }

    /// Notes that something is not followed, if it can reach the database.
    fn unfollowed(&mut self, reason: String, handed: Option<Handed>, place: TextRange) -> Datum<'a> {
        let unknown = Datum::unknown(&reason);
        if let Some(handed) = handed {
            let about = Vec::new();
            self.effect(Action::Unfollowed { reason, handed, about }, place);
        }
        unknown
    }

    /// Does something under a condition that is not known.
    fn in_doubt<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        self.doubt += 1;
        let result = run(self);
        self.doubt -= 1;
        result
    }
}
