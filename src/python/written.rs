//! Python as text: calls taken apart and put together again along the parser's ranges, and literals.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Alias, Expr, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_expression, parse_unchecked};
use ruff_text_size::Ranged;

/// A call as it is written. What stands between its arguments, comments for instance, is no part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenCall {
    /// What is called: `models.CharField`.
    pub class: String,
    /// Arguments without a name, a star among them.
    args: Vec<String>,
    /// Arguments by name; `**more` has none.
    kwargs: Vec<(Option<String>, String)>,
}

impl WrittenCall {
    /// Takes a call apart; `None` if the text is something else.
    #[must_use]
    pub fn read(source: &str) -> Option<Self> {
        let parsed = parse_expression(source).ok()?;
        let Expr::Call(call) = parsed.expr() else { return None };
        let text = |node: &dyn Ranged| dedented(&source[node.range().to_std_range()]);
        let kwargs = call.arguments.keywords.iter().map(|keyword| {
            let name = keyword.arg.as_ref().map(|name| name.as_str().to_owned());
            (name, text(&keyword.value))
        });
        Some(Self {
            class: text(call.func.as_ref()),
            args: call.arguments.args.iter().map(|argument| text(argument)).collect(),
            kwargs: kwargs.collect(),
        })
    }

    /// The value of an argument by name, as it is written.
    #[must_use]
    pub fn keyword(&self, name: &str) -> Option<&str> {
        let found = self.kwargs.iter().find(|(known, _)| known.as_deref() == Some(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Without the arguments of these names.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.kwargs
            .retain(|(name, _)| name.as_deref().is_none_or(|name| !names.contains(&name)));
        self
    }

    /// With this argument, in its place if it was there.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.kwargs.iter_mut().find(|(known, _)| known.as_deref() == Some(name)) {
            Some((_, old)) => value.clone_into(old),
            None => self.kwargs.push((Some(name.to_owned()), value.to_owned())),
        }
        self
    }

    /// With another value for an argument that stands at a position, or has a name.
    #[must_use]
    pub fn with_argument(mut self, position: usize, name: &str, value: &str) -> Self {
        match self.args.get_mut(position) {
            Some(old) => {
                value.clone_into(old);
                self
            }
            None => self.with(name, value),
        }
    }

    /// With another class, by the last part of its name.
    #[must_use]
    pub fn of_class(mut self, name: &str) -> Self {
        let before = self.class.rsplit_once('.').map(|(before, _)| before.to_owned());
        self.class = before.map_or_else(|| name.to_owned(), |before| format!("{before}.{name}"));
        self
    }

    /// The last part of the name of what is called.
    #[must_use]
    pub fn class_name(&self) -> &str {
        self.class.rsplit('.').next().unwrap_or(&self.class)
    }

    /// As Python, arguments behind each other.
    #[must_use]
    pub fn print(&self) -> String {
        let named = self.kwargs.iter().map(|(name, value)| match name {
            Some(name) => format!("{name}={value}"),
            None => format!("**{value}"),
        });
        let arguments: Vec<String> = self.args.iter().cloned().chain(named).collect();
        format!("{}({})", self.class, arguments.join(", "))
    }
}

/// The names that an expression begins with: `models`, `uuid`, `timezone`.
#[must_use]
pub fn names_in(source: &str) -> Vec<String> {
    let Ok(parsed) = parse_expression(source) else {
        return Vec::new();
    };
    let mut names = Names::default();
    names.visit_expr(parsed.expr());
    names.0
}

/// Those that a statement takes.
fn names_of(statement: &Stmt) -> Vec<String> {
    let mut names = Names::default();
    names.visit_stmt(statement);
    names.0
}

/// The names that a module's code reads, wherever in it.
#[must_use]
pub fn names_read(module: &str) -> BTreeSet<String> {
    let statements = TopLevel::of(module);
    statements.body().iter().flat_map(names_of).collect()
}

/// Names that are read, each once.
#[derive(Default)]
struct Names(Vec<String>);

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            let name = name.id.to_string();
            if !self.0.contains(&name) {
                self.0.push(name);
            }
        }
        walk_expr(self, expression);
    }
}

