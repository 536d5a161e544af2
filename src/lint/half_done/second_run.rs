//! A second run of a migration of which a part was committed: what it finds, and where it stops.

use super::changes::{Change, Object, Wanted};

/// What one statement does.
#[derive(Debug)]
pub(super) struct Step {
    /// Its number among the statements of the migration, from 1.
    pub number: usize,
    pub changes: Vec<Change>,
}

/// What becomes of a run after one that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The statement that is refused, and why.
    pub stop: Option<(usize, String)>,
    /// Statements before that which add their rows again, with the table.
    pub added_again: Vec<(usize, String)>,
}

/// What a run leaves if it fails after its first `done` statements, and what becomes of the next.
pub(super) fn after(steps: &[Step], done: usize) -> Outcome {
    let mut found = Found::default();
    for step in steps.iter().take_while(|step| step.number <= done) {
        step.changes.iter().for_each(|change| found.apply(change));
    }
    let mut added_again = Vec::new();
    for step in steps {
        for change in &step.changes {
            if let Some(reason) = found.refuses(change) {
                let stop = Some((step.number, reason));
                return Outcome { stop, added_again };
            }
            if let Change::AddRows { table } = change
                && step.number <= done
            {
                added_again.push((step.number, table.clone()));
            }
            found.apply(change);
        }
    }
    Outcome {
        stop: None,
        added_again,
    }
}

/// What is known to be there or gone. Of anything else nothing is known.
#[derive(Debug, Default)]
struct Found {
    known: Vec<(Object, Fate)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    There,
    Gone,
    /// Gone, and there under another name.
    Renamed(String),
}

impl Found {
    fn fate(&self, object: &Object) -> Option<&Fate> {
        let found = self.known.iter().find(|(known, _)| known.is(object));
        found.map(|(_, fate)| fate)
    }

    /// Why Postgres refuses it.
    fn refuses(&self, change: &Change) -> Option<String> {
        let missing = |object: &Object| match self.fate(object)? {
            Fate::There => None,
            Fate::Gone => Some(format!("{} is gone already", object.shown())),
            Fate::Renamed(to) => Some(format!("{} is called `{to}` already", object.shown())),
        };
        let taken = |object: &Object| {
            let is_there = self.fate(object) == Some(&Fate::There);
            is_there.then(|| format!("{} is there already", object.shown()))
        };
        match change {
            Change::Make {
                object,
                wanted: Wanted::Strictly,
            } => taken(object),
            Change::Take {
                object,
                wanted: Wanted::Strictly,
            }
            | Change::Use(object) => missing(object),
            Change::Rename {
                from,
                to,
                wanted: Wanted::Strictly,
            } => missing(from).or_else(|| taken(&from.called(to))),
            Change::Make { .. }
            | Change::Take { .. }
            | Change::Rename { .. }
            | Change::AddRows { .. }
            | Change::Anything => None,
        }
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Make { object, .. } => self.set(object.clone(), Fate::There),
            Change::Take { object, .. } => {
                self.forget_parts(object);
                self.set(object.clone(), Fate::Gone);
            }
            Change::Rename { from, to, .. } => self.rename(from, to),
            Change::Anything => self.known.clear(),
            Change::Use(_) | Change::AddRows { .. } => {}
        }
    }

    fn set(&mut self, object: Object, fate: Fate) {
        self.known.retain(|(known, _)| !known.is(&object));
        self.known.push((object, fate));
    }

    /// What goes with a table, or may go with a column.
    fn forget_parts(&mut self, object: &Object) {
        let table = object.table.as_deref().unwrap_or(&object.name);
        if object.is_table() {
            self.known.retain(|(known, _)| known.table.as_deref() != Some(table));
        } else if object.is_column() {
            let is_part = |known: &Object| known.table.as_deref() == Some(table) && !known.is_column();
            self.known.retain(|(known, _)| !is_part(known));
        }
    }

    fn rename(&mut self, from: &Object, to: &str) {
        if self.fate(from).is_some_and(|fate| *fate != Fate::There) {
            return;
        }
        self.set(from.clone(), Fate::Renamed(to.to_owned()));
        self.set(from.called(to), Fate::There);
        if from.is_table() {
            for (known, _) in &mut self.known {
                if known.table.as_deref() == Some(&*from.name) {
                    known.table = Some(to.to_owned());
                }
            }
        }
    }
}

impl Object {
    fn called(&self, name: &str) -> Object {
        let name = name.to_owned();
        Object { name, ..self.clone() }
    }
}
