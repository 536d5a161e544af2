//! What Django no longer knows, though the database may still have it.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::observe::Usage;
use crate::phase::Deploy;
use crate::standing::GivenUp;

use super::hand_made::HandMade;

/// Tables, or columns of them, that the running migration gives up, or takes back where nothing is said of it.
pub(super) type Releasing = Vec<(String, Option<String>, Option<GivenUp>)>;

/// What Django no longer knows, though the database may still have it.
#[derive(Debug, Default)]
pub(super) struct Released {
    pub(super) tables: FxHashMap<String, GivenUp>,
    pub(super) columns: FxHashMap<(String, String), GivenUp>,
    /// Views in the place of renamed tables.
    pub(super) stand_ins: FxHashMap<String, GivenUp>,
    /// All tables that models have ever had.
    pub(super) named: FxHashSet<String>,
    /// Columns that no model has.
    pub(super) hand_made: HandMade,
    /// When the running migration runs.
    pub(super) deploy: Deploy,
}

impl Usage for Released {
    fn table_given_up(&self, table: &str) -> Option<&GivenUp> {
        self.tables.get(table)
    }

    fn column_given_up(&self, table: &str, column: &str) -> Option<&GivenUp> {
        let of_column = self.columns.get(&(table.to_owned(), column.to_owned()));
        of_column.or_else(|| self.table_given_up(table))
    }

    fn stands_in(&self, view: &str) -> Option<&GivenUp> {
        self.stand_ins.get(view)
    }

    fn has_no_model(&self, table: &str) -> bool {
        !self.named.contains(table)
    }

    fn has_no_field(&self, table: &str, column: &str) -> bool {
        self.hand_made.holds(table, column)
    }

    fn deploy(&self) -> Deploy {
        self.deploy
    }
}

impl Released {
    /// Takes in what the migration that has ended has given up or taken back.
    pub(super) fn settle(&mut self, releasing: &mut Releasing) {
        for (table, column, given_up) in releasing.drain(..) {
            match (column, given_up) {
                (Some(column), Some(given_up)) => self.columns.insert((table, column), given_up),
                (Some(column), None) => self.columns.remove(&(table, column)),
                (None, Some(given_up)) => self.tables.insert(table, given_up),
                (None, None) => self.tables.remove(&table),
            };
        }
    }
}
