//! A function that goes through rows, written again so that it does so a batch of keys at a time.
//!
//! Its statements are moved as they are written, by the parser's ranges; only what goes through a queryset is put into a loop.

mod passes;

use ruff_python_ast::{Expr, Stmt, StmtFor, StmtFunctionDef};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};

use super::indented;
use super::written::dedented_by;
use passes::{Pass, calls, is_queryset, leaves_out_what_is_done, pass, uses};

/// How many rows a batch has.
const BATCH: usize = 1000;

/// A function that goes through rows of querysets.
pub struct Batched<'a> {
    source: &'a str,
    function: StmtFunctionDef,
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
        name.is_none_or(|name| uses(&self.function.body, name))
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
        let is_used = |name| uses(&self.function.body, name);
        if is_used("rows") || is_used("keys") {
            ("rows_to_do", "keys_to_do")
        } else {
            ("rows", "keys")
        }
    }

    fn text(&self, range: TextRange) -> &str {
        &self.source[range.to_std_range()]
    }

    /// Statements, and what stands between them, without the indentation of the first.
    fn lines(&self, range: TextRange) -> String {
        let start = range.start().to_usize();
        let line = self.source[..start].rfind('\n').map_or(0, |at| at + 1);
        dedented_by(&self.source[line..range.end().to_usize()], start - line)
            .trim_start()
            .to_owned()
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
        let body = body.map(|(first, last)| {
            let lines = self.lines(first.range().cover(last.range()));
            [self.remarks(one, first), lines].concat()
        });
        format!(
            "for {target} in {batch}:\n    {}",
            indented(&body.unwrap_or_default(), 4)
        )
    }

    /// The comments between the head of a loop and its first statement.
    fn remarks(&self, one: &StmtFor, first: &Stmt) -> String {
        let between = &self.source[one.iter.range().end().to_usize()..first.range().start().to_usize()];
        let comments = between
            .lines()
            .skip(1)
            .map(str::trim)
            .filter(|line| line.starts_with('#'));
        comments.flat_map(|comment| [comment, "\n"]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Batched;

    const LOOP: &str = "def fill(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n    \
        for order in Order.objects.filter(note=None).iterator():\n        # why\n    # not\n        order.note = 'x'\n# order.total = 0\n        order.save()\n";

    #[test]
    fn a_loop_over_a_queryset_goes_by_batches_of_keys() {
        let read = Batched::read(LOOP).map(|read| read.function(false));
        insta::assert_snapshot!(read.unwrap_or_default());
    }

    #[test]
    fn that_nothing_is_left_is_asserted_where_what_is_done_leaves_the_condition() {
        let assertion = |source: &str| Batched::read(source)?.assertion("assert_fill_done", "fill_0002");
        insta::assert_snapshot!(assertion(LOOP).unwrap_or_default());
        let all = LOOP.replace("filter(note=None)", "all()");
        assert_eq!(assertion(&all), None);
        let perhaps_none = LOOP.replace("order.note = 'x'", "order.note = order.remark");
        assert_eq!(assertion(&perhaps_none), None);
    }

    #[test]
    fn what_leaves_the_loop_or_gathers_rows_stays_as_it_is() {
        let changed = |from: &str, to: &str| Batched::read(&LOOP.replace(from, to)).is_some();
        assert!(changed("order.save()", "order.save(update_fields=['note'])"));
        assert!(!changed("order.save()", "break"));
        assert!(!changed("filter(note=None)", "filter(note=None)[:10]"));
        assert!(!changed(
            "        order.save()\n",
            "        orders.append(order)\n    Order.objects.bulk_update(orders, ['note'])\n"
        ));
    }
}
