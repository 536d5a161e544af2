//! Fills a rule's message and advice with the names of the user's own tables, models and fields.

mod field;
pub(super) mod safer;

use std::borrow::Cow;

use crate::facts::UNNAMED;
use crate::migration::{Operation, OperationNode};
use crate::python::{TopLevel, dedented, string_literal};
use crate::rules::placeholders;
use crate::source::SourceFile;
use crate::sql::only_statement;
use crate::statement::{AlterTableAction, CreateIndex, Statement, TableConstraint};
use crate::versions::DjangoVersion;

/// Names by which a template asks. Templates ask for few of them, so each is made when it is asked for.
pub(super) struct Names<'a> {
    observed: &'a [(&'static str, String)],
    statement: &'a str,
    operation: Option<OperationNames<'a>>,
    /// What the operation sends besides.
    others: &'a [String],
    /// Who waits while the statement works.
    waiting: &'a str,
    /// All statements of the string that it stands in.
    string: &'a [String],
}

/// What an operation says about itself.
struct OperationNames<'a> {
    app: &'a str,
    node: &'a OperationNode,
    source: &'a SourceFile,
    module: &'a TopLevel<'a>,
    django: DjangoVersion,
}

/// Django allows index names of at most this many characters.
const LONGEST_INDEX_NAME: usize = 30;

impl<'a> Names<'a> {
    /// The names of an observation, and those that its statement has for it.
    pub(super) fn new(observed: &'a [(&'static str, String)], statement: &'a str) -> Self {
        Self {
            observed,
            statement,
            operation: None,
            others: &[],
            waiting: "",
            string: &[],
        }
    }

    /// Adds who waits while the statement works.
    pub(super) fn with_waiting(self, waiting: &'a str) -> Self {
        Self { waiting, ..self }
    }

    /// Adds what the operation sends besides the statement that the advice is about.
    pub(super) fn with_statements(self, others: &'a [String]) -> Self {
        Self { others, ..self }
    }

    /// Adds the statements of the string that the statement stands in.
    pub(super) fn with_string(self, string: &'a [String]) -> Self {
        Self { string, ..self }
    }

    /// Adds what the operation says about itself.
    pub(super) fn with_operation(
        self,
        app: &'a str,
        node: &'a OperationNode,
        source: &'a SourceFile,
        module: &'a TopLevel<'a>,
        django: DjangoVersion,
    ) -> Self {
        let operation = Some(OperationNames {
            app,
            node,
            source,
            module,
            django,
        });
        Self { operation, ..self }
    }

    /// The value of a name.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.observed(name)
            .or_else(|| (name == "waiting").then_some(self.waiting))
            .map(Cow::Borrowed)
            .or_else(|| self.of_statement(name))
            .or_else(|| (name == "operation_by_strings").then(|| self.by_strings().into()))
            .or_else(|| self.operation.as_ref()?.get(name))
    }

    fn observed(&self, name: &str) -> Option<&'a str> {
        let found = self.observed.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn of_statement(&self, name: &str) -> Option<Cow<'a, str>> {
        let statement = self.statement;
        let value = match name {
            "columns_quoted" => {
                let columns = self.observed("column")?.split(", ");
                let quoted: Vec<String> = columns.map(|column| format!("\"{column}\"")).collect();
                quoted.join(", ")
            }
            "concurrent_sql" => string_literal(&concurrently(statement)?),
            "other_statements" => {
                let sent = self.others.iter();
                let sent = sent.map(|sql| format!("migrations.RunSQL({}),", string_literal(sql)));
                sent.collect::<Vec<_>>().join("\n")
            }
            "not_valid_sql" => string_literal(&not_valid(statement)?),
            _ => return None,
        };
        Some(Cow::Owned(value))
    }

    /// The operation with a string for each of its statements.
    fn by_strings(&self) -> String {
        let strings = self.string.iter().map(|sql| format!("    {},\n", string_literal(sql)));
        let mut source = format!("migrations.RunSQL([\n{}]", strings.collect::<String>());
        for name in ["reverse_sql", "state_operations"] {
            let argument = self.operation.as_ref().and_then(|operation| operation.argument(name));
            if let Some(argument) = argument {
                source.extend([", ", name, "=", argument.as_str()]);
            }
        }
        source + ")"
    }

    /// Fills advice, unless it takes a name that is not known.
    pub(super) fn advise(&self, template: &str) -> Option<String> {
        const OF_STATEMENT: [&str; 3] = ["concurrent_sql", "not_valid_sql", "other_statements"];
        let unnamed = self.observed.iter().filter(|(known, _)| *known == UNNAMED);
        let unnamed: Vec<&str> = unnamed.map(|(_, name)| name.as_str()).collect();
        let takes = |name: &&str| template.contains(&format!("{{{name}}}"));
        let takes_unnamed = unnamed.iter().any(takes) || (!unnamed.is_empty() && OF_STATEMENT.iter().any(takes));
        if takes_unnamed {
            return None;
        }
        if self.lacks_none_of(template) {
            return Some(self.fill(template));
        }
        let sentence = template.split("\n\n    ").next().unwrap_or_default();
        let sentence = sentence.trim_end().trim_end_matches(':');
        self.lacks_none_of(sentence)
            .then(|| format!("{}; the code for it takes what is not known here", self.fill(sentence)))
    }

    /// Whether all placeholders of a text have a value.
    fn lacks_none_of(&self, template: &str) -> bool {
        placeholders(template).all(|name| self.get(name).is_some())
    }

    /// Replaces each `{name}`; one that is not known becomes `...`. Lines behind a placeholder keep its indentation.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            filled.push_str(before);
            let name = after[1..].split('}').next().unwrap_or_default();
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if is_name && after[1 + name.len()..].starts_with('}') {
                self.push_value(&mut filled, name);
                rest = &after[name.len() + 2..];
            } else {
                filled.push('{');
                rest = &after[1..];
            }
        }
        filled.push_str(rest);
        filled
    }

    fn push_value(&self, filled: &mut String, name: &str) {
        let value = self.get(name).unwrap_or(Cow::Borrowed("..."));
        if !value.contains(['\n', '\r']) {
            filled.push_str(&value);
            return;
        }
        let line = filled.rsplit('\n').next().unwrap_or_default();
        let indentation: String = line.chars().take_while(|letter| *letter == ' ').collect();
        let mut lines = value.lines();
        filled.push_str(lines.next().unwrap_or_default());
        for line in lines {
            filled.push('\n');
            filled.push_str(&indentation);
            filled.push_str(line);
        }
    }
}

