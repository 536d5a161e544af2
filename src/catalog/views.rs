//! What views show of their tables, and whether they take what is written to them.

use indexmap::IndexMap;

use crate::statement::{ViewItem, ViewQuery};

use super::names::stored;
use super::{Catalog, View};

/// What a view shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shows {
    /// The one relation below it.
    over: Option<String>,
    /// Its columns, with the one below of each that is no more than that.
    columns: IndexMap<String, Option<String>>,
    /// Whether it has been asked for all columns (`*`).
    everything: bool,
    /// Why rows cannot be inserted through it, or why some are hidden.
    obstacle: Option<String>,
    /// Whether an `INSTEAD OF` trigger takes what is written to it.
    pub(super) written_by_trigger: bool,
}

impl Shows {
    pub(super) fn rename_table(&mut self, from: &str, to: &str) {
        if let Some(over) = self.over.as_mut().filter(|over| *over == from) {
            to.clone_into(over);
        }
    }

    pub(super) fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        if self.over.as_deref() != Some(table) {
            return;
        }
        let sources = self.columns.values_mut().flatten();
        for source in sources.filter(|source| *source == from) {
            to.clone_into(source);
        }
    }
}

impl View {
    /// Why code that knows a table with these columns does not go on through this view; `None` where it does. `table` is
    /// what the table is called now, if it is still there.
    ///
    /// Source: PostgreSQL documentation, CREATE VIEW, "Updatable Views".
    #[must_use]
    pub fn flaw_as(&self, table: Option<&str>, columns: &[String]) -> Option<String> {
        let shows = &self.shows;
        if let (Some(over), Some(table)) = (&shows.over, table)
            && over != table
            && !shows.written_by_trigger
        {
            return Some(format!("reads `{over}`, not `{table}`"));
        }
        if let Some(obstacle) = shows.obstacle.as_ref().filter(|_| !shows.written_by_trigger) {
            return Some(obstacle.clone());
        }
        if columns.is_empty() && !shows.everything {
            return Some("shows columns by name, and which ones the table has is not known".to_owned());
        }
        let missing = columns.iter().find(|column| !shows.columns.contains_key(*column));
        if let Some(missing) = missing {
            return Some(format!("lacks `{missing}`"));
        }
        let calculated = columns.iter().find(|column| shows.columns.get(*column) == Some(&None));
        let calculated = calculated.filter(|_| !shows.written_by_trigger)?;
        Some(format!(
            "calculates `{calculated}`, which nothing can be written to then"
        ))
    }
}

impl Catalog {
    /// What the query shows now: later columns of its table are no part of it.
    pub(super) fn shown_by(&self, query: &ViewQuery) -> Shows {
        let below = query.over.as_deref();
        let mut columns: Vec<(String, Option<String>)> = Vec::new();
        for item in &query.items {
            match item {
                ViewItem::All => columns.extend(self.columns_of(below)),
                ViewItem::Column { column, name } => {
                    let source = self
                        .columns_of(below)
                        .find(|(_, source)| source.as_ref() == Some(column));
                    columns.push((name.clone(), source.and_then(|(_, source)| source)));
                }
                ViewItem::Expression(name) => columns.push((name.clone().unwrap_or_default(), None)),
            }
        }
        for (column, name) in columns.iter_mut().zip(&query.names) {
            column.0.clone_from(name);
        }
        Shows {
            over: query.over.clone(),
            columns: columns.into_iter().collect(),
            everything: query.items.contains(&ViewItem::All),
            obstacle: query.obstacle.clone(),
            written_by_trigger: false,
        }
    }

    fn columns_of(&self, relation: Option<&str>) -> impl Iterator<Item = (String, Option<String>)> {
        let table = relation.and_then(|relation| self.tables.get(stored(relation)));
        let columns = table.into_iter().flat_map(|table| table.columns.keys());
        columns.map(|column| (column.clone(), Some(column.clone())))
    }
}
