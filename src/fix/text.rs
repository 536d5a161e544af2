//! A migration's file as text: where its class, its lists and its imports stand.

use ruff_python_ast::{Expr, ExprList, Stmt, StmtClassDef};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};

use super::refusal::Refusal;

/// A migration's file, taken apart along the parser's ranges.
pub(super) struct MigrationText<'a> {
    pub(super) text: &'a str,
    /// Its imports at the top level, in order.
    pub(super) imports: Vec<Import>,
    /// Where the line of its class begins, decorators included.
    pub(super) class_start: usize,
    /// Where the line of the first statement in its class begins that is no text about it.
    pub(super) body_start: usize,
    /// What the lines of that class begin with.
    pub(super) indentation: &'a str,
    pub(super) operations: ListText,
    pub(super) dependencies: Option<ListText>,
    /// The statement that says whether it runs in one transaction.
    pub(super) atomic: Option<TextRange>,
    /// What else its class says, as it is written: `safe = Safe.before_deploy()`.
    pub(super) attributes: Vec<TextRange>,
}

/// An import at the top level.
pub(super) struct Import {
    pub(super) range: TextRange,
    /// The module that names come from; none of `import a`.
    pub(super) module: Option<String>,
    /// What it binds, and how that is written: `b as c`.
    pub(super) names: Vec<(String, String)>,
}

/// A list display.
pub(super) struct ListText {
    /// Behind its opening bracket.
    pub(super) start: usize,
    /// Before the closing one.
    pub(super) end: usize,
    pub(super) elements: Vec<Element>,
}

/// An element with what stands around it: the comments before it, its comma, and the comment behind that.
pub(super) struct Element {
    pub(super) range: TextRange,
    /// From the end of the element before, to the end of the line that its comma stands in, or of the comma.
    pub(super) around: TextRange,
}

impl<'a> MigrationText<'a> {
    /// # Errors
    /// Where the operations or dependencies do not stand in it one by one, or its class is more than a list of them.
    pub(super) fn read(text: &'a str) -> Result<Self, Refusal> {
        let parsed = parse_module(text).map_err(|_| Refusal::NotPlain("it is not Python that can be parsed"))?;
        let body = &parsed.syntax().body;
        let class = migration_class(body).ok_or(Refusal::NotPlain("it has no class `Migration` at its top level"))?;
        let statements = described(&class.body);
        let first = statements.first().ok_or(Refusal::NotPlain("its class is empty"))?;
        let body_start = line_start(text, first.start().to_usize());
        let mut read = Self {
            text,
            imports: body.iter().filter_map(import).collect(),
            class_start: line_start(text, class.start().to_usize()),
            body_start,
            indentation: &text[body_start..first.start().to_usize()],
            operations: ListText::empty(),
            dependencies: None,
            atomic: None,
            attributes: Vec::new(),
        };
        let mut has_operations = false;
        for statement in statements {
            let (name, value) = assigned(statement)?;
            match name {
                "operations" => {
                    read.operations = read.list(value, "`operations` is not a list of them, one by one")?;
                    has_operations = true;
                }
                "dependencies" => {
                    read.dependencies = Some(read.list(value, "`dependencies` is not a list of them, one by one")?);
                }
                "atomic" => read.atomic = Some(statement.range()),
                "run_before" | "initial" | "replaces" => {}
                _ => read.attributes.push(statement.range()),
            }
        }
        if has_operations {
            Ok(read)
        } else {
            Err(Refusal::NotPlain("its class has no list of operations"))
        }
    }

    fn list(&self, value: &Expr, otherwise: &'static str) -> Result<ListText, Refusal> {
        match value {
            Expr::List(list) if !list.elts.iter().any(Expr::is_starred_expr) => Ok(ListText::of(list, self.text)),
            _ => Err(Refusal::NotPlain(otherwise)),
        }
    }

    /// A part of the text.
    pub(super) fn slice(&self, range: TextRange) -> &'a str {
        &self.text[range.to_std_range()]
    }

    /// How far from the left the line begins that this place is in.
    pub(super) fn column_of(&self, at: usize) -> usize {
        let line = &self.text[line_start(self.text, at)..];
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    /// Whether a name is imported at its top level.
    pub(super) fn imports_name(&self, name: &str) -> bool {
        let mut names = self.imports.iter().flat_map(|import| &import.names);
        names.any(|(bound, _)| bound == name)
    }

    /// The whole lines of a statement of the class, with the empty lines behind it.
    pub(super) fn lines_of(&self, statement: TextRange) -> std::ops::Range<usize> {
        let start = line_start(self.text, statement.start().to_usize());
        let mut end = line_end(self.text, statement.end().to_usize());
        while let Some(line) = self.text.get(end..).and_then(|rest| rest.split_inclusive('\n').next()) {
            if !line.trim().is_empty() {
                break;
            }
            end += line.len();
        }
        start..end
    }
}

