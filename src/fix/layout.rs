//! Python in black's style, as far as operations need it: calls, lists, tuples and dicts that are too long for a line are broken at
//! their brackets.

use ruff_python_ast::Expr;
use ruff_python_parser::parse_expression;
use ruff_text_size::Ranged;

use crate::python::{dedented, indented};

/// The width of black's lines.
const WIDTH: usize = 88;

/// How far a bracket's content stands behind the line of the bracket.
const STEP: usize = 4;

/// The code of an expression that stands so many spaces from the left, its later lines likewise. What holds comments stays as it is.
pub(super) fn laid_out(code: &str, column: usize) -> String {
    if code.contains('#') {
        return indented(code, column);
    }
    match parse_expression(code) {
        Ok(parsed) => {
            let layout = Layout { code };
            let broken = layout.print(parsed.expr(), column, 0, ",".len());
            indented(&broken, column)
        }
        Err(_) => indented(code, column),
    }
}

struct Layout<'a> {
    code: &'a str,
}

impl Layout<'_> {
    /// `inner` is how far the line that it stands in is indented behind `column`; `beside` what else stands in that line.
    fn print(&self, expression: &Expr, column: usize, inner: usize, beside: usize) -> String {
        let slice = &self.code[expression.range().to_std_range()];
        let is_one_line = !slice.contains('\n');
        if is_one_line && column + inner + slice.chars().count() + beside <= WIDTH {
            return slice.to_owned();
        }
        let Some((open, close, parts)) = self.parts(expression) else {
            return indented(&dedented(slice), inner);
        };
        let body = inner + STEP;
        let pad = " ".repeat(body);
        let flat: Vec<String> = parts
            .iter()
            .map(|part| format!("{}{}", part.before, &self.code[part.value.range().to_std_range()]))
            .collect();
        let flat = flat.join(", ");
        let end = " ".repeat(inner);
        if is_one_line && column + body + flat.chars().count() <= WIDTH {
            return format!("{open}\n{pad}{flat}\n{end}{close}");
        }
        let lines = parts.iter().map(|part| {
            let value = self.print(part.value, column, body, part.before.chars().count() + ",".len());
            format!("{pad}{}{value},\n", part.before)
        });
        format!("{open}\n{}{end}{close}", lines.collect::<String>())
    }

    /// An expression with brackets: what opens it, what closes it, and what stands between.
    fn parts<'e>(&self, expression: &'e Expr) -> Option<(String, &'static str, Vec<Between<'e>>)> {
        let plain = |values: &'e [Expr]| values.iter().map(Between::plain).collect::<Vec<_>>();
        let (open, close, parts) = match expression {
            Expr::Call(call) => {
                let mut parts = plain(&call.arguments.args);
                parts.extend(call.arguments.keywords.iter().map(|keyword| Between {
                    before: keyword.arg.as_ref().map_or("**".to_owned(), |name| format!("{name}=")),
                    value: &keyword.value,
                }));
                let called = &self.code[call.func.range().to_std_range()];
                (format!("{called}("), ")", parts)
            }
            Expr::List(list) => ("[".to_owned(), "]", plain(&list.elts)),
            Expr::Tuple(tuple) if tuple.parenthesized => ("(".to_owned(), ")", plain(&tuple.elts)),
            Expr::Dict(dict) => {
                let parts = dict.items.iter().map(|item| Between {
                    before: item.key.as_ref().map_or("**".to_owned(), |key| {
                        format!("{}: ", &self.code[key.range().to_std_range()])
                    }),
                    value: &item.value,
                });
                ("{".to_owned(), "}", parts.collect())
            }
            _ => return None,
        };
        (!parts.is_empty()).then_some((open, close, parts))
    }
}

/// A part of what brackets hold.
struct Between<'e> {
    /// `name=`, `key: ` or `**`
    before: String,
    value: &'e Expr,
}

impl<'e> Between<'e> {
    fn plain(value: &'e Expr) -> Self {
        Self {
            before: String::new(),
            value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn what_is_too_long_is_broken_at_its_brackets() {
        let code = "migrations.AddField(\n    model_name=\"order\",\n    name=\"status\",\n    field=models.CharField(max_length=20, \
                    choices=[('new', 'New order'), ('old', 'Old order')], default='new', db_default='new'),\n)";
        insta::assert_snapshot!(laid_out(code, 8), @r#"
        migrations.AddField(
                    model_name="order",
                    name="status",
                    field=models.CharField(
                        max_length=20,
                        choices=[('new', 'New order'), ('old', 'Old order')],
                        default='new',
                        db_default='new',
                    ),
                )
        "#);
        let short = "models.CharField(max_length=20, db_default='a')";
        assert_eq!(laid_out(short, 8), short);
        let body = "migrations.RunSQL('ALTER TABLE \"shop_order\" VALIDATE CONSTRAINT \"note_given\"', migrations.RunSQL.noop)";
        assert_eq!(
            laid_out(body, 8),
            "migrations.RunSQL(\n            'ALTER TABLE \"shop_order\" VALIDATE CONSTRAINT \"note_given\"',\n            migrations.RunSQL.noop,\n        )"
        );
    }
}
