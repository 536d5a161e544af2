//! From the observations of one statement to its locks, its work and the rows that it matched.

use rustc_hash::FxHashSet;

use crate::catalog::{Catalog, MigrationNumber};
use crate::facts::{Aspect, Observation, Role};
use crate::finding::{Claim, Harm, HeldLock, MatchedRow, RelationKind, Severity, Work};
use crate::lock::{Command, LockMode};
use crate::rules::{Row, Rule, RuleTable};
use crate::statement::ViewKind;
use crate::transaction::Transaction;

/// What a table is called hot for.
const QUERIES: [Command; 4] = [Command::Select, Command::Insert, Command::Update, Command::Delete];

/// What one statement does, all its aspects together.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict<'r> {
    pub locks: Vec<HeldLock>,
    pub work: Work,
    pub scans: Vec<String>,
    pub rewrites: Vec<String>,
    pub builds: Vec<String>,
    pub hits: Vec<Hit<'r>>,
    pub rows: Vec<MatchedRow>,
}

/// A row that a statement matched.
#[derive(Clone, Debug)]
pub(super) struct Hit<'r> {
    pub rule: &'r Rule,
    /// The aspect of a statement that it is of, if it is of one.
    pub aspect: Option<Aspect>,
    pub matrix: Option<u8>,
    pub severity: Severity,
    pub harm: Vec<Harm>,
    pub work: Work,
    pub strongest: Option<LockMode>,
    /// Whether its work grows with a table that others use.
    pub is_felt: bool,
    pub names: Vec<(&'static str, String)>,
    /// The relation that it is about.
    pub relation: Option<String>,
    /// The earlier migration that made the column that it is about.
    pub column_made_in: Option<MigrationNumber>,
}

/// What decides whether a relation's locks matter, and how long they have been held.
pub(super) struct Surroundings<'a> {
    pub catalog: &'a Catalog,
    pub transaction: &'a Transaction,
    pub new_indexes: &'a FxHashSet<String>,
    /// Tables on which a moment's lock already hurts.
    pub hot_tables: &'a [String],
    /// Whether anybody will see which rows matched.
    pub keeps_rows: bool,
}

impl Surroundings<'_> {
    /// Whether the running migration itself created the relation: nobody else can see it, so nobody waits.
    fn is_new(&self, role: Role, relation: &str) -> bool {
        match role {
            Role::Table
            | Role::Referenced
            | Role::Partner
            | Role::Parent
            | Role::DefaultPartition
            | Role::Partition => self.catalog.is_new(relation) || self.is_new_view(relation),
            Role::View => self.is_new_view(relation),
            Role::Index => {
                self.new_indexes.contains(relation)
                    || self
                        .catalog
                        .index_table(relation)
                        .is_some_and(|table| self.catalog.is_new(table))
            }
            Role::Sequence => self
                .catalog
                .sequence(relation)
                .is_some_and(|sequence| self.catalog.is_recent(sequence.created_in)),
        }
    }
}

