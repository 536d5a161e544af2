//! A function that goes through rows, written again so that it does so a batch of keys at a time.
//!
//! Its statements are moved as they are written, by the parser's ranges; only what goes through a queryset is put into a loop.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFor, StmtFunctionDef};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use super::indented;

/// How many rows a batch has.
const BATCH: usize = 1000;

/// Methods that leave a queryset one of the same rows, or of fewer: it can be filtered and ordered further.
const NARROWING: [&str; 9] = [
    "all",
    "filter",
    "exclude",
    "select_related",
    "prefetch_related",
    "only",
    "defer",
    "using",
    "order_by",
];

/// A function that goes through rows of querysets.
pub struct Batched<'a> {
    source: &'a str,
    function: StmtFunctionDef,
}

/// A statement of the function that goes through a queryset.
struct Pass<'a> {
    statement: &'a Stmt,
    queryset: &'a Expr,
    /// The same, or what its name was given to.
    meant: &'a Expr,
    /// The fields that it writes, and what.
    written: Vec<(&'a str, &'a Expr)>,
}

impl<'a> Batched<'a> {
    /// Reads the text of a function; `None` where it is no function that goes through rows in its own statements.
    #[must_use]
    pub fn read(source: &'a str) -> Option<Self> {
        let mut body = parse_module(source).ok()?.into_syntax().body.into_iter();
        let (Some(Stmt::FunctionDef(function)), None) = (body.next(), body.next()) else {
            return None;
        };
        let read = Self { source, function };
        let is_plain = !read.function.is_async && read.function.decorator_list.is_empty();
        (is_plain && !read.passes().is_empty() && !read.gathers()).then_some(read)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.function.name.as_str()
    }

    /// Its text with each pass in a loop over batches; between them, a command says how far it is, and pauses.
    #[must_use]
    pub fn function(&self, is_command: bool) -> String {
        let (rows, keys) = self.free_names();
        let mut text = String::new();
        let mut end = 0;
        for pass in self.passes() {
            let range = pass.statement.range().to_std_range();
            text.push_str(&self.source[end..range.start]);
            text.push_str(&self.in_a_loop(&pass, rows, keys, is_command));
            end = range.end;
        }
        text.push_str(&self.source[end..]);
        text
    }

    /// A function that fails while the one pass has rows left; `None` where it may go through rows that it has done.
    #[must_use]
    pub fn assertion(&self, name: &str, command: &str) -> Option<String> {
        let passes = self.passes();
        let [pass] = passes.as_slice() else { return None };
        if !leaves_out_what_is_done(pass.meant, &pass.written) {
            return None;
        }
        let before = self
            .function
            .body
            .iter()
            .take_while(|statement| statement.range() != pass.statement.range());
        let mut text = format!("def {name}{}:\n", self.text(self.function.parameters.range()));
        for statement in before {
            if !matches!(statement, Stmt::Assign(_) | Stmt::AnnAssign(_)) {
                return None;
            }
            text.extend(["    ", &indented(&self.lines(statement.range()), 4), "\n"]);
        }
        let queryset = self.queryset(pass);
        text.extend([format!(
            "    if {queryset}.exists():\n        raise RuntimeError(\"rows are left: run manage.py {command} first\")\n"
        )]);
        Some(text)
    }

    /// Whether it asks the schema editor for anything: a command has none.
    #[must_use]
    pub fn needs_schema_editor(&self) -> bool {
        let editor = self.function.parameters.args.get(1);
        let name = editor.map(|parameter| parameter.parameter.name.as_str());
        name.is_none_or(|name| {
            let mut uses = Uses { name, found: false };
            self.function
                .body
                .iter()
                .for_each(|statement| uses.visit_stmt(statement));
            uses.found
        })
    }

