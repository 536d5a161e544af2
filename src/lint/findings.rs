//! One finding per operation: the worst of what its statements matched, the rest beside it.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::finding::{Finding, Harm, HeldLock, OperationPlace, Place, Severity, Work};
use crate::fingerprint::{Identity, fingerprint};
use crate::lock::LockMode;
use crate::migration::{Gap, Migration, OperationNode};
use crate::rules::RuleTable;
use crate::schema_editor::{Confidence, Outcome};
use crate::source::Range;
use crate::versions::DjangoVersion;

use super::advice::{Names, target};
use super::judge::Hit;
use super::remarks::Remark;
use super::sent::{Executed, Sent};
use super::{Wanted, problems};

/// Gathers the findings of one migration.
pub(super) struct Collector<'a> {
    pub migration: &'a Migration,
    /// Whether the file as a whole is no finding already.
    pub is_readable: bool,
    /// Whether any comment may excuse one of several rules that are told together.
    pub is_suppressed: bool,
    pub rules: &'a RuleTable,
    pub django: DjangoVersion,
    pub wanted: &'a Wanted<'a>,
}

impl Collector<'_> {
    pub(super) fn collect(&self, log: &[Executed<'_>], remarks: &[Remark<'_>], outcomes: &[Outcome]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut by_operation: Vec<Vec<Told<'_>>> = vec![Vec::new(); self.migration.operations.len()];
        let mut others: Vec<Vec<&Sent<'_>>> = vec![Vec::new(); self.migration.operations.len()];
        for executed in log {
            let hits = executed.statements.iter().flat_map(Told::by_statement);
            by_operation[executed.operation].extend(hits);
            others[executed.operation].extend(executed.statements.iter().filter(|sent| is_beside_the_key(sent)));
        }
        for remark in remarks {
            by_operation[remark.operation].push(Told::beside(remark));
        }
        for ((index, node), mut told) in self.migration.operations.iter().enumerate().zip(by_operation) {
            told.retain(|told| told.hit.severity > Severity::Silent && self.wants(told.hit));
            let (mut of_operation, mut of_texts): (Vec<_>, Vec<_>) =
                told.into_iter().partition(|told| told.range().is_none());
            // Each statement of SQL has a place of its own, and an excuse for one is none for the next. What is said of
            // the operation stands with the last of them.
            if !of_texts.is_empty() && of_operation.iter().all(|told| told.sent.is_none()) {
                of_texts.append(&mut of_operation);
            }
            let whole = Whole {
                index,
                node,
                beside_the_key: &others[index],
            };
            findings.extend(self.finding(whole, &of_operation));
            let by_text = of_texts.chunk_by(Told::is_of_same_statement);
            findings.extend(by_text.filter_map(|told| self.finding(whole, told)));
        }
        // Behind a syntax error one gap leads to the next; the error is what has to be mended.
        if self.is_readable {
            findings.extend(problems::of_gaps(self.migration, self.rules, &self.gaps(log, outcomes)));
        }
        findings.sort_by_key(|finding| finding.place.range.start);
        findings
    }

    /// The worst hit, told with the operation's names.
    fn finding(&self, whole: Whole<'_>, told: &[Told<'_>]) -> Option<Finding> {
        let mut finding = self.tell(whole, told)?;
        if !finding.also.is_empty() && self.is_suppressed {
            finding.apart = by_rule(told).iter().filter_map(|told| self.tell(whole, told)).collect();
        }
        Some(finding)
    }

    fn tell(&self, whole: Whole<'_>, told: &[Told<'_>]) -> Option<Finding> {
        let Whole { index, node, .. } = whole;
        let worst = told.iter().map(Told::rank).max()?;
        let Told {
            sent,
            hit: worst,
            locks,
        } = *told.iter().find(|told| told.rank() == worst)?;
        let rule = worst.rule;
        let statement = sent.map(|sent| sent.text.to_string());
        let names = Names::new(&worst.names, statement.as_deref().unwrap_or_default()).with_operation(
            &self.migration.key.app,
            node,
            &self.migration.source,
            self.django,
        );
        let others = whole.others(told);
        let names = names.with_statements(&others);
        let mut harm: Vec<Harm> = told.iter().flat_map(|told| told.hit.harm.iter().copied()).collect();
        harm.sort_unstable();
        harm.dedup();
        let (model, subject) = target(&node.operation);
        let table = names.get("table").filter(|_| model.is_none());
        Some(Finding {
            rule: rule.name.clone(),
            matrix_row: rule.finding_row.or(worst.matrix),
            severity: worst.severity,
            harm,
            also: also(&rule.name, told),
            apart: Vec::new(),
            message: names.fill(&rule.message) + &held_from_before(worst),
            help: names.fill(rule.help_for(&situation(whole, told))),
            place: self.place(told.iter().find_map(Told::range).unwrap_or(node.name_range)),
            migration: Some(self.migration.key.clone()),
            operation: Some(OperationPlace {
                index,
                path: index.to_string(),
                class: node.class.clone(),
            }),
            locks: locks.to_vec(),
            work: sent.map_or(Work::None, Sent::work),
            fingerprint: [model.map(Cow::Borrowed), subject.map(Cow::Borrowed), table]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("."),
            statement,
        })
    }

    fn wants(&self, hit: &Hit<'_>) -> bool {
        (self.wanted)(&self.migration.source.path, &hit.rule.name, &hit.harm)
    }

    fn place(&self, range: Range) -> Place {
        let source = self.migration.source.clone();
        Place {
            path: source.path.clone(),
            source: Some(source),
            range,
        }
    }

    /// Everything in this file that could not be read, in order.
    fn gaps(&self, log: &[Executed<'_>], outcomes: &[Outcome]) -> Vec<Gap> {
        let mut gaps = self.migration.gaps.clone();
        for (node, outcome) in self.migration.operations.iter().zip(outcomes) {
            if outcome.confidence == Confidence::Opaque {
                let reasons = outcome.reasons.iter().filter(|reason| !self.is_known(node, reason));
                gaps.extend(reasons.map(|reason| Gap {
                    range: node.name_range,
                    reason: reason.clone(),
                }));
            }
        }
        for sent in log.iter().flat_map(|executed| &executed.statements) {
            if let (Some(reason), Some(node)) = (&sent.unread, self.migration.operations.get(sent.operation)) {
                gaps.push(Gap {
                    range: sent.range.unwrap_or(node.name_range),
                    reason: reason.clone(),
                });
            }
        }
        gaps.sort_by_key(|gap| gap.range.start);
        gaps.dedup_by(|a, b| a == b);
        gaps
    }

    /// Whether the reader has said this of a part of the operation, at its own place.
    fn is_known(&self, node: &OperationNode, reason: &str) -> bool {
        let (start, end) = (node.range.start, node.range.end);
        let is_within = |gap: &Gap| start <= gap.range.start && gap.range.end <= end;
        self.migration
            .gaps
            .iter()
            .any(|gap| is_within(gap) && gap.reason == reason)
    }
}

