//! Functions and classes of Python, Django and psycopg that are known.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::super::text::dedent;
use super::Runner;
use super::constructed::RUN_PYTHON;
use super::data::{Datum, Given, Partial};
use super::text::Shared;
use crate::python_work::Handed;
use crate::value::{Str, Value};

/// Functions that hand the items of their first argument on, one by one or in batches.
const PASSING: &[&str] = &[
    "batch",
    "batched",
    "batch_iterator",
    "batches",
    "chain",
    "chunked",
    "chunks",
    "cycle",
    "deepcopy",
    "enumerate",
    "frozenset",
    "grouper",
    "islice",
    "iter",
    "list",
    "progressbar",
    "queryset_iterator",
    "reversed",
    "set",
    "sorted",
    "track",
    "tqdm",
    "trange",
    "tuple",
    "zip",
];

impl<'a> Runner<'a> {
    /// What a call of something of Django or Python comes to, if it is known.
    pub(super) fn call_known(&mut self, path: &str, given: &Given<'a>, place: TextRange) -> Option<Datum<'a>> {
        if let Some(datum) = self.file_function(path, given) {
            return Some(datum);
        }
        if let Some(name) = path.strip_prefix("builtins.") {
            return self.builtin(name, given, place);
        }
        if let Some(name) = path
            .strip_prefix("psycopg2.sql.")
            .or_else(|| path.strip_prefix("psycopg.sql."))
        {
            return Some(self.composed(name, given));
        }
        let first = given.args.first();
        let known = match path {
            "django.db.transaction.atomic" => return Some(self.call_datum(&Datum::Atomic, given.clone(), Some(place))),
            // They run when the transaction is over.
            "django.db.transaction.on_commit" => Datum::none(),
            "django.db.transaction.get_connection" => Datum::Connection,
            "django.db.transaction.commit"
            | "django.db.transaction.rollback"
            | "django.db.transaction.set_autocommit"
            | "django.db.transaction.set_rollback" => {
                let reason = format!("`{}` is not followed", self.shown(place));
                self.unfollowed(reason, Some(Handed::Cursor), place)
            }
            "django.db.router.allow_migrate" | "django.db.router.allow_migrate_model" => {
                Datum::constant(Value::Bool(true))
            }
            "django.db.router.db_for_write" | "django.db.router.db_for_read" => Datum::text("default"),
            "django.contrib.auth.get_user_model" => self.user(),
            "django.core.paginator.Paginator" => match self.rows_of(given.get(0, "object_list")?) {
                Some(query) => Datum::Pages(query),
                None => self.open_list(vec![given.get(0, "object_list")?.clone()]),
            },
            "django.core.management.call_command" => self.command(given, place),
            "textwrap.dedent" | "inspect.cleandoc" => match first {
                Some(Datum::Text(text)) if self.may_make(text.len()) => Datum::Text(Rc::new(dedent(text))),
                _ => return None,
            },
            "functools.partial" | "functools.partialmethod" => {
                let mut rest = given.clone();
                if rest.args.is_empty() {
                    return None;
                }
                let callee = rest.args.remove(0);
                Datum::Partial(Rc::new(Partial {
                    callee,
                    arguments: rest,
                }))
            }
            "functools.wraps" | "functools.lru_cache" | "functools.cache" => match first {
                // `@lru_cache` without a call, and `@wraps(function)`, which decorates with nothing.
                Some(function @ Datum::Function(_)) if path != "functools.wraps" => function.clone(),
                _ => Datum::name("functools.wraps"),
            },
            "contextlib.closing" | "contextlib.nullcontext" | "copy.copy" | "copy.deepcopy" | "contextlib.suppress" => {
                self.copied(first?)
            }
            "django.db.migrations.RunPython.noop" => Datum::none(),
            RUN_PYTHON => {
                let operation = self.made(path, given, self.place(place));
                if let Some(code) = given.get(0, "code") {
                    self.set_attribute(&operation, "code", code.clone(), place);
                }
                operation
            }
            _ if path.starts_with("django.db.migrations.") => self.made(path, given, self.place(place)),
            "django.utils.module_loading.import_string" | "importlib.import_module" => {
                let path = self.known_text(first?)?;
                Datum::name(path)
            }
            _ if path.starts_with("django.db.backends.ddl_references.") => return self.reference(path, given),
            "django.utils.encoding.force_str" | "six.text_type" => Datum::Text(self.shown_text(first?)),
            "itertools.groupby" => {
                let group = self.passed_on(given, place)?;
                let key = Datum::unknown("is known only when it runs");
                let pair = self.state.list(vec![key, group]);
                self.open_list(vec![pair])
            }
            "collections.OrderedDict" => self.new_dict(first, given),
            "collections.defaultdict" | "collections.Counter" => self.open_dict_of_its_own(),
            "collections.deque" | "itertools.chain" => return self.passed_on(given, place),
            _ if path.starts_with("django.db.models.signals.") => Datum::none(),
            _ if path.starts_with("django.dispatch.") => Datum::none(),
            _ if path.starts_with("django.db.models.") || path.starts_with("django.contrib.postgres.") => {
                return Some(self.made(path, given, self.place(place)));
            }
            _ => {
                if let Some(datum) = self.library(path, given, place) {
                    return Some(datum);
                }
                let name = path.rsplit('.').next().unwrap_or(path);
                // Tasks of a queue run elsewhere, in a connection of their own.
                if matches!(name, "delay" | "apply_async" | "delay_on_commit" | "s" | "si") {
                    return Some(Datum::none());
                }
                if PASSING.contains(&name) && !self.is_read(path) {
                    return self.passed_on(given, place);
                }
                return None;
            }
        };
        Some(known)
    }

    /// Whether the module that a path leads into was read, or can be.
    fn is_read(&mut self, path: &str) -> bool {
        !super::standard_library::is_of_python(path) && self.of_path(path).as_name().is_none()
    }

    /// A field that is copied is the same field; what is entered by `closing` is what it closes.
    fn copied(&mut self, datum: &Datum<'a>) -> Datum<'a> {
        match datum {
            Datum::Made(id) | Datum::List(id) | Datum::Dict(id) => {
                let Some(cell) = self.state.cell(*id).cloned() else {
                    return datum.clone();
                };
                let id = self.state.keep(cell);
                match datum {
                    Datum::Made(_) => Datum::Made(id),
                    Datum::List(_) => Datum::List(id),
                    _ => Datum::Dict(id),
                }
            }
            datum => datum.clone(),
        }
    }

    /// What Django's schema editor composes its statements of.
    fn reference(&mut self, path: &str, given: &Given<'a>) -> Option<Datum<'a>> {
        let datum = match path {
            "django.db.backends.ddl_references.Table" => {
                let table = given.get(0, "table")?.clone();
                self.quoted(&table)
            }
            "django.db.backends.ddl_references.Statement" => match given.get(0, "template")? {
                Datum::Text(template) => {
                    let template = Rc::clone(template);
                    let parts = given.kwargs.iter().filter(|(name, _)| name != "template");
                    let parts = parts.map(|(name, part)| (Datum::text(name), part.clone())).collect();
                    let parts = self.state.dict(parts);
                    self.percent(&template, &parts)
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(datum)
    }

    /// The texts of psycopg's `sql` module. See its `SQL`, `Identifier`, `Literal`, `Placeholder`.
    fn composed(&mut self, name: &str, given: &Given<'a>) -> Datum<'a> {
        match name {
            "SQL" => {
                let text = given.args.first().map(|text| self.shown_text(text));
                Datum::Text(text.unwrap_or_default())
            }
            "Identifier" => {
                let quote = Str::from("\"");
                let dot = Str::from("\".\"");
                let names: Vec<Shared> = given.args.iter().map(|part| self.shown_text(part)).collect();
                let mut parts: Vec<&Str> = vec![&quote];
                for (at, name) in names.iter().enumerate() {
                    if at > 0 {
                        parts.push(&dot);
                    }
                    parts.push(name);
                }
                parts.push(&quote);
                self.concatenated(&parts)
            }
            "Literal" => match given.args.first().cloned() {
                Some(datum) => self.sql_literal(&datum),
                None => Datum::unknown("is not known"),
            },
            "Placeholder" => match given.args.first().and_then(|name| self.known_text(name)) {
                Some(name) => Datum::text(&format!("%({name})s")),
                None => Datum::text("%s"),
            },
            "Composed" => {
                let list = given.args.first().cloned();
                let joined = Given {
                    args: list.into_iter().collect(),
                    ..Given::default()
                };
                self.text_method(&Shared::default(), "join", &joined)
            }
            _ => Datum::Text(self.unknown_text("a text of psycopg is not known")),
        }
    }
}
