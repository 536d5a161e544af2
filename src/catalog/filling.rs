//! What migrations put into the rows that are there: which of them have no value, and where all have the same.

use crate::row_work::{Assigned, Condition, Constant, Rows};
use crate::statement::{self, Volatility};
use crate::unknown::Identifier;

use super::names::stored;
use super::{Catalog, Cause, Column, ConstraintKind, MigrationNumber, Scope, Table};

/// What the history has written into a column of rows that were there. Where code has run since of which it is not known
/// what it wrote, nothing is claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filling {
    /// Nothing.
    Unwritten,
    /// Values in some of the rows, chosen by this column if it is known.
    Partly { by: Option<String> },
    /// One value, where it is known which.
    OneValue {
        value: Option<Constant>,
        since: MigrationNumber,
        /// Whether it is in all rows, and not only in those that were NULL.
        in_all: bool,
    },
    /// Values of its own making, in as many rows as the history wants.
    Written,
}

/// What is claimed about the rows of a column.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) table: String,
    pub(crate) column: String,
    filling: Filling,
}

/// What happens to rows that are there already where others are added.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// Nothing.
    Keeps,
    /// They are written.
    Writes,
}

/// In which rows a column is written.
enum Extent {
    All,
    /// In those that have none.
    Nulls,
    /// In some, chosen by this column if it is known.
    Some(Option<String>),
    /// In those that somebody has chosen because they are to be filled, or nobody knows.
    Unclear,
}

impl Catalog {
    /// Whether the history never wrote the column: a row that had no value then has none now.
    #[must_use]
    pub fn is_unwritten(&self, table: &str, column: &str) -> bool {
        self.filling(table, column) == Some(&Filling::Unwritten)
    }

    /// Whether the history has left rows without a value in the column, if there were any.
    #[must_use]
    pub fn is_unfilled(&self, table: &str, column: &str) -> bool {
        match self.filling(table, column) {
            Some(Filling::Unwritten | Filling::Partly { .. }) => true,
            Some(Filling::OneValue { .. } | Filling::Written) | None => false,
        }
    }

    /// Whether all rows have NULL in the column: the history added it, and never wrote it.
    #[must_use]
    pub fn is_all_null(&self, table: &str, column: &str) -> bool {
        self.was_added_null(table, column) && self.is_unwritten(table, column)
    }

    /// Whether the column was added to rows that were there, and came without a value.
    #[must_use]
    pub fn was_added_null(&self, table: &str, column: &str) -> bool {
        let is_added = |found: &Column| {
            let table_made_in = self.table(table).map(|table| table.created_in);
            !found.not_null && table_made_in.is_some_and(|made_in| made_in < found.created_in)
        };
        self.column(table, column).is_some_and(is_added)
    }

    /// The migration that gave all rows, or all that were NULL, one value in this column, and whether it was all.
    #[must_use]
    pub fn one_value(&self, table: &str, column: &str) -> Option<(MigrationNumber, bool)> {
        match self.filling(table, column)? {
            Filling::OneValue { since, in_all, .. } => Some((*since, *in_all)),
            Filling::Unwritten | Filling::Partly { .. } | Filling::Written => None,
        }
    }

    /// Whether a condition leaves no row out, by what the history has put into all of them.
    #[must_use]
    pub fn holds_for_all(&self, table: &str, condition: &Condition) -> bool {
        let has = |column: &str, wanted: &Constant| match self.filling(table, column) {
            Some(Filling::OneValue {
                value: Some(value),
                in_all: true,
                ..
            }) => Some(value == wanted),
            _ => None,
        };
        match condition {
            Condition::Is(column, Constant::Null) => self.is_all_null(table, column),
            Condition::Is(column, value) => has(column, value) == Some(true),
            Condition::IsNot(column, Constant::Null) => {
                self.column(table, column).is_some_and(|column| column.not_null)
                    || self.one_value(table, column).is_some()
            }
            Condition::IsNot(column, value) => has(column, value) == Some(false),
            Condition::IsOneOf(_) | Condition::Other => false,
        }
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

    /// What the history has written, unless something ran since that may have written more.
    fn filling(&self, table: &str, column: &str) -> Option<&Filling> {
        let entry = self.table(table)?;
        let column = entry.columns.get(stored(column))?;
        let is_known = self.is_written_certain(entry, column.written);
        is_known.then_some(&column.filling)
    }

    /// All rows have the value of a column that was added, if it has one.
    pub(super) fn fill_added(&mut self, table: &str, column: &statement::Column) {
        let value = match added_value(column) {
            None => return,
            Some(Volatility::Constant | Volatility::Stable) => {
                let default = column.default.as_ref().and_then(|default| default.sql.known());
                Assigned::One(default.and_then(Constant::read))
            }
            Some(Volatility::Volatile | Volatility::Unknown) => Assigned::Own,
        };
        if let Some(column) = column.name.known() {
            self.write_column(table, column, &value, &Rows::All);
        }
    }

    /// Django's UPDATE of what is NULL.
    pub(super) fn fill_nulls(&mut self, table: &str, column: &Identifier, value: Option<&str>) {
        if let Some(column) = column.known() {
            let rows = Rows::Where(vec![Condition::Is(column.to_owned(), Constant::Null)]);
            let value = Assigned::One(value.and_then(Constant::read));
            self.write_column(table, column, &value, &rows);
        }
    }

    /// Some code makes sure that no row is left without a value in the column, or fills all that are.
    pub fn call_filled(&mut self, table: &str, column: &str) {
        self.write_column(table, column, &Assigned::Own, &Rows::All);
    }

    /// Rows are deleted, perhaps just those that had no value, or the same as another.
    pub fn delete_rows(&mut self, table: &str) {
        if let Some(entry) = self.tables.get_mut(stored(table)) {
            for column in entry.columns.values_mut() {
                column.filling = Filling::Written;
            }
        }
        self.write_elsewhere(table);
    }

    /// Rows are added; where one is there already, it may be written.
    pub fn insert_rows(&mut self, table: &str, conflict: OnConflict) {
        if conflict == OnConflict::Writes {
            self.doubt(&Scope::Tables(vec![table.to_owned()]), Cause::Rows);
        }
        self.write_elsewhere(table);
    }

    /// Triggers of a table write what they like, and who writes a view writes the tables behind it.
    fn write_elsewhere(&mut self, table: &str) {
        let has_triggers = |entry: &Table| !entry.attached.triggers.is_empty();
        if self.table(table).is_some_and(has_triggers) || self.views.contains_key(stored(table)) {
            self.doubt(&Scope::Everything, Cause::Rows);
        }
    }

    /// The same of several tables, and of all whose rows depend on theirs.
    pub(super) fn delete_dependent_rows(&mut self, tables: &[String]) {
        let mut reached: Vec<String> = tables.iter().map(|table| stored(table).to_owned()).collect();
        let mut position = 0;
        while let Some(table) = reached.get(position).cloned() {
            position += 1;
            self.delete_rows(&table);
            for (name, entry) in &self.tables {
                let depends = entry.constraints.values().any(|key| key.references(&table));
                if depends && !reached.contains(name) {
                    reached.push(name.clone());
                }
            }
        }
    }

    /// The columns about whose rows something is claimed, with what it is, as far as code names them.
    #[must_use]
    pub(crate) fn claims(&self, is_named: impl Fn(&str, &str) -> bool) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (table, entry) in &self.tables {
            for (column, found) in &entry.columns {
                let is_claim = found.filling != Filling::Written && self.is_written_certain(entry, found.written);
                if is_claim && is_named(table, column) {
                    let (table, column) = (table.clone(), column.clone());
                    let filling = found.filling.clone();
                    claims.push(Claim { table, column, filling });
                }
            }
        }
        claims
    }