    fn passes(&self) -> Vec<Pass<'_>> {
        let querysets = self.querysets();
        self.function
            .body
            .iter()
            .filter_map(|statement| pass(statement, &querysets))
            .collect()
    }

    /// The querysets to which its own statements give a name, once.
    fn querysets(&self) -> Vec<(&str, &Expr)> {
        let mut named: Vec<(&str, &Expr)> = Vec::new();
        let mut again = Vec::new();
        for statement in &self.function.body {
            let Stmt::Assign(assign) = statement else { continue };
            let [Expr::Name(name)] = assign.targets.as_slice() else {
                continue;
            };
            if named.iter().any(|(known, _)| *known == name.id.as_str()) {
                again.push(name.id.as_str());
            }
            named.push((name.id.as_str(), assign.value.as_ref()));
        }
        named.retain(|(name, value)| !again.contains(name) && is_queryset(value, &[]));
        named
    }

    /// Whether it gathers rows in a pass and writes them behind it.
    fn gathers(&self) -> bool {
        let passes = self.passes();
        let is_pass = |statement: &Stmt| passes.iter().any(|pass| pass.statement.range() == statement.range());
        let others = self.function.body.iter().filter(|statement| !is_pass(statement));
        others
            .into_iter()
            .any(|statement| calls(statement, &["bulk_create", "bulk_update"]))
    }

    /// Names for rows and keys that it has not.
    fn free_names(&self) -> (&'static str, &'static str) {
        let is_used = |name: &'static str| {
            let mut uses = Uses { name, found: false };
            self.function
                .body
                .iter()
                .for_each(|statement| uses.visit_stmt(statement));
            uses.found
        };
        if is_used("rows") || is_used("keys") {
            ("rows_to_do", "keys_to_do")
        } else {
            ("rows", "keys")
        }
    }

    fn text(&self, range: ruff_text_size::TextRange) -> &str {
        &self.source[range.to_std_range()]
    }

    /// Statements, and what stands between them, without the indentation of the first.
    fn lines(&self, range: ruff_text_size::TextRange) -> String {
        let start = range.start().to_usize();
        let line = self.source[..start].rfind('\n').map_or(0, |at| at + 1);
        // The first line of a text keeps its indentation: here it is empty.
        let text = format!("\n{}", &self.source[line..range.end().to_usize()]);
        super::dedented(&text).trim_start().to_owned()
    }

    /// The queryset, in brackets where it spans lines.
    fn queryset(&self, pass: &Pass<'_>) -> String {
        let text = self.text(pass.queryset.range());
        if text.contains('\n') {
            format!("({text})")
        } else {
            text.to_owned()
        }
    }

    fn in_a_loop(&self, pass: &Pass<'_>, rows: &str, keys: &str, is_command: bool) -> String {
        let start = pass.statement.range().start().to_usize();
        let line = self.source[..start].rfind('\n').map_or(0, |at| at + 1);
        let spaces = start - line;
        let batch = format!("{rows}.filter(pk__gte={keys}[0], pk__lte={keys}[-1])");
        let inner = match pass.statement {
            Stmt::For(one) => self.loop_over(one, &batch),
            _ => {
                // What stands behind the queryset: `.update(..)`.
                let end = pass.queryset.range().end().to_usize();
                let behind = &self.source[end..pass.statement.range().end().to_usize()];
                format!(
                    "{batch}{}",
                    super::dedented(behind.trim_start_matches(|letter: char| letter == ')' || letter.is_whitespace()))
                )
            }
        };
        let mut lines = vec![
            format!("{rows} = {}.order_by(\"pk\")", self.queryset(pass)),
            format!("{keys} = list({rows}.values_list(\"pk\", flat=True)[:{BATCH}])"),
            format!("while {keys}:"),
            format!("    {}", indented(&inner, 4)),
        ];
        if is_command {
            lines.push(format!("    print(f\"done up to {{{keys}[-1]}}\", flush=True)"));
            lines.push("    time.sleep(0.1)".to_owned());
        }
        lines.push(format!(
            "    {keys} = list({rows}.filter(pk__gt={keys}[-1]).values_list(\"pk\", flat=True)[:{BATCH}])"
        ));
        indented(&lines.join("\n"), spaces)
    }

    fn loop_over(&self, one: &StmtFor, batch: &str) -> String {
        let target = self.text(one.target.range());
        let body = one.body.first().zip(one.body.last());
        let body = body.map(|(first, last)| self.lines(first.range().cover(last.range())));
        format!(
            "for {target} in {batch}:\n    {}",
            indented(&body.unwrap_or_default(), 4)
        )
    }
}

/// What the statement goes through.
fn pass<'a>(statement: &'a Stmt, querysets: &[(&'a str, &'a Expr)]) -> Option<Pass<'a>> {
    let (queryset, written) = match statement {
        Stmt::For(one) => {
            let is_plain = !one.is_async && one.orelse.is_empty() && !one.body.iter().any(leaves);
            (without_iterator(&one.iter), is_plain.then(|| attributes(one))?)
        }
        Stmt::Expr(expression) => match expression.value.as_ref() {
            Expr::Call(call) => {
                let receiver = method(call).filter(|(name, _)| *name == "update")?.1;
                let keywords = call.arguments.keywords.iter();
                let written = keywords.filter_map(|keyword| Some((keyword.arg.as_ref()?.as_str(), &keyword.value)));
                (receiver, written.collect())
            }
            _ => return None,
        },
        _ => return None,
    };
    is_queryset(queryset, querysets).then_some(Pass {
        statement,
        queryset,
        meant: meant(queryset, querysets),
        written,
    })
}

/// The name of the method that is called, and on what.
fn method(call: &ExprCall) -> Option<(&str, &Expr)> {
    match call.func.as_ref() {
        Expr::Attribute(attribute) => Some((attribute.attr.as_str(), attribute.value.as_ref())),
        _ => None,
    }
}

