//! Conditions that the catalog decides: whether something is there.

use crate::sql::token::{Kind, Token};
use crate::statement::Object;

use super::folding::{Folding, is_one_bracket, without_cast};
use super::structure::Tokens;

/// What is known of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decided {
    Holds,
    Fails,
    /// The body has to run.
    Unknown,
}

impl Decided {
    fn not(self) -> Self {
        match self {
            Decided::Holds => Decided::Fails,
            Decided::Fails => Decided::Holds,
            Decided::Unknown => Decided::Unknown,
        }
    }

    fn of(holds: bool) -> Self {
        if holds { Decided::Holds } else { Decided::Fails }
    }
}

/// Columns of catalogs that say where something is, not what: another schema than the usual one is none of Django's.
const SCHEMAS: &[&str] = &[
    "table_schema",
    "table_catalog",
    "schemaname",
    "nspname",
    "constraint_schema",
    "connamespace",
    "relnamespace",
    "typnamespace",
    "pronamespace",
    "relkind",
    "attnum",
    "attisdropped",
];

impl Folding<'_> {
    /// Decides a condition by constants and by what the catalog has for certain; what it lacks may be there.
    pub(super) fn decide(&self, condition: Tokens<'_>) -> Decided {
        self.decide_at(condition, 0)
    }

    fn decide_at(&self, condition: Tokens<'_>, depth: usize) -> Decided {
        if depth > 16 {
            return Decided::Unknown;
        }
        let alternatives = split_at(condition, "or");
        if alternatives.len() > 1 {
            return self.combined(&alternatives, Decided::Holds, depth);
        }
        let demands = split_at(condition, "and");
        if demands.len() > 1 {
            return self.combined(&demands, Decided::Fails, depth);
        }
        match condition {
            [truth] if truth.is("true") => Decided::Holds,
            [truth] if truth.is("false") => Decided::Fails,
            [not, rest @ ..] if not.is("not") => self.decide_at(rest, depth + 1).not(),
            [exists, rest @ ..] if exists.is("exists") && is_one_bracket(rest) => self.exists(&rest[1..rest.len() - 1]),
            [open, inside @ .., close] if open.is_symbol("(") && close.is_symbol(")") && is_one_bracket(condition) => {
                self.decide_at(inside, depth + 1)
            }
            [value @ .., is, null] if is.is("is") && null.is("null") => self.lacks(value),
            [value @ .., is, not, null] if is.is("is") && not.is("not") && null.is("null") => self.lacks(value).not(),
            _ => self.compare(condition),
        }
    }

    /// `decisive` of one decides all.
    fn combined(&self, parts: &[Tokens<'_>], decisive: Decided, depth: usize) -> Decided {
        let mut whole = decisive.not();
        for part in parts {
            match self.decide_at(part, depth + 1) {
                Decided::Unknown => whole = Decided::Unknown,
                decided if decided == decisive => return decisive,
                _ => {}
            }
        }
        whole
    }

    /// `to_regclass('name') IS NULL`
    fn lacks(&self, value: Tokens<'_>) -> Decided {
        let [function, rest @ ..] = value else {
            return Decided::Unknown;
        };
        if !function.is("to_regclass") || !is_one_bracket(rest) {
            return Decided::Unknown;
        }
        let name = self.value(&rest[1..rest.len() - 1]);
        let name = name.constant().map(bare);
        match name {
            Some(name) if self.reading.exists(&Object::Relation(name)) => Decided::Fails,
            _ => Decided::Unknown,
        }
    }

    /// `a = b` of constants
    fn compare(&self, condition: Tokens<'_>) -> Decided {
        let mut sides = condition.splitn(2, |token| token.is_symbol("=") || token.is_symbol("<>"));
        let (Some(one), Some(other)) = (sides.next(), sides.next()) else {
            return Decided::Unknown;
        };
        let is_equal = condition[one.len()].is_symbol("=");
        match (self.value(one).constant(), self.value(other).constant()) {
            (Some(one), Some(other)) => Decided::of((one == other) == is_equal),
            _ => Decided::Unknown,
        }
    }

    /// `EXISTS (SELECT .. FROM pg_constraint WHERE conname = 'name')`
    fn exists(&self, query: Tokens<'_>) -> Decided {
        match self.asked_for(query) {
            Some(true) => Decided::Holds,
            _ => Decided::Unknown,
        }
    }

    /// Whether the catalog has what a query asks for; `None` if it asks for more than a name.
    fn asked_for(&self, query: Tokens<'_>) -> Option<bool> {
        let from = query.iter().position(|token| token.is("from"))?;
        let catalog = catalog_table(&query[from + 1..])?;
        let at = query.iter().position(|token| token.is("where"))?;
        let mut asked = Asked::default();
        for demand in split_at(&query[at + 1..], "and") {
            self.demand(demand, &mut asked)?;
        }
        Some(self.reading.exists(&asked.object(catalog)?))
    }

    /// `column = 'constant'`
    fn demand(&self, demand: Tokens<'_>, asked: &mut Asked) -> Option<()> {
        if let [not, column] | [not, _, _, column] = demand
            && not.is("not")
        {
            return SCHEMAS.contains(&column.word()?).then_some(());
        }
        let operator = demand
            .iter()
            .position(|token| token.is_symbol("=") || token.is_symbol(">") || token.is("in"))?;
        let (column, value) = (without_cast(&demand[..operator]), &demand[operator + 1..]);
        let column = column.last()?.word()?;
        if SCHEMAS.contains(&column) {
            return Some(());
        }
        if !demand[operator].is_symbol("=") {
            return None;
        }
        let value = self.value(value);
        let value = bare(value.constant()?).to_owned();
        if matches!(column, "contype" | "constraint_type") {
            asked.is_primary_key |= matches!(value.as_str(), "p" | "PRIMARY KEY");
            return Some(());
        }
        let slot = match column {
            "conname" | "constraint_name" | "indexname" | "tgname" | "trigger_name" | "typname" | "proname"
            | "extname" | "column_name" | "attname" | "relname" | "viewname" | "matviewname" | "routine_name" => {
                &mut asked.name
            }
            "table_name" | "tablename" | "conrelid" | "attrelid" | "tgrelid" | "event_object_table" => &mut asked.table,
            _ => return None,
        };
        *slot = Some(value);
        Some(())
    }
}

