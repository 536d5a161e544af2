//! Items of an index: `IndexExpression` of django/db/models/indexes.py.

use crate::statement::{IndexItem, quote_name};
use crate::unknown::sql;
use crate::value::{Call, Value};

use super::compile::Compiler;
use super::compiled::{Compiled, Shape};

/// What may stand around an indexed expression, in the order in which it is printed from the inside.
#[derive(Default)]
struct Wrappers {
    collation: Option<String>,
    operator_class: Option<String>,
    order: Option<String>,
}

impl Compiler<'_, '_> {
    /// The item with its parentheses, collation, operator class and order.
    pub(super) fn index_item(&self, value: &Value) -> IndexItem {
        let (mut root, wrappers) = self.unwrapped(value);
        // To Postgres a column is a column, whatever follows it.
        if let (Shape::Column { .. }, [name]) = (&root.shape, root.columns.as_slice()) {
            return IndexItem::Column {
                name: name.as_str().into(),
                operator_class: None,
                suffix: wrappers.text(),
            };
        }
        root.sql = sql!("({})", root.sql);
        IndexItem::Expression(wrappers.around(root).into_expression())
    }

    /// The item as SQL.
    pub(super) fn index_item_sql(&self, value: &Value) -> Compiled {
        let (mut root, wrappers) = self.unwrapped(value);
        if !root.is_column() {
            root.sql = sql!("({})", root.sql);
        }
        wrappers.around(root)
    }

    fn unwrapped(&self, value: &Value) -> (Compiled, Wrappers) {
        let mut wrappers = Wrappers::default();
        let mut root = value;
        while let Some(call) = root.as_call()
            && let Some(inner) = wrappers.take(call)
        {
            root = inner;
        }
        (self.argument(root), wrappers)
    }
}

impl Wrappers {
    fn text(self) -> Option<String> {
        let parts = [self.collation, self.operator_class, self.order];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    fn around(self, root: Compiled) -> Compiled {
        match self.text() {
            Some(text) => Compiled::over(sql!("{} {text}", root.sql), [&root]),
            None => root,
        }
    }

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
                    let collation = call.argument(1, "collation")?.as_str()?;
                    self.collation = Some(format!("COLLATE {}", quote_name(collation)));
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
