//! A transaction while a migration runs: whether there is one, what it has locked, what it has added.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::{Held, HeldLock, RelationKind};
use crate::migration::OperationPath;
use crate::row_work::{Overlap, Rows};
use crate::statement::{SessionChange, SettingScope};

/// What settings are that migrations change, where nobody has configured them.
///
/// Source: PostgreSQL documentation, chapter "Server Configuration".
const DEFAULTS: &[(&str, &str)] = &[
    ("check_function_bodies", "on"),
    ("client_min_messages", "notice"),
    ("constraint_exclusion", "partition"),
    ("default_tablespace", ""),
    ("idle_in_transaction_session_timeout", "0"),
    ("lock_timeout", "0"),
    ("maintenance_work_mem", "64MB"),
    ("row_security", "on"),
    ("search_path", "\"$user\", public"),
    ("session_replication_role", "origin"),
    ("statement_timeout", "0"),
    ("synchronous_commit", "on"),
    ("transaction_timeout", "0"),
    ("work_mem", "4MB"),
];

/// Whether two values of a setting are one: `5s` and `5000`, `on` and `TRUE`.
fn means_the_same(one: &str, other: &str) -> bool {
    let normal = |value: &str| {
        let text = value.trim().to_lowercase().replace(' ', "");
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let factor = match unit {
            "" | "ms" => 1,
            "s" => 1000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        match (number.parse::<u64>(), text.as_str()) {
            (Ok(number), _) if factor > 0 => number.saturating_mul(factor).to_string(),
            (_, "on" | "true" | "yes") => "on".to_owned(),
            (_, "off" | "false" | "no") => "off".to_owned(),
            _ => text,
        }
    };
    normal(one) == normal(other)
}

/// What the running migration holds and has done so far.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// Whether statements run inside one transaction (`atomic`).
    pub open: bool,
    /// Whether that transaction is Django's own.
    djangos: bool,
    /// Whether it was begun for a body of code alone, which may end it.
    bodys: bool,
    /// Its locks, in the order in which it took the first on each relation.
    holdings: Vec<Holding>,
    /// Columns that this migration added, whatever the transaction.
    dropped_indexes: FxHashSet<String>,
    added_columns: FxHashSet<(String, String)>,
    /// Columns whose default this migration set.
    set_defaults: FxHashSet<(String, String)>,
    /// Settings of the session, and those of the transaction, by name.
    settings: FxHashMap<String, Option<String>>,
    local_settings: FxHashMap<String, Option<String>>,
    /// What the project sets for every session.
    configured: FxHashMap<String, String>,
    /// Tables with rows that foreign keys are still to be checked for, and the names of these.
    pending: FxHashMap<(String, String), Likelihood>,
    /// Rows of which the transaction has made the version that is there, by table.
    made: Vec<(String, Rows, Likelihood)>,
    /// `SET CONSTRAINTS ALL IMMEDIATE` has been sent: from then on keys are checked at once.
    immediate: bool,
    /// The keys that are checked at once by their own names.
    immediate_keys: FxHashSet<String>,
    /// Values that were added to an enum that existed before the transaction.
    new_enum_values: FxHashSet<String>,
}

/// How likely something has happened, likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// It has.
    Certain,
    /// That hangs on what is not known.
    Possible,
}

/// A relation that a transaction has locked, until it ends.
#[derive(Clone, Debug)]
pub struct Holding {
    /// The relation's bare name.
    pub relation: String,
    /// What it is.
    pub kind: RelationKind,
    /// The strongest lock on it.
    pub held: Held,
    /// Whether anybody uses the relation: not where a part of the same birth has created it.
    pub in_use: bool,
}

impl Holding {
    /// Whether queries on a table or view that others use wait. Locks on rows keep nobody from a table.
    #[must_use]
    pub fn keeps_waiting(&self) -> bool {
        let is_queried = match self.kind {
            RelationKind::Table | RelationKind::Partitioned | RelationKind::MaterializedView => {
                self.held.mode.blocks_writes()
            }
            RelationKind::View => self.held.mode.blocks_reads(),
            RelationKind::Index | RelationKind::Sequence => false,
        };
        self.in_use && is_queried
    }
}

impl Transaction {
    /// Starts a migration.
    #[must_use]
    pub fn begin(open: bool) -> Self {
        Self {
            open,
            djangos: open,
            ..Self::default()
        }
    }

