//! The last part of a migration, which keeps its file: what is not concerned stays as it is, byte for byte.

use std::ops::Range;

use ruff_python_ast::Stmt;
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use crate::migration::MigrationKey;
use crate::python::names_read;

use super::layout::laid_out;
use super::parts::{Item, Part};
use super::print::{OPERATION, Printer, reference, separate};
use super::refusal::Refusal;
use super::text::{Import, ListText, MigrationText, line_end, line_start};

/// What stands in place of a range of a text.
type Edit = (Range<usize>, String);

/// The migration's own file with the last part in it, behind `after`.
pub(super) fn edited(
    printer: &Printer<'_>,
    part: &Part,
    after: Option<&MigrationKey>,
    was_atomic: bool,
) -> Result<String, Refusal> {
    let text = printer.text;
    let mut edits = operations(printer, part);
    edits.extend(atomic(text, part.is_atomic, was_atomic));
    edits.extend(after.map(|key| depending(text, key)));
    let body = apply(text.text, edits);
    let with_imports = imported(&body, &printer.imports(part))?;
    let with_functions = defined(&with_imports, &part.functions)?;
    without_unused(text.text, with_functions)
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        edited.push_str(&text[at..range.start]);
        edited.push_str(&new);
        at = range.end;
    }
    edited.push_str(&text[at..]);
    edited
}

fn operations(printer: &Printer<'_>, part: &Part) -> Vec<Edit> {
    let text = printer.text;
    let list = &text.operations;
    let first = list
        .elements
        .first()
        .map_or(list.end, |element| element.range.start().to_usize());
    if !text.text[list.start..first].contains('\n') {
        let lines = printer.operations(part).concat();
        return vec![(list.start..list.end, format!("\n{lines}    "))];
    }
    let mut edits = Vec::new();
    if let Some(timeout) = printer.timeout(part) {
        edits.push((list.start..list.start, format!("\n{}", timeout.trim_end_matches('\n'))));
    }
    for (index, element) in list.elements.iter().enumerate() {
        let items: Vec<&Item> = part.items.iter().filter(|item| item.of() == index).collect();
        let around = element.around.to_std_range();
        if items.is_empty() {
            edits.push((around, String::new()));
            continue;
        }
        let codes = items.iter().filter_map(|item| match item {
            Item::Kept(_) => None,
            Item::Planned { code, .. } => Some(laid_out(code, OPERATION)),
        });
        let codes: Vec<String> = codes.collect();
        if codes.is_empty() {
            continue;
        }
        let pad = " ".repeat(OPERATION);
        let has_comments = items
            .iter()
            .any(|item| matches!(item, Item::Planned { is_first: true, .. }));
        let start = if has_comments {
            element.range.start().to_usize()
        } else {
            around.start
        };
        let before = if has_comments {
            String::new()
        } else {
            format!("\n{pad}")
        };
        edits.push((
            start..element.range.end().to_usize(),
            before + &codes.join(&format!(",\n{pad}")),
        ));
    }
    edits
}

fn atomic(text: &MigrationText<'_>, is_atomic: bool, was_atomic: bool) -> Option<Edit> {
    if is_atomic == was_atomic {
        return None;
    }
    match (text.atomic, is_atomic) {
        (Some(statement), true) => Some((text.lines_of(statement), String::new())),
        (Some(statement), false) => Some((statement.to_std_range(), "atomic = False".to_owned())),
        (None, _) => {
            let line = format!("{}atomic = False\n\n", text.indentation);
            Some((text.body_start..text.body_start, line))
        }
    }
}

/// It comes behind the part before it.
fn depending(text: &MigrationText<'_>, key: &MigrationKey) -> Edit {
    let entry = reference(key);
    let Some(list) = &text.dependencies else {
        let lines = format!("{0}dependencies = [\n{0}    {entry},\n{0}]\n\n", text.indentation);
        return (text.body_start..text.body_start, lines);
    };
    let Some(last) = list.elements.last() else {
        return (
            list.start..list.end,
            format!("\n{0}    {entry},\n{0}", text.indentation),
        );
    };
    let end = last.range.end().to_usize();
    let column = text.column_of(last.range.start().to_usize());
    if spans_lines(text, list) {
        // Behind its comma, where it has one, and a comment in its line.
        let behind = &text.text[end..list.end];
        let has_comma = behind.split('#').next().is_some_and(|code| code.contains(','));
        let line = line_end(text.text, end).min(list.end);
        let entry = format!("{}{entry},\n", " ".repeat(column));
        if has_comma && text.text[..line].ends_with('\n') {
            return (line..line, entry);
        }
        return (end..end, format!(",\n{}", entry.trim_end_matches(['\n', ','])));
    }
    (end..end, format!(", {entry}"))
}

fn spans_lines(text: &MigrationText<'_>, list: &ListText) -> bool {
    text.text[list.start..list.end].contains('\n')
}

