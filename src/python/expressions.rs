//! Expressions to values, one function per kind.

use ruff_python_ast::{self as ast, Expr, Number, UnaryOp};
use ruff_text_size::Ranged;

use super::Resolved;
use super::evaluate::Interpreter;
use super::operators::{self, compare, truth};
use super::text;
use crate::packages::Packages;
use crate::value::{Builder, Form, Function, Operator, Str, Value};

/// How many items a comprehension or loop may produce.
pub(super) const MAX_ITEMS: usize = 10_000;

impl<'a> Interpreter<'a> {
    /// Only dispatches: its frame is on the stack once per level of nesting.
    pub(super) fn expression(&mut self, expression: &'a Expr) -> Value {
        match expression {
            Expr::StringLiteral(literal) => {
                Value::Str(self.literal(literal.value.to_str(), literal.range, Form::Quoted))
            }
            Expr::BytesLiteral(literal) => Value::Bytes(literal.value.bytes().collect()),
            Expr::NumberLiteral(literal) => self.number(literal),
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::EllipsisLiteral(_) => Value::Name("builtins.Ellipsis".to_owned()),
            Expr::Name(name) => self.lookup(&name.id, name.range),
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => Value::List(self.items(&list.elts)),
            Expr::Tuple(tuple) => Value::Tuple(self.items(&tuple.elts)),
            Expr::Set(set) => Value::Set(self.items(&set.elts)),
            Expr::Dict(dict) => self.dict(dict),
            Expr::FString(string) => self.f_string(string),
            Expr::BinOp(operation) => self.binary(operation),
            Expr::UnaryOp(operation) => self.unary(operation),
            Expr::BoolOp(operation) => self.boolean(operation),
            Expr::Compare(comparison) => self.comparison(comparison),
            Expr::If(conditional) => self.conditional(conditional),
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Named(named) => self.walrus(named),
            Expr::ListComp(comprehension) => self.list_comprehension(&comprehension.elt, &comprehension.generators),
            Expr::Generator(comprehension) => self.list_comprehension(&comprehension.elt, &comprehension.generators),
            Expr::SetComp(comprehension) => self.list_comprehension(&comprehension.elt, &comprehension.generators),
            Expr::DictComp(comprehension) => self.dict_comprehension(comprehension),
            Expr::Await(_)
            | Expr::Yield(_)
            | Expr::YieldFrom(_)
            | Expr::TString(_)
            | Expr::Starred(_)
            | Expr::Slice(_)
            | Expr::IpyEscapeCommand(_) => self.unknown(expression.range(), "is not evaluated"),
        }
    }

    fn number(&self, literal: &ast::ExprNumberLiteral) -> Value {
        let value = match &literal.value {
            Number::Int(int) => int
                .as_i64()
                .map(i128::from)
                .or_else(|| int.to_string().parse().ok())
                .map(Value::Int),
            Number::Float(float) => Some(Value::Float(*float)),
            Number::Complex { .. } => None,
        };
        value.unwrap_or_else(|| self.unknown(literal.range, "is a number that is not evaluated"))
    }

    fn attribute(&mut self, attribute: &'a ast::ExprAttribute) -> Value {
        if let Some(value) = self
            .member_part(attribute)
            .or_else(|| self.option_of_user_model(attribute))
        {
            return value;
        }
        let value = self.evaluate(&attribute.value);
        self.attribute_of(value, attribute)
    }

    /// The attribute of what stands before its dot.
    pub(super) fn attribute_of(&mut self, value: Value, attribute: &'a ast::ExprAttribute) -> Value {
        let name = attribute.attr.as_str();
        match value {
            Value::Name(_) if self.local_class(&value).is_some() => self.class_attribute(&value, attribute),
            Value::Name(path) if path == super::objects::SELF => self.self_attribute(name),
            Value::Name(path) => match self.part_of_named_member(&path, name) {
                Some(part) => part,
                None => self.member(path, name),
            },
            Value::Call(call) => match self.attribute_of_object(&call, name) {
                Some(value) => value,
                None => self.unknown(attribute.range, "is not evaluated"),
            },
            Value::Unknown(unknown) => Value::Unknown(unknown),
            _ => self.unknown(attribute.range, "is not evaluated"),
        }
    }

