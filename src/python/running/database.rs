//! Connections and cursors: the SQL that code sends.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::super::text::join;
use super::Runner;
use super::data::{Datum, Given};
use crate::python_work::{Action, Handed, Parameters};
use crate::value::{Str, Value};

/// What a cursor is asked after it has run something.
const FETCHING: &[&str] = &[
    "fetchone",
    "fetchmany",
    "fetchall",
    "close",
    "nextset",
    "setinputsizes",
    "setoutputsize",
    "scroll",
    "mogrify",
    "__iter__",
    "__exit__",
];

/// What a connection does without a statement that matters here.
const QUIET: &[&str] = &[
    "check_settings",
    "chunked_cursor_name",
    "clean_savepoints",
    "close",
    "constraint_checks_disabled",
    "close_if_health_check_failed",
    "close_if_unusable_or_obsolete",
    "connect",
    "copy",
    "ensure_connection",
    "ensure_timezone",
    "get_autocommit",
    "get_connection_params",
    "get_rollback",
    "inc_thread_sharing",
    "dec_thread_sharing",
    "is_usable",
    "make_debug_cursor",
    "validate_no_atomic_block",
    "validate_thread_sharing",
    "disable_constraint_checking",
    "enable_constraint_checking",
];

impl<'a> Runner<'a> {
    pub(super) fn connection_attribute(&mut self, name: &str) -> Datum<'a> {
        match name {
            "vendor" | "display_name" => Datum::text("postgresql"),
            "alias" => Datum::text("default"),
            // The driver's own connection.
            "connection" => Datum::Connection,
            "settings_dict" => Datum::name("django.db.connection.settings_dict"),
            "in_atomic_block" | "autocommit" | "needs_rollback" | "queries" | "pg_version" => {
                Datum::unknown("is known only when it runs")
            }
            _ => Datum::Method(Rc::new((Datum::Connection, name.to_owned()))),
        }
    }

    pub(super) fn connection_method(&mut self, name: &str, given: Given<'a>, place: TextRange) -> Datum<'a> {
        match name {
            "cursor" | "_cursor" | "chunked_cursor" | "create_cursor" | "make_cursor" => Datum::Cursor,
            "schema_editor" => Datum::Editor,
            "__enter__" => Datum::Connection,
            // psycopg's connections send too.
            "execute" => self.cursor_method("execute", given, place),
            "on_commit" => Datum::none(),
            // See `check_constraints` in django/db/backends/postgresql/base.py.
            "check_constraints" => {
                for mode in ["IMMEDIATE", "DEFERRED"] {
                    let sql = Datum::text(&format!("SET CONSTRAINTS ALL {mode}"));
                    self.sql(Some(&sql), place, Parameters::None, None);
                }
                Datum::none()
            }
            name if QUIET.contains(&name) => Datum::unknown("is known only when it runs"),
            _ => {
                self.call_back(&given);
                let reason = format!("`{}` is not followed", self.shown(place));
                self.unfollowed(reason, Some(Handed::Cursor), place)
            }
        }
    }

    /// `connection.ops.quote_name(..)`, `connection.introspection.table_names()` and the like.
    pub(super) fn part_of_connection(
        &mut self,
        part: &str,
        name: &str,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        match (part, name) {
            ("ops", "quote_name") => {
                let named = given.get(0, "name").cloned().unwrap_or_else(Datum::none);
                self.quoted(&named)
            }
            ("ops", "execute_sql_flush") | ("creation" | "client", _) => {
                let reason = format!("`{}` is not followed", self.shown(place));
                self.unfollowed(reason, Some(Handed::Cursor), place)
            }
            // One for each automatic key; which models have one is not known here.
            ("ops", "sequence_reset_sql") => {
                let sequence = self.unknown_text("a sequence that is set back");
                let sql = join(&Str::default(), &[&"SELECT setval(".into(), &sequence, &")".into()]);
                self.open_list(vec![Datum::Text(Rc::new(sql))])
            }
            ("ops", "sql_flush") => {
                let text = Datum::Text(self.unknown_text("a text of the connection is not known"));
                self.open_list(vec![text])
            }
            (
                "ops" | "features" | "introspection" | "data_types" | "settings_dict" | "validation" | "queries_log",
                _,
            ) => Datum::unknown("what the database says is known only when it runs"),
            _ => {
                self.call_back(&given);
                let reason = format!("`{}` is not followed", self.shown(place));
                self.unfollowed(reason, Some(Handed::Cursor), place)
            }
        }
    }

    pub(super) fn cursor_method(&mut self, name: &str, given: Given<'a>, place: TextRange) -> Datum<'a> {
        match name {
            "execute" => {
                let sql = given.get(0, "sql").or_else(|| given.keyword("query"));
                self.sql(sql, place, Parameters::None, given.get(1, "params"));
                Datum::Cursor
            }
            "executemany" => {
                let sql = given.get(0, "sql").or_else(|| given.keyword("query"));
                let many = Parameters::Many(Value::None);
                self.sql(sql, place, many, given.get(1, "param_list"));
                Datum::none()
            }
            "__enter__" => Datum::Cursor,
            name if FETCHING.contains(&name) => Datum::unknown("what the database says is known only when it runs"),
            _ => {
                let reason = format!("`{}` is not followed", self.shown(place));
                self.unfollowed(reason, Some(Handed::Cursor), place)
            }
        }
    }

    /// Notes that a string of statements is sent.
    pub(super) fn sql(
        &mut self,
        sql: Option<&Datum<'a>>,
        place: TextRange,
        kind: Parameters,
        params: Option<&Datum<'a>>,
    ) {
        match sql {
            Some(Datum::Either(several)) => {
                for one in several.iter() {
                    let kind = kind.clone();
                    self.in_doubt(|runner| runner.sql(Some(one), place, kind, params));
                }
            }
            Some(datum) => {
                let text = self.shown_text(datum);
                let text = self.pieces(&text);
                let given = params.cloned().map(|params| self.value_with_gaps(&params));
                let params = match (kind, given) {
                    (Parameters::Many(_), given) => Parameters::Many(given.unwrap_or(Value::None)),
                    (_, Some(Value::None)) => Parameters::None,
                    (_, Some(given)) => Parameters::Given(given),
                    (kind, None) => kind,
                };
                let action = Action::Sql { text, params };
                self.effect(action, place);
            }
            None => {
                let reason = format!("`{}` sends what is known only when it runs", self.shown(place));
                self.unfollowed(reason, Some(Handed::Cursor), place);
            }
        }
    }
}
