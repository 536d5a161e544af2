//! The model's line: changed where it plainly is the field of the migration, else shown.

use std::path::{Path, PathBuf};

use ruff_python_ast::{Arguments, Expr, ExprCall, Keyword, Stmt, StmtClassDef};
use ruff_python_parser::{parse_expression, parse_module};
use ruff_text_size::{Ranged, TextRange};

use crate::files::Files;
use crate::python::{TopLevel, names_in};

use super::text::{line_end, line_start};

/// What is to be said of a line of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelChange {
    /// The file of the model, or of models of its app.
    pub path: PathBuf,
    /// The line of the field; none where it was not found.
    pub line: Option<u32>,
    /// The field as it is; empty where it was not found.
    pub before: String,
    /// What to write.
    pub after: String,
    /// Whether `fix` writes it.
    pub applied: bool,
    /// The file's text with it.
    pub(super) text: Option<String>,
}

/// The field of a model, as the migration has it and as it is to be.
pub(super) struct Wanted<'a> {
    pub(super) model: &'a str,
    pub(super) name: &'a str,
    /// The call in the migration.
    pub(super) migration: &'a str,
    pub(super) field: &'a str,
    /// Lines that import what the field names.
    pub(super) imports: &'a [String],
}

/// The change of a field in the models of an app, whose folder this is. `texts` are files that have changed already.
pub(super) fn field(wanted: &Wanted<'_>, folder: &Path, files: &Files, texts: &[ModelChange]) -> ModelChange {
    let shown = || ModelChange {
        path: folder.join("models.py"),
        line: None,
        before: String::new(),
        after: format!("{} = {}", wanted.name, wanted.field),
        applied: false,
        text: None,
    };
    let mut found = Vec::new();
    for path in model_files(folder, files) {
        let changed = texts
            .iter()
            .rev()
            .find(|change| change.path == path && change.text.is_some());
        let text = match changed.and_then(|change| change.text.clone()) {
            Some(text) => text,
            None => match files.read(&path) {
                Ok(Some(bytes)) => match String::from_utf8(bytes) {
                    Ok(text) => text,
                    Err(_) => continue,
                },
                _ => continue,
            },
        };
        found.extend(
            classes(&text, wanted.model)
                .into_iter()
                .map(|class| (path.clone(), text.clone(), class)),
        );
    }
    let [(path, text, class)] = found.as_slice() else {
        return shown();
    };
    let Some(call) = call_of(class, wanted.name) else {
        return ModelChange {
            path: path.clone(),
            ..shown()
        };
    };
    change(wanted, path, text, call)
}

/// The change of the call at this place, or what to write there by hand.
fn change(wanted: &Wanted<'_>, path: &Path, text: &str, call: TextRange) -> ModelChange {
    let at = call.start().to_usize();
    let line = text[..at].bytes().filter(|byte| *byte == b'\n').count() + 1;
    let statement = line_start(text, at)..call.end().to_usize();
    let before = text[statement].trim().to_owned();
    let edited = same_field(&text[call.to_std_range()], wanted);
    let imported = edited.as_ref().and_then(|_| with_imports(text, wanted));
    let text = edited.zip(imported).map(|(edited, (imports_end, imports))| {
        let mut whole = text.to_owned();
        whole.replace_range(call.to_std_range(), &edited);
        whole.insert_str(imports_end, &imports);
        (edited, whole)
    });
    ModelChange {
        path: path.to_owned(),
        line: u32::try_from(line).ok(),
        before,
        after: match &text {
            Some((edited, _)) => format!("{} = {edited}", wanted.name),
            None => format!("{} = {}", wanted.name, wanted.field),
        },
        applied: text.is_some(),
        text: text.map(|(_, whole)| whole),
    }
}

/// `models.py`, and the modules of a package of that name.
fn model_files(folder: &Path, files: &Files) -> Vec<PathBuf> {
    let mut paths = vec![folder.join("models.py")];
    let mut folders = vec![folder.join("models")];
    while let Some(folder) = folders.pop() {
        for path in files.paths(&folder) {
            if path.extension().is_some_and(|extension| extension == "py") {
                paths.push(path);
            } else if files.is_folder(&path) {
                folders.push(path);
            }
        }
    }
    paths.retain(|path| files.is_file(path));
    paths
}

