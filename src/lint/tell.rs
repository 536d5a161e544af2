//! What is told together as one finding: the worst as its headline, the rest beside it.

use crate::backend::Backend;
use crate::config::PlannedTimeout;
use crate::finding::{Finding, Harm, Help, NamedHit, OperationPlace, Place, Related, RelatedKind, Severity};
use crate::migration::{FieldKind, Migration, Operation, OperationNode, OperationPath};
use crate::project::Project;
use crate::python::TopLevel;
use crate::source::Range;

use super::advice::{Names, safer};
use super::cure::{Before, Cure};
use super::input::{elsewhere, place};
use super::judge::Hit;
use super::sent::{Executed, Part, Sent, Text};
use super::told::{Fold, Told};
use super::waiting;

/// The name of what a second run would do again, and of the advice for it: there is no cure by running it in pieces.
pub(super) const NOT_REPEATABLE: &str = "not_repeatable";

/// The name whose value is the advice for it.
pub(super) const HELP: &str = "help";

/// The name that says that both halves of a change are of one release, and the advice for it: to wait.
const ONE_RELEASE: &str = "one_release";

/// The advice for a statement that stands in a string with others.
const ONE_STRING: &str = "one_string";

/// The advice where the project's backend takes Django's operations apart by itself.
const ZERO_DOWNTIME: &str = "zero_downtime";

/// Puts into words what a migration does.
pub(super) struct Teller<'a> {
    pub project: &'a Project,
    pub migration: &'a Migration,
    /// The names of its file.
    pub module: &'a TopLevel<'a>,
    pub log: &'a [Executed<'a>],
    /// Where the migrations that ran so far stand.
    pub ran: &'a [Option<Place>],
    /// What each operation has found.
    pub befores: &'a [Before],
    /// The least severity whose findings say what to do instead.
    pub advised: Option<Severity>,
}

