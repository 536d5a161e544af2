//! What forelock says: findings, and what each statement of each migration does. Plain data.

mod pending;

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::facts::Role;
use crate::lock::{Command, LockMode};
use crate::migration::{MigrationKey, OperationPath};
use crate::plan::Plan;
use crate::schema_editor::Confidence;
use crate::source::{Range, SourceFile};
pub use pending::{Pending, PendingKind};

/// How much a finding matters. Orders from least to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The mark of a row that is safe: never a finding.
    Silent,
    /// Worth knowing; shown with `-v`, never gates.
    Info,
    /// Needs a person's judgement.
    Warning,
    /// Work under a blocking lock, a certain failure, or a break of running or new code.
    Error,
}

impl Severity {
    /// As people and JSON see it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Silent => "silent",
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Severity::Silent, Severity::Info, Severity::Warning, Severity::Error]
            .into_iter()
            .find(|severity| severity.name() == text)
    }
}

/// What a finding does to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harm {
    /// Work that grows with the table is done while reads wait.
    BlocksReads,
    /// Work that grows with the table is done while writes wait.
    BlocksWrites,
    /// The release that is still running fails after the migration.
    BreaksRunningCode,
    /// The new release fails: what Django believes and what the database has disagree.
    BreaksNewCode,
    /// The statement fails on a table with rows, or inside a transaction.
    Fails,
    /// Rows or values are gone.
    LosesData,
    /// Two transactions can wait for each other.
    DeadlockProne,
    /// Nobody could read it.
    NotAnalysed,
}

impl Harm {
    /// All kinds of harm.
    pub const ALL: [Harm; 8] = [
        Harm::BlocksReads,
        Harm::BlocksWrites,
        Harm::BreaksRunningCode,
        Harm::BreaksNewCode,
        Harm::Fails,
        Harm::LosesData,
        Harm::DeadlockProne,
        Harm::NotAnalysed,
    ];

    /// What work under a lock does to others: work that grows with the table, under a lock that others wait for.
    #[must_use]
    pub fn of_work(mode: LockMode, work: Work) -> Vec<Harm> {
        let grows = work.grows();
        let reads = (grows && mode.blocks_reads()).then_some(Harm::BlocksReads);
        let writes = (grows && mode.blocks_writes()).then_some(Harm::BlocksWrites);
        reads.into_iter().chain(writes).collect()
    }

    /// As people and JSON see it; works wherever a rule's name does.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Harm::BlocksReads => "blocks-reads",
            Harm::BlocksWrites => "blocks-writes",
            Harm::BreaksRunningCode => "breaks-running-code",
            Harm::BreaksNewCode => "breaks-new-code",
            Harm::Fails => "fails",
            Harm::LosesData => "loses-data",
            Harm::DeadlockProne => "deadlock-prone",
            Harm::NotAnalysed => "not-analysed",
        }
    }

    /// The harm with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Harm::ALL.into_iter().find(|harm| harm.name() == text)
    }
}

/// Work that a statement does while it holds its locks, lightest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Catalog only.
    #[default]
    None,
    /// Every row is read.
    Scan,
    /// An index is built.
    IndexBuild,
    /// The table is written anew, with all its indexes.
    Rewrite,
    /// Nobody knows.
    Unknown,
}

impl Work {
    /// Whether it takes the longer, the more rows there are.
    #[must_use]
    pub fn grows(self) -> bool {
        match self {
            Work::Scan | Work::IndexBuild | Work::Rewrite => true,
            Work::None | Work::Unknown => false,
        }
    }

    /// As people and JSON see it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Work::None => "none",
            Work::Scan => "scan",
            Work::IndexBuild => "index-build",
            Work::Rewrite => "rewrite",
            Work::Unknown => "unknown",
        }
    }

    /// The work with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Work::None, Work::Scan, Work::IndexBuild, Work::Rewrite, Work::Unknown]
            .into_iter()
            .find(|work| work.name() == text)
    }
}

/// What kind of relation a lock is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "Postgres's own words")]
pub enum RelationKind {
    Table,
    Partitioned,
    View,
    MaterializedView,
    Index,
    Sequence,
}