/// What a part of a module takes from the rest of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Lines that import.
    pub imports: Vec<String>,
    /// Functions, classes and assignments.
    pub definitions: Vec<String>,
    seen: BTreeSet<String>,
}

impl Needed {
    fn add_imports(&mut self, imports: Vec<String>) {
        for import in imports {
            if !self.imports.contains(&import) {
                self.imports.push(import);
            }
        }
    }
}

/// A module, as far as the names go that its top level binds. It is read when it is first asked.
#[derive(Debug)]
pub struct TopLevel<'a> {
    module: &'a str,
    body: OnceCell<Vec<Stmt>>,
}

impl<'a> TopLevel<'a> {
    /// That of a module's text.
    #[must_use]
    pub fn of(module: &'a str) -> Self {
        Self {
            module,
            body: OnceCell::new(),
        }
    }

    fn body(&self) -> &[Stmt] {
        self.body.get_or_init(|| {
            let parsed = parse_unchecked(self.module, ParseOptions::from(Mode::Module));
            match parsed.into_syntax() {
                ruff_python_ast::Mod::Module(module) => module.body.into_iter().collect(),
                ruff_python_ast::Mod::Expression(_) => Vec::new(),
            }
        })
    }

    /// Lines that import these names as the module imports them; `None` where one of them is not imported at its top level.
    /// Names of Python itself need no import.
    #[must_use]
    pub fn imports_of(&self, names: &[String]) -> Option<Vec<String>> {
        let mut imports = Vec::new();
        for name in names.iter().filter(|name| !is_python_builtin(name)) {
            // `import a.b` and `import a.c` bind the same name.
            let body = self.body().iter();
            let found: Vec<String> = body.filter_map(|statement| import_of(statement, name)).collect();
            if found.is_empty() {
                return None;
            }
            let new = found.into_iter().filter(|import| !imports.contains(import));
            imports.extend(new.collect::<Vec<_>>());
        }
        Some(imports)
    }

    /// Whether the module binds a name at its top level.
    #[must_use]
    pub fn binds(&self, name: &str) -> bool {
        self.body().iter().any(|statement| binds(statement, name))
    }

    /// The text of a function that the module defines.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&'a str> {
        let mut functions = self
            .body()
            .iter()
            .filter(|statement| matches!(statement, Stmt::FunctionDef(_)));
        let function = functions.find(|statement| binds(statement, name))?;
        Some(&self.module[function.range().to_std_range()])
    }

    /// What a definition takes from the module in which it is to stand.
    #[must_use]
    pub fn needed_by_definition(&self, definition: &str) -> Needed {
        let mut needed = Needed::default();
        for statement in TopLevel::of(definition).body() {
            self.add_needed(&names_of(statement), &mut needed);
        }
        needed
    }

    /// What an expression takes from the module: lines that import, and the definitions of what it names, each behind what it takes
    /// itself. What the module does not bind at its top level is left out.
    #[must_use]
    pub fn needed_by(&self, expression: &str) -> Needed {
        let mut needed = Needed::default();
        self.add_needed(&names_in(expression), &mut needed);
        needed
    }

    fn add_needed(&self, names: &[String], needed: &mut Needed) {
        for name in names {
            if let Some(imports) = self.imports_of(std::slice::from_ref(name)) {
                needed.add_imports(imports);
                continue;
            }
            let Some(statement) = self.body().iter().find(|statement| binds(statement, name)) else {
                continue;
            };
            let text = &self.module[statement.range().to_std_range()];
            if needed.seen.insert(text.to_owned()) {
                self.add_needed(&names_of(statement), needed);
                needed.definitions.push(text.to_owned());
            }
        }
    }

    /// Whether the module binds all names of an expression at its top level: then the expression means the same wherever in it it
    /// stands.
    #[must_use]
    pub fn gives_meaning_to(&self, expression: &str) -> bool {
        const ALWAYS_IMPORTED: [&str; 3] = ["models", "migrations", "django"];
        let mut names = names_in(expression);
        names.retain(|name| !ALWAYS_IMPORTED.contains(&name.as_str()) && !is_python_builtin(name));
        let is_bound = |name: &String| self.body().iter().any(|statement| binds(statement, name));
        names.iter().all(is_bound)
    }
}

