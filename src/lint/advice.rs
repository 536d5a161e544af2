//! Fills a rule's message and advice with the names of the user's own tables, models and fields.

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
        if let (Operation::AddField { .. }, Some(range)) = (&node.operation, node.argument_range("field")) {
            let safe = field_with_lasting_default(&dedented(source.slice(range)), django);
            self.add("safe_field", &safe);
        }
        self.add("operation_source", &dedented(source.slice(node.range)));
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

/// The field's constructor with its default kept in the database; nullable where that cannot be said.
fn field_with_lasting_default(source: &str, django: DjangoVersion) -> String {
    let with = |argument: &str| match source.rfind(')') {
        Some(close) => {
            let arguments = source[..close].trim_end().trim_end_matches(',').trim_end();
            let comma = if arguments.ends_with('(') { "" } else { ", " };
            format!("{arguments}{comma}{argument})")
        }
        None => source.to_owned(),
    };
    if django < DjangoVersion::new(5, 0) {
        return with("null=True");
    }
    let Some((start, value)) = default_argument(source) else {
        return with("db_default=\"\"");
    };
    let lasting = match value {
        "timezone.now" | "django.utils.timezone.now" => "Now()",
        "dict" => "{}",
        "list" => "[]",
        literal if is_literal(literal) => literal,
        _ => return with("null=True"),
    };
    let end = start + "default=".len() + value.len();
    format!("{}db_default={lasting}{}", &source[..start], &source[end..])
}

/// Where ` default=` starts, and the text of its value.
fn default_argument(source: &str) -> Option<(usize, &str)> {
    let start = source
        .match_indices("default=")
        .map(|(start, _)| start)
        .find(|start| source[..*start].ends_with(['(', ' ', ',', '\n', '\t']))?;
    let value = &source[start + "default=".len()..];
    let mut depth = 0i32;
    let mut quote = None;
    for (index, letter) in value.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}' | ',') if depth == 0 => return Some((start, value[..index].trim_end())),
            (None, ')' | ']' | '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

fn is_literal(text: &str) -> bool {
    let is_number = text
        .trim_start_matches('-')
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '.');
    is_number || matches!(text, "True" | "False") || text.starts_with(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::{Names, field_with_lasting_default};
    use crate::versions::DjangoVersion;

    #[test]
    fn a_python_default_becomes_one_of_the_database_where_django_knows_how() {
        let advised = |source| field_with_lasting_default(source, DjangoVersion::new(5, 2));
        assert_eq!(
            advised("models.IntegerField(default=0)"),
            "models.IntegerField(db_default=0)"
        );
        assert_eq!(
            advised("models.CharField(blank=True, max_length=5)"),
            "models.CharField(blank=True, max_length=5, db_default=\"\")"
        );
        assert_eq!(
            advised("models.DateTimeField(default=timezone.now)"),
            "models.DateTimeField(db_default=Now())"
        );
        assert_eq!(
            advised("models.UUIDField(default=uuid.uuid4)"),
            "models.UUIDField(default=uuid.uuid4, null=True)"
        );
        let before = field_with_lasting_default("models.IntegerField(default=0)", DjangoVersion::new(4, 2));
        assert_eq!(before, "models.IntegerField(default=0, null=True)");
    }

    #[test]
    fn braces_that_are_no_placeholder_stay() {
        let observed = [("table", "shop_order".to_owned())];
        let names = Names::new(&observed, "");
        assert_eq!(names.fill("{table} {} {unknown} {Upper}"), "shop_order {} ... {Upper}");
    }
}