/// A top-level operation.
#[derive(Clone, Copy)]
struct Whole<'a> {
    index: usize,
    node: &'a OperationNode,
    /// The statements that it sends besides those that drop a foreign key and make it again.
    beside_the_key: &'a [&'a Sent<'a>],
}

impl Whole<'_> {
    /// The texts of these statements, where the advice shows them.
    fn others(&self, told: &[Told<'_>]) -> Vec<String> {
        let sent = self.beside_the_key.iter().filter(|_| drops_key(told));
        sent.map(|sent| sent.text.to_string()).collect()
    }
}

/// Whether the statement is about more than a foreign key.
fn is_beside_the_key(sent: &Sent<'_>) -> bool {
    const OF_THE_KEY: &[&str] = &["add-foreign-key-scanning-tables", "drop-foreign-key", "set-constraints"];
    let hits = &sent.verdict.hits;
    sent.unread.is_some() || !hits.iter().all(|hit| OF_THE_KEY.contains(&hit.rule.name.as_str()))
}

fn drops_key(told: &[Told<'_>]) -> bool {
    told.iter().any(|told| told.hit.rule.name == "drop-foreign-key")
}

/// The class of the operation; one that drops a foreign key and makes it again is advised otherwise.
fn situation(whole: Whole<'_>, told: &[Told<'_>]) -> String {
    let class = &whole.node.class;
    match (drops_key(told), whole.beside_the_key.is_empty()) {
        (true, true) => format!("{class} again"),
        (true, false) => format!("{class} again, changed"),
        (false, _) => class.clone(),
    }
}

fn held_from_before(hit: &Hit<'_>) -> String {
    hit.closed_to_readers.as_ref().map_or_else(String::new, |relation| {
        format!("; reads of `{relation}` wait too, because this transaction holds ACCESS EXCLUSIVE on it already")
    })
}

/// A hit with what it was said of.
#[derive(Clone, Copy)]
struct Told<'a> {
    /// The statement; none where it was said of the operation.
    sent: Option<&'a Sent<'a>>,
    hit: &'a Hit<'a>,
    locks: &'a [HeldLock],
}

