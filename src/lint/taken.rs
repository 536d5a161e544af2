//! What a transaction takes from running code. It is judged when the transaction has ended: until then it may give it back.
//!
//! A renamed table answers again through a view of its old name, or because another table takes the name; a dropped
//! default may be set again. Other sessions do not see the moments between.

use indexmap::IndexMap;

use crate::catalog::{
    Catalog, Column, ConstraintKind, Contents, NAMELESS, ShownColumns, Table, lost_column, table_key,
};
use crate::data_type::DataType;
use crate::facts::observe::Usage;
use crate::facts::{Aspect, FactName};
use crate::finding::Severity;
use crate::rules::RuleTable;
use crate::statement::{AlterTableAction, Statement, ViewKind};

use super::judge::{Hit, Verdict};
use super::sent::{Executed, HitAt};

/// What the open transaction has taken so far, and what has become of that in those before it.
#[derive(Debug, Default)]
pub(super) struct Taken {
    tables: Vec<TakenTable>,
    /// Names that this transaction has given to tables.
    made: Vec<String>,
    open: Vec<(HitAt, What)>,
    decided: Vec<(HitAt, Fate)>,
}

/// A table as running code knows it.
#[derive(Debug)]
struct TakenTable {
    known_as: String,
    /// Its name now; none where it was dropped.
    now: Option<String>,
    /// The columns that running code knows.
    columns: IndexMap<String, TakenColumn>,
    /// Its own foreign keys: their columns, and the table that they point to.
    keys: Vec<(Vec<String>, String)>,
}

/// A column as running code knows it.
#[derive(Debug)]
struct TakenColumn {
    /// Its name now.
    now: String,
    data_type: DataType,
    /// Whether an INSERT may leave it out.
    is_optional: bool,
    /// Whether no row has a value in it.
    is_all_null: bool,
}

/// What was taken, by the names that running code knows.
#[derive(Debug)]
enum What {
    Table(String),
    Column {
        table: String,
        column: String,
    },
    Default {
        table: String,
        column: String,
    },
    View {
        view: String,
        /// What it shows, where that is known.
        columns: Option<ShownColumns>,
    },
    Function(String),
    Policy {
        table: String,
        policy: String,
    },
    /// A name that the transaction itself has given: no running code knows it.
    UnknownToCode,
}

/// What is to be said of a hit when its transaction has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// What was taken stays away; `but` is the reason why what answers in its place is none.
    Stays { but: Option<String> },
    /// Something answers in its place, and is less than that.
    Lesser { but: String },
    /// A view stands in.
    BehindView,
    /// It is there again.
    GivenBack,
}

