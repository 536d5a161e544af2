//! What `forelock explain NAME` prints: the page of a rule, what a lock mode or a harm means, a row of the matrix, or another page.

mod other;

use std::io::{self, Write};

use super::table::Table;
use super::{Characters, Style, locks, observed, page, rules_table};
use crate::facts::Role;
use crate::finding::{Harm, HeldLock, RelationKind};
use crate::lock::{Command, LockMode};
use crate::pages::{self, Page};
use crate::rules::evidence::Evidence;
use crate::rules::{self, MatrixRow, Row, Rule, RuleTable};
use crate::suggestion::nearest;

/// Something that can be explained.
#[derive(Clone, Debug)]
pub enum Topic<'a> {
    /// A rule and its page.
    Rule(&'a Rule),
    /// A table lock mode.
    Lock(LockMode),
    /// A row of the user's matrix.
    MatrixRow(MatrixRow),
    /// A kind of harm, with the rules that do it.
    Harm(Harm, Vec<&'a Rule>),
    /// A package, an operation, a setting, how PostgreSQL works.
    Page(Page),
    /// The names of all pages that are about no rule.
    Pages,
}

/// Nothing that can be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is nothing called `{name}` to explain{}; `forelock rules` lists the rules, `forelock explain pages` what else there is",
    suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
)]
pub struct UnknownTopic {
    /// What was asked for.
    pub name: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// Finds a rule or a kind of harm by its name, a row of the matrix by its number, anything else by any spelling of its name.
///
/// # Errors
/// When there is nothing of this name.
pub fn topic<'a>(name: &str, table: &'a RuleTable) -> Result<Topic<'a>, UnknownTopic> {
    let rule = table.rule(name).map(Topic::Rule);
    let found = rule
        .or_else(|| LockMode::parse(name).map(Topic::Lock))
        .or_else(|| matrix_row(name, table).map(Topic::MatrixRow))
        .or_else(|| Harm::parse(name).map(|harm| Topic::Harm(harm, rules_with(harm, table))))
        .or_else(|| pages::find(name).map(Topic::Page))
        .or_else(|| (name == "pages").then_some(Topic::Pages));
    found.ok_or_else(|| UnknownTopic {
        name: name.to_owned(),
        suggestion: suggestion(name, table),
    })
}

/// `29`, `row-29`, `matrix row 29`.
fn matrix_row(name: &str, table: &RuleTable) -> Option<MatrixRow> {
    let words = name.split(['-', '_', ' ']);
    let number = words
        .skip_while(|word| matches!(*word, "matrix" | "row"))
        .collect::<Vec<_>>();
    let [number] = number.as_slice() else { return None };
    let number: u8 = number.parse().ok()?;
    table.matrix().into_iter().find(|row| row.number == number)
}

fn rules_with(harm: Harm, table: &RuleTable) -> Vec<&Rule> {
    let rules = table.rules.iter();
    rules
        .filter(|rule| rules_table::harm(rule).contains(&harm.name()))
        .collect()
}

fn suggestion(name: &str, table: &RuleTable) -> Option<String> {
    let rules = table.rules.iter().map(|rule| rule.name.as_str());
    let modes = LockMode::ALL.map(LockMode::name);
    let harms = Harm::ALL.map(Harm::name);
    let others = pages::all().map(|page| page.name);
    nearest(name, rules.chain(modes).chain(harms).chain(others)).map(str::to_owned)
}

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(topic: Topic<'_>, evidence: &Evidence, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let markdown = match topic {
        Topic::Rule(rule) => return write_rule(rule, evidence, style, out),
        Topic::Lock(mode) => lock_page(mode),
        Topic::MatrixRow(row) => other::matrix_row(&row),
        Topic::Harm(harm, rules) => other::harm(harm, &rules),
        Topic::Page(page) => other::page(&page),
        Topic::Pages => other::list(),
    };
    page::write(&markdown, &[], style, out)
}