fn binds(statement: &Stmt, name: &str) -> bool {
    let is_it = |target: &Expr| matches!(target, Expr::Name(target) if target.id.as_str() == name);
    match statement {
        Stmt::FunctionDef(function) => function.name.as_str() == name,
        Stmt::ClassDef(class) => class.name.as_str() == name,
        Stmt::Assign(assign) => assign.targets.iter().any(is_it),
        Stmt::AnnAssign(assign) => is_it(&assign.target),
        statement => import_of(statement, name).is_some(),
    }
}

/// The line that imports a name, if the statement does.
fn import_of(statement: &Stmt, name: &str) -> Option<String> {
    let written = |alias: &Alias| match &alias.asname {
        Some(asname) => format!("{} as {asname}", alias.name),
        None => alias.name.to_string(),
    };
    match statement {
        Stmt::Import(import) => {
            let binds = |alias: &&Alias| match &alias.asname {
                Some(asname) => asname.as_str() == name,
                None => alias.name.as_str().split('.').next() == Some(name),
            };
            let alias = import.names.iter().find(binds)?;
            Some(format!("import {}", written(alias)))
        }
        Stmt::ImportFrom(import) => {
            let binds = |alias: &&Alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name;
            let alias = import.names.iter().find(binds)?;
            let dots = ".".repeat(import.level as usize);
            let from = import.module.as_ref().map_or("", |module| module.as_str());
            Some(format!("from {dots}{from} import {}", written(alias)))
        }
        _ => None,
    }
}

/// Lines that import, in the order of isort, what comes from one module in one line.
#[must_use]
pub fn merged_imports(lines: Vec<String>) -> Vec<String> {
    let mut plain: BTreeSet<String> = BTreeSet::new();
    let mut from: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in lines {
        match line.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) {
            Some((module, names)) => {
                let names = names.split(", ").map(str::to_owned);
                from.entry(module.to_owned()).or_default().extend(names);
            }
            None => {
                plain.insert(line);
            }
        }
    }
    let from = from.into_iter().map(|(module, names)| {
        let names: Vec<String> = names.into_iter().collect();
        format!("from {module} import {}", names.join(", "))
    });
    plain.into_iter().chain(from).collect()
}

fn is_python_builtin(name: &str) -> bool {
    super::constants::is_builtin(name)
}

/// A text as Python writes it: in the quotes that it does not hold, on several lines if it has several.
#[must_use]
pub fn string_literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\");
    if text.contains('\n') {
        let safe = escaped.replace("\"\"\"", "\\\"\\\"\\\"");
        let end = if safe.ends_with('"') { "\n" } else { "" };
        return format!("\"\"\"{safe}{end}\"\"\"");
    }
    match (text.contains('"'), text.contains('\'')) {
        (false, _) => format!("\"{escaped}\""),
        (true, false) => format!("'{escaped}'"),
        (true, true) => format!("\"{}\"", escaped.replace('"', "\\\"")),
    }
}