    /// Takes over what the project sets for every session.
    #[must_use]
    pub fn configured(mut self, settings: FxHashMap<String, String>) -> Self {
        self.configured = settings;
        self
    }

    /// The strongest lock held on a relation before the next statement.
    #[must_use]
    pub fn held(&self, relation: &str) -> Option<&Held> {
        let holding = self.holdings.iter().find(|holding| holding.relation == relation);
        holding.map(|holding| &holding.held)
    }

    /// What makes others wait while the next statement works, on whatever relation that is.
    pub fn keeping_waiting(&self) -> impl Iterator<Item = &Holding> {
        self.holdings.iter().filter(|holding| holding.keeps_waiting())
    }

    /// Remembers a lock that an operation takes until the transaction ends; outside of one it is gone at once.
    pub fn hold(&mut self, lock: &HeldLock, in_use: bool, operation: &OperationPath) {
        let Some(mode) = lock.mode.filter(|_| self.open) else {
            return;
        };
        let held = Held {
            mode,
            since: operation.clone(),
        };
        match self.holdings.iter_mut().find(|known| known.relation == lock.relation) {
            Some(known) if known.held.mode < mode => known.held = held,
            Some(_) => {}
            None => self.holdings.push(Holding {
                relation: lock.relation.clone(),
                kind: lock.kind,
                held,
                in_use,
            }),
        }
    }

    /// A relation has another name from now on; its locks stay.
    pub fn rename(&mut self, from: &str, to: &str) {
        for holding in self.holdings.iter_mut().filter(|holding| holding.relation == from) {
            to.clone_into(&mut holding.relation);
        }
    }

    /// Remembers that a column was added.
    pub fn add_column(&mut self, table: &str, column: &str) {
        self.added_columns.insert((table.to_owned(), column.to_owned()));
    }

    /// Remembers that whatever had the name of an index is gone.
    pub fn drop_index(&mut self, name: &str) {
        self.dropped_indexes.insert(name.to_owned());
    }

    /// Whether the migration has dropped what had the name of an index, whether or not it was there.
    #[must_use]
    pub fn dropped_index(&self, name: &str) -> bool {
        self.dropped_indexes.contains(name)
    }

    /// Remembers that a column got a default.
    pub fn note_default(&mut self, table: &str, column: &str) {
        self.set_defaults.insert((table.to_owned(), column.to_owned()));
    }

    /// Whether this migration set the column's default.
    #[must_use]
    pub fn set_default(&self, table: &str, column: &str) -> bool {
        self.set_defaults.contains(&(table.to_owned(), column.to_owned()))
    }

    /// Whether this migration added the column.
    #[must_use]
    pub fn added_column(&self, table: &str, column: &str) -> bool {
        self.added_columns.contains(&(table.to_owned(), column.to_owned()))
    }

    /// Whether Django has begun the transaction, and counts on ending it.
    #[must_use]
    pub fn is_djangos(&self) -> bool {
        self.djangos
    }

    /// A body of code begins: it runs in the transaction that is open, or in one of its own.
    pub fn open_for_body(&mut self) {
        if !self.open {
            self.open = true;
            self.bodys = true;
        }
    }

    /// Whether the transaction was begun for a body of code alone.
    #[must_use]
    pub fn is_bodys(&self) -> bool {
        self.bodys
    }

    /// The body of code ends; what was begun for it alone is committed. Says whether that was so.
    pub fn close_of_body(&mut self) -> bool {
        let own = std::mem::take(&mut self.bodys);
        if own {
            self.end(false);
        }
        own
    }

    /// A transaction begins: by `BEGIN`, or because a string holds several statements.
    pub fn open(&mut self) {
        self.open = true;
    }

    /// The transaction ends, and with it its locks and what was set for it alone.
    pub fn end(&mut self, open_after: bool) {
        self.open = open_after;
        self.holdings.clear();
        self.local_settings.clear();
        self.pending.clear();
        self.made.clear();
        self.check_later();
        self.new_enum_values.clear();
    }

