//! What of the catalog is in doubt, because something ran that was not read, or of which it is not known whether it ran.
//!
//! The catalog goes on as if that had done nothing: the names that Django asks it for stay, and so do all findings. What is
//! lost is certainty: that something is there, or is not, and that what would excuse a statement is there.
//!
//! Doubts are counted, and everything remembers the count at its making: what is newer than a doubt is not touched by it.

use crate::unknown::Identifier;

use super::apply::is_elsewhere;
use super::names::stored;
use super::{Catalog, Table, View};

/// How far the doubt goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// These tables and what is on them.
    Tables(Vec<String>),
    /// The whole database.
    Everything,
}

/// Where the doubt comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is not known what ran.
    Unread,
    /// It is not known whether it ran: what it says is applied, and may not be so.
    Undecided,
    /// It is not known which rows it wrote; it changed nothing else.
    Rows,
}

/// How many doubts there were when something was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u32);

/// The last doubts, of a table or of everything.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LastDoubts {
    unread: Moment,
    undecided: Moment,
    rows: Moment,
}

/// The doubts so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubts {
    now: Moment,
    /// The last that was of more than rows.
    last: Moment,
    everything: LastDoubts,
}

/// A name that the history took away.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    at: Moment,
    /// The table that it was on; none of a table.
    table: Option<String>,
}

impl LastDoubts {
    fn note(&mut self, cause: Cause, at: Moment) {
        // Whatever it is, it may have written rows.
        self.rows = at;
        match cause {
            Cause::Unread => self.unread = at,
            Cause::Undecided => self.undecided = at,
            Cause::Rows => {}
        }
    }

    fn any(self) -> Moment {
        self.unread.max(self.undecided)
    }
}

impl Catalog {
    /// Says that something ran that was not read, or that may not have run.
    pub fn doubt(&mut self, scope: &Scope, cause: Cause) {
        self.doubts.now.0 += 1;
        let now = self.doubts.now;
        if cause != Cause::Rows {
            self.doubts.last = now;
        }
        match scope {
            Scope::Everything => self.doubts.everything.note(cause, now),
            Scope::Tables(tables) => {
                for table in tables {
                    let table = stored(table);
                    if cause != Cause::Rows {
                        self.gone.remove(table);
                    }
                    if let Some(entry) = self.tables.get_mut(table) {
                        entry.doubts.note(cause, now);
                    }
                }
            }
        }
    }

    /// Says that migrations of the history are missing, of whatever app, or that some run on another database: nothing is
    /// certain any more.
    pub fn doubt_for_ever(&mut self) {
        self.doubts.everything.undecided = Moment(u32::MAX);
    }

    /// Says that apps with these labels have tables that no migration at hand makes.
    pub fn expect_apps(&mut self, labels: impl IntoIterator<Item = String>) {
        self.foreign_labels
            .extend(labels.into_iter().map(|label| format!("{label}_")));
        self.foreign_labels.sort();
        self.foreign_labels.dedup();
    }

    /// Says that the migrations of the apps with these labels are at hand.
    pub fn own_apps(&mut self, labels: impl IntoIterator<Item = String>) {
        self.own_labels
            .extend(labels.into_iter().map(|label| format!("{label}_")));
        self.own_labels.sort();
        self.own_labels.dedup();
    }

    /// Says that the history is not all that happens in the database: there may be anything beside it.
    pub fn open(&mut self) {
        self.is_open = true;
    }

    /// The moment at which something is made.
    pub(super) fn now(&self) -> Moment {
        self.doubts.now
    }

    /// Whether all that ever happened to a table is known: what is not on it in the catalog is not in the database.
    #[must_use]
    pub fn is_whole(&self, table: &str) -> bool {
        self.table(table)
            .is_some_and(|entry| entry.is_declared && self.is_certain(entry, entry.since))
    }

    /// What a table is called that had this name before.
    pub fn later_names<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c str> {
        let had_it = move |entry: &Table| entry.earlier_names.iter().any(|earlier| earlier == name);
        let tables = self.tables.iter().filter(move |(_, entry)| had_it(entry));
        tables.map(|(now, _)| now.as_str())
    }

    /// What the table was called before, as far as the history has renamed it for certain.
    #[must_use]
    pub fn earlier_names(&self, table: &str) -> &[String] {
        let entry = self.table(table).filter(|entry| self.is_certain(entry, entry.since));
        entry.map_or(&[], |entry| &entry.earlier_names)
    }