/// What a query of a catalog names.
#[derive(Default)]
struct Asked {
    name: Option<String>,
    table: Option<String>,
    is_primary_key: bool,
}

impl Asked {
    fn object(&self, catalog: &str) -> Option<Object<'_>> {
        let name = self.name.as_deref();
        let table = self.table.as_deref();
        Some(match catalog {
            "pg_constraint" | "table_constraints" if name.is_none() && self.is_primary_key => {
                Object::PrimaryKey(table?)
            }
            "pg_constraint" | "table_constraints" | "check_constraints" | "referential_constraints" => {
                Object::Constraint(name?, table)
            }
            "columns" | "pg_attribute" => Object::Column(table?, name?),
            "tables" | "pg_tables" => Object::Relation(table?),
            "pg_class" | "pg_views" | "pg_matviews" => Object::Relation(name?),
            "pg_indexes" => Object::Index(name?),
            "pg_trigger" | "triggers" => Object::Trigger(name?, table),
            "pg_type" => Object::Type(name?),
            "pg_extension" => Object::Extension(name?),
            "pg_proc" | "routines" => Object::Function(name?),
            _ => return None,
        })
    }
}

/// The one catalog that a query is about: what it joins says where things are.
fn catalog_table(from: Tokens<'_>) -> Option<&str> {
    match from {
        [schema, dot, name, ..]
            if dot.is_symbol(".") && (schema.is("information_schema") || schema.is("pg_catalog")) =>
        {
            name.word()
        }
        [name, ..] if name.word().is_some_and(|word| word.starts_with("pg_")) => name.word(),
        _ => None,
    }
}

/// The name without a schema and quotes.
fn bare(name: &str) -> &str {
    name.strip_prefix("public.").unwrap_or(name).trim_matches('"')
}

/// The parts between a word outside of brackets; an `AND` of `BETWEEN` makes parts that nobody understands.
fn split_at<'a>(tokens: Tokens<'a>, word: &str) -> Vec<Tokens<'a>> {
    let mut depth = 0i32;
    let is_word = |token: &Token| matches!(&token.kind, Kind::Word(own) if own == word);
    tokens
        .split(|token| {
            depth += token.nesting();
            depth == 0 && is_word(token)
        })
        .collect()
}