impl Taken {
    /// Takes in what a statement takes away, before it takes effect. Where no transaction is open, nobody gives it back.
    pub(super) fn note(&mut self, hits: &[Hit<'_>], first: HitAt, catalog: &Catalog, usage: &dyn Usage) {
        for (index, hit) in hits.iter().enumerate().skip(first.hit) {
            if hit.aspect == Some(Aspect::DropForeignKey) {
                // Django drops it before it renames the column; running code knows the table with it.
                self.known(hit.name("table").unwrap_or_default(), catalog);
            }
            if let Some(what) = self.what(hit, catalog, usage) {
                self.open.push((HitAt { hit: index, ..first }, what));
            }
        }
    }

    fn what(&mut self, hit: &Hit<'_>, catalog: &Catalog, usage: &dyn Usage) -> Option<What> {
        let table = hit.name("table").unwrap_or_default();
        let column = || hit.name("column").unwrap_or_default().to_owned();
        if hit.severity == Severity::Silent {
            return None;
        }
        match hit.aspect? {
            Aspect::RenameTable | Aspect::DropTable if self.made.iter().any(|made| made == table) => {
                Some(What::UnknownToCode)
            }
            Aspect::RenameTable if usage.has_no_model(table) && self.is_free(hit.name("new_table")) => {
                Some(What::UnknownToCode)
            }
            Aspect::RenameTable | Aspect::DropTable => Some(What::Table(self.known(table, catalog).known_as.clone())),
            Aspect::RenameColumn | Aspect::DropColumn => {
                let column = column();
                let is_made = catalog
                    .column(table, &column)
                    .is_some_and(|column| column.created_in == catalog.current_migration());
                let known = self.known(table, catalog);
                // A column that the history does not know was there before; one that was renamed here has a hit for that.
                let has_its_name = known.columns.get(&column).is_some_and(|known| known.now == column);
                let is_renamed = known.columns.values().any(|known| known.now == column);
                Some(if has_its_name || !is_made && !is_renamed {
                    What::Column {
                        table: known.known_as.clone(),
                        column,
                    }
                } else {
                    What::UnknownToCode
                })
            }
            Aspect::DropDefault => Some(What::Default {
                table: table.to_owned(),
                column: column(),
            }),
            Aspect::DropView => hit.name("view").map(|view| What::View {
                view: view.to_owned(),
                columns: catalog.shown_columns(view),
            }),
            Aspect::TakeFromRunningCode => hit.name("function").map(|name| What::Function(name.to_owned())),
            Aspect::DropPolicy => hit.name("policy").map(|policy| What::Policy {
                table: table.to_owned(),
                policy: policy.to_owned(),
            }),
            _ => None,
        }
    }

    /// The table as running code knows it, by its name now.
    fn known(&mut self, now: &str, catalog: &Catalog) -> &TakenTable {
        let at = self.tables.iter().position(|table| table.now.as_deref() == Some(now));
        let at = at.unwrap_or_else(|| {
            let entry = catalog.table(now);
            let columns = entry.into_iter().flat_map(|entry| &entry.columns);
            let is_old = |created_in| created_in != catalog.current_migration();
            let old = columns.filter(|(_, column)| is_old(column.created_in));
            self.tables.push(TakenTable {
                known_as: now.to_owned(),
                now: Some(now.to_owned()),
                columns: old
                    .map(|(name, column)| (name.clone(), TakenColumn::of((now, name), column, catalog)))
                    .collect(),
                keys: entry.map(own_keys).unwrap_or_default(),
            });
            self.tables.len() - 1
        });
        &self.tables[at]
    }

    /// Whether a table has given the name up in this transaction.
    fn is_free(&self, name: Option<&str>) -> bool {
        let gave_up = |table: &TakenTable| Some(&*table.known_as) == name && table.now.as_deref() != name;
        self.tables.iter().any(gave_up)
    }

    /// Follows the names that a statement changes.
    pub(super) fn follow(&mut self, statement: &Statement) {
        match statement {
            Statement::RenameTable { from, to, .. } => {
                if let (Some(from), Some(to)) = (from.known(), to.known()) {
                    self.rename(from, to);
                    self.rename_in_defaults(|table, _| table == from, |table, _| to.clone_into(table));
                }
            }
            Statement::DropTable { table, .. } => {
                let table = table_key(table);
                for taken in self
                    .tables
                    .iter_mut()
                    .filter(|taken| taken.now.as_deref() == Some(table))
                {
                    taken.now = None;
                }
            }
            Statement::AlterTable { table, actions, .. } => {
                let table = table_key(table);
                for action in actions {
                    if let AlterTableAction::RenameColumn { from, to } = action
                        && let (Some(from), Some(to)) = (from.known(), to.known())
                    {
                        self.rename_column(table, from, to);
                    }
                }
            }
            _ => {}
        }
    }

    fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        let is_it = |of: &str, column: &str| of == table && column == from;
        self.rename_in_defaults(is_it, |_, column| to.clone_into(column));
        let tables = self
            .tables
            .iter_mut()
            .filter(|taken| taken.now.as_deref() == Some(table));
        let columns = tables.flat_map(|taken| taken.columns.values_mut());
        columns
            .filter(|column| column.now == from)
            .for_each(|column| to.clone_into(&mut column.now));
    }