    /// Whether what was made on the table at that moment is there for certain.
    pub(super) fn is_certain(&self, table: &Table, since: Moment) -> bool {
        since >= self.doubts.everything.any().max(table.doubts.any())
    }

    /// Whether the constraint may serve as an excuse: nothing that was not read can have taken it away.
    #[must_use]
    pub fn trusts_constraint(&self, table: &str, name: &str) -> bool {
        let entry = self.table(table);
        let made = entry.and_then(|entry| Some((entry, entry.constraints.get(stored(name))?.since)));
        made.is_some_and(|(entry, since)| self.is_trusted(entry, since))
    }

    /// The same of an index.
    #[must_use]
    pub fn trusts_index(&self, name: &str) -> bool {
        let entry = self.index_table(name).and_then(|table| self.table(table));
        let made = entry.and_then(|entry| Some((entry, entry.indexes.get(stored(name))?.since)));
        made.is_some_and(|(entry, since)| self.is_trusted(entry, since))
    }

    /// The same of a table: that nobody uses it.
    pub(super) fn trusts_table(&self, table: &Table) -> bool {
        self.is_trusted(table, table.since)
    }

    /// The same of a view.
    #[must_use]
    pub fn trusts_view(&self, view: &View) -> bool {
        view.since >= self.doubts.everything.unread
    }

    fn is_trusted(&self, table: &Table, since: Moment) -> bool {
        since >= self.doubts.everything.unread.max(table.doubts.unread)
    }

    /// Whether nothing that is not known has written rows of the table since then.
    pub(super) fn is_written_certain(&self, table: &Table, since: Moment) -> bool {
        since >= self.doubts.everything.rows.max(table.doubts.rows)
    }

    /// Whether nothing was in doubt since then, on whatever table.
    pub(super) fn is_undoubted(&self, since: Moment) -> bool {
        since >= self.doubts.last
    }

    /// Whether the history knows all that is in the database: nothing ran that was not read, and nothing else runs beside it.
    pub(super) fn is_closed(&self) -> bool {
        !self.is_open && self.is_undoubted(Moment::default())
    }

    /// Remembers that the history took a relation away.
    pub(super) fn note_gone(&mut self, relation: &str, table: Option<&str>) {
        let gone = Gone {
            at: self.now(),
            table: table.map(str::to_owned),
        };
        self.gone.insert(relation.to_owned(), gone);
    }

    /// Whether a relation was there, and is not any more.
    #[must_use]
    pub fn is_gone(&self, relation: &str) -> bool {
        let Some(gone) = self.gone.get(stored(relation)) else {
            return false;
        };
        let of_table = gone.table.as_ref().and_then(|table| self.tables.get(table));
        let last = of_table.map_or(Moment::default(), |table| table.doubts.any());
        gone.at >= self.doubts.everything.any().max(last) && !self.has_relation(stored(relation))
    }

    /// The tables that a text names, by themselves or by their indexes, and relations that are gone.
    #[must_use]
    pub fn tables_in(&self, text: &str) -> Vec<String> {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
        let mut tables: Vec<String> = Vec::new();
        for word in text.split(|letter| !is_part(letter)).filter(|word| !word.is_empty()) {
            let folded = word.to_lowercase();
            let found = [word, &folded].into_iter().find_map(|name| {
                let by_index = self.index_tables.get(name).map(String::as_str);
                let by_itself = self.tables.get_key_value(name).map(|(name, _)| name.as_str());
                let gone = self.gone.get_key_value(name).map(|(name, _)| name.as_str());
                by_itself.or(by_index).or(gone)
            });
            if let Some(table) = found.filter(|table| !tables.iter().any(|known| known == table)) {
                tables.push(table.to_owned());
            }
        }
        tables
    }

    /// What code is about that names these tables, or else nothing that is known.
    #[must_use]
    pub fn scope_of(&self, text: &str) -> Scope {
        let tables = self.tables_in(text);
        if tables.is_empty() {
            Scope::Everything
        } else {
            Scope::Tables(tables)
        }
    }

    /// The table of a statement is none that the history made: there is more in the database than it knows.
    pub(super) fn note_foreign(&mut self, table: &Identifier) {
        let name = table.known().map(stored);
        if self.lacks_table(table) {
            // Postgres refuses it.
            return;
        }
        if !name.is_some_and(|name| self.tables.contains_key(name)) {
            self.open();
        } else if let Some(name) = name.filter(|_| is_elsewhere(table)) {
            // It is taken for the table of this name that the catalog has.
            let scope = Scope::Tables(vec![name.to_owned()]);
            self.doubt(&scope, Cause::Undecided);
        }
    }
}