/// With lines that import what is not imported yet.
fn imported(body: &str, lines: &[String]) -> Result<String, Refusal> {
    let mut body = body.to_owned();
    for wanted in lines.iter().flat_map(|line| separate(line)) {
        let text = MigrationText::read(&body)?;
        let (module, name, bound) = wanted;
        let is_there = match &module {
            Some(_) => text.imports_name(&bound),
            None => text
                .imports
                .iter()
                .any(|import| import.module.is_none() && import.names.iter().any(|(_, own)| *own == name)),
        };
        if !is_there {
            let edit = import_edit(&text, module.as_deref(), &name);
            body = apply(&body, vec![edit]);
        }
    }
    Ok(body)
}

/// Into the line that imports from the same module, else before the first line that comes behind it in the order of names.
fn import_edit(text: &MigrationText<'_>, module: Option<&str>, name: &str) -> Edit {
    let same = |import: &&Import| {
        let is_plain = !text.slice(import.range).contains(['(', '\n', '#']);
        module.is_some() && import.module.as_deref() == module && is_plain
    };
    if let Some(import) = text.imports.iter().find(same) {
        let mut names: Vec<&str> = import.names.iter().map(|(_, written)| written.as_str()).collect();
        names.push(name);
        names.sort_unstable();
        let line = format!("from {} import {}", module.unwrap_or_default(), names.join(", "));
        return (import.range.to_std_range(), line);
    }
    let line = match module {
        Some(module) => format!("from {module} import {name}\n"),
        None => format!("import {name}\n"),
    };
    let key = |import: &Import| {
        let own = import
            .names
            .first()
            .map(|(_, written)| written.clone())
            .unwrap_or_default();
        (import.module.is_some(), import.module.clone().unwrap_or(own))
    };
    let own = (module.is_some(), module.unwrap_or(name).to_owned());
    let later = text.imports.iter().find(|import| key(import) > own);
    let at = match (later, text.imports.last()) {
        (Some(later), _) => line_start(text.text, later.range.start().to_usize()),
        (None, Some(last)) => line_end(text.text, last.range.end().to_usize()),
        (None, None) => text.class_start,
    };
    (at..at, line)
}

/// With definitions before the class.
fn defined(body: &str, functions: &[String]) -> Result<String, Refusal> {
    let text = MigrationText::read(body)?;
    let new = functions.iter().filter(|function| !body.contains(function.trim_end()));
    let lines: String = new.flat_map(|function| [function.trim_end(), "\n\n\n"]).collect();
    Ok(apply(body, vec![(text.class_start..text.class_start, lines)]))
}

/// Without the imports and definitions of the original that nothing uses any more.
fn without_unused(original: &str, body: String) -> Result<String, Refusal> {
    let used_before = names_read(original);
    let mut body = body;
    loop {
        let used = names_read(&body);
        let is_left = |name: &str| used_before.contains(name) && !used.contains(name);
        let text = MigrationText::read(&body)?;
        let mut edits: Vec<Edit> = text
            .imports
            .iter()
            .filter_map(|import| less(&text, import, &is_left))
            .collect();
        edits.extend(definitions(&text, &is_left));
        if edits.is_empty() {
            return Ok(body);
        }
        body = apply(&body, edits);
    }
}

/// The import without what is left unused; `None` where that is nothing.
fn less(text: &MigrationText<'_>, import: &Import, is_left: &impl Fn(&str) -> bool) -> Option<Edit> {
    let kept: Vec<&str> = import
        .names
        .iter()
        .filter(|(bound, _)| !is_left(bound))
        .map(|(_, written)| written.as_str())
        .collect();
    if kept.len() == import.names.len() {
        return None;
    }
    if kept.is_empty() {
        let start = line_start(text.text, import.range.start().to_usize());
        return Some((start..line_end(text.text, import.range.end().to_usize()), String::new()));
    }
    if text.slice(import.range).contains(['(', '\n', '#']) {
        return None;
    }
    let line = match &import.module {
        Some(module) => format!("from {module} import {}", kept.join(", ")),
        None => format!("import {}", kept.join(", ")),
    };
    Some((import.range.to_std_range(), line))
}

/// Functions and constants that are left unused, with the comments and empty lines before them.
fn definitions(text: &MigrationText<'_>, is_left: &impl Fn(&str) -> bool) -> Vec<Edit> {
    let Ok(parsed) = parse_module(text.text) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    let mut before = 0;
    for statement in &parsed.syntax().body {
        let end = line_end(text.text, statement.end().to_usize());
        if name_of(statement).is_some_and(is_left) {
            edits.push((before..end, String::new()));
        }
        before = end;
    }
    edits
}

fn name_of(statement: &Stmt) -> Option<&str> {
    match statement {
        Stmt::FunctionDef(function) => Some(function.name.as_str()),
        Stmt::ClassDef(class) => Some(class.name.as_str()),
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [ruff_python_ast::Expr::Name(name)] => Some(name.id.as_str()),
            _ => None,
        },
        _ => None,
    }
}
