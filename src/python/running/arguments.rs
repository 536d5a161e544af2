//! The arguments of a call, stars expanded as far as they are known.

use ruff_python_ast as ast;

use super::Runner;
use super::data::{Cell, Datum, Given};

impl<'a> Runner<'a> {
    pub(super) fn arguments(&mut self, written: &'a ast::Arguments) -> Given<'a> {
        let mut given = Given::default();
        for expression in &written.args {
            let datum = self.evaluate(expression);
            if !expression.is_starred_expr() {
                given.args.push(datum);
                continue;
            }
            let items = self
                .state
                .items(&datum)
                .or_else(|| Some((self.unpacked(&datum)?, false)));
            match items {
                Some((items, is_open)) => {
                    given.args.extend(items);
                    given.is_open |= is_open;
                }
                None => given.is_open = true,
            }
        }
        for keyword in &written.keywords {
            let datum = self.evaluate(&keyword.value);
            match (&keyword.arg, datum) {
                (Some(name), datum) => given.kwargs.push((name.as_str().to_owned(), datum)),
                (None, Datum::Dict(id)) => {
                    if let Some(Cell::Dict { items, is_open }) = self.state.cell(id).cloned() {
                        for (key, datum) in items {
                            match key {
                                Datum::Text(name) => given.kwargs.push((name.to_string(), datum)),
                                _ => given.is_open = true,
                            }
                        }
                        given.is_open |= is_open;
                    }
                }
                (None, _) => given.is_open = true,
            }
        }
        given
    }
}
