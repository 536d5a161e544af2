//! Expressions, one function per kind.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::super::operators;
use super::data::{Cell, Closure, Datum, Definition, Query};
use super::text::Shared;
use super::{MAX_DEPTH, Runner};
use crate::python_work::{Change, TextPiece};
use crate::row_work::Reach;
use crate::value::{Form, Str, Value};

impl<'a> Runner<'a> {
    pub(super) fn evaluate(&mut self, expression: &'a Expr) -> Datum<'a> {
        if !self.may_go_on() {
            return Datum::unknown("the code takes too long to follow");
        }
        if self.depth >= MAX_DEPTH {
            self.exhaust();
            return Datum::unknown("is nested too deeply");
        }
        self.depth += 1;
        let datum = self.expression(expression);
        self.depth -= 1;
        datum
    }

    fn expression(&mut self, expression: &'a Expr) -> Datum<'a> {
        match expression {
            Expr::StringLiteral(literal) => {
                Datum::Text(self.written(literal.value.to_str(), literal.range, Form::Quoted))
            }
            Expr::BytesLiteral(literal) => Datum::constant(Value::Bytes(literal.value.bytes().collect())),
            Expr::NumberLiteral(literal) => number(literal),
            Expr::BooleanLiteral(literal) => Datum::constant(Value::Bool(literal.value)),
            Expr::NoneLiteral(_) => Datum::none(),
            Expr::EllipsisLiteral(_) => Datum::name("builtins.Ellipsis"),
            Expr::Name(name) => self.name(&name.id),
            Expr::Attribute(attribute) => {
                let owner = self.evaluate(&attribute.value);
                self.attribute(&owner, attribute.attr.as_str(), attribute.range)
            }
            Expr::Call(call) => self.call(call),
            Expr::List(ast::ExprList { elts, .. })
            | Expr::Tuple(ast::ExprTuple { elts, .. })
            | Expr::Set(ast::ExprSet { elts, .. }) => self.display(elts),
            Expr::Dict(dict) => self.dict(dict),
            Expr::FString(string) => self.f_string(string),
            Expr::BinOp(operation) => self.binary(operation),
            Expr::UnaryOp(operation) => self.unary(operation),
            Expr::BoolOp(operation) => self.boolean(operation),
            Expr::Compare(comparison) => self.comparison(comparison),
            Expr::If(conditional) => match self.decides(&conditional.test) {
                Some(true) => self.evaluate(&conditional.body),
                Some(false) => self.evaluate(&conditional.orelse),
                None => self.in_doubt(|runner| {
                    let body = runner.evaluate(&conditional.body);
                    body.or(runner.evaluate(&conditional.orelse))
                }),
            },
            Expr::Lambda(lambda) => Datum::Function(Rc::new(Closure {
                definition: Definition::Lambda(lambda),
                home: self.home(),
                outer: Some(self.frame),
                receiver: None,
                first: None,
                is_atomic: false,
                is_context: false,
                limits: Vec::new(),
            })),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Named(named) => {
                let datum = self.evaluate(&named.value);
                self.assign(&named.target, datum.clone());
                datum
            }
            Expr::ListComp(ast::ExprListComp { elt, generators, .. })
            | Expr::Generator(ast::ExprGenerator { elt, generators, .. })
            | Expr::SetComp(ast::ExprSetComp { elt, generators, .. }) => self.comprehension(elt, generators),
            Expr::DictComp(comprehension) => self.dict_comprehension(comprehension),
            Expr::Await(waited) => self.evaluate(&waited.value),
            Expr::Starred(starred) => self.evaluate(&starred.value),
            Expr::Yield(given) => {
                let datum = given
                    .value
                    .as_ref()
                    .map_or_else(Datum::none, |value| self.evaluate(value));
                if !self.run_waiting(datum.clone())
                    && let Some(yields) = &mut self.yields
                {
                    yields.push(datum);
                }
                Datum::none()
            }
            Expr::YieldFrom(given) => {
                let datum = self.evaluate(&given.value);
                let item = self.part_of(&datum);
                if let Some(yields) = &mut self.yields {
                    yields.push(item);
                }
                Datum::none()
            }
            Expr::TString(_) | Expr::Slice(_) | Expr::IpyEscapeCommand(_) => Datum::unknown("is not evaluated"),
        }
    }

    /// The text that a literal gives.
    fn written(&mut self, text: &str, range: TextRange, form: Form) -> Shared {
        if !self.may_make(text.len()) {
            return Shared::default();
        }
        let place = self.place(range);
        self.literal(Str::of_literal(text.to_owned(), place, form))
    }

    fn display(&mut self, expressions: &'a [Expr]) -> Datum<'a> {
        let mut items = Vec::with_capacity(expressions.len());
        let mut open = false;
        for expression in expressions {
            let datum = self.evaluate(expression);
            if !expression.is_starred_expr() {
                items.push(datum);
                continue;
            }
            match self
                .state
                .items(&datum)
                .or_else(|| Some((self.unpacked(&datum)?, false)))
            {
                Some((more, is_open)) => {
                    items.extend(more);
                    open |= is_open;
                }
                None => {
                    items.push(self.part_of(&datum));
                    open = true;
                }
            }
        }
        Datum::List(self.state.keep(Cell::List {
            items,
            is_open: open,
            rows: None,
        }))
    }

    fn dict(&mut self, dict: &'a ast::ExprDict) -> Datum<'a> {
        let mut items: Vec<(Datum<'a>, Datum<'a>)> = Vec::with_capacity(dict.items.len());
        let mut is_open = false;
        for item in &dict.items {
            let Some(key) = &item.key else {
                match self.evaluate(&item.value) {
                    Datum::Dict(id) => {
                        if let Some(Cell::Dict {
                            items: more,
                            is_open: other,
                        }) = self.state.cell(id)
                        {
                            items.extend(more.iter().cloned());
                            is_open |= *other;
                        }
                    }
                    _ => is_open = true,
                }
                continue;
            };
            let key = self.evaluate(key);
            let value = self.evaluate(&item.value);
            // A key twice is written by nobody in a long one, and the cost would be quadratic.
            if items.len() < 64 {
                items.retain(|(own, _)| !own.is_same(&key));
            }
            items.push((key, value));
        }
        Datum::Dict(self.state.keep(Cell::Dict { items, is_open }))
    }

    fn f_string(&mut self, string: &'a ast::ExprFString) -> Datum<'a> {
        let mut parts: Vec<Shared> = Vec::new();
        for part in &string.value {
            match part {
                ast::FStringPart::Literal(literal) => {
                    parts.push(self.written(&literal.value, literal.range, Form::Quoted));
                }
                ast::FStringPart::FString(string) => {
                    for element in &string.elements {
                        parts.push(self.f_string_element(element));
                    }
                }
            }
        }
        let parts: Vec<&Str> = parts.iter().map(Rc::as_ref).collect();
        self.concatenated(&parts)
    }

    fn f_string_element(&mut self, element: &'a ast::InterpolatedStringElement) -> Shared {
        let element = match element {
            ast::InterpolatedStringElement::Literal(literal) => {
                return self.written(&literal.value, literal.range, Form::Between);
            }
            ast::InterpolatedStringElement::Interpolation(element) => element,
        };
        let datum = self.evaluate(&element.expression);
        let text = match &datum {
            Datum::Text(_) | Datum::Constant(_) | Datum::Unknown(_) => self.shown_text(&datum),
            // A value of a row is called by the code that gets it.
            // A call may give something else each time.
            _ if element.expression.is_call_expr() => {
                let source = self.shown(element.expression.range());
                self.unknown_text(&source)
            }
            datum => {
                let source = self.shown(element.expression.range());
                let value = match datum {
                    Datum::Row(id) => format!("{id}"),
                    Datum::Part(part) => format!("{part:?}"),
                    _ => String::new(),
                };
                let scope = format!("{} {} {} {value}", self.start.path, self.frame, self.loops_begun);
                self.symbol(TextPiece::Value { source, scope })
            }
        };
        let is_plain = element.format_spec.as_deref().is_none_or(leaves_text_alone) && element.debug_text.is_none();
        match element.conversion {
            ast::ConversionFlag::None | ast::ConversionFlag::Str if is_plain => text,
            // `repr` of a plain text: in quotes.
            ast::ConversionFlag::Repr
                if is_plain && matches!(datum, Datum::Text(_)) && !text.contains(['\'', '\\', '\n']) =>
            {
                Rc::new(format!("'{text}'").into())
            }
            _ => self.unknown_text("is formatted in a way that is not evaluated"),
        }
    }

    fn subscript(&mut self, subscript: &'a ast::ExprSubscript) -> Datum<'a> {
        let owner = self.evaluate(&subscript.value);
        if let Expr::Slice(slice) = subscript.slice.as_ref() {
            return self.slice(&owner, slice);
        }
        let key = self.evaluate(&subscript.slice);
        self.item(&owner, &key)
    }

    /// `owner[key]`
    pub(super) fn item(&mut self, owner: &Datum<'a>, key: &Datum<'a>) -> Datum<'a> {
        if owner.is_state() {
            return owner.clone();
        }
        if owner.as_name() == Some("django.db.connections") {
            return Datum::Connection;
        }
        if let Some(member) = self.member_called(owner, key) {
            return member;
        }
        if let Datum::Query(query) = owner {
            let one = Query {
                reach: Reach::Few,
                ..query.as_ref().clone()
            };
            if one.locks && !one.is_fetched {
                self.row_effect(&one, Change::Read, TextRange::default());
            }
            return self.row_of(&Rc::new(one));
        }
        if let Datum::Dict(id) = owner
            && let Some(Cell::Dict { items, is_open }) = self.state.cell(*id)
        {
            let found = items.iter().rev().find(|(own, _)| own.is_same(key));
            let is_constant = !matches!(key, Datum::Unknown(_) | Datum::Part(_));
            return match found {
                Some((_, value)) if !is_open || is_constant => value.clone(),
                _ => {
                    let any = items.iter().map(|(_, value)| value.clone()).reduce(Datum::or);
                    let unknown = Datum::unknown("is an item that is known only when it runs");
                    any.map_or(unknown.clone(), |any| any.or(unknown))
                }
            };
        }
        if let Datum::List(id) = owner
            && let Some(Cell::List { items, is_open, .. }) = self.state.cell(*id)
        {
            let at = match key {
                Datum::Constant(value) => match value.as_ref() {
                    Value::Int(at) if *at < 0 => items.len().checked_sub(at.unsigned_abs() as usize),
                    Value::Int(at) => usize::try_from(*at).ok(),
                    _ => None,
                },
                _ => None,
            };
            return match at.and_then(|at| items.get(at)).filter(|_| !is_open) {
                Some(item) => item.clone(),
                None => self.part_of(owner),
            };
        }
        if let (Some(value), Some(key)) = (self.plain_value(owner), self.plain_value(key))
            && let Some(item) = operators::item(&value, &key)
        {
            let start = self.start;
            return self.of_value(&item, start);
        }
        self.part_of(owner)
    }

    fn slice(&mut self, owner: &Datum<'a>, slice: &'a ast::ExprSlice) -> Datum<'a> {
        let mut bound = |expression: &'a Option<Box<Expr>>| match expression {
            None => Some(None),
            Some(expression) => match self.evaluate(expression) {
                Datum::Constant(value) => match value.as_ref() {
                    Value::Int(int) => Some(Some(*int)),
                    Value::None => Some(None),
                    _ => None,
                },
                _ => None,
            },
        };
        let (lower, upper, step) = (bound(&slice.lower), bound(&slice.upper), bound(&slice.step));
        match owner {
            // `[:1000]` is a batch; `[1000:]` is not.
            Datum::Query(query) => {
                let reach = if upper == Some(None) { query.reach } else { Reach::Few };
                Datum::Query(Rc::new(Query {
                    reach,
                    ..query.as_ref().clone()
                }))
            }
            Datum::List(id) => {
                let Some(Cell::List { items, is_open, rows }) = self.state.cell(*id).cloned() else {
                    return self.part_of(owner);
                };
                let (Some(lower), Some(upper), Some(None | Some(1)), false) = (lower, upper, step, is_open) else {
                    return Datum::List(self.state.keep(Cell::List {
                        items,
                        is_open: true,
                        rows,
                    }));
                };
                let at = |at: i128| {
                    let length = i128::try_from(items.len()).unwrap_or(0);
                    let at = if at < 0 { at + length } else { at };
                    usize::try_from(at.clamp(0, length)).unwrap_or(0)
                };
                let end = upper.map_or(items.len(), at);
                let start = lower.map_or(0, at).min(end);
                self.state.list(items[start..end].to_vec())
            }
            Datum::Text(text) => match (lower, upper, step) {
                (Some(lower), Some(upper), Some(None | Some(1))) if text.is_ascii() => {
                    Datum::Text(Rc::new(cut(text, lower, upper)))
                }
                _ => Datum::Text(self.unknown_text("is cut in a way that is not evaluated")),
            },
            owner => self.part_of(owner),
        }
    }

    /// Something in something else, which of it is not known.
    pub(super) fn part_of(&mut self, datum: &Datum<'a>) -> Datum<'a> {
        match datum {
            Datum::Unknown(_) => datum.clone(),
            Datum::Part(part) => Datum::Part(Rc::clone(part)),
            Datum::List(_) => {
                let items = self.state.items(datum).map(|(items, _)| items).unwrap_or_default();
                let any = items.into_iter().reduce(Datum::or);
                any.unwrap_or_else(|| Datum::unknown("is an item that is known only when it runs"))
            }
            Datum::Either(several) => {
                let parts: Vec<Datum<'a>> = several.iter().map(|one| self.part_of(one)).collect();
                let any = parts.into_iter().reduce(Datum::or);
                any.unwrap_or_else(|| Datum::unknown("is known only when it runs"))
            }
            Datum::Query(query) => self.row_of(query),
            _ => Datum::unknown("is known only when it runs"),
        }
    }
}

/// `{name:s}`
fn leaves_text_alone(format: &ast::InterpolatedStringFormatSpec) -> bool {
    match &*format.elements {
        [] => true,
        [ast::InterpolatedStringElement::Literal(literal)] => &*literal.value == "s",
        [..] => false,
    }
}

/// `text[lower:upper]` of a text all of whose letters are one byte.
fn cut(text: &Str, lower: Option<i128>, upper: Option<i128>) -> Str {
    let length = i128::try_from(text.len()).unwrap_or(0);
    let at = |at: i128| {
        let at = if at < 0 { at.saturating_add(length) } else { at };
        usize::try_from(at.clamp(0, length)).unwrap_or(0)
    };
    let end = upper.map_or(text.len(), at);
    text.part(lower.map_or(0, at).min(end)..end)
}

fn number<'a>(literal: &ast::ExprNumberLiteral) -> Datum<'a> {
    let value = match &literal.value {
        ast::Number::Int(int) => int
            .as_i64()
            .map(i128::from)
            .or_else(|| int.to_string().parse().ok())
            .map(Value::Int),
        ast::Number::Float(float) => Some(Value::Float(*float)),
        ast::Number::Complex { .. } => None,
    };
    value.map_or_else(|| Datum::unknown("is a number that is not evaluated"), Datum::constant)
}