    /// Makes dropped defaults follow their columns.
    fn rename_in_defaults(&mut self, is_it: impl Fn(&str, &str) -> bool, rename: impl Fn(&mut String, &mut String)) {
        for (_, what) in &mut self.open {
            if let What::Default { table, column } = what
                && is_it(table, column)
            {
                rename(table, column);
            }
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        let is_of_transaction = self.made.iter().any(|made| made == from);
        let taken = self.tables.iter_mut().find(|taken| taken.now.as_deref() == Some(from));
        let Some(taken) = taken else {
            if is_of_transaction {
                self.made.push(to.to_owned());
            }
            return;
        };
        taken.now = Some(to.to_owned());
        let comes_home = taken.known_as == to;
        self.made.retain(|made| made != from);
        if !comes_home {
            self.made.push(to.to_owned());
        }
    }

    /// The transaction has ended: what was taken and is there now was given back.
    pub(super) fn end(&mut self, catalog: &Catalog) {
        for (at, what) in std::mem::take(&mut self.open) {
            let fate = self.fate(&what, catalog);
            self.decided.push((at, fate));
        }
        self.tables.clear();
        self.made.clear();
    }

    fn fate(&self, what: &What, catalog: &Catalog) -> Fate {
        let given_back = |is_there: bool| {
            if is_there {
                Fate::GivenBack
            } else {
                Fate::Stays { but: None }
            }
        };
        match what {
            What::UnknownToCode => Fate::GivenBack,
            What::Default { table, column } => {
                // Of a column that went, its own hit tells; of one that the history does not know, nothing was given back.
                let is_there_again = match catalog.column(table, column) {
                    Some(column) => column.default.is_some(),
                    None => catalog.table(table).is_some(),
                };
                given_back(is_there_again)
            }
            What::View { view, columns } => fate_of_view(view, columns.as_ref(), catalog),
            What::Function(name) => given_back(catalog.function(name).is_some()),
            What::Policy { table, policy } => {
                let entry = catalog.table(table);
                given_back(entry.is_some_and(|entry| entry.attached.policies.contains_key(policy)))
            }
            What::Table(table) => self.fate_of_table(table, catalog),
            What::Column { table, column } => match catalog.table(table) {
                Some(_) => self.fate_of_column(table, column, catalog),
                None => self.fate_of_table(table, catalog),
            },
        }
    }

    fn fate_of_table(&self, name: &str, catalog: &Catalog) -> Fate {
        let Some(taken) = self.tables.iter().find(|taken| taken.known_as == name) else {
            return Fate::Stays { but: None };
        };
        if let Some(entry) = catalog.table(name) {
            // Of the table itself, its columns have hits of their own.
            let is_itself = taken.now.as_deref() == Some(name);
            if taken.columns.is_empty() && !is_itself {
                return Fate::Stays {
                    but: Some(format!("which columns `{name}` had is not known")),
                };
            }
            let flaw = if is_itself { None } else { taken.flaw_of(entry) };
            let but = flaw.map(|flaw| format!("the table that takes the name {flaw}"));
            let but = but.or_else(|| taken.key_left(name, catalog));
            let but = but.or_else(|| if is_itself { None } else { rows_missing(name, catalog) });
            if but.is_some() {
                return Fate::Stays { but };
            }
            let lost = if is_itself { None } else { taken.key_lost(name, catalog) };
            return lost.map_or(Fate::GivenBack, |but| Fate::Lesser { but });
        }
        let view = catalog.view(name).filter(|view| catalog.trusts_view(view));
        let Some(view) = view else {
            return Fate::Stays { but: None };
        };
        let columns: Vec<String> = taken.columns.keys().cloned().collect();
        let flaw = match view.kind {
            ViewKind::Plain => view.flaw_as(taken.now.as_deref(), &columns),
            ViewKind::Materialized => Some("is materialized".to_owned()),
        };
        match flaw {
            None => Fate::BehindView,
            Some(flaw) => Fate::Stays {
                but: Some(format!("the view that takes the name {flaw}")),
            },
        }
    }

    fn fate_of_column(&self, table: &str, column: &str, catalog: &Catalog) -> Fate {
        let of_table = self.tables.iter().find(|taken| taken.known_as == table);
        let taken = of_table.and_then(|taken| Some((taken, taken.columns.get(column)?)));
        let (Some((of_table, taken)), Some(there)) = (taken, catalog.column(table, column)) else {
            return Fate::Stays { but: None };
        };
        let is_itself = taken.now == column;
        let flaw = taken.flaw_of(there).or_else(|| {
            let is_new = there.created_in == catalog.current_migration();
            let is_emptied = !taken.is_all_null && is_new && catalog.is_all_null(table, column);
            is_emptied.then(|| "is NULL in all rows".to_owned())
        });
        let flaw = flaw.or_else(|| of_table.other_target((table, column), catalog));
        flaw.filter(|_| !is_itself).map_or(Fate::GivenBack, |flaw| Fate::Stays {
            but: Some(format!("the column that takes the name {flaw}")),
        })
    }

    /// Says it, in the log of the migration that has ended.
    pub(super) fn tell<'r>(&mut self, rules: &'r RuleTable, log: &mut [Executed<'r>]) {
        for (at, fate) in std::mem::take(&mut self.decided) {
            if let Some(verdict) = at.verdict(log) {
                settle(verdict, at.hit, fate, rules);
            }
        }
    }
}

/// The foreign keys that a table has itself.
fn own_keys(table: &Table) -> Vec<(Vec<String>, String)> {
    let keys = table
        .constraints
        .values()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { columns, to_table, .. } => Some((columns.clone(), to_table.clone())),
            ConstraintKind::Check(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Exclude(_) => None,
        });
    keys.collect()
}