fn without_iterator(expression: &Expr) -> &Expr {
    match expression {
        Expr::Call(call) => match method(call) {
            Some(("iterator", receiver)) => receiver,
            _ => expression,
        },
        _ => expression,
    }
}

/// What a name was given to.
fn meant<'a>(expression: &'a Expr, named: &[(&'a str, &'a Expr)]) -> &'a Expr {
    match expression {
        Expr::Name(name) => named
            .iter()
            .find(|(own, _)| *own == name.id.as_str())
            .map_or(expression, |(_, value)| value),
        _ => expression,
    }
}

/// Whether it is a manager with methods behind it that narrow what it gives.
fn is_queryset(expression: &Expr, named: &[(&str, &Expr)]) -> bool {
    match expression {
        Expr::Call(call) => {
            method(call).is_some_and(|(name, receiver)| NARROWING.contains(&name) && is_queryset(receiver, named))
        }
        Expr::Attribute(attribute) => {
            ["objects", "_default_manager", "_base_manager"].contains(&attribute.attr.as_str())
        }
        Expr::Name(name) => named.iter().any(|(own, _)| *own == name.id.as_str()),
        _ => false,
    }
}

/// Whether rows that a pass has done are none of the queryset's any more, for certain.
fn leaves_out_what_is_done(queryset: &Expr, written: &[(&str, &Expr)]) -> bool {
    let Expr::Call(call) = queryset else { return false };
    let Some((name, receiver)) = method(call) else {
        return false;
    };
    // `filter(Q(..))` as well.
    let inner = call.arguments.args.iter().filter_map(|argument| match argument {
        Expr::Call(inner) if is_q(inner) => Some(&inner.arguments.keywords),
        _ => None,
    });
    let mut conditions = call.arguments.keywords.iter().chain(inner.flatten());
    let is_undone = conditions.any(|condition| {
        let Some(name) = &condition.arg else { return false };
        written
            .iter()
            .any(|(field, value)| is_undone_by(name, &condition.value, field, value))
    });
    name == "filter" && is_undone || leaves_out_what_is_done(receiver, written)
}

fn is_q(call: &ExprCall) -> bool {
    match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str() == "Q",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "Q",
        _ => false,
    }
}

/// Whether a condition holds no more where the field has this value.
fn is_undone_by(condition: &str, wanted: &Expr, field: &str, value: &Expr) -> bool {
    let (own, lookup) = condition.split_once("__").unwrap_or((condition, "exact"));
    if own != field {
        return false;
    }
    match (lookup, wanted) {
        ("isnull", Expr::BooleanLiteral(wanted)) => wanted.value && is_value(value),
        ("exact", Expr::NoneLiteral(_)) => is_value(value),
        ("exact", Expr::StringLiteral(wanted)) => match value {
            Expr::StringLiteral(value) => value.value.to_str() != wanted.value.to_str(),
            _ => false,
        },
        ("exact", Expr::BooleanLiteral(wanted)) => match value {
            Expr::BooleanLiteral(value) => value.value != wanted.value,
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression is something else than None, as it is written.
fn is_value(value: &Expr) -> bool {
    matches!(
        value,
        Expr::StringLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::FString(_)
            | Expr::List(_)
            | Expr::Dict(_)
    )
}

/// The attributes that a loop gives its target in each turn, and what.
fn attributes(one: &StmtFor) -> Vec<(&str, &Expr)> {
    let Expr::Name(target) = one.target.as_ref() else {
        return Vec::new();
    };
    let assigned = one.body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => assign.targets.first().zip(Some(assign.value.as_ref())),
        _ => None,
    });
    let attributes = assigned.filter_map(|(expression, value)| match expression {
        Expr::Attribute(attribute) => match attribute.value.as_ref() {
            Expr::Name(name) if name.id == target.id => Some((attribute.attr.as_str(), value)),
            _ => None,
        },
        _ => None,
    });
    attributes.collect()
}

/// Whether a statement of a loop may end the loop, or the function.
fn leaves(statement: &Stmt) -> bool {
    let mut finder = Leaves(false);
    finder.visit_stmt(statement);
    finder.0
}

struct Leaves(bool);

impl<'a> Visitor<'a> for Leaves {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0 |= matches!(statement, Stmt::Break(_) | Stmt::Return(_));
        walk_stmt(self, statement);
    }
}

/// Whether a method of one of these names is called.
fn calls(statement: &Stmt, names: &[&str]) -> bool {
    let mut finder = Calls { names, found: false };
    finder.visit_stmt(statement);
    finder.found
}

struct Calls<'n> {
    names: &'n [&'n str],
    found: bool,
}

impl<'a> Visitor<'a> for Calls<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            self.found |= method(call).is_some_and(|(name, _)| self.names.contains(&name));
        }
        walk_expr(self, expression);
    }
}

/// Whether a name is read or bound.
struct Uses<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.found |= name.id.as_str() == self.name;
        }
        walk_expr(self, expression);
    }
}
