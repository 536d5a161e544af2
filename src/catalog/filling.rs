//! What migrations put into the rows that are there: one value for all of them is no good for a unique column.

use crate::statement::{self, Volatility};
use crate::unknown::Identifier;

use super::names::stored;
use super::{Catalog, Column, ConstraintKind, MigrationNumber};

/// What the history has written into a column of rows that were there. `unread` is how much code had run by then of which
/// it is not known what it writes: where more has run since, nothing is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filling {
    /// Nothing.
    Unwritten { unread: u32 },
    /// One value, in all rows or in all that were NULL.
    OneValue { since: MigrationNumber, unread: u32 },
    /// Values of its own making.
    Written,
}

impl Catalog {
    /// Says that code ran of which it is not known what it wrote.
    pub fn wrote_unread(&mut self) {
        self.unread_writes += 1;
    }

    /// Whether the history never wrote the column: a row that had no value then has none now.
    #[must_use]
    pub fn is_unwritten(&self, table: &str, column: &str) -> bool {
        let is_now = |unread| unread == self.unread_writes;
        self.column(table, column)
            .is_some_and(|column| matches!(column.filling, Filling::Unwritten { unread } if is_now(unread)))
    }

    /// Whether all rows have NULL in the column: the history added it, and never wrote it.
    #[must_use]
    pub fn is_all_null(&self, table: &str, column: &str) -> bool {
        let is_added = |found: &Column| {
            let table_made_in = self.table(table).map(|table| table.created_in);
            !found.not_null && table_made_in.is_some_and(|made_in| made_in < found.created_in)
        };
        self.column(table, column).is_some_and(is_added) && self.is_unwritten(table, column)
    }

    /// Whether the running migration gave all rows, or all that were NULL, one value in this column.
    #[must_use]
    pub fn has_one_value(&self, table: &str, column: &str) -> bool {
        let is_it = |column: &Column| match column.filling {
            Filling::OneValue { since, unread } => unread == self.unread_writes && self.is_recent(since),
            Filling::Unwritten { .. } | Filling::Written => false,
        };
        self.column(table, column).is_some_and(is_it)
    }

    /// Whether a key, or a unique index without a condition, is over this column alone.
    #[must_use]
    pub fn is_unique(&self, table: &str, column: &str) -> bool {
        let Some(entry) = self.table(table) else { return false };
        let column = stored(column);
        let is_key = entry.constraints.values().any(|constraint| match &constraint.kind {
            ConstraintKind::Unique(columns) | ConstraintKind::PrimaryKey(columns) => columns[..] == [column],
            ConstraintKind::Check(_) | ConstraintKind::ForeignKey { .. } | ConstraintKind::Exclude(_) => false,
        });
        let is_over_it = |items: &[Option<String>]| matches!(items, [Some(item)] if item == column);
        is_key
            || entry
                .indexes
                .values()
                .any(|index| index.unique && !index.partial && is_over_it(&index.items))
    }

    pub(super) fn unwritten(&self) -> Filling {
        Filling::Unwritten {
            unread: self.unread_writes,
        }
    }

    /// All rows have the value of a column that was added, if it has one.
    pub(super) fn fill_added(&mut self, table: &str, column: &statement::Column) {
        match added_value(column) {
            None => {}
            Some(Volatility::Constant | Volatility::Stable) => self.fill_with_one(table, &column.name),
            Some(Volatility::Volatile | Volatility::Unknown) => {
                self.change_column(table, &column.name, |column| column.filling = Filling::Written);
            }
        }
    }

    /// Django's UPDATE of what is NULL; where the history wrote the column before, there may be nothing left to fill.
    pub(super) fn fill_nulls(&mut self, table: &str, column: &Identifier) {
        if column.known().is_some_and(|column| self.is_unwritten(table, column)) {
            self.fill_with_one(table, column);
        }
    }

    fn fill_with_one(&mut self, table: &str, column: &Identifier) {
        let filling = Filling::OneValue {
            since: self.migration,
            unread: self.unread_writes,
        };
        self.change_column(table, column, |column| column.filling = filling);
    }

    /// The history has written these columns in rows that were there.
    pub fn wrote_columns(&mut self, table: &str, columns: &[String]) {
        for column in columns {
            self.change_known_column(stored(table), column, |column| column.filling = Filling::Written);
        }
    }
}

/// How the value comes about that an added column has in the rows that are there; nothing where that is NULL.
#[must_use]
pub fn added_value(column: &statement::Column) -> Option<Volatility> {
    if column.identity || column.data_type.is_serial() || column.generated.is_some() {
        return Some(Volatility::Volatile);
    }
    let default = column.default.as_ref()?;
    let is_null = default.sql.known().is_some_and(|sql| sql.eq_ignore_ascii_case("null"));
    (!is_null).then_some(default.volatility)
}
