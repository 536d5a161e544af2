//! What needs a function, a type or an extension: Postgres drops none of them without CASCADE.

use crate::catalog::{Column, Constraint, ConstraintKind, Function, Index, Presence, Table};
use crate::sql;
use crate::unknown::Sql;

use super::existence::{missing, refused_by_definition};
use super::{Context, Observation};

/// Trigger functions of Postgres itself.
const OWN_TRIGGER_FUNCTIONS: &[&str] = &[
    "suppress_redundant_updates_trigger",
    "tsvector_update_trigger",
    "tsvector_update_trigger_column",
];

/// An extension, and what of it tables use.
struct Extension {
    name: &'static str,
    types: &'static [&'static str],
    classes: &'static [&'static str],
    functions: &'static [&'static str],
}

const fn extension(
    name: &'static str,
    types: &'static [&'static str],
    classes: &'static [&'static str],
    functions: &'static [&'static str],
) -> Extension {
    Extension {
        name,
        types,
        classes,
        functions,
    }
}

/// The types, the operator classes and the functions of the extensions that migrations use.
const EXTENSIONS: &[Extension] = &[
    extension("citext", &["citext"], &["citext_ops"], &[]),
    extension(
        "hstore",
        &["hstore"],
        &["gin_hstore_ops", "gist_hstore_ops"],
        &["hstore"],
    ),
    extension("ltree", &["ltree", "lquery", "ltxtquery"], &["gist_ltree_ops"], &[]),
    extension("cube", &["cube"], &["gist_cube_ops"], &[]),
    extension(
        "pg_trgm",
        &[],
        &["gin_trgm_ops", "gist_trgm_ops"],
        &["similarity", "word_similarity"],
    ),
    extension(
        "pgcrypto",
        &[],
        &[],
        &["crypt", "digest", "gen_random_bytes", "gen_salt", "hmac"],
    ),
    extension("postgis", &["geometry", "geography", "box2d", "box3d"], &[], &[]),
    extension("unaccent", &[], &[], &["unaccent"]),
    extension(
        "uuid-ossp",
        &[],
        &[],
        &["uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4"],
    ),
    extension(
        "vector",
        &["vector", "halfvec", "sparsevec"],
        &["vector_l2_ops", "vector_ip_ops", "vector_cosine_ops"],
        &[],
    ),
];

