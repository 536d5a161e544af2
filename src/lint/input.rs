//! Hits that are about no statement: files, the graph of migrations, what could not be read.

use crate::finding::{Finding, Help, NamedHit, OperationPlace, Place, Related, RelatedKind, Severity, Work};
use crate::fingerprint::{Identity, Namer};
use crate::migration::{Gap, Migration, OperationPath};
use crate::project::{Project, root};
use crate::rules::{Rule, RuleTable};
use crate::source::Range;

use super::advice::Names;

/// Something to be said of a file or a place in it.
#[derive(Clone, Debug)]
pub(super) struct InputHit<'a> {
    pub rule: &'a Rule,
    /// The rule's, unless it is not certain.
    pub severity: Severity,
    pub migration: Option<&'a Migration>,
    pub place: Place,
    pub related: Vec<Related>,
    /// The operation that it is about, whose comments excuse it too.
    pub operation: Option<OperationPath>,
    /// The class of that, where the finding is told of the operation and not of a place.
    pub class: Option<String>,
    /// What it is about, for its fingerprint.
    target: String,
    /// Fills the rule's message and advice.
    names: Vec<(&'static str, String)>,
    /// Better advice than the rule's.
    pub help: Option<String>,
    fingerprint: String,
}

impl<'a> InputHit<'a> {
    /// A hit of a rule without rows; nothing where there is no such rule.
    pub(super) fn new(
        rules: &'a RuleTable,
        rule: &str,
        place: Place,
        target: String,
        names: Vec<(&'static str, String)>,
    ) -> Option<Self> {
        let rule = rules.rule(rule)?;
        Some(Self {
            rule,
            severity: rule.severity,
            migration: None,
            place,
            related: Vec::new(),
            operation: None,
            class: None,
            target,
            names,
            help: None,
            fingerprint: String::new(),
        })
    }

    /// A hit about a migration.
    pub(super) fn of_migration(
        rules: &'a RuleTable,
        rule: &str,
        migration: &'a Migration,
        range: Range,
        target: String,
        names: Vec<(&'static str, String)>,
    ) -> Option<Self> {
        let mut hit = Self::new(rules, rule, place(migration, range), target, names)?;
        hit.migration = Some(migration);
        Some(hit)
    }

    /// Something of a migration that could not be read.
    pub(super) fn of_gap(rules: &'a RuleTable, migration: &'a Migration, gap: &Gap, project: &Project) -> Option<Self> {
        let path = gap.owner.path().unwrap_or_default();
        // A lambda has no name that would tell more than its place.
        let owner = match gap.owner.path() {
            Some(path) if !gap.reason.contains(path) && path != "<lambda>" => format!("`{path}`: "),
            Some(_) | None => String::new(),
        };
        let names = vec![("reason", format!("{owner}{}", gap.reason)), ("owner", path.to_owned())];
        let help = Names::new(&names, "").fill(rules.rule("not-analysed")?.help_for(gap.owner.help()));
        let mut hit = Self::of_migration(rules, "not-analysed", migration, gap.range, gap.reason.clone(), names)?;
        hit.related = elsewhere(gap.elsewhere, "it is written here", project)
            .into_iter()
            .collect();
        hit.operation.clone_from(&gap.operation);
        hit.help = Some(help);
        Some(hit)
    }

    pub(super) fn name(&mut self, namer: &mut Namer) {
        self.fingerprint = namer.name(&Identity {
            migration: self.migration.map(|migration| &migration.key),
            target: &self.target,
            rule: &self.rule.name,
            ..Identity::default()
        });
    }

    pub(super) fn tell(self) -> Finding {
        let names = Names::new(&self.names, "");
        Finding {
            rule: self.rule.name.clone(),
            matrix_row: None,
            severity: self.severity,
            harm: self.rule.harm.clone(),
            also: Vec::new(),
            message: names.fill(&self.rule.message),
            help: Help::Text(self.help.unwrap_or_else(|| names.fill(self.rule.help_for("default")))),
            place: self.place,
            related: self.related,
            migration: self.migration.map(|migration| migration.key.clone()),
            operation: self
                .operation
                .zip(self.class)
                .map(|(path, class)| OperationPlace { path, class }),
            statement: None,
            locks: Vec::new(),
            work: Work::None,
            hits: vec![NamedHit {
                rule: self.rule.name.clone(),
                fingerprint: self.fingerprint.clone(),
            }],
            fingerprint: self.fingerprint,
        }
    }
}

/// One finding for all that could not be read in a file: at the first place, with the others beside it.
pub(super) fn fold_gaps(mut hits: Vec<InputHit<'_>>) -> Option<Finding> {
    let others = hits.split_off(1.min(hits.len()));
    let first = hits.pop()?;
    let mut finding = first.tell();
    if !others.is_empty() {
        finding.message = format!("{} (and {} more)", finding.message, others.len());
    }
    for other in others {
        let reason = other.names.first().map_or("", |(_, reason)| reason.as_str());
        finding.related.push(Related {
            kind: RelatedKind::AlsoUnread,
            place: other.place.clone(),
            message: reason.to_owned(),
        });
        let other = other.tell();
        finding.related.extend(other.related);
        finding.hits.extend(other.hits);
    }
    Some(finding)
}

/// A place in a migration.
pub(super) fn place(migration: &Migration, range: Range) -> Place {
    Place {
        path: migration.source.path.clone(),
        source: Some(migration.source.clone()),
        range,
    }
}

/// A place in another file, if that is known.
pub(super) fn elsewhere(range: Option<Range>, message: &str, project: &Project) -> Option<Related> {
    let range = range?;
    let source = project.sources.get(range.file)?;
    Some(Related {
        kind: RelatedKind::Written,
        place: Place {
            path: root::shown(&project.working_folder, &source.path),
            source: Some(source.clone()),
            range,
        },
        message: message.to_owned(),
    })
}
