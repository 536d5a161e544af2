//! Items of an index: `IndexExpression` of django/db/models/indexes.py.

use crate::statement::quote_name;
use crate::value::{Call, Value};

use super::compile::Compiler;
use super::compiled::Compiled;

/// What may stand around an indexed expression, in the order in which it is printed from the inside.
#[derive(Default)]
struct Wrappers {
    collation: Option<String>,
    operator_class: Option<String>,
    order: Option<String>,
}

impl Compiler<'_, '_> {
    /// The item with its parentheses, collation, operator class and order.
    pub(super) fn index_item(&self, value: &Value) -> Compiled {
        let mut wrappers = Wrappers::default();
        let mut root = value;
        while let Some(call) = root.as_call()
            && let Some(inner) = wrappers.take(call)
        {
            root = inner;
        }
        let compiled = self.argument(root);
        let mut sql = if compiled.is_column() {
            compiled.sql.clone()
        } else {
            format!("({})", compiled.sql)
        };
        for wrapper in [wrappers.collation, wrappers.operator_class, wrappers.order]
            .into_iter()
            .flatten()
        {
            sql.push(' ');
            sql.push_str(&wrapper);
        }
        Compiled::over(sql, [&compiled])
    }
}

impl Wrappers {
    /// Takes the outermost wrapper off, and gives what it is around.
    fn take<'v>(&mut self, call: &'v Call) -> Option<&'v Value> {
        match call.path.as_str() {
            ".asc" => self.order = Some(order(call, false)),
            ".desc" => self.order = Some(order(call, true)),
            path if !path.starts_with("django.") => return None,
            _ => match call.class_name() {
                "OrderBy" => {
                    let is_descending = call.argument(1, "descending").and_then(Value::as_bool);
                    self.order = Some(order(call, is_descending.unwrap_or_default()));
                }
                "OpClass" => self.operator_class = Some(call.argument(1, "name")?.as_str()?.to_owned()),
                "Collate" => {
                    self.collation = Some(format!(
                        "COLLATE {}",
                        quote_name(call.argument(1, "collation")?.as_str()?)
                    ))
                }
                _ => return None,
            },
        }
        call.argument(0, "expression")
    }
}

fn order(call: &Call, is_descending: bool) -> String {
    let flag = |name: &str| call.keyword(name).and_then(Value::as_bool) == Some(true);
    let direction = if is_descending { "DESC" } else { "ASC" };
    if flag("nulls_first") {
        format!("{direction} NULLS FIRST")
    } else if flag("nulls_last") {
        format!("{direction} NULLS LAST")
    } else {
        direction.to_owned()
    }
}