impl Context<'_> {
    /// What keeps a function from being dropped without CASCADE, where all is known that happened to it.
    pub(super) fn function_dependent(&self, function: &str) -> Option<String> {
        // Of several by the same name it is not known which is meant.
        if self
            .catalog
            .function(function)
            .is_some_and(|known| known.bodies.len() > 1)
        {
            return None;
        }
        let bare = function.rsplit('"').next().unwrap_or(function);
        let trigger = self.find_in_tables(|context, table, entry| {
            let mut triggers = entry.attached.triggers.iter();
            let (name, _) = triggers.find(|(_, trigger)| trigger.function.as_deref() == Some(function))?;
            let is_there = context.catalog.presence_of_trigger(table, name) == Presence::There;
            is_there.then(|| format!("the trigger `{name}` of `{table}`"))
        });
        // A function that nobody declares may be Postgres's own by this name.
        self.catalog.function(function)?;
        trigger
            .or_else(|| self.expression_dependent(&|sql| calls(sql, bare)))
            .or_else(|| self.calling_view(bare))
    }

    /// The triggers that run a function, with their tables.
    pub(super) fn triggers_of(&self, function: &str) -> Vec<(String, String)> {
        let triggers = self.catalog.tables().flat_map(|(table, entry)| {
            let of_function = entry.attached.triggers.iter();
            let of_function = of_function.filter(|(_, trigger)| trigger.function.as_deref() == Some(function));
            of_function.map(move |(name, _)| (table.to_owned(), name.clone()))
        });
        let mut triggers: Vec<_> = triggers.collect();
        triggers.sort();
        triggers
    }

    /// A function that a trigger is to run.
    pub(super) fn needs_trigger_function(&self, function: &str) -> Vec<Observation> {
        if OWN_TRIGGER_FUNCTIONS.contains(&function) {
            return Vec::new();
        }
        match self.catalog.function(function) {
            Some(known) if !known.is_trigger && known.bodies.len() == 1 => {
                let reason = format!("the function `{function}` does not return `trigger`");
                vec![refused_by_definition(&reason)]
            }
            Some(_) => Vec::new(),
            None => self.needs_function(function, false),
        }
    }

    /// A function that is gone, or that never was.
    pub(super) fn needs_function(&self, function: &str, if_exists: bool) -> Vec<Observation> {
        let is_missing = self.catalog.presence_of_function(function) == Presence::Missing;
        let is_own = sql::built_in(function).is_some() || function.starts_with("pg_");
        missing(is_missing && !if_exists && !is_own, &format!("function `{function}`"))
    }

    /// What keeps an extension from being dropped without CASCADE.
    pub(super) fn extension_dependent(&self, extension: &str) -> Option<String> {
        let Extension {
            types,
            classes,
            functions,
            ..
        } = EXTENSIONS.iter().find(|known| known.name == extension)?;
        let typed = self.find_in_tables(|context, table, entry| {
            let is_of = |column: &Column| column.data_type.name().is_some_and(|name| types.contains(&name));
            let columns = entry.columns.iter().filter(|(_, column)| is_of(column));
            let mut there = columns.filter(|(name, _)| context.has_column(table, name));
            there
                .next()
                .map(|(name, _)| format!("the column `{name}` of `{table}`"))
        });
        let indexed = || {
            self.find_in_tables(|context, _, entry| {
                let is_of = |index: &Index| index.classes.iter().any(|class| classes.contains(&class.as_str()));
                let mut indexes = entry.indexes.iter().filter(|(_, index)| is_of(index));
                indexes.find_map(|(name, _)| context.catalog.relation(name))
            })
        };
        let called = || {
            let found = |sql: &Sql| functions.iter().any(|function| calls(sql, function));
            self.expression_dependent(&found)
        };
        typed.or_else(indexed).or_else(called)
    }

    /// A function that takes a type.
    pub(super) fn function_with(&self, type_name: &str) -> Option<String> {
        let takes = |function: &Function| {
            let parameters = function.bodies.iter().flat_map(|body| &body.parameters);
            parameters
                .into_iter()
                .any(|parameter| parameter.data_type.trim_matches('"') == type_name)
        };
        let mut functions: Vec<&str> = self
            .catalog
            .functions()
            .filter(|(_, known)| takes(known))
            .map(|(name, _)| name)
            .collect();
        functions.sort_unstable();
        let function = functions.first()?;
        let is_there = self.catalog.presence_of_function(function) == Presence::There;
        is_there.then(|| format!("the function `{function}`"))
    }

    /// A default, generated column, check or index of which the SQL is such.
    fn expression_dependent(&self, is_it: &dyn Fn(&Sql) -> bool) -> Option<String> {
        self.find_in_tables(|context, table, entry| {
            let needs = |column: &Column| {
                let default = column.default.as_ref().map(|default| &default.sql);
                let generated = column.generated.as_ref().map(|generated| &generated.sql);
                default.into_iter().chain(generated).any(is_it)
            };
            let mut columns = entry.columns.iter().filter(|(_, column)| needs(column));
            if let Some((name, _)) = columns.find(|(name, _)| context.has_column(table, name)) {
                return Some(format!("the column `{name}` of `{table}`"));
            }
            let checks =
                |constraint: &Constraint| matches!(&constraint.kind, ConstraintKind::Check(check) if is_it(&check.sql));
            let is_there = |name: &str| context.catalog.presence_of_constraint(table, name) == Presence::There;
            let mut constraints = entry.constraints.iter().filter(|(_, constraint)| checks(constraint));
            if let Some((name, _)) = constraints.find(|(name, _)| is_there(name)) {
                return Some(format!("the constraint `{name}` of `{table}`"));
            }
            let mut indexes = entry
                .indexes
                .iter()
                .filter(|(_, index)| index.expressions.iter().any(is_it));
            indexes.find_map(|(name, _)| context.catalog.relation(name))
        })
    }

    fn calling_view(&self, function: &str) -> Option<String> {
        let calls = self
            .catalog
            .views()
            .filter(|(_, view)| view.reads.calls.iter().any(|name| name == function));
        let mut names: Vec<&str> = calls.map(|(name, _)| name).collect();
        names.sort_unstable();
        names.into_iter().find_map(|name| self.catalog.relation(name))
    }

    fn has_column(&self, table: &str, column: &str) -> bool {
        self.catalog.presence_of_column(table, &column.into()) == Presence::There
    }

    /// The first that is found, by the name of its table.
    fn find_in_tables(&self, find: impl Fn(&Self, &str, &Table) -> Option<String>) -> Option<String> {
        let found = self
            .catalog
            .tables()
            .filter_map(|(table, entry)| Some((table, find(self, table, entry)?)));
        found.min_by_key(|(table, _)| table.to_owned()).map(|(_, found)| found)
    }
}

/// Whether an expression calls the function.
fn calls(expression: &Sql, function: &str) -> bool {
    let text = expression.shown();
    text.contains(function) && sql::calls(text).iter().any(|name| name == function)
}