/// The text with the indentation of its later lines taken away, but for those inside of strings that span lines.
#[must_use]
pub fn dedented(code: &str) -> String {
    if !code.contains('\n') {
        return code.trim_end_matches('\r').to_owned();
    }
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let kept = outside_of_strings(code);
    let later = code.split('\n').zip(&kept).skip(1);
    let outside = later.filter(|(line, is_outside)| **is_outside && !line.trim().is_empty());
    let least = outside.map(|(line, _)| indentation(line)).min().unwrap_or(0);
    let lines = code
        .split('\n')
        .zip(&kept)
        .enumerate()
        .map(|(number, (line, is_outside))| {
            let line = line.trim_end_matches('\r');
            if number == 0 || !is_outside {
                line
            } else {
                line.get(least.min(indentation(line))..).unwrap_or_default()
            }
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text with so many spaces taken away from each of its lines, or as many as it has, but for those inside of strings that span lines.
#[must_use]
pub fn dedented_by(code: &str, spaces: usize) -> String {
    let lines = code
        .split('\n')
        .zip(outside_of_strings(code))
        .map(|(line, is_outside)| {
            let line = line.trim_end_matches('\r');
            let own = line.len() - line.trim_start().len();
            if is_outside {
                line.get(spaces.min(own)..).unwrap_or_default()
            } else {
                line
            }
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Of each line, whether it begins outside of a string that spans lines.
fn outside_of_strings(code: &str) -> Vec<bool> {
    let mut is_inside = false;
    let begins = code.split('\n').map(|line| {
        let begins = !is_inside;
        is_inside ^= turns(line);
        begins
    });
    begins.collect()
}

/// Whether a string that spans lines begins or ends in the line.
fn turns(line: &str) -> bool {
    let odd = |quotes: &str| memchr::memmem::find_iter(line.as_bytes(), quotes).count() % 2 == 1;
    odd("\"\"\"") ^ odd("'''")
}

/// The text with these spaces before each line but the first and those inside of strings that span lines.
#[must_use]
pub fn indented(code: &str, spaces: usize) -> String {
    if !code.contains('\n') {
        return code.to_owned();
    }
    let mut text = String::with_capacity(code.len() * 2);
    let mut is_inside = false;
    for (number, line) in code.split('\n').enumerate() {
        if number > 0 {
            text.push('\n');
            if !is_inside && !line.is_empty() {
                text.extend(std::iter::repeat_n(' ', spaces));
            }
        }
        text.push_str(line);
        is_inside ^= turns(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{WrittenCall, dedented, indented, names_in, string_literal};

    fn read(source: &str) -> WrittenCall {
        WrittenCall::read(source).unwrap_or_else(|| panic!("{source} is a call"))
    }

    #[test]
    fn arguments_are_taken_away_and_added_whatever_stands_between_them() {
        let field = read("models.CharField(\n    max_length=9,  # a, (comment\n    default=f(1, ','),\n    **more)");
        let changed = field
            .without(&["default"])
            .with("null", "True")
            .with("max_length", "10");
        assert_eq!(changed.print(), "models.CharField(max_length=10, **more, null=True)");
        let key = read("models.OneToOneField('a.B', models.CASCADE, *rest)").of_class("ForeignKey");
        assert_eq!(key.print(), "models.ForeignKey('a.B', models.CASCADE, *rest)");
        assert_eq!(WrittenCall::read("field"), None);
        assert_eq!(WrittenCall::read("models.CharField("), None);
    }

    #[test]
    fn a_literal_is_the_text_that_it_stands_for() {
        assert_eq!(string_literal("SELECT 1"), "\"SELECT 1\"");
        assert_eq!(string_literal("DROP \"a\""), "'DROP \"a\"'");
        assert_eq!(string_literal("\"a\" = 'b\\c'"), "\"\\\"a\\\" = 'b\\\\c'\"");
        assert_eq!(string_literal("a\nb\"\"\"c"), "\"\"\"a\nb\\\"\\\"\\\"c\"\"\"");
        assert_eq!(string_literal("a\n\"b\""), "\"\"\"a\n\"b\"\n\"\"\"");
    }

    #[test]
    fn lines_inside_of_a_text_keep_their_place() {
        assert_eq!(
            indented("f(\n    \"\"\"a\nb\"\"\",\n)", 4),
            "f(\n        \"\"\"a\nb\"\"\",\n    )"
        );
    }

    #[test]
    fn what_is_moved_to_another_place_loses_its_indentation() {
        assert_eq!(dedented("f(\n            a,\n        )"), "f(\n    a,\n)");
        assert_eq!(
            dedented("f(\n        \"\"\"a\n  b\"\"\",\n    )"),
            "f(\n    \"\"\"a\n  b\"\"\",\n)"
        );
    }

    #[test]
    fn the_names_of_an_expression_are_those_that_it_needs() {
        assert_eq!(
            names_in("models.CharField(default=uuid.uuid4, x=[a])"),
            ["models", "uuid", "a"]
        );
    }
}