/// The classes of a module that make this model.
fn classes(text: &str, model: &str) -> Vec<StmtClassDef> {
    let Ok(parsed) = parse_module(text) else {
        return Vec::new();
    };
    let body = parsed.into_syntax().body.into_iter();
    let classes = body.filter_map(|statement| match statement {
        Stmt::ClassDef(class) => Some(class),
        _ => None,
    });
    classes
        .filter(|class| class.name.as_str().eq_ignore_ascii_case(model))
        .collect()
}

/// The call that is assigned to this name, if that is done once, in the body of the class itself.
fn call_of(class: &StmtClassDef, name: &str) -> Option<TextRange> {
    let is_it = |target: &Expr| matches!(target, Expr::Name(target) if target.id.as_str() == name);
    let mut values = class.body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) if assign.targets.iter().any(is_it) => Some(&*assign.value),
        Stmt::AnnAssign(assign) if is_it(&assign.target) => assign.value.as_deref(),
        _ => None,
    });
    let value = values.next()?;
    (values.next().is_none() && value.is_call_expr()).then(|| value.range())
}

/// The call of a model with what the plan changes, if it reads as the migration's.
fn same_field(call: &str, wanted: &Wanted<'_>) -> Option<String> {
    let [own, migration, planned] = [call, wanted.migration, wanted.field].map(parse_expression);
    let (own, migration, planned) = (own.ok()?, migration.ok()?, planned.ok()?);
    let (Expr::Call(own), Expr::Call(of_migration), Expr::Call(of_plan)) =
        (own.expr(), migration.expr(), planned.expr())
    else {
        return None;
    };
    if !reads_equal((own, call), (of_migration, wanted.migration)) || last(&of_migration.func) != last(&of_plan.func) {
        return None;
    }
    let mut edited = call.to_owned();
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for keyword in &of_migration.arguments.keywords {
        let name = keyword.arg.as_ref()?.as_str();
        if named(&of_plan.arguments, name).is_none() {
            edits.push((with_comma(call, named(&own.arguments, name)?), String::new()));
        }
    }
    for keyword in &of_plan.arguments.keywords {
        let name = keyword.arg.as_ref()?.as_str();
        let value = &wanted.field[keyword.value.range().to_std_range()];
        let before =
            named(&of_migration.arguments, name).map(|before| &wanted.migration[before.value.range().to_std_range()]);
        if before == Some(value) {
            continue;
        }
        match named(&own.arguments, name) {
            Some(own) => edits.push((own.value.range().to_std_range(), value.to_owned())),
            None => edits.push(added(call, own, &format!("{name}={value}"))),
        }
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, new) in edits {
        edited.replace_range(range, &new);
    }
    Some(edited)
}

fn named<'e>(arguments: &'e Arguments, name: &str) -> Option<&'e Keyword> {
    let mut keywords = arguments.keywords.iter();
    keywords.find(|keyword| keyword.arg.as_ref().is_some_and(|own| own.as_str() == name))
}

/// An argument with the comma and the space behind it, else with those before it.
fn with_comma(call: &str, keyword: &Keyword) -> std::ops::Range<usize> {
    let (start, end) = (keyword.start().to_usize(), keyword.end().to_usize());
    let rest = &call[end..];
    if let Some(behind) = rest.strip_prefix(',') {
        let spaces = behind.len() - behind.trim_start().len();
        let is_last = behind.trim_start().starts_with(')');
        return start..end + 1 + if is_last { 0 } else { spaces };
    }
    let before = call[..start].trim_end().trim_end_matches(',').len();
    before..end
}

