//! What views show of their tables, and whether they take what is written to them.

use indexmap::IndexMap;

use crate::data_type::DataType;
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

/// The columns of a view or a table, in order.
pub type ShownColumns = Vec<ShownColumn>;

/// A column of a view or a table.
#[derive(Clone, Debug)]
pub struct ShownColumn {
    name: String,
    /// The column of a table that it is no more than; of a table none.
    source: Option<(String, String)>,
    data_type: Option<DataType>,
}

/// Why code that reads the first columns by name does not go on with the second.
#[must_use]
pub fn lost_column(before: &ShownColumns, after: &ShownColumns) -> Option<String> {
    before.iter().find_map(|old| {
        let name = &old.name;
        let Some(new) = after.iter().find(|new| new.name == *name) else {
            return Some(format!("lacks `{name}`"));
        };
        // Of a column whose own type changes, its table tells.
        let is_same = old.source.is_some() && old.source == new.source;
        let (was, is) = old.retyped(new).filter(|_| !is_same)?;
        Some(format!("shows `{name}` as {is}, not {was}"))
    })
}

/// Why `CREATE OR REPLACE VIEW` refuses to show the second columns where it has shown the first.
///
/// Source: `checkViewColumns` in src/backend/commands/view.c.
#[must_use]
pub fn not_replaceable(before: &ShownColumns, after: &ShownColumns) -> Option<String> {
    let different = before.iter().zip(after).find_map(|(old, new)| {
        let name = &old.name;
        if *name != new.name {
            return Some(format!("cannot call the column `{name}` `{}`", new.name));
        }
        let (was, is) = old.retyped(new)?;
        Some(format!("cannot change the type of `{name}` from {was} to {is}"))
    });
    different.or_else(|| {
        let first = before.get(after.len())?;
        Some(format!("cannot drop the column `{}`", first.name))
    })
}

impl ShownColumn {
    /// Both types, where they are known and of other kinds.
    fn retyped<'c>(&'c self, other: &'c ShownColumn) -> Option<(&'c DataType, &'c DataType)> {
        let both = self.data_type.as_ref().zip(other.data_type.as_ref());
        both.filter(|(was, is)| !was.is_exchangeable_with(is))
    }
}

impl Catalog {
    /// The columns of a view or a table; `None` where not all of them are known.
    #[must_use]
    pub fn shown_columns(&self, name: &str) -> Option<ShownColumns> {
        if let Some(table) = self.tables.get(name) {
            let columns = table.columns.iter().map(|(name, column)| ShownColumn {
                name: name.clone(),
                source: None,
                data_type: Some(column.data_type.clone()),
            });
            return Some(columns.collect());
        }
        let view = self.views.get(name).filter(|view| self.trusts_view(view))?;
        self.columns_shown(&view.shows)
    }

    /// What a view with this query would show; `None` where not all of it is known.
    #[must_use]
    pub fn columns_of_query(&self, query: &ViewQuery) -> Option<ShownColumns> {
        self.columns_shown(&self.shown_by(query))
    }

    fn columns_shown(&self, shows: &Shows) -> Option<ShownColumns> {
        let over = shows.over.as_deref().map(stored);
        let table = over.and_then(|over| self.tables.get(over));
        let is_known = !shows.columns.is_empty() && !shows.columns.contains_key("");
        let columns = shows.columns.iter().map(|(name, source)| {
            let column = source.as_ref().and_then(|source| table?.columns.get(source));
            ShownColumn {
                name: name.clone(),
                source: over.map(str::to_owned).zip(source.clone()),
                data_type: column.map(|column| column.data_type.clone()),
            }
        });
        (is_known && (!shows.everything || table.is_some())).then(|| columns.collect())
    }

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
