//! Columns that hand-written SQL has made, or given their name, and that no model has: code that runs does not ask for them.

use rustc_hash::FxHashSet;

use crate::models::View;

/// They are known from the migration after the one that makes them.
#[derive(Debug, Default)]
pub(super) struct HandMade {
    columns: FxHashSet<(String, String)>,
    new: Vec<(String, String)>,
}

impl HandMade {
    /// Hand-written SQL makes a column, or gives one this name.
    pub(super) fn note(&mut self, table: &str, column: &str) {
        self.new.push((table.to_owned(), column.to_owned()));
    }

    /// A migration has ended: columns that a model has by now are its own.
    pub(super) fn settle(&mut self, models: View<'_>) {
        self.columns.extend(self.new.drain(..));
        self.columns.retain(|(table, column)| {
            let mut of_table = models.models_of_table(table);
            !of_table.any(|model| {
                let fields = model.local_fields();
                let mut columns = fields.iter().filter_map(|field| field.column());
                // One whose name is not known may be this one.
                columns.any(|own| own.known().is_none_or(|own| own == column))
            })
        });
    }

    /// Whether the column is one of them.
    pub(super) fn holds(&self, table: &str, column: &str) -> bool {
        // The set is empty in most projects: no key is made to ask it.
        !self.columns.is_empty() && self.columns.contains(&(table.to_owned(), column.to_owned()))
    }
}