impl<'a> Told<'a> {
    fn by_statement(sent: &'a Sent<'a>) -> impl Iterator<Item = Self> {
        let told = |hit| Self {
            sent: Some(sent),
            hit,
            locks: &sent.verdict.locks,
        };
        sent.verdict.hits.iter().map(told)
    }

    fn beside(remark: &'a Remark<'a>) -> Self {
        Self {
            sent: None,
            hit: &remark.hit,
            locks: &remark.locks,
        }
    }

    /// What fails beats what is slow, and so does a name that every query of the running release looks for in vain; what a
    /// statement does beats what is said beside it.
    fn rank(&self) -> (Severity, bool, bool, Work, bool, Option<LockMode>) {
        let hit = self.hit;
        let fails = hit.harm.contains(&Harm::Fails);
        let renames = matches!(hit.rule.name.as_str(), "rename-table" | "rename-column");
        (
            hit.severity,
            fails,
            renames,
            hit.work,
            self.sent.is_some(),
            hit.strongest,
        )
    }

    /// Where it stands, where that is within the operation.
    fn range(&self) -> Option<Range> {
        self.sent.and_then(|sent| sent.range)
    }

    /// Whether the next one is told together with this one.
    fn is_of_same_statement(&self, other: &Self) -> bool {
        match (self.sent, other.sent) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (_, None) => true,
            (None, Some(_)) => false,
        }
    }
}

/// What was told of each rule, the worst first.
fn by_rule<'a>(told: &[Told<'a>]) -> Vec<Vec<Told<'a>>> {
    let mut groups: Vec<Vec<Told<'a>>> = Vec::new();
    for one in told {
        let is_same = |group: &&mut Vec<Told<'_>>| group[0].hit.rule.name == one.hit.rule.name;
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(*one),
            None => groups.push(vec![*one]),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.iter().map(Told::rank).max()));
    groups
}

fn also(rule: &str, told: &[Told<'_>]) -> Vec<String> {
    let mut others: Vec<(Severity, &str)> = told
        .iter()
        .map(|told| (told.hit.severity, told.hit.rule.name.as_str()))
        .filter(|(_, name)| *name != rule)
        .collect();
    others.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    others.dedup_by_key(|(_, name)| *name);
    let mut names: Vec<String> = Vec::new();
    for (_, name) in others {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Gives each finding its fingerprint, in which the same problem found twice counts. What is hidden behind a worse one comes
/// last, so that it changes none of those that are shown.
pub(super) fn name(findings: &mut [Finding]) {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    for finding in findings.iter_mut() {
        name_one(finding, &mut seen);
    }
    for finding in findings {
        if let Some((own, hidden)) = finding.apart.split_first_mut() {
            own.fingerprint.clone_from(&finding.fingerprint);
            hidden.iter_mut().for_each(|hidden| name_one(hidden, &mut seen));
        }
    }
}

fn name_one(finding: &mut Finding, seen: &mut FxHashMap<String, usize>) {
    let target = match finding.migration {
        Some(_) => std::mem::take(&mut finding.fingerprint),
        None => finding.place.path.display().to_string(),
    };
    let operation = finding.operation.as_ref();
    let identity = Identity {
        migration: finding.migration.as_ref(),
        class: operation.map_or("", |operation| operation.class.as_str()),
        target: &target,
        rule: &finding.rule,
        count: 0,
    };
    let first = fingerprint(&identity);
    let count = seen.entry(first.clone()).or_default();
    finding.fingerprint = match *count {
        0 => first,
        count => fingerprint(&Identity { count, ..identity }),
    };
    *count += 1;
}

/// A finding that is not about a statement.
pub(super) fn about_input(
    rules: &RuleTable,
    rule: &str,
    place: Place,
    migration: Option<&Migration>,
    fill: &[(&'static str, String)],
) -> Option<Finding> {
    let rule = rules.rule(rule)?;
    let names = Names::new(fill, "");
    Some(Finding {
        rule: rule.name.clone(),
        matrix_row: None,
        severity: rule.severity,
        harm: rule.harm.clone(),
        also: Vec::new(),
        apart: Vec::new(),
        message: names.fill(&rule.message),
        help: names.fill(rule.help_for("default")),
        place,
        migration: migration.map(|migration| migration.key.clone()),
        operation: None,
        statement: None,
        locks: Vec::new(),
        work: Work::None,
        fingerprint: String::new(),
    })
}