    /// The value of a setting that the migration or the project has set.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        match self.local_settings.get(name).or_else(|| self.settings.get(name)) {
            Some(own) => own.as_deref(),
            None => self.configured.get(name).map(String::as_str),
        }
    }

    /// Whether a timeout is set that can end a statement.
    #[must_use]
    pub fn has_timeout(&self, name: &str) -> bool {
        self.setting(name)
            .is_some_and(|value| value.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))
    }

    /// Applies `SET` and `RESET`.
    pub fn change_setting(&mut self, change: &SessionChange) {
        match change {
            SessionChange::Set {
                name,
                value,
                scope: SettingScope::Session,
            } => {
                self.local_settings.remove(name);
                let is_restored = value.is_err() && self.settings.contains_key(name);
                if is_restored || value.as_ref().is_ok_and(|value| self.is_initial(name, value)) {
                    self.settings.remove(name);
                } else {
                    self.settings.insert(name.clone(), value.clone().ok());
                }
            }
            // Outside of a transaction it does nothing but warn.
            SessionChange::Set { name, value, .. } => {
                if self.open {
                    self.local_settings.insert(name.clone(), value.clone().ok());
                }
            }
            SessionChange::Reset(name) => {
                self.local_settings.remove(name);
                self.settings.remove(name);
            }
            SessionChange::ResetAll => {
                self.local_settings.clear();
                self.settings.clear();
            }
        }
    }

    /// Whether the migration has set it, for the session.
    #[must_use]
    pub fn has_set(&self, name: &str) -> bool {
        self.settings.contains_key(name)
    }

    /// Whether a session has this value before anybody sets one.
    fn is_initial(&self, name: &str, value: &str) -> bool {
        let initial = self.configured.get(name).map(String::as_str);
        let initial = initial.or_else(|| {
            let found = DEFAULTS.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| *value)
        });
        initial.is_some_and(|initial| means_the_same(initial, value))
    }

    /// The settings that outlive the migration, in the order of their names.
    #[must_use]
    pub fn left_settings(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.settings.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Rows of a table were written that a deferred foreign key is checked for at the end of the transaction.
    pub fn defer_check(&mut self, table: &str, key: &str, likelihood: Likelihood) {
        if self.open && !self.immediate && !self.immediate_keys.contains(key) {
            let known = self
                .pending
                .entry((table.to_owned(), key.to_owned()))
                .or_insert(likelihood);
            *known = likelihood.min(*known);
        }
    }

    /// Rows of a table are new in this transaction, or new versions of old ones.
    pub fn make_rows(&mut self, table: &str, rows: &Rows, likelihood: Likelihood) {
        let made = (table.to_owned(), rows.clone(), likelihood);
        if self.open && !self.made.contains(&made) {
            self.made.push(made);
        }
    }

    /// Whether this transaction has made rows that are among these: each foreign key of such a row is checked again when it is
    /// written, even if the key stays as it is. See `RI_FKey_fk_upd_check_required` in `ri_triggers.c`.
    #[must_use]
    pub fn has_made(&self, table: &str, rows: &Rows) -> Option<Likelihood> {
        let made = self.made.iter().filter(|(known, ..)| known == table);
        let likely = made.filter_map(|(_, made, likelihood)| match made.overlap(rows) {
            Overlap::Nothing => None,
            Overlap::Possible => Some(Likelihood::Possible),
            Overlap::Certain => Some(*likelihood),
        });
        likely.min()
    }

    /// A deferred foreign key is checked now, and at once from now on; all of them where none is named.
    pub fn check_now(&mut self, key: Option<&str>) {
        match key {
            Some(key) => {
                self.pending.retain(|(_, pending), _| pending != key);
                if self.open {
                    self.immediate_keys.insert(key.to_owned());
                }
            }
            None => {
                self.pending.clear();
                self.immediate = self.open;
            }
        }
    }

    /// `SET CONSTRAINTS .. DEFERRED`
    pub fn check_later(&mut self) {
        self.immediate = false;
        self.immediate_keys.clear();
    }

    /// Whether rows of the table wait for a check of a foreign key.
    #[must_use]
    pub fn pending_checks(&self, table: &str) -> Option<Likelihood> {
        let pending = self.pending.iter().filter(|((pending, _), _)| pending == table);
        pending.map(|(_, likelihood)| *likelihood).min()
    }

    /// Remembers a value that no statement of this transaction may use.
    pub fn add_enum_value(&mut self, value: &str) {
        if self.open {
            self.new_enum_values.insert(value.to_owned());
        }
    }

    /// A value that was added in this transaction and stands as a literal in the text.
    #[must_use]
    pub fn new_enum_value_in(&self, text: &str) -> Option<&str> {
        let used = |value: &&String| text.contains(&format!("'{value}'"));
        self.new_enum_values.iter().find(used).map(String::as_str)
    }
}