    /// An attribute of a class of this module; one that it lacks may be inherited, so it stays a name.
    fn class_attribute(&mut self, class: &Value, attribute: &'a ast::ExprAttribute) -> Value {
        let Some(class) = self.local_class(class).map(str::to_owned) else {
            return self.unknown(attribute.range, "is not evaluated");
        };
        let key = format!("{class}.{}", attribute.attr.as_str());
        if self.binding_mut(&key).is_none() {
            return Value::Name(self.local_path(&key));
        }
        self.lookup(&key, attribute.range)
    }

    /// `Status.A.value`, where `Status` is an enumeration of this module.
    fn member_part(&mut self, attribute: &'a ast::ExprAttribute) -> Option<Value> {
        let part = attribute.attr.as_str();
        let Expr::Attribute(member) = attribute.value.as_ref() else {
            return None;
        };
        if !matches!(part, "value" | "name" | "label") {
            return None;
        }
        let class = self.evaluate(&member.value);
        self.part_of_member(self.local_class(&class)?, member.attr.as_str(), part)
    }

    /// The items of a display, stars expanded.
    pub(super) fn items(&mut self, expressions: &'a [Expr]) -> Vec<Value> {
        let mut items = Vec::with_capacity(expressions.len());
        for expression in expressions {
            match expression {
                Expr::Starred(starred) => match self.iterated(&starred.value) {
                    Ok(more) => items.extend(more),
                    Err(_) => items.push(self.unknown(expression.range(), "cannot be unpacked")),
                },
                _ => items.push(self.evaluate(expression)),
            }
        }
        items
    }

    /// The value of an expression that something hangs on.
    pub(super) fn settled(&mut self, expression: &'a Expr) -> Value {
        let value = self.evaluate(expression);
        self.settle(value)
    }

    /// What iterating over an expression gives; its value where that is not known.
    pub(super) fn iterated(&mut self, expression: &'a Expr) -> Result<Vec<Value>, Value> {
        let value = self.evaluate(expression);
        if let Some(members) = self.members_of(&value) {
            return Ok(members);
        }
        operators::items(value).or_else(|value| operators::items(self.settle(value)))
    }

    fn dict(&mut self, dict: &'a ast::ExprDict) -> Value {
        let mut items = Vec::with_capacity(dict.items.len());
        let mut before: Vec<Value> = Vec::new();
        for item in &dict.items {
            match &item.key {
                Some(key) => {
                    let key = self.evaluate(key);
                    let value = self.evaluate(&item.value);
                    set_item(&mut items, key, value);
                }
                None => match self.settled(&item.value) {
                    Value::Dict(more) => more
                        .into_iter()
                        .for_each(|(key, value)| set_item(&mut items, key, value)),
                    // `{**call(), key: value}` is `call() | {key: value}`.
                    call @ Value::Call(_) => {
                        before.extend([Value::Dict(std::mem::take(&mut items)), call]);
                    }
                    _ => return self.unknown(item.value.range(), "cannot be unpacked"),
                },
            }
        }
        if before.is_empty() {
            return Value::Dict(items);
        }
        before.push(Value::Dict(items));
        Value::Operation(Operator::Or, before)
    }

    fn f_string(&mut self, string: &'a ast::ExprFString) -> Value {
        let mut text = Builder::default();
        for part in &string.value {
            match part {
                ast::FStringPart::Literal(literal) => {
                    text.push(&self.literal(&literal.value, literal.range, Form::Quoted));
                }
                ast::FStringPart::FString(string) => {
                    for element in &string.elements {
                        if let Err(unknown) = self.f_string_element(element, &mut text) {
                            return unknown;
                        }
                    }
                }
            }
        }
        Value::Str(text.finish())
    }