impl Surroundings<'_> {
    /// Whether nobody waits for the relation: it is new, or of a table that another part of the app's birth created.
    fn is_unused(&self, role: Role, relation: &str) -> bool {
        let table = match role {
            Role::Index => self.catalog.index_table(relation),
            Role::Table
            | Role::Referenced
            | Role::Partner
            | Role::Parent
            | Role::DefaultPartition
            | Role::Partition => Some(relation),
            Role::View | Role::Sequence => None,
        };
        self.is_new(role, relation) || table.is_some_and(|table| self.catalog.is_unused(table))
    }

    /// The table whose queries open the relation.
    fn queried_through<'s>(&'s self, role: Role, relation: &'s str) -> Option<&'s str> {
        match role {
            Role::Table
            | Role::Referenced
            | Role::Partner
            | Role::Parent
            | Role::DefaultPartition
            | Role::Partition => Some(relation),
            Role::Index => self.catalog.index_table(relation),
            Role::Sequence => {
                let owner = self.catalog.sequence(relation)?.owner.as_ref();
                owner.map(|(table, _)| table.as_str())
            }
            Role::View => None,
        }
    }

    fn is_new_view(&self, relation: &str) -> bool {
        self.catalog
            .view(relation)
            .is_some_and(|view| self.catalog.is_recent(view.created_in))
    }

    fn kind(&self, role: Role, relation: &str) -> RelationKind {
        match role {
            Role::Index => RelationKind::Index,
            Role::Sequence => RelationKind::Sequence,
            Role::Table
            | Role::Referenced
            | Role::Partner
            | Role::Parent
            | Role::DefaultPartition
            | Role::Partition
            | Role::View => match self.catalog.view(relation).map(|view| view.kind) {
                Some(ViewKind::Plain) => RelationKind::View,
                Some(ViewKind::Materialized) => RelationKind::MaterializedView,
                None if role == Role::View => RelationKind::View,
                None if self.catalog.is_partitioned(relation) => RelationKind::Partitioned,
                None => RelationKind::Table,
            },
        }
    }

    /// Whether the rows lie in partitions that are known: then nothing is done to the table itself.
    fn is_hollow(&self, relation: &str) -> bool {
        self.catalog.is_partitioned(relation) && !self.catalog.descendants(relation).is_empty()
    }
}

/// Looks each observation up in the table and puts the answers together: the strongest lock and the heaviest work on
/// each relation that existed before the migration, and what the transaction holds already.
pub(super) fn judge<'r>(
    observations: Vec<Observation>,
    rules: &'r RuleTable,
    around: &Surroundings<'_>,
    verdict: &mut Verdict<'r>,
) {
    let known = verdict.hits.len();
    let mut heat = None;
    for observation in observations {
        if let Some((rule, row)) = rules.row_for(&observation) {
            heat = heat.or_else(|| hot_lock(&observation, row, around));
            let teller = observation.told_as.and_then(|name| rules.rule(name)).unwrap_or(rule);
            verdict.add(observation, (rule, row), teller, around);
        }
    }
    let is_told = verdict.hits[known..]
        .iter()
        .any(|hit| hit.severity >= Severity::Warning);
    if let Some((table, mode)) = heat.filter(|_| !is_told) {
        let names = vec![
            ("table", table),
            ("mode", mode.name().to_owned()),
            ("who", who_waits(mode)),
        ];
        verdict.hits.extend(Hit::of_rule(rules, "lock-hot-table", names));
    }
    verdict.add_up(known, around.transaction);
}

impl<'r> Hit<'r> {
    /// The value of a name for the message.
    pub(super) fn name(&self, wanted: &str) -> Option<&str> {
        let found = self.names.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.as_str())
    }

    /// Gives a name for the message another value.
    pub(super) fn set_name(&mut self, name: &'static str, value: String) {
        self.names.retain(|(known, _)| *known != name);
        self.names.push((name, value));
    }

    /// What a rule without rows says.
    pub(super) fn of_rule(rules: &'r RuleTable, name: &str, names: Vec<(&'static str, String)>) -> Option<Self> {
        let rule = rules.rule(name)?;
        Some(Self {
            rule,
            aspect: None,
            matrix: None,
            severity: rule.severity,
            harm: rule.harm.clone(),
            work: Work::None,
            strongest: None,
            relation: None,
            column_made_in: None,
            is_felt: false,
            names,
        })
    }
}