fn write_rule(rule: &Rule, evidence: &Evidence, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let matrix: Vec<String> = rule.matrix_rows.iter().map(ToString::to_string).collect();
    let harm = rules_table::harm(rule);
    let separator = match style.characters {
        Characters::Unicode => " · ",
        Characters::Ascii => ", ",
    };
    let mut facts = vec![style.severity(rule.severity.name(), rule.severity)];
    facts.extend((!harm.is_empty()).then(|| harm.join(", ")));
    facts.extend((!matrix.is_empty()).then(|| format!("matrix row {}", matrix.join(", "))));
    writeln!(out, "{}  {}", style.bold(&rule.name), facts.join(separator))?;
    writeln!(out)?;
    let page = [
        format!("{}\n", rule.page.trim_end()),
        waiting(rule),
        examples(rule),
        observed::section(&rule.name, evidence),
    ];
    let page = page.concat();
    page::write(&page, &rows(rule, style), style, out)
}

/// Who waits for the locks of the rule's rows, and for how long.
fn waiting(rule: &Rule) -> String {
    let mut sentences: Vec<String> = Vec::new();
    for row in &rule.rows {
        let held: Vec<HeldLock> = row.locks.iter().map(|(role, mode)| held(row, *role, *mode)).collect();
        for lock in &held {
            let sentence = format!(
                "- {} ({}): {}",
                lock.relation,
                locks::modes(lock),
                locks::sentence(lock, &held, locks::Lasting::Statement)
            );
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    if sentences.is_empty() {
        return String::new();
    }
    format!("\n## Who waits, and for how long\n{}\n", sentences.join("\n"))
}

fn held(row: &Row, role: Role, mode: LockMode) -> HeldLock {
    let work = row.work.iter().filter(|(working, _)| *working == role);
    let (relation, kind) = match role {
        Role::Table => ("the table", RelationKind::Table),
        Role::Referenced => ("the table that the foreign key points to", RelationKind::Table),
        Role::Partner => ("the table at the other end of the foreign key", RelationKind::Table),
        Role::Index => ("the index", RelationKind::Index),
        Role::Sequence => ("the sequence", RelationKind::Sequence),
        Role::View => ("the view", RelationKind::View),
        Role::Parent => ("the partitioned table", RelationKind::Partitioned),
        Role::DefaultPartition => ("the default partition", RelationKind::Table),
        Role::Partition => ("each partition", RelationKind::Table),
    };
    HeldLock {
        relation: relation.to_owned(),
        kind,
        mode: Some(mode),
        held: None,
        work: work
            .flat_map(|(_, work)| work.iter().copied())
            .max()
            .unwrap_or_default(),
    }
}

/// The operation that a fixture shows, and what to write instead.
fn examples(rule: &Rule) -> String {
    let Some(example) = rules::example(&rule.name) else {
        return String::new();
    };
    let advised = match example.plan {
        "" => example.advised.join("\n\n"),
        _ => String::new(),
    };
    let sections = [("Example", example.operation), ("Instead", &advised)];
    let filled = sections.into_iter().filter(|(_, code)| !code.is_empty());
    let sections: Vec<String> = filled
        .map(|(heading, code)| format!("\n## {heading}\n```python\n{code}\n```\n"))
        .collect();
    let plan = match example.plan {
        "" => String::new(),
        plan => format!("\n## Instead: the plan for this example\n\n{plan}"),
    };
    sections.concat() + &plan
}

/// The rows of a rule as a table: when, which locks, what work.
fn rows(rule: &Rule, style: &Style) -> Vec<String> {
    if rule.rows.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(["statement", "locks", "work"]);
    for row in &rule.rows {
        let conditions = row
            .when
            .iter()
            .map(|(fact, values)| format!("{} {}", fact.name(), values.join(" or ")));
        let statement = std::iter::once(row.aspect.name().to_owned()).chain(conditions);
        let locks = row.locks.iter().map(|(role, mode)| format!("{} {mode}", role.name()));
        let work = row.work.iter().map(|(role, work)| {
            let names: Vec<&str> = work.iter().map(|work| work.name()).collect();
            format!("{} {}", role.name(), names.join(" + "))
        });
        table.add([joined(statement), joined(locks), joined(work)]);
    }
    let lines = table.lines(style).into_iter();
    lines.map(|line| format!("    {line}")).collect()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// The page of a lock mode, as Markdown: what takes it, whom it blocks, what it conflicts with, and the queue.
fn lock_page(mode: LockMode) -> String {
    let verdicts = Command::ALL.into_iter().map(|command| {
        let verdict = if mode.conflicts_with(command.lock()) {
            "waits"
        } else {
            "goes on"
        };
        format!("- {} {verdict}", locks::spoken(command))
    });
    let conflicts = LockMode::ALL.into_iter().filter(|other| mode.conflicts_with(*other));
    let conflicts = conflicts.map(|other| format!("- {other}: taken by {}", takers(other)));
    let sections = [
        format!("# {mode}"),
        format!("Taken by {}.", takers(mode)),
        "## Who waits while it is held".to_owned(),
        lines(verdicts),
        "## Conflicts with".to_owned(),
        lines(conflicts),
        "## The queue".to_owned(),
        queue(mode).to_owned(),
        HELD.to_owned(),
    ];
    sections.join("\n\n")
}

fn lines(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("\n")
}

/// What is true of every mode.
const HELD: &str = "A lock is held until the transaction ends, not until the statement does: in an atomic migration \
     everything that runs after it runs under it.";

/// See PostgreSQL's documentation, "Explicit Locking", "Table-Level Locks".
fn takers(mode: LockMode) -> &'static str {
    match mode {
        LockMode::AccessShare => "`SELECT`",
        LockMode::RowShare => {
            "`SELECT .. FOR UPDATE` and `FOR SHARE`, and by `VALIDATE CONSTRAINT` on the referenced table"
        }
        LockMode::RowExclusive => "`INSERT`, `UPDATE`, `DELETE`",
        LockMode::ShareUpdateExclusive => {
            "`VACUUM`, `ANALYZE`, `CREATE INDEX CONCURRENTLY`, `VALIDATE CONSTRAINT`, `ALTER TABLE .. SET STATISTICS`"
        }
        LockMode::Share => "`CREATE INDEX`",
        LockMode::ShareRowExclusive => "`ADD FOREIGN KEY` on both tables, `CREATE TRIGGER`",
        LockMode::Exclusive => "`REFRESH MATERIALIZED VIEW CONCURRENTLY`",
        LockMode::AccessExclusive => {
            "most forms of `ALTER TABLE`, `DROP TABLE`, `DROP INDEX`, `TRUNCATE`, `REINDEX`, `CLUSTER`, `VACUUM FULL`"
        }
    }
}

fn queue(mode: LockMode) -> &'static str {
    match mode {
        LockMode::AccessExclusive => {
            "It conflicts with every other lock, so it has to wait until the last query on the table ends. While it waits, \
             every later query, `SELECT` too, queues behind it: a moment's work behind a report of ten minutes is an outage \
             of ten minutes. Set a `lock_timeout` for migrations, so that the statement gives up instead, and try again."
        }
        LockMode::Share | LockMode::ShareRowExclusive | LockMode::Exclusive => {
            "It has to wait until all transactions that write to the table end. While it waits, later writes queue behind \
             it. Set a `lock_timeout` for migrations, so that the statement gives up instead, and try again."
        }
        LockMode::ShareUpdateExclusive => {
            "It waits for other schema changes and for `VACUUM` of the same table; queries neither wait for it nor hold it up."
        }
        LockMode::AccessShare | LockMode::RowShare | LockMode::RowExclusive => {
            "Queries take it all day long. They wait only for schema changes, and for those that queue before them."
        }
    }
}