    fn f_string_element(
        &mut self,
        element: &'a ast::InterpolatedStringElement,
        text: &mut Builder,
    ) -> Result<(), Value> {
        let element = match element {
            ast::InterpolatedStringElement::Literal(literal) => {
                text.push(&self.literal(&literal.value, literal.range, Form::Between));
                return Ok(());
            }
            ast::InterpolatedStringElement::Interpolation(element) => element,
        };
        let is_plain = element.format_spec.is_none() && element.debug_text.is_none();
        let value = self.settled(&element.expression);
        let shown = match element.conversion {
            ast::ConversionFlag::None | ast::ConversionFlag::Str if is_plain => text::plain(&value),
            ast::ConversionFlag::Repr if is_plain && super::operators::is_constant(&value) => {
                match text::represented(&value) {
                    Some(shown) => Some(shown),
                    None => return Err(self.unknown(element.range, "is formatted in a way that is not evaluated")),
                }
            }
            ast::ConversionFlag::Repr if is_plain => None,
            _ => return Err(self.unknown(element.range, "is formatted in a way that is not evaluated")),
        };
        match shown {
            Some(shown) => text.push(&shown),
            None => return Err(self.blame(value, element.expression.range(), "is not a constant")),
        }
        Ok(())
    }

    fn literal(&self, text: &str, range: ruff_text_size::TextRange, form: Form) -> Str {
        Str::of_literal(text.to_owned(), self.place_of(range), form)
    }

    /// The unknown that a value already is, else a new one with this reason.
    pub(super) fn blame(&self, value: Value, range: ruff_text_size::TextRange, why: &str) -> Value {
        match value {
            Value::Unknown(_) => value,
            _ => self.unknown(range, why),
        }
    }

    /// `a + b + c + ...` leans to the left; a loop over that spine keeps long sums off the stack.
    fn binary(&mut self, operation: &'a ast::ExprBinOp) -> Value {
        let mut spine = vec![operation];
        let mut left = operation.left.as_ref();
        while let Expr::BinOp(inner) = left {
            spine.push(inner);
            left = inner.left.as_ref();
        }
        let mut value = self.evaluate(left);
        for operation in spine.into_iter().rev() {
            let right = self.evaluate(&operation.right);
            value = match (
                operators::bits(operation.op, &value, &right),
                operators::operator(operation.op),
            ) {
                (Some(number), _) => number,
                (None, Some(operator)) => operators::binary(operator, value, right),
                (None, None) => self.unknown(operation.range, "is not evaluated"),
            };
        }
        value
    }

    fn unary(&mut self, operation: &'a ast::ExprUnaryOp) -> Value {
        let value = self.evaluate(&operation.operand);
        match (operation.op, value) {
            (UnaryOp::Not, value) => match truth(&self.settle(value)) {
                Some(truth) => Value::Bool(!truth),
                None => self.unknown(operation.range, "is not decided by constants"),
            },
            (UnaryOp::UAdd, value) => value,
            (UnaryOp::USub, Value::Int(int)) if int != i128::MIN => Value::Int(-int),
            (UnaryOp::USub, Value::Float(float)) => Value::Float(-float),
            (UnaryOp::USub, value) => Value::Operation(Operator::Negate, vec![value]),
            (UnaryOp::Invert, value) => Value::Operation(Operator::Invert, vec![value]),
        }
    }

    fn boolean(&mut self, operation: &'a ast::ExprBoolOp) -> Value {
        let stops_at = operation.op == ast::BoolOp::Or;
        let (mut last, mut decided) = (Value::None, None);
        let mut open = 0usize;
        for expression in &operation.values {
            last = self.evaluate(expression);
            decided = truth(&last).or_else(|| truth(&self.settle(last.clone())));
            match decided {
                Some(truth) if truth == stops_at && open == 0 => return last,
                // `unknown and False` is false, whatever comes before.
                Some(true) if stops_at && !matches!(last, Value::Bool(_)) => {
                    return self.one_of(operation.range, "is not decided by constants", &[&last]);
                }
                Some(truth) if truth == stops_at => return Value::Bool(truth),
                Some(_) => {}
                None => open += 1,
            }
        }
        // The last is the result if it comes to that, whether it is true or not.
        match (open, decided) {
            (0, _) | (1, None) => last,
            _ => self.one_of(operation.range, "is not decided by constants", &[&last]),
        }
    }