impl ListText {
    fn empty() -> Self {
        Self {
            start: 0,
            end: 0,
            elements: Vec::new(),
        }
    }

    fn of(list: &ExprList, text: &str) -> Self {
        let start = list.start().to_usize() + 1;
        let end = list.end().to_usize() - 1;
        let mut before = start;
        let mut elements: Vec<Element> = Vec::new();
        for (index, element) in list.elts.iter().enumerate() {
            let next = list.elts.get(index + 1).map_or(end, |next| next.start().to_usize());
            let behind = behind_comma(text, element.end().to_usize(), next);
            let around = TextRange::new(offset(before), offset(behind));
            elements.push(Element {
                range: element.range(),
                around,
            });
            before = behind;
        }
        Self { start, end, elements }
    }
}

/// The end of an element's comma, and of a comment behind it in the same line; of the element where it has neither.
fn behind_comma(text: &str, element_end: usize, next: usize) -> usize {
    let mut at = element_end;
    let mut end = element_end;
    for line in text[element_end..next].split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default();
        if let Some(comma) = code.find(',') {
            let rest = line[comma + 1..].trim_end_matches(['\n', '\r']);
            let is_comment = rest.trim_start().starts_with('#');
            return at + comma + 1 + if is_comment { rest.len() } else { 0 };
        }
        // A comment behind the last element, which has no comma.
        if at == element_end && line.trim_start().starts_with('#') {
            end = at + line.trim_end().len();
        }
        at += line.len();
    }
    end
}

fn migration_class(body: &[Stmt]) -> Option<&StmtClassDef> {
    let mut classes = body.iter().filter_map(Stmt::as_class_def_stmt);
    let class = classes.find(|class| class.name.as_str() == "Migration")?;
    let has_plain_base = match class.arguments.as_deref() {
        Some(arguments) => match (&*arguments.args, &*arguments.keywords) {
            ([Expr::Attribute(base)], []) => base.attr.as_str() == "Migration",
            ([Expr::Name(base)], []) => base.id.as_str() == "Migration",
            _ => false,
        },
        None => false,
    };
    (has_plain_base && class.decorator_list.is_empty()).then_some(class)
}

/// The statements without the text that describes the class.
fn described(body: &[Stmt]) -> &[Stmt] {
    match body {
        [Stmt::Expr(text), rest @ ..] if text.value.is_string_literal_expr() => rest,
        _ => body,
    }
}

/// The name and value of an attribute of the class.
fn assigned(statement: &Stmt) -> Result<(&str, &Expr), Refusal> {
    let (target, value) = match statement {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => (target, Some(&*assign.value)),
            _ => return Err(Refusal::NotPlain("its class has more than attributes")),
        },
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()),
        _ => return Err(Refusal::NotPlain("its class has more than attributes")),
    };
    match (target, value) {
        (Expr::Name(name), Some(value)) => Ok((name.id.as_str(), value)),
        _ => Err(Refusal::NotPlain("its class has more than attributes")),
    }
}

fn import(statement: &Stmt) -> Option<Import> {
    let written = |alias: &ruff_python_ast::Alias, bound: &str| {
        let written = match &alias.asname {
            Some(asname) => format!("{} as {asname}", alias.name),
            None => alias.name.to_string(),
        };
        (bound.to_owned(), written)
    };
    match statement {
        Stmt::Import(import) => {
            let names = import.names.iter().map(|alias| {
                let first = alias.name.as_str().split('.').next().unwrap_or_default();
                written(alias, alias.asname.as_ref().map_or(first, |name| name.as_str()))
            });
            Some(Import {
                range: import.range(),
                module: None,
                names: names.collect(),
            })
        }
        Stmt::ImportFrom(import) => {
            let from = import.module.as_ref().map_or("", |module| module.as_str());
            let names = import
                .names
                .iter()
                .map(|alias| written(alias, alias.asname.as_ref().unwrap_or(&alias.name).as_str()));
            Some(Import {
                range: import.range(),
                module: Some(format!("{}{from}", ".".repeat(import.level as usize))),
                names: names.collect(),
            })
        }
        _ => None,
    }
}

/// Where the line begins that this place is in.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the next line begins.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Files that are read have fewer bytes than a `u32` counts.
fn offset(at: usize) -> ruff_text_size::TextSize {
    ruff_text_size::TextSize::try_from(at).unwrap_or_default()
}
