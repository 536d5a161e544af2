//! An operation of a planned migration: its Python, and what it comes to on a server.

use crate::python::{indented, string_literal};

/// An operation as it is written, with what it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedOperation {
    /// Its Python, without a comma behind it.
    pub code: String,
    /// What it does to the database.
    pub sends: Sends,
}

/// What an operation does to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sends {
    /// Nothing: it is about the state of the models alone.
    Nothing,
    /// Statements, and those that its way back sends; `None` where it has no way back.
    Statements {
        /// In the order in which they run.
        forwards: Vec<String>,
        /// Likewise.
        back: Option<Vec<String>>,
    },
    /// Python updates rows of this table, a batch at a time.
    Updates {
        /// Its name in the database.
        table: String,
    },
    /// Python looks for rows of this table that are not ready.
    Reads {
        /// Its name in the database.
        table: String,
    },
}

impl PlannedOperation {
    /// One that changes the state alone.
    #[must_use]
    pub fn of_state(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            sends: Sends::Nothing,
        }
    }

    /// One that sends these statements, and those on its way back.
    #[must_use]
    pub fn sending(code: impl Into<String>, forwards: Vec<String>, back: Option<Vec<String>>) -> Self {
        Self {
            code: code.into(),
            sends: Sends::Statements { forwards, back },
        }
    }
}

/// `migrations.RunSQL(sql, reverse)`, each a text or several.
#[must_use]
pub fn run_sql(sql: &[String], reverse: Option<&[String]>) -> PlannedOperation {
    let forwards = indented(&texts(sql), 4);
    let code = match reverse {
        None => format!("migrations.RunSQL(\n    {forwards},\n)"),
        Some([]) => format!("migrations.RunSQL(\n    {forwards},\n    migrations.RunSQL.noop,\n)"),
        Some(reverse) => format!(
            "migrations.RunSQL(\n    {forwards},\n    {},\n)",
            indented(&texts(reverse), 4)
        ),
    };
    PlannedOperation::sending(code, sql.to_vec(), reverse.map(<[String]>::to_vec))
}

fn texts(sql: &[String]) -> String {
    match sql {
        [one] => string_literal(one),
        several => {
            let items: Vec<String> = several
                .iter()
                .map(|sql| format!("    {},\n", string_literal(sql)))
                .collect();
            format!("[\n{}]", items.concat())
        }
    }
}

/// `migrations.SeparateDatabaseAndState(..)`, without the half that is empty.
#[must_use]
pub fn apart(database: Vec<PlannedOperation>, state: &[String]) -> PlannedOperation {
    let half = |name: &str, operations: &[&str]| {
        if operations.is_empty() {
            return String::new();
        }
        let lines: Vec<String> = operations
            .iter()
            .map(|operation| format!("        {},\n", indented(operation, 8)))
            .collect();
        format!("    {name}=[\n{}    ],\n", lines.concat())
    };
    let codes: Vec<&str> = database.iter().map(|operation| operation.code.as_str()).collect();
    let states: Vec<&str> = state.iter().map(String::as_str).collect();
    let code = format!(
        "migrations.SeparateDatabaseAndState(\n{}{})",
        half("database_operations", &codes),
        half("state_operations", &states)
    );
    PlannedOperation {
        code,
        sends: together(database),
    }
}

/// What several operations send.
fn together(operations: Vec<PlannedOperation>) -> Sends {
    let mut sent: Vec<String> = Vec::new();
    let mut taken_back = Some(Vec::new());
    for operation in operations {
        if let Sends::Statements { forwards, back } = operation.sends {
            sent.extend(forwards);
            // The last one is taken back first.
            taken_back = taken_back.zip(back).map(|(later, mut back)| {
                back.extend(later);
                back
            });
        }
    }
    if sent.is_empty() {
        return Sends::Nothing;
    }
    Sends::Statements {
        forwards: sent,
        back: taken_back,
    }
}