impl<'a> OperationNames<'a> {
    fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let (model, target) = self.node.operation.target();
        match name {
            "app" => Some(Cow::Borrowed(self.app)),
            "class" => Some(Cow::Borrowed(&self.node.class)),
            "model" => model.map(Cow::Borrowed),
            "field" => target.map(Cow::Borrowed),
            "index_name" => {
                let name = format!("{}_{}_idx", model.unwrap_or(self.app), target?).to_lowercase();
                Some(name.chars().take(LONGEST_INDEX_NAME).collect())
            }
            "field_source" => self.argument("field").map(Cow::Owned),
            "index_source" => self.argument("index").map(Cow::Owned),
            "constraint_source" => self.argument("constraint").map(Cow::Owned),
            "operation_source" => Some(Cow::Owned(source_of(self.node, self.source))),
            _ => self.changed_field(name).map(Cow::Owned),
        }
    }

    /// An argument as it is written, where it means the same in another place.
    fn argument(&self, name: &str) -> Option<String> {
        let written = dedented(self.source.slice(self.node.argument_range(name)?));
        self.module.gives_meaning_to(&written).then_some(written)
    }

    /// The field that an operation adds or alters, otherwise.
    fn changed_field(&self, name: &str) -> Option<String> {
        let (Operation::AddField { .. } | Operation::AlterField { .. }) = &self.node.operation else {
            return None;
        };
        let field = self.argument("field")?;
        match name {
            "safe_field" => Some(field::with_lasting_default(&field, self.django)),
            "plain_field" => Some(field::plain(&field)),
            "unindexed_field" => Some(field::unindexed(&field)),
            "nullable_field" => Some(field::nullable(&field)),
            "field_made_nullable" => Some(field::made_nullable(&field)),
            "unchecked_field" => Some(field::unchecked(&field)),
            _ => None,
        }
    }
}

/// The statement with its index built concurrently, if it is one that builds an index.
fn concurrently(statement: &str) -> Option<String> {
    match only_statement(statement)? {
        Statement::CreateIndex(create) => Some(
            Statement::CreateIndex(CreateIndex {
                concurrently: true,
                ..create
            })
            .to_string(),
        ),
        _ => None,
    }
}

/// The statement with its constraint NOT VALID, if it adds one and does nothing else.
fn not_valid(statement: &str) -> Option<String> {
    let Statement::AlterTable {
        table,
        if_exists,
        actions,
    } = only_statement(statement)?
    else {
        return None;
    };
    let [AlterTableAction::AddConstraint(constraint)] = actions.as_slice() else {
        return None;
    };
    let constraint = TableConstraint {
        not_valid: true,
        ..constraint.clone()
    };
    let actions = vec![AlterTableAction::AddConstraint(constraint)];
    Some(
        Statement::AlterTable {
            table,
            if_exists,
            actions,
        }
        .to_string(),
    )
}

/// An operation as it is written, for advice that repeats it.
pub(super) fn source_of(node: &OperationNode, source: &SourceFile) -> String {
    without_remark(&dedented(source.slice(node.range)))
}

/// Takes a comment behind the opening bracket away: it was about the operation as it stands.
fn without_remark(source: &str) -> String {
    let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
    match first.split_once("(  #") {
        Some((call, _)) => format!("{call}(\n{rest}"),
        None => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn braces_that_are_no_placeholder_stay() {
        let observed = [("table", "shop_order".to_owned())];
        let names = Names::new(&observed, "");
        assert_eq!(names.fill("{table} {} {unknown} {Upper}"), "shop_order {} ... {Upper}");
    }
}