/// Why a table that takes a name has not the rows of the one before.
fn rows_missing(name: &str, catalog: &Catalog) -> Option<String> {
    let flaw = match catalog.contents(name) {
        Contents::Empty => "has no rows: nothing was copied into it",
        Contents::Chosen => "has not all rows: the query that fills it leaves some out",
        Contents::Any => return None,
    };
    Some(format!("the table that takes the name {flaw}"))
}

impl TakenTable {
    /// A foreign key of its own that the table in its place lacks.
    fn key_lost(&self, name: &str, catalog: &Catalog) -> Option<String> {
        let entry = catalog.table(name).filter(|_| catalog.is_whole(name))?;
        let there = own_keys(entry);
        let is_there = |columns: &[String]| there.iter().any(|(known, _)| known == columns);
        let mut lost = self.keys.iter().filter(|(columns, _)| !is_there(columns));
        let (columns, to_table) = lost.find(|(_, to_table)| to_table != NAMELESS)?;
        entry.nameless_keys.is_empty().then(|| {
            format!(
                "the table that takes the name lacks the foreign key of `{}` to `{to_table}`",
                columns.join("`, `")
            )
        })
    }

    /// Where the foreign key of a column points now, if that is another table than before.
    fn other_target(&self, (table, column): (&str, &str), catalog: &Catalog) -> Option<String> {
        let target = |keys: &[(Vec<String>, String)]| {
            let mut keys = keys.iter().filter(|(columns, _)| columns[..] == [column]);
            keys.next().map(|(_, to_table)| to_table.clone())
        };
        let before = target(&self.keys)?;
        let now = target(&own_keys(catalog.table(table)?))?;
        // The table of before may have another name, and another table its name.
        let is_there = catalog.table(&before).is_some() && now != NAMELESS;
        (is_there && now != before).then(|| format!("points to `{now}`, not to `{before}`"))
    }

    /// A foreign key that goes on pointing to the table under its new name: what points to new rows of the other is refused.
    fn key_left(&self, name: &str, catalog: &Catalog) -> Option<String> {
        let now = self.now.as_deref().filter(|now| *now != name)?;
        let mut keys = catalog.incoming_foreign_keys(now).filter(|(child, ..)| *child != now);
        let (child, key, _) = keys.next()?;
        Some(format!(
            "the foreign key `{key}` of `{child}` goes on pointing to `{now}`"
        ))
    }