impl<'r> Verdict<'r> {
    fn add(
        &mut self,
        mut observation: Observation,
        (rule, row): (&'r Rule, &Row),
        teller: &'r Rule,
        around: &Surroundings<'_>,
    ) {
        let mut hit = Hit {
            rule: teller,
            aspect: Some(observation.aspect),
            matrix: row.matrix,
            severity: match observation.told_as {
                Some(_) => teller.severity,
                None => severity(&observation, rule, row, around),
            },
            harm: if observation.told_as.is_some() {
                teller.harm.clone()
            } else {
                row.harm.clone()
            },
            work: Work::None,
            strongest: None,
            relation: observation.roles.first().map(|(_, relation)| relation.clone()),
            column_made_in: column_made_in(&observation, around.catalog),
            names: std::mem::take(&mut observation.names),
            is_felt: false,
        };
        let mut claims = Vec::new();
        let bound = observation
            .roles
            .iter()
            .filter(|(role, relation)| !around.is_new(*role, relation));
        for (role, relation) in bound {
            let Some((_, mode)) = row.locks.iter().find(|(locked, _)| locked == role) else {
                continue;
            };
            let work = row
                .work
                .iter()
                .find(|(worked, _)| worked == role && !around.is_hollow(relation))
                .map_or(&[][..], |(_, work)| work);
            if around.keeps_rows {
                claims.push(Claim {
                    role: *role,
                    relation: relation.clone(),
                    mode: *mode,
                    work: work.to_vec(),
                });
            }
            let heaviest = work.iter().copied().max().unwrap_or_default();
            self.lock(HeldLock {
                relation: relation.clone(),
                kind: around.kind(*role, relation),
                mode: Some(*mode),
                held: around.transaction.held(relation).cloned(),
                work: heaviest,
            });
            self.note_work(&observation, relation, work);
            hit.work = hit.work.max(heaviest);
            hit.strongest = hit.strongest.max(Some(*mode));
            hit.is_felt |= heaviest.grows() && !around.is_unused(*role, relation);
        }
        self.hits.push(hit);
        if around.keeps_rows {
            self.rows.push(MatchedRow {
                rule: rule.name.clone(),
                row: rule.position(row),
                claims,
            });
        }
    }

    /// Adds what another statement of the same command does.
    pub(super) fn absorb(&mut self, other: Verdict<'r>) {
        other.locks.into_iter().for_each(|lock| self.lock(lock));
        self.work = self.work.max(other.work);
        add_all(&mut self.scans, other.scans);
        add_all(&mut self.rewrites, other.rewrites);
        add_all(&mut self.builds, other.builds);
        self.hits.extend(other.hits);
        self.rows.extend(other.rows);
    }

    /// Work that is felt makes others wait for all that the statement locks and its transaction holds, on whatever relation.
    fn add_up(&mut self, known: usize, transaction: &Transaction) {
        let is_felt = self.hits[known..].iter().any(|hit| hit.is_felt);
        let held = held_meanwhile(transaction).filter(|_| is_felt);
        held.for_each(|lock| self.lock(lock));
        let keeps_waiting = transaction.keeping_waiting().next().is_some();
        for hit in self.hits[known..].iter_mut().filter(|hit| hit.is_felt) {
            let modes = self.locks.iter().filter_map(HeldLock::strongest);
            hit.harm.extend(modes.flat_map(|mode| Harm::of_work(mode, hit.work)));
            hit.harm.sort_unstable();
            hit.harm.dedup();
            // Whatever the rule says of its statement alone.
            if keeps_waiting && hit.severity > Severity::Silent {
                hit.severity = Severity::Error;
            }
        }
    }

    /// One entry for each relation: what was held before the statement stays what it was.
    fn lock(&mut self, lock: HeldLock) {
        let same = |known: &&mut HeldLock| known.relation == lock.relation && known.kind == lock.kind;
        match self.locks.iter_mut().find(same) {
            Some(known) => {
                known.mode = known.mode.max(lock.mode);
                known.work = known.work.max(lock.work);
            }
            None => self.locks.push(lock),
        }
    }

    fn note_work(&mut self, observation: &Observation, relation: &str, work: &[Work]) {
        let builds = &observation.builds;
        let add = |names: &mut Vec<String>, name: &str| {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        };
        for kind in work {
            self.work = self.work.max(*kind);
            match kind {
                Work::Scan => add(&mut self.scans, relation),
                // A rewrite and the build of an index read every row too.
                Work::Rewrite => {
                    if reads_rows(observation.aspect) {
                        add(&mut self.scans, relation);
                    }
                    add(&mut self.rewrites, relation);
                    builds.iter().for_each(|index| add(&mut self.builds, index));
                }
                Work::IndexBuild => {
                    add(&mut self.scans, relation);
                    builds.iter().for_each(|index| add(&mut self.builds, index));
                }
                Work::None | Work::Unknown => {}
            }
        }
    }
}

/// The earlier migration that made the column that an observation is about.
fn column_made_in(observation: &Observation, catalog: &Catalog) -> Option<MigrationNumber> {
    let name = |wanted: &str| {
        let found = observation.names.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    let column = catalog.column(name("table")?, name("column")?)?;
    Some(column.created_in).filter(|made_in| *made_in != catalog.current_migration())
}

fn add_all(names: &mut Vec<String>, others: Vec<String>) {
    for other in others {
        if !names.contains(&other) {
            names.push(other);
        }
    }
}

/// Files are copied as they are, and a refresh reads the rows of other tables.
fn reads_rows(aspect: Aspect) -> bool {
    !matches!(aspect, Aspect::SetTablespace | Aspect::MoveIndex | Aspect::RefreshView)
}

/// A row's own severity, but silence where nobody uses the table yet, or the other table that the row is about.
fn severity(observation: &Observation, rule: &Rule, row: &Row, around: &Surroundings<'_>) -> Severity {
    if row.even_when_new {
        return row.severity;
    }
    let old = |wanted: Role| {
        observation
            .roles
            .iter()
            .any(|(role, relation)| *role == wanted && !around.is_unused(*role, relation))
    };
    let locks = |wanted: Role| row.locks.iter().any(|(role, _)| *role == wanted);
    let table_is_new = observation.roles.iter().any(|(role, _)| *role == Role::Table) && !old(Role::Table);
    // A row that is no more than a remark on the other table has nothing to say where there is none.
    let is_remark = row.severity <= Severity::Info && row.work.is_empty();
    let is_about_nobody = (locks(Role::Partner) && !old(Role::Partner))
        || (is_remark && locks(Role::Referenced) && !old(Role::Referenced));
    let all_are_new = !observation.roles.is_empty()
        && observation
            .roles
            .iter()
            .all(|(role, relation)| around.is_unused(*role, relation));
    let own = if table_is_new || all_are_new || is_about_nobody {
        Severity::Silent
    } else {
        row.severity
    };
    let is_worded = row.severity > Severity::Silent || rule.speaks_of_hot_tables();
    if is_worded && hot_lock(observation, row, around).is_some() {
        own.max(Severity::Warning)
    } else {
        own
    }
}

/// The hot table that the row keeps queries from, and the mode in which: its own lock's, or that of its index or sequence.
fn hot_lock(observation: &Observation, row: &Row, around: &Surroundings<'_>) -> Option<(String, LockMode)> {
    let locked = observation.roles.iter().filter_map(|(role, relation)| {
        let (_, mode) = row.locks.iter().find(|(locked, _)| locked == role)?;
        let is_felt = QUERIES.iter().any(|query| mode.conflicts_with(query.lock()));
        let table = around.queried_through(*role, relation)?;
        let is_hot = around.hot_tables.iter().any(|hot| hot == table);
        (is_felt && is_hot && !around.is_unused(*role, relation)).then(|| (table.to_owned(), *mode))
    });
    locked.max_by_key(|(_, mode)| *mode)
}

/// Those that wait for a mode, as a clause needs it.
fn who_waits(mode: LockMode) -> String {
    let who = if mode.conflicts_with(Command::Select.lock()) {
        "every query on it waits"
    } else {
        "inserts, updates and deletes wait"
    };
    who.to_owned()
}

/// What the transaction keeps others from while something works that locks none of it.
pub(super) fn held_meanwhile(transaction: &Transaction) -> impl Iterator<Item = HeldLock> {
    transaction.keeping_waiting().map(|holding| HeldLock {
        relation: holding.relation.clone(),
        kind: holding.kind,
        mode: None,
        held: Some(holding.held.clone()),
        work: Work::None,
    })
}
