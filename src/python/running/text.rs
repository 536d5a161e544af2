//! Text with parts that are known only when the code runs.
//!
//! Such a part is one character of a private plane in the text, a symbol. So everything that is done with text, formatting,
//! joining, cutting off white space, works on it as on any other; at the end the symbols are put back into words.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::super::text as plain;
use super::Runner;
use super::data::{Cell, Datum, Given};
use crate::python_work::TextPiece;
use crate::value::{Builder, Str, Value};

/// The first symbol; the plane has room for 65,534 of them.
const FIRST: u32 = 0xF_0000;
const LAST: u32 = 0xF_FFFD;
/// How many symbols are looked at before a new one is made.
const RECENT: usize = 256;

/// Shared, because it is handed on more often than it is made.
pub(super) type Shared = Rc<Str>;

impl<'a> Runner<'a> {
    /// A text that is written out. One that holds letters of the private plane is taken for unknown.
    pub(super) fn literal(&mut self, text: Str) -> Shared {
        if text.chars().any(is_symbol) {
            return self.unknown_text("the text holds letters for private use");
        }
        Rc::new(text)
    }

    /// A text that consists of this part.
    pub(super) fn symbol(&mut self, piece: TextPiece) -> Shared {
        // The same part comes again soon, or not.
        let recent = self.symbols.len().saturating_sub(RECENT);
        let known = self.symbols[recent..].iter().position(|other| *other == piece);
        let at = known.map_or(self.symbols.len(), |at| recent + at);
        if known.is_none() {
            self.symbols.push(piece);
        }
        let symbol = u32::try_from(at).ok().and_then(|at| char::from_u32(FIRST + at));
        match symbol.filter(|symbol| is_symbol(*symbol)) {
            Some(symbol) => Rc::new(symbol.to_string().into()),
            None => {
                self.exhaust();
                Shared::default()
            }
        }
    }

    pub(super) fn unknown_text(&mut self, reason: &str) -> Shared {
        self.symbol(TextPiece::Unknown(reason.to_owned()))
    }

