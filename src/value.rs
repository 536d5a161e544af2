//! Python values as a static reading knows them: plain data with places.

mod str;

use std::sync::Arc;

use crate::source::Range;

pub use str::{Builder, Form, Literal, Piece, Str};

/// How many constants an unknown value remembers.
const MAX_ALTERNATIVES: usize = 8;

/// Django's class of JSON's null.
pub const JSON_NULL: &str = "django.db.models.JSONNull";

/// What an expression of a migration file evaluates to, as far as that is known without running it.
///
/// Equality means "Python would call these equal, as far as we can tell": places do not count.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// An integer; one that does not fit is `Unknown`.
    Int(i128),
    /// A float.
    Float(f64),
    /// A string; implicit concatenation, f-strings over constants and `+` are already done.
    Str(Str),
    /// A bytes literal.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A set, in source order.
    Set(Vec<Value>),
    /// A dict, in source order.
    Dict(Vec<(Value, Value)>),
    /// A name from elsewhere by its full dotted path (`django.db.models.deletion.CASCADE`, `uuid.uuid4`,
    /// `builtins.dict`), import aliases resolved.
    Name(String),
    /// `settings.NAME` of `django.conf.settings`.
    Setting(String),
    /// A call of a dotted path: `django.db.models.CharField(max_length=20)`.
    /// Shared, because a call is the trunk of everything that is copied.
    Call(Arc<Call>),
    /// A function or lambda of a module that was read; `returns` is its value where it is one plain `return`.
    Function(Box<Function>),
    /// Operands joined by an operator that constants did not settle: `Q(a=1) | Q(b=2)`, `~Q(a=1)`, `F("a") + 1`.
    Operation(Operator, Vec<Value>),
    /// What could not be evaluated.
    Unknown(Unknown),
}

/// An operator left standing between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `a & b`
    And,
    /// `a | b`
    Or,
    /// `a ^ b`
    Xor,
    /// `~a`
    Invert,
    /// `-a`
    Negate,
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a % b`
    Modulo,
    /// `a ** b`
    Power,
}

/// A call as written, arguments evaluated.
#[derive(Clone, Debug)]
pub struct Call {
    /// The dotted path of what is called, import aliases resolved: `django.db.migrations.AddField`,
    /// `shop.fields.MoneyField`, `shop.migrations.0002_x.LocalClass`. A method called on a value is
    /// `Call { path: ".method", .. }` with that value as first argument.
    pub path: String,
    /// Positional arguments, stars expanded.
    pub args: Vec<Value>,
    /// Keyword arguments in source order, `**{...}` expanded.
    pub kwargs: Vec<(String, Value)>,
    /// The whole call.
    pub range: Range,
    /// The called name alone, as written (`migrations.AddField`).
    pub name_range: Range,
    /// Where each argument stands: positional first, then keyword arguments (without the keyword).
    pub arg_ranges: Vec<Range>,
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.args == other.args && self.kwargs == other.kwargs
    }
}

impl Call {
    /// The last part of the path: `AddField`.
    #[must_use]
    pub fn class_name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    /// The argument given at `position` or as `keyword`.
    #[must_use]
    pub fn argument(&self, position: usize, keyword: &str) -> Option<&Value> {
        self.args.get(position).or_else(|| self.keyword(keyword))
    }

    /// The argument given as `keyword`.
    #[must_use]
    pub fn keyword(&self, keyword: &str) -> Option<&Value> {
        self.kwargs
            .iter()
            .find(|(name, _)| name == keyword)
            .map(|(_, value)| value)
    }

    /// The call with another value for the argument `keyword`, in its place if it is there.
    #[must_use]
    pub fn with_keyword(mut self, keyword: &str, value: Value) -> Self {
        match self.kwargs.iter_mut().find(|(name, _)| name == keyword) {
            Some((_, old)) => *old = value,
            None => {
                self.kwargs.push((keyword.to_owned(), value));
                self.arg_ranges.push(self.range);
            }
        }
        self
    }

    /// Where the argument at `position` or `keyword` stands in the file.
    #[must_use]
    pub fn argument_range(&self, position: usize, keyword: &str) -> Option<Range> {
        let index = if position < self.args.len() {
            position
        } else {
            self.args.len() + self.kwargs.iter().position(|(name, _)| name == keyword)?
        };
        self.arg_ranges.get(index).copied()
    }
}

/// A function whose definition was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its dotted path; `<lambda>` for a lambda.
    pub path: String,
    /// Its value, if its body is one `return` of something known.
    pub returns: Option<Value>,
}

/// Something that could not be evaluated, and why.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// A sentence part: "`range(3)` is not evaluated".
    pub reason: String,
    /// The expression's own text, shortened.
    pub source: String,
    /// Where it stands.
    pub range: Range,
    /// What it may be as far as the code says it in constants, what it is without an environment first.
    pub alternatives: Option<Arc<[Value]>>,
    /// The setting, or the name of another module, that it hangs on, where that is known.
    pub about: Option<Arc<Value>>,
}

impl PartialEq for Unknown {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Value {
    /// Where it is unknown: one that is one of these, as far as they are constants or calls that may fall back to one.
    #[must_use]
    pub fn with_alternatives(mut self, values: &[&Value]) -> Self {
        if let Value::Unknown(unknown) = &mut self {
            let mut alternatives = Vec::new();
            for value in values {
                match value {
                    Value::Str(_) | Value::Bool(_) | Value::Int(_) | Value::None | Value::Call(_) => {
                        alternatives.push((*value).clone());
                    }
                    Value::Unknown(unknown) => {
                        alternatives.extend(unknown.alternatives.iter().flat_map(|all| all.iter().cloned()));
                    }
                    Value::Float(_)
                    | Value::Bytes(_)
                    | Value::List(_)
                    | Value::Tuple(_)
                    | Value::Set(_)
                    | Value::Dict(_)
                    | Value::Name(_)
                    | Value::Setting(_)
                    | Value::Function(_)
                    | Value::Operation(..) => {}
                }
            }
            // A circle of branches would fill the memory.
            alternatives.truncate(MAX_ALTERNATIVES);
            unknown.alternatives = (!alternatives.is_empty()).then(|| alternatives.into());
        }
        self
    }

    /// Where it is unknown: one that hangs on this.
    #[must_use]
    pub fn hanging_on(mut self, about: Option<&Value>) -> Self {
        if let Value::Unknown(unknown) = &mut self {
            unknown.about = about.map(|about| Arc::new(about.clone()));
        }
        self
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items, if it is a list, tuple or set.
    #[must_use]
    pub fn as_items(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => Some(items),
            _ => None,
        }
    }

    /// The call, if it is one.
    #[must_use]
    pub fn as_call(&self) -> Option<&Call> {
        match self {
            Value::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The first unknown in it, at any depth.
    #[must_use]
    pub fn unknown(&self) -> Option<&Unknown> {
        match self {
            Value::Unknown(unknown) => Some(unknown),
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
                items.iter().find_map(Value::unknown)
            }
            Value::Dict(items) => items
                .iter()
                .find_map(|(key, value)| key.unknown().or_else(|| value.unknown())),
            Value::Call(call) => call
                .args
                .iter()
                .find_map(Value::unknown)
                .or_else(|| call.kwargs.iter().find_map(|(_, value)| value.unknown())),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Name(_)
            | Value::Setting(_)
            | Value::Function(_) => None,
        }
    }
}
