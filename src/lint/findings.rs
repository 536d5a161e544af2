//! From the hits of a migration to its findings: named, selected, excused, and folded last.

use crate::finding::{Finding, Place, Severity};
use crate::fingerprint::{Identity, Namer};
use crate::migration::{Gap, Migration, Operation, OperationNode, OperationPath, Owner};
use crate::project::Project;
use crate::python::TopLevel;
use crate::rules::RuleTable;
use crate::schema_editor::{Confidence, Doubt, Outcome};
use crate::source::Range;
use crate::sql;
use crate::suppress::{Comments, Site};
use crate::value::Value;

use super::Wanted;
use super::apart::Held;
use super::cure::Before;
use super::input::{InputHit, fold_gaps};
use super::remarks::Remark;
use super::sent::Executed;
use super::tell::Teller;
use super::told::{Told, fold};

/// Gathers the findings of one migration.
pub(super) struct Collector<'a, 'w> {
    pub project: &'a Project,
    pub migration: &'a Migration,
    pub rules: &'a RuleTable,
    pub wanted: &'w Wanted<'w>,
    /// The least severity whose findings say what to do instead.
    pub advised: Option<Severity>,
    /// Where the migrations that ran so far stand.
    pub ran: &'w [Option<Place>],
    /// What each operation has found.
    pub befores: &'w [Before],
}

