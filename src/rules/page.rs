//! Reads one page of rules/: a title, a fenced `toml` block, prose.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::facts::{Aspect, FactName, Role};
use crate::finding::{Harm, Severity, Work};
use crate::lock::LockMode;

use super::placeholders;
use super::{Asking, Harmed, PlanOf, Row, Rule, RuleError, RuleKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    kind: String,
    severity: String,
    #[serde(default)]
    harm: Vec<String>,
    #[serde(default)]
    harmed: Option<String>,
    #[serde(default, rename = "only-by-name")]
    only_by_name: bool,
    #[serde(default)]
    message: String,
    #[serde(default)]
    matrix: Vec<u8>,
    #[serde(default, rename = "plan-of-operation")]
    plan_of_operation: PlanOf,
    #[serde(default)]
    help: BTreeMap<String, String>,
    #[serde(default)]
    row: Vec<TableRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableRow {
    aspect: String,
    #[serde(default)]
    when: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    locks: BTreeMap<String, String>,
    #[serde(default)]
    work: BTreeMap<String, OneOrMany>,
    severity: Option<String>,
    harm: Option<Vec<String>>,
    matrix: Option<u8>,
    #[serde(default, rename = "even-when-new")]
    even_when_new: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        }
    }
}

/// Looks names up, and says which rule is wrong where there is none.
struct Names<'a> {
    rule: &'a str,
}

impl Names<'_> {
    fn find<T>(&self, what: &'static str, name: &str, found: Option<T>) -> Result<T, RuleError> {
        found.ok_or_else(|| RuleError::Unknown {
            rule: self.rule.to_owned(),
            what,
            name: name.to_owned(),
        })
    }

    fn severity(&self, name: &str) -> Result<Severity, RuleError> {
        self.find("severity", name, Severity::parse(name))
    }

    fn harmed(&self, name: Option<&str>) -> Result<Harmed, RuleError> {
        match name {
            None => Ok(Harmed::OldRelease),
            Some("any-code") => Ok(Harmed::AnyCode),
            Some(other) => self.find("harmed", other, None),
        }
    }

    fn harm(&self, names: &[String]) -> Result<Vec<Harm>, RuleError> {
        names
            .iter()
            .map(|name| self.find("harm", name, Harm::parse(name)))
            .collect()
    }
}

pub(super) fn read(name: &str, page: &str) -> Result<Rule, RuleError> {
    let names = Names { rule: name };
    let error = |message: String| RuleError::Table {
        rule: name.to_owned(),
        message,
    };
    let title = page.lines().next().and_then(|line| line.strip_prefix("# "));
    let title = title.ok_or_else(|| error("the first line must be the title".to_owned()))?;
    let table = page
        .split_once("\n```toml\n")
        .and_then(|(_, rest)| rest.split_once("\n```"));
    let (table, _) = table.ok_or_else(|| error("there is no toml block".to_owned()))?;
    let table: Table = toml::from_str(table).map_err(|failure| error(failure.to_string()))?;
    let severity = names.severity(&table.severity)?;
    let harm = names.harm(&table.harm)?;
    let rows = table
        .row
        .into_iter()
        .map(|row| read_row(&names, row, severity, &harm))
        .collect::<Result<Vec<_>, _>>()?;
    let finding_row = table.matrix.first().copied();
    let mut matrix_rows: Vec<u8> = table
        .matrix
        .into_iter()
        .chain(rows.iter().filter_map(|row| row.matrix))
        .collect();
    matrix_rows.sort_unstable();
    matrix_rows.dedup();
    for text in table.help.values().chain([&table.message]) {
        if let Some(misspelt) = placeholders::misspelt(text) {
            return names.find("placeholder", misspelt, None);
        }
    }
    Ok(Rule {
        name: name.to_owned(),
        title: title.to_owned(),
        page: page.to_owned(),
        kind: names.find("kind", &table.kind, kind(&table.kind))?,
        severity,
        harm,
        harmed: names.harmed(table.harmed.as_deref())?,
        asking: if table.only_by_name {
            Asking::ByName
        } else {
            Asking::Nothing
        },
        message: table.message,
        plan_of: table.plan_of_operation,
        help: table
            .help
            .into_iter()
            .map(|(class, help)| (class, help.trim().to_owned()))
            .collect(),
        rows,
        matrix_rows,
        finding_row,
    })
}

fn kind(name: &str) -> Option<RuleKind> {
    match name {
        "statement" => Some(RuleKind::Statement),
        "transaction" => Some(RuleKind::Transaction),
        "release" => Some(RuleKind::Release),
        "data" => Some(RuleKind::Data),
        "input" => Some(RuleKind::Input),
        _ => None,
    }
}

fn read_row(names: &Names<'_>, row: TableRow, severity: Severity, harm: &[Harm]) -> Result<Row, RuleError> {
    let aspect = names.find("aspect", &row.aspect, Aspect::parse(&row.aspect))?;
    let mut when = Vec::new();
    for (fact, values) in row.when {
        when.push(read_condition(names, aspect, &fact, values.into_vec())?);
    }
    let mut locks = Vec::new();
    for (role, mode) in row.locks {
        let role = names.find("role", &role, Role::parse(&role))?;
        locks.push((role, names.find("lock mode", &mode, LockMode::parse(&mode))?));
    }
    let mut work = Vec::new();
    for (role, kinds) in row.work {
        let role = names.find("role", &role, Role::parse(&role))?;
        let kinds = kinds.into_vec();
        let kinds = kinds
            .iter()
            .map(|kind| names.find("work", kind, Work::parse(kind)))
            .collect::<Result<_, _>>()?;
        work.push((role, kinds));
    }
    Ok(Row {
        aspect,
        when,
        locks,
        work,
        severity: row.severity.map_or(Ok(severity), |name| names.severity(&name))?,
        harm: row.harm.map_or_else(|| Ok(harm.to_vec()), |harm| names.harm(&harm))?,
        matrix: row.matrix,
        even_when_new: row.even_when_new,
    })
}

fn read_condition(
    names: &Names<'_>,
    aspect: Aspect,
    fact: &str,
    values: Vec<String>,
) -> Result<(FactName, Vec<String>), RuleError> {
    let found = aspect.facts().iter().copied().find(|known| known.name() == fact);
    let name = names.find("fact of this aspect", fact, found)?;
    for value in &values {
        let known = name.values().iter().find(|known| *known == value);
        names.find("value of this fact", value, known)?;
    }
    Ok((name, values))
}