    fn comparison(&mut self, comparison: &'a ast::ExprCompare) -> Value {
        let mut left = self.settled(&comparison.left);
        for (operator, right) in comparison.ops.iter().zip(&comparison.comparators) {
            let right = self.settled(right);
            let compared = compare(*operator, &left, &right).or_else(|| self.is_installed(*operator, &left, &right));
            match compared {
                Some(true) => left = right,
                Some(false) => return Value::Bool(false),
                None => return self.unknown(comparison.range, "is not decided by constants"),
            }
        }
        Value::Bool(true)
    }

    /// `"shop" in settings.INSTALLED_APPS` where no settings were read.
    fn is_installed(&self, operator: ast::CmpOp, app: &Value, apps: &Value) -> Option<bool> {
        let (Value::Str(app), Value::Setting(name)) = (app, apps) else {
            return None;
        };
        let installed = self
            .modules
            .settings
            .is_installed(app)
            .filter(|_| name == "INSTALLED_APPS")?;
        match operator {
            ast::CmpOp::In => Some(installed),
            ast::CmpOp::NotIn => Some(!installed),
            _ => None,
        }
    }

    fn conditional(&mut self, conditional: &'a ast::ExprIf) -> Value {
        match self.decides(&conditional.test) {
            Some(true) => self.evaluate(&conditional.body),
            Some(false) => self.evaluate(&conditional.orelse),
            None => {
                let (body, orelse) = (self.evaluate(&conditional.body), self.evaluate(&conditional.orelse));
                if body == orelse {
                    return body;
                }
                let about = self.about(&conditional.test);
                let unknown = self.one_of(conditional.range, "depends on what is not known", &[&orelse, &body]);
                unknown.hanging_on(about.as_ref())
            }
        }
    }

    fn lambda(&mut self, lambda: &'a ast::ExprLambda) -> Value {
        let needs_arguments = lambda
            .parameters
            .as_ref()
            .is_some_and(|parameters| !parameters.is_empty());
        let returns = (!needs_arguments).then(|| self.evaluate(&lambda.body));
        let returns = returns.filter(|value| value.unknown().is_none());
        let path = "<lambda>".to_owned();
        Value::Function(Box::new(Function { path, returns }))
    }

    fn subscript(&mut self, subscript: &'a ast::ExprSubscript) -> Value {
        let value = self.evaluate(&subscript.value);
        if let Expr::Slice(slice) = subscript.slice.as_ref() {
            return self.slice(value, slice);
        }
        let key = self.evaluate(&subscript.slice);
        let item = operators::item(&value, &key)
            .or_else(|| operators::item(&self.settle(value.clone()), &self.settle(key.clone())));
        match item.or_else(|| self.member_called(&value, &key)) {
            Some(item) => item,
            None => self.blame(value, subscript.range, "is not evaluated"),
        }
    }

    /// `Status["A"]`, where `Status` is an enumeration.
    fn member_called(&mut self, class: &Value, name: &Value) -> Option<Value> {
        let (Value::Name(path), Value::Str(name)) = (class, name) else {
            return None;
        };
        if Packages::known().is_enumeration(path) {
            return Some(Value::Name(format!("{path}.{name}")));
        }
        if let Some(class) = self.local_class(class).map(str::to_owned) {
            self.part_of_member(&class, name, "name")?;
            return Some(self.binding_mut(&format!("{class}.{name}"))?.value.clone());
        }
        match self.look(path)? {
            Resolved::Class(_, class) => class.member(name).cloned(),
            Resolved::Value(_) => None,
        }
    }