/// Another argument behind the others.
fn added(call: &str, own: &ExprCall, argument: &str) -> (std::ops::Range<usize>, String) {
    let last = own
        .arguments
        .iter_source_order()
        .last()
        .map(|argument| argument.end().to_usize());
    let Some(last) = last else {
        let at = own.arguments.end().to_usize() - 1;
        return (at..at, argument.to_owned());
    };
    let close = own.arguments.end().to_usize() - 1;
    let behind = &call[last..close];
    if behind.contains('\n') && !behind.contains('#') && behind.trim() == "," {
        let line = &call[line_start(call, last)..];
        let pad = line.len() - line.trim_start().len();
        let at = last + 1 + behind.find(',').unwrap_or_default();
        return (at..at, format!("\n{}{argument},", " ".repeat(pad)));
    }
    (last..last, format!(", {argument}"))
}

/// Whether a field in a model is the one that a migration has: the same class, the same arguments by name, and of what both write as
/// literals the same values. What the model takes from constants the migration has as their values.
fn reads_equal(model: (&ExprCall, &str), migration: (&ExprCall, &str)) -> bool {
    if last(&model.0.func) != last(&migration.0.func) {
        return false;
    }
    let (Some(own), Some(of_migration)) = (arguments(model), arguments(migration)) else {
        return false;
    };
    own.len() == of_migration.len()
        && own.iter().all(|(name, value)| {
            let other = of_migration.iter().find(|(known, _)| known == name);
            other.is_some_and(|(_, other)| match (value, other) {
                (Written::Literal(own), Written::Literal(other)) => own == other,
                _ => true,
            })
        })
}

/// A value as it is written.
enum Written {
    Literal(String),
    /// Something that stands for a value.
    Named,
}

/// The arguments by name; the first ones of keys are `to` and `on_delete`, that of other fields is `verbose_name`.
fn arguments((call, text): (&ExprCall, &str)) -> Option<Vec<(String, Written)>> {
    let class = last(&call.func)?;
    let is_relation = matches!(
        class.as_str(),
        "ForeignKey" | "OneToOneField" | "ManyToManyField" | "ParentalKey"
    );
    let positions: &[&str] = if is_relation {
        &["to", "on_delete"]
    } else {
        &["verbose_name"]
    };
    if call.arguments.args.len() > positions.len() {
        return None;
    }
    let by_position = positions.iter().zip(&call.arguments.args);
    let mut all: Vec<(String, Written)> = by_position
        .map(|(name, value)| ((*name).to_owned(), written(value, text)))
        .collect();
    for keyword in &call.arguments.keywords {
        all.push((keyword.arg.as_ref()?.to_string(), written(&keyword.value, text)));
    }
    if is_relation {
        // A model of the same app, the class itself, or `"app.Model"`: all stand for one.
        all.retain(|(name, _)| name != "to" && name != "on_delete");
    }
    Some(all)
}

fn written(value: &Expr, text: &str) -> Written {
    match value {
        Expr::StringLiteral(literal) => Written::Literal(literal.value.to_str().to_owned()),
        Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::UnaryOp(_) => {
            Written::Literal(text[value.range().to_std_range()].to_owned())
        }
        _ => Written::Named,
    }
}

/// The last part of a dotted name.
fn last(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(attribute.attr.to_string()),
        _ => None,
    }
}

/// Where lines are to stand that import what the field names and the module lacks, and the lines; `None` where nobody knows them.
fn with_imports(text: &str, wanted: &Wanted<'_>) -> Option<(usize, String)> {
    let module = TopLevel::of(text);
    let in_migration = names_in(wanted.migration);
    let new = names_in(wanted.field)
        .into_iter()
        .filter(|name| !in_migration.contains(name));
    let mut lines = String::new();
    for name in new.filter(|name| module.imports_of(std::slice::from_ref(name)).is_none() && !module.binds(name)) {
        let imports = wanted.imports.join("\n");
        let own = TopLevel::of(&imports).imports_of(std::slice::from_ref(&name))?;
        for line in own {
            lines.extend([line.as_str(), "\n"]);
        }
    }
    Some((imports_end(text), lines))
}

/// Behind the imports at the top of a module.
fn imports_end(text: &str) -> usize {
    let Ok(parsed) = parse_module(text) else { return 0 };
    let imports = parsed.syntax().body.iter();
    let imports = imports.filter(|statement| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)));
    imports
        .last()
        .map_or(0, |import| line_end(text, import.end().to_usize()))
}
