//! One finding per operation: the worst of what its statements matched, the rest beside it.

use rustc_hash::FxHashMap;

use crate::finding::{Finding, Harm, OperationPlace, Place, Severity, Work};
use crate::fingerprint::{Identity, fingerprint};
use crate::migration::{Gap, Migration, OperationNode};
use crate::rules::RuleTable;
use crate::schema_editor::{Confidence, Outcome};
use crate::source::Range;
use crate::versions::DjangoVersion;

use super::advice::{Names, target};
use super::judge::Hit;
use super::sent::{Executed, Sent};
use super::{Wanted, problems};

/// Gathers the findings of one migration.
pub(super) struct Collector<'a> {
    pub migration: &'a Migration,
    /// Whether the file as a whole is no finding already.
    pub is_readable: bool,
    pub rules: &'a RuleTable,
    pub django: DjangoVersion,
    pub wanted: &'a Wanted<'a>,
}

impl Collector<'_> {
    pub(super) fn collect(&self, log: &[Executed<'_>], outcomes: &[Outcome]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut by_operation: Vec<Vec<&Executed<'_>>> = vec![Vec::new(); self.migration.operations.len()];
        for executed in log {
            by_operation[executed.operation].push(executed);
        }
        for ((index, node), log) in self.migration.operations.iter().enumerate().zip(by_operation) {
            let hits: Vec<(&Sent<'_>, &Hit<'_>)> = log
                .into_iter()
                .flat_map(|executed| &executed.statements)
                .flat_map(|sent| sent.verdict.hits.iter().map(move |hit| (sent, hit)))
                .filter(|(_, hit)| hit.severity > Severity::Silent && self.wants(hit))
                .collect();
            let (of_operation, of_texts): (Vec<_>, Vec<_>) =
                hits.into_iter().partition(|(sent, _)| sent.range.is_none());
            findings.extend(self.finding(index, node, &of_operation));
            // Each statement of SQL has a place of its own, and an excuse for one is none for the next.
            findings.extend(
                of_texts
                    .chunk_by(|(one, _), (other, _)| std::ptr::eq(*one, *other))
                    .filter_map(|hits| self.finding(index, node, hits)),
            );
        }
        // Behind a syntax error one gap leads to the next; the error is what has to be mended.
        if self.is_readable {
            findings.extend(problems::of_gaps(self.migration, self.rules, &self.gaps(log, outcomes)));
        }
        findings.sort_by_key(|finding| finding.place.range.start);
        findings
    }

    /// The worst hit, told with the operation's names.
    fn finding(&self, index: usize, node: &OperationNode, hits: &[(&Sent<'_>, &Hit<'_>)]) -> Option<Finding> {
        // What fails beats what is slow.
        let rank = |hit: &Hit<'_>| (hit.severity, hit.harm.contains(&Harm::Fails), hit.work, hit.strongest);
        let worst = hits.iter().map(|(_, hit)| rank(hit)).max()?;
        let (sent, worst) = hits.iter().copied().find(|(_, hit)| rank(hit) == worst)?;
        let rule = worst.rule;
        let statement = sent.text.to_string();
        let names = Names::new(&worst.names, &statement).with_operation(
            &self.migration.key.app,
            node,
            &self.migration.source,
            self.django,
        );
        let mut harm: Vec<Harm> = hits.iter().flat_map(|(_, hit)| hit.harm.iter().copied()).collect();
        harm.sort_unstable();
        harm.dedup();
        let (model, subject) = target(&node.operation);
        Some(Finding {
            rule: rule.name.clone(),
            matrix_row: rule.finding_row.or(worst.matrix),
            severity: worst.severity,
            harm,
            also: also(&rule.name, hits),
            message: names.fill(&rule.message) + &held_from_before(worst),
            help: names.fill(rule.help_for(&node.class)),
            place: self.place(sent.range.unwrap_or(node.name_range)),
            migration: Some(self.migration.key.clone()),
            operation: Some(OperationPlace {
                index,
                path: index.to_string(),
                class: node.class.clone(),
            }),
            locks: sent.verdict.locks.clone(),
            work: sent.work(),
            fingerprint: [model, subject, names.get("table").filter(|_| model.is_none())]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("."),
            statement: Some(statement),
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
                gaps.extend(outcome.reasons.iter().map(|reason| Gap {
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
}

fn held_from_before(hit: &Hit<'_>) -> String {
    hit.closed_to_readers.as_ref().map_or_else(String::new, |relation| {
        format!("; reads of `{relation}` wait too, because this transaction holds ACCESS EXCLUSIVE on it already")
    })
}

fn also(rule: &str, hits: &[(&Sent<'_>, &Hit<'_>)]) -> Vec<String> {
    let mut others: Vec<(Severity, &str)> = hits
        .iter()
        .map(|(_, hit)| (hit.severity, hit.rule.name.as_str()))
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

/// Gives each finding its fingerprint, in which the same problem found twice counts.
pub(super) fn name(findings: &mut [Finding]) {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    for finding in findings {
        let path = finding.place.path.display().to_string();
        let target = std::mem::take(&mut finding.fingerprint);
        let identity = Identity {
            migration: finding.migration.as_ref(),
            class: finding
                .operation
                .as_ref()
                .map_or("", |operation| operation.class.as_str()),
            target: if finding.migration.is_some() { &target } else { &path },
            rule: &finding.rule,
            count: 0,
        };
        let first = fingerprint(&identity);
        let count = seen.entry(first).or_default();
        finding.fingerprint = fingerprint(&Identity {
            count: *count,
            ..identity
        });
        *count += 1;
    }
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