impl Teller<'_> {
    /// The finding of hits that are told together.
    pub(super) fn tell(&self, fold: &Fold<'_>) -> Option<Finding> {
        let Fold { node, told } = fold;
        let worst = told.first()?;
        let rule = worst.hit.rule;
        let statement = worst.statement();
        let others = if drops_key(told) {
            self.others(worst.operation)
        } else {
            Vec::new()
        };
        let names = Names::new(&worst.hit.names, statement.as_deref().unwrap_or_default()).with_operation(
            &self.migration.acts_on,
            node,
            &self.migration.source,
            self.module,
            self.project.settings.django,
        );
        let texts: Vec<String> = others.iter().map(|sent| sent.text.to_string()).collect();
        let about = relation_in(&rule.message).and_then(|name| names.get(name));
        let waiting = waiting::clause(worst.locks, about.as_deref(), worst.operation, self.migration);
        let string = self.string_of(worst);
        let names = names
            .with_statements(&texts)
            .with_waiting(&waiting)
            .with_string(&string);
        let (range, mut related) = self.site(fold);
        related.extend(self.column_made(worst.hit));
        if worst.hit.is_felt {
            related.extend(waiting::related(worst.locks, worst.operation, self.migration));
        }
        let is_advised = self.advised.is_some_and(|least| worst.hit.severity >= least);
        let help = if is_advised {
            let advice = || {
                let template = self.template(fold, &others, !string.is_empty());
                Help::Text(names.advise(&template).unwrap_or_else(|| without_name(&rule.name)))
            };
            self.cure(worst, node).unwrap_or_else(advice)
        } else {
            Help::Text(String::new())
        };
        Some(Finding {
            rule: rule.name.clone(),
            matrix_row: rule.finding_row.or(worst.hit.matrix),
            severity: worst.hit.severity,
            harm: harm(told),
            also: also(told),
            message: names.fill(&rule.message),
            help,
            place: place(self.migration, range),
            related,
            migration: Some(self.migration.key.clone()),
            operation: Some(OperationPlace {
                path: node.path.clone(),
                class: node.class.clone(),
            }),
            locks: worst.locks.to_vec(),
            work: worst.said_of.map_or(worst.hit.work, |(_, part)| part.work()),
            fingerprint: worst.fingerprint.clone(),
            hits: told.iter().map(named).collect(),
            statement,
        })
    }

    /// The advice of the rule's page for this situation.
    fn template(&self, fold: &Fold<'_>, others: &[&Sent<'_>], is_in_string: bool) -> String {
        let Fold { node, told } = fold;
        let Some(worst) = told.first() else {
            return String::new();
        };
        let (hit, rule) = (worst.hit, worst.hit.rule);
        let key = if hit.name(NOT_REPEATABLE).is_some() {
            NOT_REPEATABLE
        } else if let Some(help) = hit.name(HELP) {
            help
        } else if hit.name(ONE_RELEASE).is_some_and(|clause| !clause.is_empty()) {
            ONE_RELEASE
        } else if self.is_zero_downtime(node) && rule.help.contains_key(ZERO_DOWNTIME) {
            ZERO_DOWNTIME
        } else if is_in_string && rule.help.contains_key(ONE_STRING) {
            ONE_STRING
        } else {
            let safer = self.safer_help(worst, node).map(str::to_owned);
            return safer.unwrap_or_else(|| rule.help_for(&situation(node, told, others)).to_owned());
        };
        rule.help_for(key).to_owned()
    }

    /// The plan for the operation, where that is the cure of what is told.
    fn cure(&self, worst: &Told<'_>, node: &OperationNode) -> Option<Help> {
        let is_told_otherwise = [NOT_REPEATABLE, HELP].iter().any(|name| worst.hit.name(name).is_some())
            || worst.hit.name(ONE_RELEASE).is_some_and(|clause| !clause.is_empty());
        let is_taken_apart = matches!(self.project.backend.as_ref(), Backend::ZeroDowntime(_));
        if !worst.hit.rule.plan_of.has(&node.class) || is_told_otherwise || is_taken_apart || !node.path.is_top() {
            return None;
        }
        if node.elsewhere.is_some() || self.project.has_safer_operations && self.safer_help(worst, node).is_some() {
            return None;
        }
        let own = self.log.iter().flat_map(|executed| &executed.statements);
        let own = own.filter(|sent| sent.operation.index() == node.path.index());
        // What somebody wrote as SQL is known by the operation itself.
        let is_written = matches!(node.operation, Operation::RunSql { .. } | Operation::RunPython { .. });
        let own = own.filter(|_| !is_written);
        let statements = own.map(|sent| match &sent.text {
            Text::Printed(statement) => Some(statement),
            Text::Written(_) => None,
        });
        let text_at = |range: Range| {
            let source = self.project.sources.get(range.file)?;
            Some((source.as_ref(), source.slice(range)))
        };
        let of_operation = self.log.iter().flat_map(|executed| &executed.statements);
        let hits = of_operation
            .filter(|sent| sent.operation.index() == node.path.index())
            .flat_map(Sent::hits);
        let told: Vec<&str> = hits.map(|hit| hit.rule.name.as_str()).collect();
        let cure = Cure {
            is_proven: told.contains(&"set-not-null-proven"),
            rewrites: told.contains(&"alter-type-rewriting-table"),
            is_type_free: told.contains(&"alter-type-free"),
            app: &self.migration.acts_on,
            node,
            source: &self.migration.source,
            module: self.module,
            rows_of: worst.hit.relation.as_deref(),
            before: self.befores.get(node.path.index())?,
            statements: statements.collect::<Option<_>>()?,
            django: self.project.settings.django,
            lock_timeout: self.lock_timeout(),
            text_at: &text_at,
        };
        cure.help()
    }

    /// What the steps of a plan set, where sessions have no timeout of their own.
    fn lock_timeout(&self) -> Option<&str> {
        match &self.project.configuration.lock_timeout {
            PlannedTimeout::Of(time) if self.project.session.lock_timeout.is_none() => Some(time),
            PlannedTimeout::Of(_) | PlannedTimeout::None => None,
        }
    }

    /// Whether the operation is one of Django's that the zero-downtime backend takes apart: advice names plain operations then.
    fn is_zero_downtime(&self, node: &OperationNode) -> bool {
        let is_djangos = !matches!(node.operation, Operation::RunSql { .. } | Operation::RunPython { .. });
        is_djangos && matches!(self.project.backend.as_ref(), Backend::ZeroDowntime(_))
    }

    /// The advice with the operations of a package that the project depends on.
    fn safer_help<'r>(&self, worst: &Told<'r>, node: &OperationNode) -> Option<&'r str> {
        let own = self.log.iter().flat_map(|executed| &executed.statements);
        let mut own = own.filter(|sent| sent.operation == *worst.operation);
        // An ALTER TABLE may change several things.
        let is_one = |sent: &Sent<'_>| sent.text.to_string().matches(" ALTER COLUMN ").count() <= 1;
        let is_alone = own.next().is_some_and(is_one) && own.next().is_none();
        let is_advised = self.project.has_safer_operations;
        is_advised
            .then(|| safer::help(worst.hit.rule, &node.operation, is_alone))
            .flatten()
    }

    /// Where it stands in the migration: at the literal if that is there, else at the operation; and where it is written if
    /// that is another file.
    fn site(&self, fold: &Fold<'_>) -> (Range, Vec<Related>) {
        let mut written = fold.told.iter().filter(|told| told.written().is_some());
        let written = written.find_map(Told::range);
        match written {
            Some(range) if range.file == self.migration.source.id => (range, Vec::new()),
            Some(range) => {
                let related = elsewhere(Some(range), "the SQL is written here", self.project);
                (fold.node.name_range, related.into_iter().collect())
            }
            None => {
                let related = elsewhere(fold.node.elsewhere, "the operation is written here", self.project);
                (fold.node.name_range, related.into_iter().collect())
            }
        }
    }

    /// The migration that made the column that a hit is about.
    fn column_made(&self, hit: &Hit<'_>) -> Option<Related> {
        let index = usize::try_from(hit.column_made_in?.checked_sub(1)?).ok()?;
        let place = self.ran.get(index)?.clone()?;
        Some(Related {
            kind: RelatedKind::ColumnMade,
            place,
            message: format!("this migration made `{}`", hit.name("column")?),
        })
    }

    /// The statements of the string that a hit's stands in, if there are several: they are one transaction.
    fn string_of(&self, told: &Told<'_>) -> Vec<String> {
        let Some((said_of, _)) = told.written() else {
            return Vec::new();
        };
        let holds = |executed: &&Executed<'_>| executed.statements.iter().any(|sent| std::ptr::eq(sent, said_of));
        let statements = self.log.iter().find(holds).map(|executed| &executed.statements[..]);
        match statements.unwrap_or_default() {
            [] | [_] => Vec::new(),
            several => several.iter().map(|sent| sent.text.to_string()).collect(),
        }
    }

    /// The statements of an operation that are about more than a foreign key.
    fn others(&self, operation: &OperationPath) -> Vec<&Sent<'_>> {
        let sent = self.log.iter().flat_map(|executed| &executed.statements);
        sent.filter(|sent| sent.operation == *operation && is_beside_the_key(sent))
            .collect()
    }
}

