//! A part as a file of its own.

use std::collections::BTreeSet;

use crate::migration::MigrationKey;
use crate::python::{TopLevel, dedented_by, indented, merged_imports, names_in, names_read};

use super::layout::laid_out;
use super::parts::{Item, Part};
use super::refusal::Refusal;
use super::text::{Element, MigrationText};

/// How far operations stand from the left.
pub(super) const OPERATION: usize = 8;

/// Writes the parts of one migration.
pub(super) struct Printer<'a> {
    pub(super) text: &'a MigrationText<'a>,
    pub(super) module: &'a TopLevel<'a>,
}

impl Printer<'_> {
    /// The file of a part that is not the last one. `after` is the part before it; the first one has the migration's own dependencies.
    ///
    /// # Errors
    /// Where what it takes from the migration's file means nothing outside of it.
    pub(super) fn file(&self, part: &Part, after: Option<&MigrationKey>, remark: &str) -> Result<String, Refusal> {
        let dependencies = match after {
            Some(key) => format!("[\n        {},\n    ]", reference(key)),
            None => self.own_dependencies(),
        };
        let mut body = String::new();
        if !part.is_atomic {
            body.push_str("    atomic = False\n\n");
        }
        for attribute in &self.text.attributes {
            body.push_str("    ");
            body.push_str(self.text.slice(*attribute));
            body.push_str("\n\n");
        }
        body.extend(["    dependencies = ", &dependencies, "\n\n    operations = [\n"]);
        for operation in self.operations(part) {
            body.push_str(&operation);
        }
        body.push_str("    ]\n");
        let (imports, functions) = self.head(part, &dependencies)?;
        let mut file = format!("# {remark}\n\n{}\n\n\n", imports.join("\n"));
        for function in functions {
            file.extend([function.trim_end(), "\n\n\n"]);
        }
        file.push_str("class Migration(migrations.Migration):\n");
        file.push_str(&body);
        Ok(file)
    }

    fn own_dependencies(&self) -> String {
        let written = self.text.dependencies.as_ref();
        written.map_or_else(
            || "[]".to_owned(),
            |list| format!("[{}]", &self.text.text[list.start..list.end]),
        )
    }

    /// Its operations, each with its indentation, comma and newline.
    pub(super) fn operations(&self, part: &Part) -> Vec<String> {
        let items = part.items.iter().map(|item| match item {
            Item::Kept(of) => self.kept(&self.text.operations.elements[*of]),
            Item::Planned { of, code, is_first } => {
                let element = &self.text.operations.elements[*of];
                let comments = if *is_first {
                    self.comments(element)
                } else {
                    String::new()
                };
                comments + &planned(code)
            }
        });
        self.timeout(part).into_iter().chain(items).collect()
    }

    /// The operation that limits how long the part waits for a lock.
    pub(super) fn timeout(&self, part: &Part) -> Option<String> {
        let timeout = part.lock_timeout.as_deref()?;
        let set = format!("migrations.RunSQL(\"SET LOCAL lock_timeout = '{timeout}'\", migrations.RunSQL.noop)");
        Some(planned(&set))
    }

    /// An operation as it is, with its comments.
    fn kept(&self, element: &Element) -> String {
        let text = self.text.text;
        let (start, end) = (element.range.start().to_usize(), element.range.end().to_usize());
        let behind = text[end..element.around.end().to_usize()].trim_start_matches([',', ' ', '\n']);
        let written = self.text.column_of(start);
        let pad = " ".repeat(OPERATION);
        let mut lines = self.comments(element);
        let operation = indented(&dedented_by(&text[start..end], written), OPERATION);
        lines.extend([&pad, &operation, ","]);
        if !behind.is_empty() {
            lines.extend(["  ", behind]);
        }
        lines.push('\n');
        lines
    }

    /// The comments before an operation.
    fn comments(&self, element: &Element) -> String {
        let before = element.around.start().to_usize()..element.range.start().to_usize();
        let comments = self.text.text[before]
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let pad = " ".repeat(OPERATION);
        comments.flat_map(|comment| [&pad, comment, "\n"]).collect()
    }

    /// Those of the plans' imports that the part uses: steps of one plan have them all alike.
    pub(super) fn imports(&self, part: &Part) -> Vec<String> {
        let mut used: BTreeSet<String> = part
            .functions
            .iter()
            .flat_map(|function| names_read(function))
            .collect();
        for item in &part.items {
            used.extend(match item {
                Item::Kept(of) => names_in(self.text.slice(self.text.operations.elements[*of].range)),
                Item::Planned { code, .. } => names_in(code),
            });
        }
        let lines = part.imports.iter().flat_map(|line| separate(line));
        let lines = lines.filter(|(_, _, bound)| used.contains(bound));
        let lines = lines.map(|(module, name, _)| match module {
            Some(module) => format!("from {module} import {name}"),
            None => format!("import {name}"),
        });
        lines.collect()
    }

    /// What a file imports and defines so that its operations mean there what they mean here.
    fn head(&self, part: &Part, dependencies: &str) -> Result<(Vec<String>, Vec<String>), Refusal> {
        let mut imports = self.imports(part);
        let mut functions: Vec<String> = Vec::new();
        let attributes = self.text.attributes.iter().map(|range| self.text.slice(*range));
        let attributes = attributes.filter_map(|line| line.split_once('=').map(|(_, value)| value.trim()));
        let kept = part.items.iter().filter_map(|item| match item {
            Item::Kept(of) => Some(self.text.slice(self.text.operations.elements[*of].range)),
            Item::Planned { .. } => None,
        });
        for expression in kept.chain([dependencies]).chain(attributes) {
            if !self.module.gives_meaning_to(expression) {
                return Err(Refusal::NotPlain(
                    "its operations name what its class or another scope defines",
                ));
            }
            let needed = self.module.needed_by(expression);
            imports.extend(needed.imports);
            add_new(&mut functions, needed.definitions);
        }
        add_new(&mut functions, part.functions.clone());
        imports.push("from django.db import migrations".to_owned());
        Ok((merged_imports(imports), functions))
    }
}

fn add_new(functions: &mut Vec<String>, more: Vec<String>) {
    for function in more {
        if !functions.contains(&function) {
            functions.push(function);
        }
    }
}

fn planned(code: &str) -> String {
    format!("{}{},\n", " ".repeat(OPERATION), laid_out(code, OPERATION))
}

/// Module, name as written, and what it binds, of each name that a line imports.
pub(super) fn separate(line: &str) -> Vec<(Option<String>, String, String)> {
    let of = |module: Option<&str>, name: &str| {
        let bound = match name.rsplit_once(" as ") {
            Some((_, bound)) => bound,
            None if module.is_some() => name,
            None => name.split('.').next().unwrap_or(name),
        };
        (
            module.map(str::to_owned),
            name.trim().to_owned(),
            bound.trim().to_owned(),
        )
    };
    if let Some((module, names)) = line.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) {
        return names.split(',').map(|name| of(Some(module), name)).collect();
    }
    let names = line.strip_prefix("import ").unwrap_or_default();
    names.split(',').map(|name| of(None, name)).collect()
}

/// An entry of `dependencies`.
pub(super) fn reference(key: &MigrationKey) -> String {
    format!("(\"{}\", \"{}\")", key.app, key.name)
}