impl RelationKind {
    /// As JSON sees it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RelationKind::Table => "table",
            RelationKind::Partitioned => "partitioned",
            RelationKind::View => "view",
            RelationKind::MaterializedView => "matview",
            RelationKind::Index => "index",
            RelationKind::Sequence => "sequence",
        }
    }
}

/// What to do instead.
#[derive(Clone, Debug)]
pub enum Help {
    /// Words.
    Text(String),
    /// A plan for the operation.
    Plan(Plan),
}

impl Help {
    /// As text: a plan with all of its steps.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Help::Text(text) => Cow::Borrowed(text),
            Help::Plan(plan) => Cow::Owned(plan.help()),
        }
    }

    /// The plan, where it is one.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Help::Text(_) => None,
            Help::Plan(plan) => Some(plan),
        }
    }
}

/// The locks on a relation that existed before the migration: what a statement takes, and what its transaction holds already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLock {
    /// The relation's bare name, as in the catalog.
    pub relation: String,
    /// What it is.
    pub kind: RelationKind,
    /// The strongest mode that the statement takes; none where the relation is only held while it works on others.
    pub mode: Option<LockMode>,
    /// What the transaction holds on it from before the statement.
    pub held: Option<Held>,
    /// The work done on this relation while the lock is held.
    pub work: Work,
}

/// A lock that an earlier statement of the transaction has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The strongest mode so far.
    pub mode: LockMode,
    /// The operation that took it.
    pub since: OperationPath,
}

impl HeldLock {
    /// The stronger of what is taken and what is held: others wait for that.
    #[must_use]
    pub fn strongest(&self) -> Option<LockMode> {
        self.mode.max(self.held.as_ref().map(|held| held.mode))
    }

    /// What is held, where the statement itself takes less.
    #[must_use]
    pub fn held_stronger(&self) -> Option<&Held> {
        self.held.as_ref().filter(|held| Some(held.mode) > self.mode)
    }

    /// The commands of running code that wait.
    #[must_use]
    pub fn blocks(&self) -> Vec<Command> {
        self.strongest().map(LockMode::blocks).unwrap_or_default()
    }
}

/// The innermost operation that a finding is about, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationPlace {
    /// Where it stands in its migration.
    pub path: OperationPath,
    /// The class as written.
    pub class: String,
}

/// Another place that has to do with a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// What stands there.
    pub kind: RelatedKind,
    /// The place.
    pub place: Place,
    /// What stands there, in a few words.
    pub message: String,
}

/// What another place has to do with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedKind {
    /// What the finding is about is written there: in another file than the migration.
    Written,
    /// The migration that made the column.
    ColumnMade,
    /// Something else of the same file that could not be read.
    AlsoUnread,
    /// The operation that has taken a lock which the transaction still holds.
    LockTaken,
}

/// What a finding was folded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHit {
    /// The rule's name.
    pub rule: String,
    /// The same for the same problem in a moved or reformatted file.
    pub fingerprint: String,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's name.
    pub rule: String,
    /// The row of the user's matrix of 32, where it belongs to one.
    pub matrix_row: Option<u8>,
    /// How much it matters.
    pub severity: Severity,
    /// What it does to whom, worst first, without duplicates.
    pub harm: Vec<Harm>,
    /// Other rules that the same operation matched.
    pub also: Vec<String>,
    /// One sentence without a capital or a full stop: what happens to whose table.
    pub message: String,
    /// What to do instead; may hold a block of Django code, indented by four spaces, after an empty line.
    pub help: Help,
    /// Where it stands in the migration, with the text where that could be decoded.
    pub place: Place,
    /// Other places that have to do with it.
    pub related: Vec<Related>,
    /// App label and migration name, where the finding is about a migration.
    pub migration: Option<MigrationKey>,
    /// The operation, where it is about one.
    pub operation: Option<OperationPlace>,
    /// The worst statement, as Django would send it.
    pub statement: Option<String>,
    /// The locks of that statement, and those that the transaction holds meanwhile.
    pub locks: Vec<HeldLock>,
    /// The work of that statement.
    pub work: Work,
    /// That of the first hit.
    pub fingerprint: String,
    /// All that is told in it, the one that gives the headline first.
    pub hits: Vec<NamedHit>,
}