    /// Why running code does not go on with a table in its place.
    fn flaw_of(&self, other: &Table) -> Option<String> {
        let of_known = self
            .columns
            .iter()
            .find_map(|(name, taken)| match other.columns.get(name) {
                None => Some(format!("lacks `{name}`")),
                Some(there) => taken
                    .flaw_of(there)
                    .map(|flaw| format!("does not fit: `{name}` {flaw}")),
            });
        of_known.or_else(|| {
            let is_new = |name: &String| !self.columns.contains_key(name);
            let demanded = other
                .columns
                .iter()
                .find(|(name, column)| is_new(name) && !column.is_optional());
            demanded.map(|(name, _)| format!("wants a value for `{name}`, which no insert of that release gives"))
        })
    }
}

impl TakenColumn {
    fn of((table, name): (&str, &str), column: &Column, catalog: &Catalog) -> Self {
        Self {
            is_all_null: catalog.is_all_null(table, name),
            now: name.to_owned(),
            data_type: column.data_type.clone(),
            is_optional: column.is_optional(),
        }
    }

    /// Why running code does not go on with a column in its place.
    fn flaw_of(&self, other: &Column) -> Option<String> {
        if !self.data_type.is_exchangeable_with(&other.data_type) {
            return Some(format!("is {}, not {}", other.data_type, self.data_type));
        }
        let demands = self.is_optional && !other.is_optional();
        demands.then(|| "has no value of its own where an insert leaves it out".to_owned())
    }
}

/// A view that is there again shows what it showed, as far as both are known.
fn fate_of_view(view: &str, columns: Option<&ShownColumns>, catalog: &Catalog) -> Fate {
    if catalog.table(view).is_none() && catalog.view(view).is_none() {
        return Fate::Stays { but: None };
    }
    let now = catalog.shown_columns(view);
    let lost = columns
        .zip(now.as_ref())
        .and_then(|(before, now)| lost_column(before, now));
    lost.map_or(Fate::GivenBack, |lost| Fate::Stays {
        but: Some(format!("the one that is created again {lost}")),
    })
}

/// Makes a hit say what became of it.
fn settle<'r>(verdict: &mut Verdict<'r>, hit: usize, fate: Fate, rules: &'r RuleTable) {
    let Verdict { hits, rows, .. } = verdict;
    let Some(hit) = hits.get_mut(hit) else { return };
    let standing_in = match fate {
        Fate::Stays { but } => {
            if let Some(but) = but {
                if hit.aspect == Some(Aspect::DropView) {
                    // Who creates it again knows of code that reads it.
                    hit.severity = hit.severity.max(Severity::Warning);
                }
                hit.set_name("but", format!(" ({but})"));
            }
            return;
        }
        Fate::Lesser { but } => {
            hit.severity = hit.severity.min(Severity::Warning);
            hit.harm.clear();
            hit.set_name("but", format!(" ({but})"));
            return;
        }
        Fate::BehindView => "view",
        Fate::GivenBack => "not-needed",
    };
    let facts = match hit.aspect {
        Some(Aspect::RenameTable | Aspect::RenameColumn) => [(FactName::StandIn, standing_in)],
        Some(Aspect::DropTable | Aspect::DropColumn) => [(FactName::Use, "unused")],
        _ => {
            hit.severity = Severity::Silent;
            hit.harm.clear();
            return;
        }
    };
    let Some((rule, row)) = hit.aspect.and_then(|aspect| rules.rows(aspect, &facts).next()) else {
        return;
    };
    for matched in rows.iter_mut().filter(|matched| matched.rule == hit.rule.name) {
        matched.rule.clone_from(&rule.name);
        matched.row = rule.position(row);
    }
    hit.rule = rule;
    hit.severity = row.severity.min(hit.severity);
    hit.harm.clone_from(&row.harm);
    hit.set_name(
        "unused",
        "whose name is there again at the end of its transaction".to_owned(),
    );
}