impl<'a> Collector<'a, '_> {
    /// `of_history` are hits of the migration's place among the others. Of `held`, which is told later, stays what is to be told.
    pub(super) fn collect(
        &self,
        of_history: Vec<InputHit<'a>>,
        held: &mut Vec<Held<'a>>,
        log: &[Executed<'_>],
        remarks: &[Remark<'_>],
        outcomes: &[Outcome],
        namer: &mut Namer,
    ) -> Vec<Finding> {
        let mut comments = Comments::of(self.migration, self.rules);
        held.iter_mut().for_each(|held| held.hit.name(namer));
        held.retain(|held| self.is_left(&held.hit, &mut comments));
        let mut of_history = self.left_of(of_history, namer, &mut comments);
        let told = self.hits_left(log, remarks, namer, &mut comments);
        let gaps = self.gap_hits(log, outcomes);
        let gaps = self.left_of(gaps, namer, &mut comments);

        let module = TopLevel::of(&self.migration.source.text);
        let teller = Teller {
            project: self.project,
            migration: self.migration,
            module: &module,
            log,
            ran: self.ran,
            befores: self.befores,
            advised: self.advised,
        };
        let mut findings: Vec<Finding> = of_history.drain(..).map(InputHit::tell).collect();
        let folds = fold(told, &self.migration.operations);
        findings.extend(folds.iter().filter_map(|fold| teller.tell(fold)));
        findings.extend(fold_gaps(gaps));
        findings.extend(self.complaints(&comments, namer));
        findings.sort_by_key(|finding| finding.place.range.start);
        findings
    }

    /// The hits of statements and operations that are wanted and that no comment excuses, each with its fingerprint.
    fn hits_left<'l>(
        &self,
        log: &'l [Executed<'_>],
        remarks: &'l [Remark<'_>],
        namer: &mut Namer,
        comments: &mut Comments<'_>,
    ) -> Vec<Told<'l>> {
        let told = log.iter().flat_map(Told::of_string);
        let mut told: Vec<Told<'l>> = told.chain(remarks.iter().map(Told::beside)).collect();
        for one in &mut told {
            one.fingerprint = self.fingerprint(one, namer);
        }
        told.retain(|told| {
            let hit = told.hit;
            let home = |range: &Range| range.file == self.migration.source.id;
            let site = Site {
                operation: Some(told.operation),
                written: told.written().and_then(|_| told.range()).filter(home),
            };
            hit.severity > Severity::Silent
                && (self.wanted)(&self.migration.source.path, &hit.rule.name, &hit.harm)
                && !comments.excuse(&hit.rule.name, &hit.harm, &site)
        });
        told
    }

    /// It depends on the hit and its equals alone.
    fn fingerprint(&self, told: &Told<'_>, namer: &mut Namer) -> String {
        let node = told.operation.node(&self.migration.operations);
        let (model, subject) = node.map_or((None, None), |node| node.operation.target());
        let target: Vec<&str> = [model, subject].into_iter().flatten().collect();
        let statement = told.written().and_then(|_| told.statement());
        namer.name(&Identity {
            migration: Some(&self.migration.key),
            class: node.map_or("", |node| &node.class),
            target: &target.join("."),
            rule: &told.hit.rule.name,
            relation: told.hit.relation.as_deref().unwrap_or_default(),
            statement: &statement.map(|text| sql::normalised(&text)).unwrap_or_default(),
        })
    }

    /// The hits about input that are wanted and that no comment excuses, each with its fingerprint.
    fn left_of(
        &self,
        mut hits: Vec<InputHit<'a>>,
        namer: &mut Namer,
        comments: &mut Comments<'_>,
    ) -> Vec<InputHit<'a>> {
        hits.iter_mut().for_each(|hit| hit.name(namer));
        hits.retain(|hit| self.is_left(hit, comments));
        hits
    }

    fn is_left(&self, hit: &InputHit<'_>, comments: &mut Comments<'_>) -> bool {
        let site = Site {
            operation: hit.operation.as_ref(),
            written: Some(hit.place.range),
        };
        (self.wanted)(&hit.place.path, &hit.rule.name, &hit.rule.harm)
            && !comments.excuse(&hit.rule.name, &hit.rule.harm, &site)
    }

    /// What is wrong with the comments themselves.
    fn complaints(&self, comments: &Comments<'_>, namer: &mut Namer) -> Vec<Finding> {
        let hits = comments.complaints().into_iter().filter_map(|complaint| {
            let names = vec![("reason", complaint.reason)];
            let words = complaint.words.to_owned();
            let migration = self.migration;
            let mut hit = InputHit::of_migration(self.rules, complaint.rule, migration, complaint.range, words, names)?;
            hit.help = complaint.help.map(str::to_owned);
            hit.name(namer);
            let wanted = (self.wanted)(&hit.place.path, &hit.rule.name, &hit.rule.harm);
            wanted.then(|| hit.tell())
        });
        hits.collect()
    }

    /// Everything in this file that could not be read, in order.
    fn gap_hits(&self, log: &[Executed<'_>], outcomes: &[Outcome]) -> Vec<InputHit<'a>> {
        // Behind a syntax error one gap leads to the next; the error is what has to be mended.
        if self.project.has_problem(&self.migration.source.path) {
            return Vec::new();
        }
        let gaps = self.gaps(log, outcomes);
        let hits = gaps
            .iter()
            .filter_map(|gap| InputHit::of_gap(self.rules, self.migration, gap, self.project));
        hits.collect()
    }

    fn gaps(&self, log: &[Executed<'_>], outcomes: &[Outcome]) -> Vec<Gap> {
        let mut gaps = self.migration.gaps.clone();
        gaps.extend(outcomes.iter().flat_map(|outcome| self.gaps_of_outcome(outcome)));
        for sent in log.iter().flat_map(|executed| &executed.statements) {
            for part in &sent.parts {
                let inner = part.inner.as_ref().and_then(|(_, range)| *range);
                let gap = part
                    .unread
                    .as_ref()
                    .and_then(|reason| self.gap(&sent.operation, inner.or(sent.range), reason));
                gaps.extend(gap);
            }
        }
        gaps.sort_by_key(|gap| gap.range.start);
        gaps.dedup();
        gaps
    }

    /// What operations send of which that is not known; of what is sent and known in part its confidence tells.
    fn gaps_of_outcome(&self, outcome: &Outcome) -> Vec<Gap> {
        let is_opaque = |doubt: &&Doubt| doubt.confidence == Confidence::Opaque;
        let doubts = outcome.doubts.iter().filter(is_opaque);
        let gaps = doubts.filter_map(|doubt| self.gap(&doubt.operation, doubt.place, &doubt.reason));
        gaps.filter(|gap| !self.is_known(gap)).collect()
    }

    /// A gap of an operation, where it is written, or at the operation.
    fn gap(&self, operation: &OperationPath, written: Option<Range>, reason: &str) -> Option<Gap> {
        let node = operation.node(&self.migration.operations)?;
        let home = written.filter(|range| range.file == self.migration.source.id);
        Some(Gap {
            operation: home.map(|_| operation.clone()),
            range: home.unwrap_or(node.name_range),
            elsewhere: if home.is_some() {
                None
            } else {
                written.or(node.elsewhere)
            },
            reason: reason.to_owned(),
            owner: owner_of(node),
        })
    }

    /// Whether the reader has said this of a part of the operation, at its own place.
    fn is_known(&self, gap: &Gap) -> bool {
        let mut operations = self.migration.operations.iter();
        let Some(node) = operations.find(|node| node.range.contains(gap.range)) else {
            return false;
        };
        let is_within = |known: &Gap| node.range.contains(known.range);
        self.migration
            .gaps
            .iter()
            .any(|known| is_within(known) && known.reason == gap.reason)
    }
}

/// Whose it is what an operation sends and is not known.
fn owner_of(node: &OperationNode) -> Owner {
    match &node.operation {
        Operation::Custom { owner, .. } => owner.clone(),
        Operation::RunPython {
            code: Value::Name(path),
            ..
        } => Owner::Code(path.clone()),
        Operation::RunPython {
            code: Value::Function(function),
            ..
        } => Owner::Code(function.path.clone()),
        _ => Owner::Migration,
    }
}
