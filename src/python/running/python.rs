//! Functions and classes of Python's library, and of packages beside it.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::super::text as plain;
use super::Runner;
use super::data::{CellId, Datum, Given};
use super::local_classes::{LOCAL_CLASS, NAMED_TUPLE};
use super::loops::Iterated;
use super::text::has_symbols;
use crate::python_work::{Action, Handed};
use crate::value::Str;

const EXIT_STACK: &str = "contextlib.ExitStack";
const TEMPLATE: &str = "string.Template";
/// The product of lists is worked out up to this many items.
const MAX_PRODUCT: usize = 2_000;

impl<'a> Runner<'a> {
    /// What a call of something of Python's library comes to, if it is known.
    pub(super) fn library(&mut self, path: &str, given: &Given<'a>, place: TextRange) -> Option<Datum<'a>> {
        let first = given.args.first();
        let datum = match path {
            LOCAL_CLASS => self.construct_local(given.clone(), place),
            NAMED_TUPLE => self.construct_tuple(given.clone()),
            "collections.namedtuple" => self.named_tuple(given),
            "types.SimpleNamespace" => self.object_with(&[], given.clone(), None),
            "typing.cast" => given.args.get(1)?.clone(),
            TEMPLATE => self.object_with(&["template".to_owned()], given.clone(), Some(TEMPLATE)),
            EXIT_STACK => self.object_with(&[], Given::default(), Some(EXIT_STACK)),
            "functools.reduce" => self.reduced(given, place)?,
            "itertools.product" => self.product(given, place),
            "sqlparse.split" => match first {
                Some(Datum::Text(text)) => self.split_statements(&Rc::clone(text)),
                _ => return None,
            },
            "sqlparse.format" => first?.clone(),
            "subprocess.run"
            | "subprocess.call"
            | "subprocess.check_call"
            | "subprocess.check_output"
            | "subprocess.Popen"
            | "os.system"
            | "os.popen" => self.program(given, place),
            _ if path.starts_with("psycopg") => return self.driver(path, given, place),
            _ => return None,
        };
        Some(datum)
    }

    /// A method of an object of Python's library.
    pub(super) fn library_method(
        &mut self,
        id: CellId,
        base: &str,
        name: &str,
        given: &Given<'a>,
        place: TextRange,
    ) -> Option<Datum<'a>> {
        match (base, name) {
            (EXIT_STACK, "enter_context") => match given.args.first()? {
                Datum::Atomic => {
                    self.effect(Action::Begin, place);
                    Some(Datum::none())
                }
                object @ Datum::Object(_) => {
                    let object = object.clone();
                    Some(self.call_method(&object, "__enter__", Given::default(), place))
                }
                entered => Some(entered.clone()),
            },
            (EXIT_STACK, "push" | "pop_all" | "close" | "callback") => {
                self.call_back(given);
                Some(Datum::none())
            }
            (TEMPLATE, "substitute" | "safe_substitute") => {
                let text = self.object_attribute(id, "template", place);
                Some(self.substituted(&text, given))
            }
            _ => None,
        }
    }