/// What is said in place of advice that takes the name of a table.
fn without_name(rule: &str) -> String {
    format!("`forelock explain {rule}` shows what to do; it takes the name of the table, which is not known here")
}

fn named(told: &Told<'_>) -> NamedHit {
    NamedHit {
        rule: told.hit.rule.name.clone(),
        fingerprint: told.fingerprint.clone(),
    }
}

fn harm(told: &[Told<'_>]) -> Vec<Harm> {
    let mut harm: Vec<Harm> = told.iter().flat_map(|told| told.hit.harm.iter().copied()).collect();
    harm.sort_unstable();
    harm.dedup();
    harm
}

/// The other rules, the worst first.
fn also(told: &[Told<'_>]) -> Vec<String> {
    let headline = told.first().map(|told| &told.hit.rule.name);
    let mut others: Vec<(Severity, &str)> = told
        .iter()
        .map(|told| (told.hit.severity, told.hit.rule.name.as_str()))
        .filter(|(_, name)| headline.is_none_or(|headline| headline != name))
        .collect();
    others.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
    let mut names: Vec<String> = Vec::new();
    for (_, name) in others {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The name of the relation that a message names first.
fn relation_in(message: &str) -> Option<&'static str> {
    let is_in = |name: &&str| message.contains(&format!("{{{name}}}"));
    ["table", "view"].into_iter().find(is_in)
}

/// Whether the statement is about more than a foreign key.
fn is_beside_the_key(sent: &Sent<'_>) -> bool {
    const OF_THE_KEY: &[&str] = &["add-foreign-key-scanning-tables", "drop-foreign-key", "set-constraints"];
    let is_of_the_key = |part: &Part<'_>| {
        let mut hits = part.verdict.hits.iter();
        hits.all(|hit| OF_THE_KEY.contains(&hit.rule.name.as_str()))
    };
    sent.unread().is_some() || !sent.parts.iter().all(is_of_the_key)
}

fn drops_key(told: &[Told<'_>]) -> bool {
    told.iter().any(|told| told.hit.rule.name == "drop-foreign-key")
}

/// The class of the operation; one that drops a foreign key and makes it again is advised otherwise.
fn situation(node: &OperationNode, told: &[Told<'_>], others: &[&Sent<'_>]) -> String {
    if let Operation::AlterField { field, .. } = &node.operation
        && field.primary_key
    {
        return "AlterField of a key".to_owned();
    }
    if let Operation::AddField { field, .. } = &node.operation
        && matches!(field.kind, FieldKind::Generated { .. })
    {
        return "AddField generated".to_owned();
    }
    let class = node.class.as_str();
    match (drops_key(told), others.is_empty()) {
        (true, true) => format!("{class} again"),
        (true, false) => format!("{class} again, changed"),
        (false, _) => class.to_owned(),
    }
}