    /// Whether the same is still claimed.
    #[must_use]
    pub(crate) fn still_claims(&self, claim: &Claim) -> bool {
        self.filling(&claim.table, &claim.column) == Some(&claim.filling)
    }

    /// Columns are written in rows that were there.
    pub fn write_columns<'v>(
        &mut self,
        table: &str,
        columns: impl IntoIterator<Item = (&'v str, &'v Assigned)>,
        rows: &Rows,
    ) {
        // What holds for all rows is asked before any of them is written.
        let rows = self.narrowed(table, rows);
        for (column, value) in columns {
            self.write_column(table, column, value, &rows);
        }
        self.write_elsewhere(table);
    }

    /// A column is written in rows that were there.
    fn write_column(&mut self, table: &str, column: &str, value: &Assigned, rows: &Rows) {
        let known = self.filling(table, column).unwrap_or(&Filling::Written);
        let is_all_null = self.is_all_null(table, column);
        let extent = self.extent(table, column, rows);
        let since = self.migration;
        let one = |value: &Option<Constant>, in_all| Filling::OneValue {
            value: value.clone(),
            since,
            in_all,
        };
        let filling = match (known, value, extent) {
            // Some rows fewer that have a value.
            (Filling::Unwritten | Filling::Partly { .. }, Assigned::Null, _) => return,
            (Filling::OneValue { .. }, _, Extent::Nulls) => return,
            (_, Assigned::One(value), Extent::All) => one(value, true),
            (Filling::Unwritten, Assigned::One(value), Extent::Nulls) => one(value, is_all_null),
            (Filling::Unwritten, Assigned::One(_) | Assigned::Own, Extent::Some(by)) => Filling::Partly { by },
            // One value of a column after the other, as far as anybody knows to the last.
            (Filling::Partly { by: Some(by) }, _, Extent::Some(Some(again))) if *by == again => Filling::Written,
            (Filling::Partly { .. }, _, Extent::Some(_)) => return,
            (
                Filling::Unwritten | Filling::Partly { .. } | Filling::OneValue { .. } | Filling::Written,
                Assigned::Null | Assigned::One(_) | Assigned::Own,
                Extent::All | Extent::Nulls | Extent::Some(_) | Extent::Unclear,
            ) => Filling::Written,
        };
        let written = self.now();
        self.change_known_column(stored(table), column, |column| {
            column.filling = filling;
            column.written = written;
        });
    }

    /// The same rows, without the conditions that leave none out.
    #[must_use]
    pub fn narrowed(&self, table: &str, rows: &Rows) -> Rows {
        let Rows::Where(conditions) = rows else {
            return Rows::All;
        };
        let mut narrowing = conditions.clone();
        narrowing.retain(|condition| !self.holds_for_all(table, condition));
        if narrowing.is_empty() {
            Rows::All
        } else {
            Rows::Where(narrowing)
        }
    }

    fn extent(&self, table: &str, column: &str, rows: &Rows) -> Extent {
        let Rows::Where(conditions) = self.narrowed(table, rows) else {
            return Extent::All;
        };
        let about = |condition: &Condition| condition.column().map(stored) == Some(stored(column));
        let is_null = |condition: &Condition| matches!(condition, Condition::Is(_, Constant::Null));
        let is_unclear = |condition: &Condition| about(condition) || *condition == Condition::Other;
        if conditions
            .iter()
            .all(|condition| about(condition) && is_null(condition))
        {
            Extent::Nulls
        } else if conditions.iter().any(is_unclear) {
            Extent::Unclear
        } else {
            Extent::Some(conditions.first().and_then(Condition::column).map(str::to_owned))
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
