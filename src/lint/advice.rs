//! Fills a rule's message and advice with the names of the user's own tables, models and fields.

mod field;

use crate::migration::{Constraint, Operation, OperationNode};
use crate::source::SourceFile;
use crate::versions::DjangoVersion;

/// Names by which a template asks.
pub(super) struct Names<'a> {
    values: Vec<(&'a str, String)>,
}

/// Django allows index names of at most this many characters.
const LONGEST_INDEX_NAME: usize = 30;

impl<'a> Names<'a> {
    /// The names of an observation, and those of the operation that caused it.
    pub(super) fn new(observed: &'a [(&'static str, String)], statement: &str) -> Self {
        let mut values: Vec<(&str, String)> = observed.iter().map(|(name, value)| (*name, value.clone())).collect();
        let columns = observed
            .iter()
            .find(|(name, _)| *name == "column")
            .map(|(_, columns)| columns.as_str());
        if let Some(columns) = columns {
            let quoted: Vec<String> = columns.split(", ").map(|column| format!("\"{column}\"")).collect();
            values.push(("columns_quoted", quoted.join(", ")));
        }
        let concurrent = statement
            .replacen(" INDEX ", " INDEX CONCURRENTLY ", 1)
            .replace('\'', "\\'");
        values.push(("concurrent_sql", format!("'{concurrent}'")));
        values.push((
            "not_valid_sql",
            format!("'{} NOT VALID'", statement.replace('\'', "\\'")),
        ));
        Self { values }
    }

    /// Adds what the operation says about itself.
    pub(super) fn with_operation(
        mut self,
        app: &str,
        node: &OperationNode,
        source: &SourceFile,
        django: DjangoVersion,
    ) -> Self {
        let (model, target) = target(&node.operation);
        self.add("app", app);
        self.add("class", &node.class);
        if let Some(model) = model {
            self.add("model", model);
        }
        if let Some(target) = target {
            self.add("field", target);
            let name: String = format!("{}_{target}_idx", model.unwrap_or(app)).to_lowercase();
            self.add("index_name", &name.chars().take(LONGEST_INDEX_NAME).collect::<String>());
        }
        for argument in ["field", "index", "constraint"] {
            if let Some(range) = node.argument_range(argument) {
                let name = match argument {
                    "field" => "field_source",
                    "index" => "index_source",
                    _ => "constraint_source",
                };
                self.add(name, &dedented(source.slice(range)));
            }
        }
        if let (Operation::AddField { .. } | Operation::AlterField { .. }, Some(range)) =
            (&node.operation, node.argument_range("field"))
        {
            let field = dedented(source.slice(range));
            self.add("safe_field", &field::with_lasting_default(&field, django));
            self.add("plain_field", &field::plain(&field));
            self.add("unindexed_field", &field::unindexed(&field));
            self.add("nullable_field", &field::nullable(&field));
            self.add("field_made_nullable", &field::made_nullable(&field));
            self.add("unchecked_field", &field::unchecked(&field));
        }
        self.add("operation_source", &without_remark(&dedented(source.slice(node.range))));
        self
    }

    /// The value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn add(&mut self, name: &'a str, value: &str) {
        if !self.values.iter().any(|(known, _)| *known == name) {
            self.values.push((name, value.to_owned()));
        }
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
        let value = self
            .values
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("...", |(_, value)| value.as_str());
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

/// The model and the field, index or constraint that an operation is about.
pub(super) fn target(operation: &Operation) -> (Option<&str>, Option<&str>) {
    match operation {
        Operation::CreateModel { name, .. }
        | Operation::DeleteModel { name }
        | Operation::AlterModelTable { name, .. }
        | Operation::AlterModelTableComment { name, .. }
        | Operation::AlterUniqueTogether { name, .. }
        | Operation::AlterIndexTogether { name, .. }
        | Operation::AlterOrderWithRespectTo { name, .. }
        | Operation::AlterModelOptions { name, .. }
        | Operation::AlterModelManagers { name } => (Some(name), None),
        Operation::RenameModel { old_name, .. } => (Some(old_name), None),
        Operation::AddField { model_name, name, .. }
        | Operation::RemoveField { model_name, name }
        | Operation::AlterField { model_name, name, .. }
        | Operation::RemoveIndex { model_name, name, .. }
        | Operation::RemoveConstraint { model_name, name }
        | Operation::AlterConstraint { model_name, name, .. }
        | Operation::ValidateConstraint { model_name, name } => (Some(model_name), Some(name)),
        Operation::RenameField {
            model_name, new_name, ..
        }
        | Operation::RenameIndex {
            model_name, new_name, ..
        } => (Some(model_name), Some(new_name)),
        Operation::AddIndex { model_name, index, .. } => (Some(model_name), index.name.as_deref()),
        Operation::AddConstraint {
            model_name, constraint, ..
        } => (Some(model_name), Constraint::name(constraint)),
        Operation::CreateExtension { name }
        | Operation::CreateCollation { name, .. }
        | Operation::RemoveCollation { name } => (None, Some(name)),
        Operation::SeparateDatabaseAndState { .. }
        | Operation::RunSql { .. }
        | Operation::RunPython { .. }
        | Operation::Custom { .. }
        | Operation::Unread { .. } => (None, None),
    }
}

/// Takes a comment behind the opening bracket away: it was about the operation as it stands.
fn without_remark(source: &str) -> String {
    let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
    match first.split_once("(  #") {
        Some((call, _)) => format!("{call}(\n{rest}"),
        None => source.to_owned(),
    }
}

/// Takes the indentation of the later lines away.
fn dedented(source: &str) -> String {
    let indentation = source
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut lines = source.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| {
        text + "\n" + line.get(indentation..).unwrap_or_default()
    })
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