    /// The parts of a text.
    pub(super) fn pieces(&self, text: &Str) -> Vec<TextPiece> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for (at, letter) in text.char_indices().filter(|(_, letter)| is_symbol(*letter)) {
            if from < at {
                pieces.push(TextPiece::Known(text.part(from..at)));
            }
            from = at + letter.len_utf8();
            let piece = self.symbols.get((u32::from(letter) - FIRST) as usize).cloned();
            pieces.push(piece.unwrap_or_else(|| TextPiece::Unknown("is known only when it runs".to_owned())));
        }
        if from < text.len() || pieces.is_empty() {
            pieces.push(TextPiece::Known(text.part(from..text.len())));
        }
        pieces
    }

    /// Text made by a method of a text.
    pub(super) fn text_method(&mut self, text: &Shared, name: &str, given: &Given<'a>) -> Datum<'a> {
        let made = match name {
            "format" | "format_map" => self.formatted(text, given),
            "join" => given.args.first().and_then(|list| self.joined(text, list)),
            "as_string" | "encode" | "decode" => Some(Rc::clone(text)),
            "replace" => self.replaced(text, given),
            "strip" | "lstrip" | "rstrip" => stripped(text, name, given).map(Rc::new),
            "lower" if self.may_make(text.len()) => Some(Rc::new(text.to_lowercase().into())),
            "upper" if self.may_make(text.len()) => Some(Rc::new(text.to_uppercase().into())),
            "split" | "rsplit" | "splitlines" | "partition" | "rpartition" => return self.split(text, name, given),
            "startswith" | "endswith" => return affix(text, name, given),
            "isdigit" if !has_symbols(text) => {
                let is_digit = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit());
                return Datum::constant(Value::Bool(is_digit));
            }
            _ => None,
        };
        match made {
            Some(text) => Datum::Text(text),
            None => Datum::Text(self.unknown_text(&format!("what `{name}()` gives is not evaluated"))),
        }
    }

    fn formatted(&mut self, text: &Shared, given: &Given<'a>) -> Option<Shared> {
        let mut named: Vec<(String, Datum<'a>)> = given.kwargs.clone();
        // `format_map(..)`
        if let [Datum::Dict(id)] = given.args.as_slice()
            && let Some(Cell::Dict { items, .. }) = self.state.cell(*id)
        {
            let items = items.iter().filter_map(|(key, datum)| match key {
                Datum::Text(key) => Some((key.to_string(), datum.clone())),
                _ => None,
            });
            named.extend(items);
        }
        let text = &self.without_paths(text, given, &mut named)?;
        let args: Vec<Shared> = given.args.iter().map(|datum| self.shown_text(datum)).collect();
        let named: Vec<(String, Shared)> = named
            .into_iter()
            .map(|(name, datum)| (name, self.shown_text(&datum)))
            .collect();
        let lengths = args
            .iter()
            .chain(named.iter().map(|(_, text)| text))
            .map(|text| text.len());
        let longest = lengths.max().unwrap_or(0);
        if !self.may_make(text.len() + text.matches('{').count() * longest) {
            return None;
        }
        let args: Vec<Value> = args.iter().map(|text| Value::Str(text.as_ref().clone())).collect();
        let named: Vec<(String, Value)> = named
            .into_iter()
            .map(|(name, text)| (name, Value::Str(text.as_ref().clone())))
            .collect();
        // `{table!s}` is `{table}`.
        let format = plain::replace(text, "!s}", &"}".into());
        plain::format(&format, &args, &named).map(Rc::new)
    }

    /// A format whose `{model.table}` and `{0[table]}` are replaced by plain names, bound to what they lead to.
    fn without_paths(
        &mut self,
        text: &Shared,
        given: &Given<'a>,
        named: &mut Vec<(String, Datum<'a>)>,
    ) -> Option<Shared> {
        let mut format = Rc::clone(text);
        for field in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
            let field = field.0;
            let Some(end) = field.find(['.', '[']).filter(|_| !field.contains([':', '!'])) else {
                continue;
            };
            let head = &field[..end];
            let owner = match head.parse::<usize>() {
                Ok(at) => given.args.get(at).cloned(),
                Err(_) => named
                    .iter()
                    .find(|(name, _)| name == head)
                    .map(|(_, datum)| datum.clone()),
            };
            let mut datum = owner?;
            for part in field[end..]
                .split_inclusive(['.', '[', ']'])
                .filter(|part| part.len() > 1)
            {
                let name = part.trim_end_matches(['.', '[', ']']);
                datum = match (part.ends_with(']'), name.parse::<i128>()) {
                    (true, Ok(at)) => self.item(&datum, &Datum::constant(Value::Int(at))),
                    (true, Err(_)) => self.item(&datum, &Datum::text(name)),
                    (false, _) => self.attribute(&datum, name, TextRange::default()),
                };
            }
            let plain_name = format!("field_{}", named.len());
            let written = format!("{{{field}}}");
            if !self.may_make(format.len() * 2) {
                return None;
            }
            format = Rc::new(plain::replace(
                &format,
                &written,
                &format!("{{{plain_name}}}").as_str().into(),
            ));
            named.push((plain_name, datum));
        }
        Some(format)
    }

    /// `format % right`
    pub(super) fn percent(&mut self, format: &Shared, right: &Datum<'a>) -> Datum<'a> {
        let value = match right {
            Datum::List(_) => match self.state.items(right) {
                Some((items, false)) => Value::Tuple(items.iter().map(|item| self.formattable(item)).collect()),
                _ => return Datum::Text(self.unknown_text("is formatted with any number of values")),
            },
            Datum::Dict(id) => match self.state.cell(*id).cloned() {
                Some(Cell::Dict { items, .. }) => {
                    let items = items
                        .iter()
                        .map(|(key, value)| (self.formattable(key), self.formattable(value)));
                    Value::Dict(items.collect())
                }
                Some(Cell::List { .. } | Cell::Object { .. } | Cell::Made { .. } | Cell::Row { .. }) | None => {
                    return Datum::Text(self.unknown_text("is formatted with values that are not known"));
                }
            },
            single => self.formattable(single),
        };
        let longest = match &value {
            Value::Tuple(items) => items.iter().map(length).max(),
            Value::Dict(items) => items.iter().map(|(_, value)| length(value)).max(),
            single => Some(length(single)),
        };
        if !self.may_make(format.len() + format.matches('%').count() * longest.unwrap_or(0)) {
            return Datum::unknown("is too long");
        }
        match plain::percent(format, &value) {
            Some(Value::Str(text)) => Datum::Text(Rc::new(text)),
            Some(_) | None => Datum::Text(self.unknown_text("is formatted in a way that is not evaluated")),
        }
    }

    /// A number, or the text of anything else.
    fn formattable(&mut self, datum: &Datum<'a>) -> Value {
        match datum {
            Datum::Constant(value) if matches!(value.as_ref(), Value::Int(_) | Value::Float(_)) => {
                value.as_ref().clone()
            }
            datum => Value::Str(self.shown_text(datum).as_ref().clone()),
        }
    }

    fn joined(&mut self, separator: &Shared, list: &Datum<'a>) -> Option<Shared> {
        let (items, is_open) = match self.state.items(list) {
            Some(items) => items,
            None => (self.unpacked(list)?, false),
        };
        if is_open {
            return Some(self.unknown_text("any number of parts are joined"));
        }
        let parts: Vec<Shared> = items.iter().map(|item| self.shown_text(item)).collect();
        let length = parts.iter().map(|part| part.len() + separator.len()).sum();
        let parts: Vec<&Str> = parts.iter().map(Rc::as_ref).collect();
        self.may_make(length).then(|| Rc::new(plain::join(separator, &parts)))
    }

    fn replaced(&mut self, text: &Shared, given: &Given<'a>) -> Option<Shared> {
        let [Datum::Text(from), to, ..] = given.args.as_slice() else {
            return None;
        };
        if from.is_empty() {
            return None;
        }
        let to = self.shown_text(to);
        let length = text.len() + text.matches(&***from).count() * to.len();
        self.may_make(length).then(|| Rc::new(plain::replace(text, from, &to)))
    }

    fn split(&mut self, text: &Shared, name: &str, given: &Given<'a>) -> Datum<'a> {
        if has_symbols(text) || !self.may_make(text.len() * 2) {
            let item = Datum::Text(self.unknown_text("is part of a text that is not known"));
            return self.open_list(vec![item]);
        }
        match parts(text, name, given) {
            Some(parts) => {
                let items = parts.into_iter().map(|part| Datum::Text(Rc::new(text.slice(part))));
                let items = items.collect();
                self.state.list(items)
            }
            None => {
                let item = Datum::Text(self.unknown_text("is split in a way that is not evaluated"));
                self.open_list(vec![item])
            }
        }
    }

    pub(super) fn open_list(&mut self, items: Vec<Datum<'a>>) -> Datum<'a> {
        Datum::List(self.state.keep(Cell::List {
            items,
            is_open: true,
            rows: None,
        }))
    }

    /// Texts side by side.
    pub(super) fn concatenated(&mut self, parts: &[&Str]) -> Datum<'a> {
        if !self.may_make(parts.iter().map(|part| part.len()).sum()) {
            return Datum::unknown("is too long");
        }
        let mut text = Builder::default();
        parts.iter().for_each(|part| text.push(part));
        Datum::Text(Rc::new(text.finish()))
    }

    /// A name as SQL quotes it. See `quote_name` in django/db/backends/postgresql/operations.py.
    pub(super) fn quoted(&mut self, datum: &Datum<'a>) -> Datum<'a> {
        let text = self.shown_text(datum);
        if text.starts_with('"') && text.ends_with('"') && text.len() > 1 {
            return Datum::Text(text);
        }
        let quote = Str::from("\"");
        self.concatenated(&[&quote, &text, &quote])
    }

    /// A constant as SQL writes it, as far as that is plain.
    pub(super) fn sql_literal(&mut self, datum: &Datum<'a>) -> Datum<'a> {
        let text = match datum {
            Datum::Text(text) if !has_symbols(text) && self.may_make(text.len() * 2 + 2) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            Datum::Constant(value) => match value.as_ref() {
                Value::Int(int) => int.to_string(),
                Value::Bool(true) => "true".to_owned(),
                Value::Bool(false) => "false".to_owned(),
                Value::None => "NULL".to_owned(),
                _ => return Datum::Text(self.unknown_text("a value is known only when it runs")),
            },
            _ => return Datum::Text(self.unknown_text("a value is known only when it runs")),
        };
        Datum::text(&text)
    }
}

pub(super) fn is_symbol(letter: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(letter))
}

pub(super) fn has_symbols(text: &str) -> bool {
    text.chars().any(is_symbol)
}

fn length(value: &Value) -> usize {
    match value {
        Value::Str(text) => text.len(),
        _ => 40,
    }
}

fn stripped(text: &Str, name: &str, given: &Given<'_>) -> Option<Str> {
    let letters: Option<Vec<char>> = match given.args.as_slice() {
        [] => None,
        [Datum::Text(letters)] => Some(letters.chars().collect()),
        [..] => return None,
    };
    let is_cut = |letter: char| match &letters {
        Some(letters) => letters.contains(&letter),
        None => letter.is_whitespace(),
    };
    let cut = match name {
        "lstrip" => text.trim_start_matches(is_cut),
        "rstrip" => text.trim_end_matches(is_cut),
        _ => text.trim_matches(is_cut),
    };
    Some(text.slice(cut))
}

fn parts<'t>(text: &'t str, name: &str, given: &Given<'_>) -> Option<Vec<&'t str>> {
    match (name, given.args.as_slice()) {
        ("splitlines", []) => Some(text.lines().collect()),
        ("split", []) => Some(text.split_whitespace().collect()),
        ("split" | "rsplit", [Datum::Text(by)]) if !by.is_empty() => Some(text.split(&***by).collect()),
        ("split" | "rsplit", [Datum::Text(by), Datum::Constant(times)]) if !by.is_empty() => {
            let Value::Int(times) = times.as_ref() else { return None };
            let pieces = usize::try_from(*times).map_or(usize::MAX, |times| times.saturating_add(1));
            if name == "split" {
                return Some(text.splitn(pieces, &***by).collect());
            }
            let mut parts: Vec<&str> = text.rsplitn(pieces, &***by).collect();
            parts.reverse();
            Some(parts)
        }
        _ => None,
    }
}

fn affix<'a>(text: &str, name: &str, given: &Given<'a>) -> Datum<'a> {
    match given.args.first() {
        Some(Datum::Text(affix)) if !has_symbols(text) && !has_symbols(affix) => {
            let holds = if name == "startswith" {
                text.starts_with(&***affix)
            } else {
                text.ends_with(&***affix)
            };
            Datum::constant(Value::Bool(holds))
        }
        _ => Datum::unknown("is not decided by constants"),
    }
}