    fn slice(&mut self, value: Value, slice: &'a ast::ExprSlice) -> Value {
        let mut bound = |expression: &'a Option<Box<Expr>>| match expression {
            None => Some(None),
            Some(expression) => match self.evaluate(expression) {
                Value::Int(int) => Some(Some(int)),
                Value::None => Some(None),
                _ => None,
            },
        };
        let bounds = (bound(&slice.lower), bound(&slice.upper), bound(&slice.step));
        let (Some(lower), Some(upper), Some(None | Some(1))) = bounds else {
            return self.unknown(slice.range, "is not evaluated");
        };
        match operators::slice(&value, lower, upper) {
            Some(part) => part,
            None => self.blame(value, slice.range, "is not evaluated"),
        }
    }

    fn walrus(&mut self, named: &'a ast::ExprNamed) -> Value {
        let value = self.evaluate(&named.value);
        self.assign(&named.target, value.clone(), self.place_of(named.range));
        value
    }

    fn list_comprehension(&mut self, element: &'a Expr, generators: &'a [ast::Comprehension]) -> Value {
        let mut items = Vec::new();
        let done = self.comprehend(generators, &mut |interpreter| {
            items.push(interpreter.evaluate(element));
            items.len() <= MAX_ITEMS
        });
        match done {
            Ok(()) => Value::List(items),
            Err(unknown) => unknown,
        }
    }

    fn dict_comprehension(&mut self, comprehension: &'a ast::ExprDictComp) -> Value {
        let Some(key) = &comprehension.key else {
            return self.unknown(comprehension.range, "is not evaluated");
        };
        let mut items = Vec::new();
        let done = self.comprehend(&comprehension.generators, &mut |interpreter| {
            let key = interpreter.evaluate(key);
            let value = interpreter.evaluate(&comprehension.value);
            set_item(&mut items, key, value);
            items.len() <= MAX_ITEMS
        });
        match done {
            Ok(()) => Value::Dict(items),
            Err(unknown) => unknown,
        }
    }

    /// Calls `produce` for every combination of the generators' items that passes their conditions.
    fn comprehend(
        &mut self,
        generators: &'a [ast::Comprehension],
        produce: &mut dyn FnMut(&mut Self) -> bool,
    ) -> Result<(), Value> {
        let Some((generator, rest)) = generators.split_first() else {
            return Ok(());
        };
        let items = self
            .iterated(&generator.iter)
            .map_err(|value| self.blame(value, generator.iter.range(), "is not a list of constants"))?;
        self.scopes.push(super::evaluate::Scope::default());
        let done = items
            .into_iter()
            .try_for_each(|item| self.comprehend_item(generator, rest, item, produce));
        self.scopes.pop();
        done
    }

    fn comprehend_item(
        &mut self,
        generator: &'a ast::Comprehension,
        rest: &'a [ast::Comprehension],
        item: Value,
        produce: &mut dyn FnMut(&mut Self) -> bool,
    ) -> Result<(), Value> {
        self.assign(&generator.target, item, self.place_of(generator.target.range()));
        for condition in &generator.ifs {
            let value = self.settled(condition);
            match truth(&value) {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => return Err(self.blame(value, condition.range(), "is not decided by constants")),
            }
        }
        if !rest.is_empty() {
            return self.comprehend(rest, produce);
        }
        if produce(self) {
            Ok(())
        } else {
            Err(self.unknown(generator.range, "gives too many items"))
        }
    }
}

/// `items[key] = value`, keeping the order of first insertion.
pub(super) fn set_item(items: &mut Vec<(Value, Value)>, key: Value, value: Value) {
    // Long literal dicts are not searched: a key twice is written by nobody, and the cost would be quadratic.
    const SEARCHED: usize = 64;
    let old = if items.len() <= SEARCHED {
        items.iter_mut().find(|(old, _)| *old == key)
    } else {
        None
    };
    match old {
        Some((_, old)) => *old = value,
        None => items.push((key, value)),
    }
}