    /// `Template("ALTER TABLE $table").substitute(table="shop_order")`
    fn substituted(&mut self, template: &Datum<'a>, given: &Given<'a>) -> Datum<'a> {
        let mut text = self.shown_text(template).as_ref().clone();
        let mut named: Vec<(String, Datum<'a>)> = given.kwargs.clone();
        if let Some(Datum::Dict(_)) = given.args.first() {
            let (keys, _) = self.state.items(&given.args[0]).unwrap_or_default();
            for key in keys {
                if let Some(name) = self.known_text(&key) {
                    let item = self.item(&given.args[0], &key);
                    named.push((name, item));
                }
            }
        }
        // The longest first: `$table_name` is not `$table` and more.
        named.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, datum) in named {
            let shown = self.shown_text(&datum);
            for written in [format!("${{{name}}}"), format!("${name}")] {
                let length = text.len() + text.matches(&written).count() * shown.len();
                if !self.may_make(length) {
                    return Datum::unknown("is too long");
                }
                text = plain::replace(&text, &written, &shown);
            }
        }
        if text.replace("$$", "").contains('$') {
            return Datum::Text(self.unknown_text("a template holds names that are not known"));
        }
        Datum::Text(Rc::new(plain::replace(&text, "$$", &Str::from("$"))))
    }

    fn reduced(&mut self, given: &Given<'a>, place: TextRange) -> Option<Datum<'a>> {
        let (function, list) = (given.args.first()?.clone(), given.args.get(1)?.clone());
        let Iterated::Items(items) = self.iterate(&list, place) else {
            return None;
        };
        let all = given.args.get(2).cloned().into_iter().chain(items);
        Some(
            all.reduce(|result, item| {
                let given = Given {
                    args: vec![result, item],
                    ..Given::default()
                };
                self.call_datum(&function, given, Some(place))
            })
            .unwrap_or_else(Datum::none),
        )
    }

    fn product(&mut self, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        let mut rows: Vec<Vec<Datum<'a>>> = vec![Vec::new()];
        let mut is_open = given.is_open || !given.kwargs.is_empty();
        for list in &given.args {
            let items = match self.iterate(list, place) {
                Iterated::Items(items) => items,
                Iterated::Any { items, .. } => {
                    is_open = true;
                    items
                }
            };
            if rows.len().saturating_mul(items.len()) > MAX_PRODUCT {
                return self.open_list(vec![Datum::unknown("has too many items")]);
            }
            let more = rows.iter().flat_map(|row| {
                let with = |item: &Datum<'a>| row.iter().chain([item]).cloned().collect::<Vec<_>>();
                items.iter().map(with).collect::<Vec<_>>()
            });
            rows = more.collect();
        }
        let items: Vec<Datum<'a>> = rows.into_iter().map(|row| self.state.list(row)).collect();
        if is_open {
            return self.open_list(items);
        }
        self.state.list(items)
    }

    /// The statements of a text in which a semicolon is always an end.
    fn split_statements(&mut self, text: &super::text::Shared) -> Datum<'a> {
        let is_plain = !["'", "$", "--", "/*", "\""].iter().any(|mark| text.contains(mark));
        if !is_plain || !self.may_make(text.len() * 2) {
            // Sent in one string they do the same, but for what must not run with others.
            return self.state.list(vec![Datum::Text(Rc::clone(text))]);
        }
        let parts = text.split_inclusive(';').filter(|part| !part.trim().is_empty());
        let items = parts
            .map(|part| Datum::Text(Rc::new(text.slice(part.trim()))))
            .collect();
        self.state.list(items)
    }

    /// A program of the machine: it may be a client of the database.
    fn program(&mut self, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        const CLIENTS: &[&str] = &["psql", "pg_restore", "manage.py", "django-admin", "pgloader"];
        let mut words: Vec<Datum<'a>> = given.args.iter().take(1).cloned().collect();
        if let Some((items, _)) = words.first().and_then(|first| self.state.items(first)) {
            words = items;
        }
        let texts: Vec<String> = words.iter().map(|word| self.shown_text(word).to_string()).collect();
        let is_client = texts.iter().any(|text| {
            let is_unknown = has_symbols(text);
            is_unknown || CLIENTS.iter().any(|client| text.contains(client))
        });
        let reason = format!("`{}` is not followed", self.shown(place));
        self.unfollowed(reason, is_client.then_some(Handed::Cursor), place)
    }

    /// Functions of psycopg that send something by the cursor that they get.
    fn driver(&mut self, path: &str, given: &Given<'a>, place: TextRange) -> Option<Datum<'a>> {
        let name = path.rsplit('.').next().unwrap_or(path);
        let handed = self.handed_to(given).filter(|handed| *handed >= Handed::Cursor)?;
        if name.starts_with("register_") || name.starts_with(|letter: char| letter.is_uppercase()) {
            return None;
        }
        if let ("execute_batch", Some(cursor @ Datum::Cursor)) = (name, given.args.first()) {
            let cursor = cursor.clone();
            let given = Given {
                args: given.args.iter().skip(1).cloned().collect(),
                ..Given::default()
            };
            return Some(self.call_method(&cursor, "executemany", given, place));
        }
        let reason = format!("`{}` is not followed", self.shown(place));
        Some(self.unfollowed(reason, Some(handed), place))
    }
}