/// Where a finding points.
#[derive(Clone, Debug)]
pub struct Place {
    /// The path as shown to people.
    pub path: PathBuf,
    /// The text; `None` where it could not be read or decoded.
    pub source: Option<Arc<SourceFile>>,
    /// The range in it.
    pub range: Range,
}

/// Who sends a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Django's schema editor.
    Django,
    /// `RunSQL`.
    RunSql,
    /// A cursor in a `RunPython` function.
    RunPython,
}

impl Origin {
    /// As JSON sees it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Origin::Django => "django",
            Origin::RunSql => "runsql",
            Origin::RunPython => "runpython",
        }
    }
}

/// What one statement does.
#[derive(Clone, Debug)]
pub struct StatementReport {
    /// Its text.
    pub sql: String,
    /// The index of the top-level operation that sends it.
    pub operation: usize,
    /// Who sends it.
    pub origin: Origin,
    /// Why nobody could read it; `None` where it was analysed.
    pub not_analysed: Option<String>,
    /// The rules of all rows that it matched, safe ones too.
    pub rules: Vec<String>,
    /// The rows that it matched, each with what it says of relations that existed before the migration.
    pub rows: Vec<MatchedRow>,
    /// The rows of the user's matrix that it belongs to.
    pub matrix_rows: Vec<u8>,
    /// Locks on relations that existed before the migration; of those that it does not lock itself, what the transaction
    /// keeps others from while the statement works.
    pub locks: Vec<HeldLock>,
    /// The heaviest work.
    pub work: Work,
    /// Relations that are read whole.
    pub scans: Vec<String>,
    /// Relations that are rewritten.
    pub rewrites: Vec<String>,
    /// Indexes that are built.
    pub builds: Vec<String>,
    /// Where it stands in the file, where it has a place of its own.
    pub range: Option<Range>,
}

/// A row of the rule table that a statement matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedRow {
    /// The rule's name.
    pub rule: String,
    /// The row's place in the rule.
    pub row: usize,
    /// What the row says of the relations that it is bound to.
    pub claims: Vec<Claim>,
}

/// What a row says of one relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The relation's part in the row.
    pub role: Role,
    /// Its bare name.
    pub relation: String,
    /// The lock.
    pub mode: LockMode,
    /// The work done on it.
    pub work: Vec<Work>,
}

/// What one operation sends.
#[derive(Clone, Debug)]
pub struct OperationReport {
    /// The class as written.
    pub class: String,
    /// How sure we are of the text.
    pub confidence: Confidence,
    /// Why we are not, where we are not.
    pub reasons: Vec<String>,
    /// Those of the reasons that are values known only when the migration runs; what these do is analysed.
    pub values: Vec<String>,
    /// The strings passed to execution at once.
    pub statements: Vec<String>,
    /// The strings that run at the end of the migration.
    pub deferred: Vec<String>,
    /// The place of the operation.
    pub range: Range,
}

/// What one migration does.
#[derive(Clone, Debug)]
pub struct MigrationReport {
    /// App label and name.
    pub key: MigrationKey,
    /// The file.
    pub source: Arc<SourceFile>,
    /// Whether Django runs it in one transaction.
    pub atomic: bool,
    /// The migrations that it squashes.
    pub replaces: Vec<MigrationKey>,
    /// One per top-level operation, in order.
    pub operations: Vec<OperationReport>,
    /// One per statement, in the order in which they run; where only findings were asked for, those alone that nobody
    /// could read.
    pub statements: Vec<StatementReport>,
    /// How many statements it sends.
    pub statement_count: usize,
}

/// Everything that is known about one project.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// All findings, in the order of the history, and by place within a migration; severity `Info` included.
    pub findings: Vec<Finding>,
    /// The project's own migrations, in the order in which Django would run them.
    pub migrations: Vec<MigrationReport>,
    /// What is left to do of changes that take more than one release.
    pub pending: Vec<Pending>,
    /// Things said once about the whole run: assumed versions, another ENGINE.
    pub notes: Vec<String>,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
