//! Functions: those of django.db.models.functions, and `Func` with a function or template of its own.

use crate::migration::{Field, FieldKind, InternalType};
use crate::statement::{Volatility, quote_name};
use crate::unknown::{Sql, sql};
use crate::value::{Call, Value};
use crate::versions::PostgresVersion;

use super::compile::Compiler;
use super::compiled::{Compiled, Shape};
use super::outputs::{Class, class, declared, plain};
use super::template::Template;

/// What a function's result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    /// What its first argument is that is anything.
    Source,
    /// A number: `NumericOutputFieldMixin`.
    Numeric,
    /// A type of its own.
    Fixed(InternalType),
}

/// Functions whose SQL is a name and their arguments.
const FUNCTIONS: [(&str, &str, Output); 60] = [
    ("Abs", "ABS", Output::Source),
    ("ACos", "ACOS", Output::Numeric),
    ("ASin", "ASIN", Output::Numeric),
    ("ATan", "ATAN", Output::Numeric),
    ("ATan2", "ATAN2", Output::Numeric),
    ("Ceil", "CEILING", Output::Source),
    ("Chr", "CHR", Output::Fixed(InternalType::Char)),
    ("Coalesce", "COALESCE", Output::Source),
    ("Cos", "COS", Output::Numeric),
    ("Cot", "COT", Output::Numeric),
    ("Degrees", "DEGREES", Output::Numeric),
    ("Exp", "EXP", Output::Numeric),
    ("Floor", "FLOOR", Output::Source),
    ("Greatest", "GREATEST", Output::Source),
    ("Least", "LEAST", Output::Source),
    ("Left", "LEFT", Output::Fixed(InternalType::Char)),
    ("Length", "LENGTH", Output::Fixed(InternalType::Integer)),
    ("Ln", "LN", Output::Numeric),
    ("Log", "LOG", Output::Numeric),
    ("Lower", "LOWER", Output::Source),
    ("LPad", "LPAD", Output::Fixed(InternalType::Char)),
    ("LTrim", "LTRIM", Output::Source),
    ("MD5", "MD5", Output::Source),
    ("Mod", "MOD", Output::Numeric),
    ("NullIf", "NULLIF", Output::Source),
    ("Ord", "ASCII", Output::Fixed(InternalType::Integer)),
    ("Pi", "PI", Output::Fixed(InternalType::Float)),
    ("Power", "POWER", Output::Numeric),
    ("Radians", "RADIANS", Output::Numeric),
    ("Random", "RANDOM", Output::Fixed(InternalType::Float)),
    ("RandomUUID", "GEN_RANDOM_UUID", Output::Fixed(InternalType::Uuid)),
    ("RangeEndsWith", "upper", Output::Source),
    ("RangeStartsWith", "lower", Output::Source),
    ("Repeat", "REPEAT", Output::Fixed(InternalType::Char)),
    ("Replace", "REPLACE", Output::Source),
    ("Reverse", "REVERSE", Output::Source),
    ("Right", "RIGHT", Output::Fixed(InternalType::Char)),
    ("Round", "ROUND", Output::Source),
    ("RPad", "RPAD", Output::Fixed(InternalType::Char)),
    ("RTrim", "RTRIM", Output::Source),
    ("SHA1", "sha1", Output::Source),
    ("SHA224", "sha224", Output::Source),
    ("SHA256", "sha256", Output::Source),
    ("SHA384", "sha384", Output::Source),
    ("SHA512", "sha512", Output::Source),
    ("Sign", "SIGN", Output::Source),
    ("Sin", "SIN", Output::Numeric),
    ("Sqrt", "SQRT", Output::Numeric),
    ("StrIndex", "STRPOS", Output::Fixed(InternalType::Integer)),
    ("Substr", "SUBSTRING", Output::Fixed(InternalType::Char)),
    ("Tan", "TAN", Output::Numeric),
    ("TrigramDistance", "", Output::Fixed(InternalType::Float)),
    ("TrigramSimilarity", "SIMILARITY", Output::Fixed(InternalType::Float)),
    ("TrigramStrictWordDistance", "", Output::Fixed(InternalType::Float)),
    (
        "TrigramStrictWordSimilarity",
        "STRICT_WORD_SIMILARITY",
        Output::Fixed(InternalType::Float),
    ),
    ("TrigramWordDistance", "", Output::Fixed(InternalType::Float)),
    (
        "TrigramWordSimilarity",
        "WORD_SIMILARITY",
        Output::Fixed(InternalType::Float),
    ),
    ("Trim", "TRIM", Output::Source),
    ("Unaccent", "UNACCENT", Output::Source),
    ("Upper", "UPPER", Output::Source),
];

/// The oldest Postgres with `uuidv4()` and `uuidv7()`.
const UUID_FUNCTIONS: PostgresVersion = PostgresVersion(18);

/// Arguments by keyword, and what they are where they are left out.
const PARAMETERS: [(&str, &[&str], Option<&str>); 12] = [
    ("Left", &["expression", "length"], None),
    ("Right", &["expression", "length"], None),
    ("LPad", &["expression", "length", "fill_text"], Some(" ")),
    ("RPad", &["expression", "length", "fill_text"], Some(" ")),
    ("Repeat", &["expression", "number"], None),
    ("Replace", &["expression", "text", "replacement"], Some("")),
    ("Substr", &["expression", "pos", "length"], None),
    ("Round", &["expression", "precision"], None),
    ("TrigramSimilarity", &["expression", "string"], None),
    ("TrigramDistance", &["expression", "string"], None),
    ("TrigramWordSimilarity", &["string", "expression"], None),
    ("TrigramWordDistance", &["string", "expression"], None),
];

impl Compiler<'_, '_> {
    /// A call of a function class.
    pub(super) fn function(&self, call: &Call) -> Option<Compiled> {
        let compiled = match call.class_name() {
            "Func" => self.plain_function(call),
            "Cast" => self.cast_call(call)?,
            "Collate" => self.collate(call)?,
            "Concat" | "ConcatPair" => self.concat(call)?,
            "RawSQL" => self.raw_sql(call)?,
            "OpClass" => self.operator_class(call)?,
            "RangeBoundary" => range_boundary(call),
            "UUID4" => self.random_uuid(),
            "UUID7" => self.uuid_of_now(call),
            "CombinedExpression" => self.combined_expression(call)?,
            "JSONArray" => self.json_array(call),
            "JSONObject" => self.json_object(call),
            "Exists" | "Subquery" | "ArraySubquery" | "OuterRef" => return None,
            name => self.named_function(name, call)?,
        };
        let output = call.keyword("output_field").and_then(declared);
        Some(match output {
            Some(output) if call.class_name() != "Cast" => compiled.with_output(Some(output)),
            _ => compiled,
        })
    }

    /// `UUID4()` of Django 6.1
    fn random_uuid(&self) -> Compiled {
        let function = if self.settings().postgres >= UUID_FUNCTIONS {
            "UUIDV4"
        } else {
            "GEN_RANDOM_UUID"
        };
        self.apply("UUID4", function, Output::Fixed(InternalType::Uuid), &[])
    }

    /// `UUID7(shift=None)` of Django 6.1, which has it on no older server.
    fn uuid_of_now(&self, call: &Call) -> Compiled {
        if self.settings().postgres < UUID_FUNCTIONS {
            return Compiled::unknown("UUID7 requires PostgreSQL 18: Django stops on an older server");
        }
        let shift = call.argument(0, "shift").filter(|shift| **shift != Value::None);
        let shift: Vec<Compiled> = shift.map(|shift| self.argument(shift)).into_iter().collect();
        self.apply("UUID7", "UUIDV7", Output::Fixed(InternalType::Uuid), &shift)
    }

    fn named_function(&self, name: &str, call: &Call) -> Option<Compiled> {
        let position = FUNCTIONS
            .binary_search_by(|(class, ..)| order(class).cmp(&order(name)))
            .ok()?;
        let (_, function, output) = FUNCTIONS[position];
        let arguments = self.function_arguments(name, call);
        Some(self.apply(name, function, output, &arguments))
    }

    /// Whether an expression has an `output_field` before the fields in it are looked up.
    pub(super) fn has_output_of_its_own(call: &Call) -> bool {
        let name = call.class_name();
        let position = FUNCTIONS.binary_search_by(|(class, ..)| order(class).cmp(&order(name)));
        let is_fixed = position.is_ok_and(|position| matches!(FUNCTIONS[position].2, Output::Fixed(_)));
        let is_moment =
            matches!(name, "Now" | "TransactionNow" | "TruncDate" | "TruncTime") || name.starts_with("Extract");
        let is_typed = matches!(
            name,
            "Cast"
                | "ExpressionWrapper"
                | "JSONArray"
                | "JSONObject"
                | "SearchVector"
                | "SearchQuery"
                | "KeyTextTransform"
        );
        is_fixed || is_moment || is_typed || call.keyword("output_field").is_some()
    }

    /// A function over compiled arguments.
    fn apply(&self, name: &str, function: &str, output: Output, arguments: &[Compiled]) -> Compiled {
        let arguments: Vec<Compiled> = match name {
            "Log" | "Mod" | "Round" => arguments.iter().map(|argument| self.decimal_input(argument)).collect(),
            _ => arguments.to_vec(),
        };
        let joiner = match name {
            "TrigramDistance" => " <-> ",
            "TrigramWordDistance" => " <<-> ",
            "TrigramStrictWordDistance" => " <<<-> ",
            _ => ", ",
        };
        let joined = Sql::join(&arguments, joiner);
        let sql = if name.starts_with("SHA") {
            sql!("ENCODE(DIGEST({}, '{function}'), 'hex')", joined)
        } else {
            sql!("{function}({})", joined)
        };
        let output = match output {
            Output::Source => arguments.iter().find_map(|argument| argument.output.clone()),
            Output::Fixed(internal_type) => Some(plain(internal_type)),
            Output::Numeric => numeric_output(&arguments),
        };
        let bilateral = if name == "Unaccent" {
            vec!["UNACCENT"]
        } else {
            Vec::new()
        };
        let compiled = Compiled::over(sql, &arguments)
            .with_output(output)
            .varying(volatility(function));
        Compiled { bilateral, ..compiled }
    }

    /// A function of Django on one argument, as a transform.
    pub(super) fn transform_function(&self, name: &str, argument: &Compiled) -> Option<Compiled> {
        let position = FUNCTIONS
            .binary_search_by(|(class, ..)| order(class).cmp(&order(name)))
            .ok()?;
        let (_, function, output) = FUNCTIONS[position];
        Some(self.apply(name, function, output, std::slice::from_ref(argument)))
    }

    fn function_arguments(&self, name: &str, call: &Call) -> Vec<Compiled> {
        let Some((_, names, last)) = PARAMETERS.iter().find(|(class, ..)| *class == name) else {
            return call.args.iter().map(|argument| self.argument(argument)).collect();
        };
        let mut arguments = Vec::new();
        for (position, parameter) in names.iter().enumerate() {
            let is_text = *parameter == "string";
            match (call.argument(position, parameter), last) {
                (Some(value), _) if is_text => arguments.push(self.operand(value)),
                (Some(value), _) => arguments.push(self.argument(value)),
                (None, Some(text)) if position + 1 == names.len() => {
                    arguments.push(self.value(&Value::Str((*text).into()), None));
                }
                (None, _) if *parameter == "precision" => arguments.push(self.value(&Value::Int(0), None)),
                (None, _) => {}
            }
        }
        arguments
    }

    /// `FixDecimalInputMixin`: some functions take no floats.
    fn decimal_input(&self, argument: &Compiled) -> Compiled {
        if class(argument.output.as_ref()) != Some(Class::Float) {
            return argument.clone();
        }
        let mut decimal = Field::of_kind(FieldKind::Plain(InternalType::Decimal));
        decimal.max_digits = Some(1000);
        decimal.decimal_places = Some(15);
        self.cast(argument, &std::sync::Arc::new(decimal))
    }

    /// `Func(*expressions, function=.., template=.., arg_joiner=.., output_field=..)`
    fn plain_function(&self, call: &Call) -> Compiled {
        let arguments: Vec<Compiled> = call.args.iter().map(|argument| self.argument(argument)).collect();
        let text = |name: &str| call.keyword(name).and_then(Value::as_str);
        let function = text("function").unwrap_or_default();
        let joiner = text("arg_joiner").unwrap_or(", ");
        let template = text("template").unwrap_or("%(function)s(%(expressions)s)");
        let joined = Sql::join(&arguments, joiner);
        let mut parts = Template::default();
        for (name, value) in &call.kwargs {
            if let Some(value) = super::super::prepare::python_text(value) {
                parts.set(name, value.into());
            }
        }
        parts.set("function", function.into());
        parts.set("expressions", joined.clone());
        parts.set("field", joined);
        let Some(sql) = parts.fill(template) else {
            return Compiled::unknown("a template of a function");
        };
        let own = if call.keyword("template").is_some() && !template.contains("%(function)s(") {
            Volatility::Unknown
        } else {
            volatility(function)
        };
        let output = arguments.iter().find_map(|argument| argument.output.clone());
        Compiled::over(sql, &arguments).with_output(output).varying(own)
    }

    fn cast_call(&self, call: &Call) -> Option<Compiled> {
        let argument = self.argument(call.argument(0, "expression")?);
        let output = declared(call.argument(1, "output_field")?)?;
        Some(self.cast(&argument, &output))
    }

    /// `Cast`, written with `::`.
    pub(super) fn cast(&self, argument: &Compiled, output: &std::sync::Arc<Field>) -> Compiled {
        let Some(data_type) = crate::fields::cast_type(output, self.django()) else {
            return Compiled::unknown("the type of a cast");
        };
        let sql = sql!("({})::{}", argument.sql, data_type);
        // What a moment is as text or as a day depends on settings of the session.
        let is_moment = matches!(class(argument.output.as_ref()), Some(Class::DateTime | Class::Date));
        let own = if is_moment && class(argument.output.as_ref()) != class(Some(output)) {
            Volatility::Stable
        } else {
            Volatility::Constant
        };
        Compiled::over(sql, [argument])
            .with_output(Some(std::sync::Arc::clone(output)))
            .varying(own)
    }

    /// `Cast(expression, TextField())` where it is no text.
    pub(super) fn as_text(&self, argument: &Compiled) -> Compiled {
        if class(argument.output.as_ref()) == Some(Class::Text) {
            return argument.clone();
        }
        self.cast(argument, &plain(InternalType::Text))
    }

    /// `Collate(expression, collation)`
    fn collate(&self, call: &Call) -> Option<Compiled> {
        let argument = self.argument(call.argument(0, "expression")?);
        let collation = call.argument(1, "collation")?.as_str()?;
        let sql = sql!("{} COLLATE {}", argument.sql, quote_name(collation));
        Some(Compiled::over(sql, [&argument]).with_output(argument.output.clone()))
    }

    /// `OpClass(expression, name)`
    fn operator_class(&self, call: &Call) -> Option<Compiled> {
        let argument = self.argument(call.argument(0, "expression")?);
        let name = call.argument(1, "name")?.as_str()?;
        let sql = sql!("{} {name}", argument.sql);
        Some(Compiled::over(sql, [&argument]).with_output(argument.output.clone()))
    }

    /// `Concat`: pairs from the right. Until Django 5.1 with `CONCAT`, since then with `||`.
    fn concat(&self, call: &Call) -> Option<Compiled> {
        let mut arguments: Vec<Compiled> = call.args.iter().map(|argument| self.argument(argument)).collect();
        let mut joined = arguments.pop()?;
        while let Some(left) = arguments.pop() {
            joined = self.concat_pair(&left, &joined);
        }
        Some(joined)
    }

    fn concat_pair(&self, left: &Compiled, right: &Compiled) -> Compiled {
        let output = left.output.clone().or_else(|| right.output.clone());
        if !self.since(5, 1) {
            let text = plain(InternalType::Text);
            let parts = [self.cast(left, &text), self.cast(right, &text)];
            let sql = sql!("CONCAT({}, {})", parts[0].sql, parts[1].sql);
            return Compiled::over(sql, &parts)
                .with_output(output)
                .varying(Volatility::Stable);
        }
        let parts = [self.as_text(left), self.as_text(right)];
        let sql = sql!("(COALESCE({}, '') || COALESCE({}, ''))", parts[0].sql, parts[1].sql);
        let is_parameterized = true;
        Compiled {
            is_parameterized,
            ..Compiled::over(sql, &parts).with_output(output)
        }
    }

    /// `RawSQL(sql, params)`
    fn raw_sql(&self, call: &Call) -> Option<Compiled> {
        let sql = call.argument(0, "sql")?.as_str()?;
        let parameters = call.argument(1, "params").and_then(Value::as_items).unwrap_or_default();
        let parameters: Vec<Compiled> = parameters
            .iter()
            .map(|value| self.prepared_value(super::super::prepare::generic(value)))
            .collect();
        let filled = Template::fill_positions(sql, parameters.iter())?;
        let output = call.argument(2, "output_field").and_then(declared);
        let compiled = Compiled::over(sql!("({})", filled), &parameters);
        Some(compiled.with_output(output).varying(Volatility::Unknown))
    }

    /// `CombinedExpression(lhs, connector, rhs)`
    fn combined_expression(&self, call: &Call) -> Option<Compiled> {
        let (left, right) = (call.argument(0, "lhs")?, call.argument(2, "rhs")?);
        let connector = match call.argument(1, "connector")?.as_str()? {
            "%%" => "%",
            other => other,
        };
        Some(super::cases::combine(
            &self.operand(left),
            connector,
            &self.operand(right),
        ))
    }
}

/// The order of the table: classes without regard to case.
fn order(class: &str) -> String {
    class.to_lowercase()
}

/// `RangeBoundary(inclusive_lower=True, inclusive_upper=False)`
fn range_boundary(call: &Call) -> Compiled {
    let flag = |position, name| call.argument(position, name).and_then(Value::as_bool);
    let lower = if flag(0, "inclusive_lower").unwrap_or(true) {
        '['
    } else {
        '('
    };
    let upper = if flag(1, "inclusive_upper").unwrap_or(false) {
        ']'
    } else {
        ')'
    };
    Compiled {
        shape: Shape::Other,
        ..Compiled::new(format!("'{lower}{upper}'"))
    }
}

/// `NumericOutputFieldMixin._resolve_output_field`
fn numeric_output(arguments: &[Compiled]) -> Option<std::sync::Arc<Field>> {
    let classes: Vec<_> = arguments
        .iter()
        .map(|argument| class(argument.output.as_ref()))
        .collect();
    if classes.contains(&Some(Class::Decimal)) {
        return Some(plain(InternalType::Decimal));
    }
    let is_integer = |class: &Option<Class>| matches!(class, Some(Class::Integer | Class::PositiveInteger));
    if classes.iter().any(is_integer) || classes.is_empty() {
        return Some(plain(InternalType::Float));
    }
    arguments.iter().find_map(|argument| argument.output.clone())
}

/// How Postgres classifies the function, where that is known.
fn volatility(function: &str) -> Volatility {
    const VOLATILE: [&str; 10] = [
        "random",
        "gen_random_uuid",
        "uuid_generate_v1",
        "uuid_generate_v4",
        "uuid_generate_v1mc",
        "clock_timestamp",
        "nextval",
        "timeofday",
        "uuidv4",
        "uuidv7",
    ];
    const STABLE: [&str; 10] = [
        "now",
        "statement_timestamp",
        "transaction_timestamp",
        "current_timestamp",
        "localtimestamp",
        "current_date",
        "current_setting",
        "to_char",
        "concat",
        "unaccent",
    ];
    const CONSTANT: [&str; 24] = [
        "array_length",
        "array_to_string",
        "btrim",
        "char_length",
        "floor",
        "initcap",
        "int4range",
        "int8range",
        "isempty",
        "jsonb_array_length",
        "jsonb_build_object",
        "jsonb_build_array",
        "left",
        "lower",
        "make_interval",
        "md5",
        "numrange",
        "regexp_replace",
        "replace",
        "split_part",
        "translate",
        "trim",
        "trunc",
        "upper",
    ];
    let function = function.to_ascii_lowercase();
    let function = function.as_str();
    if VOLATILE.contains(&function) {
        Volatility::Volatile
    } else if STABLE.contains(&function) {
        Volatility::Stable
    } else if CONSTANT.contains(&function) || FUNCTIONS.iter().any(|(_, name, _)| name.eq_ignore_ascii_case(function)) {
        Volatility::Constant
    } else {
        Volatility::Unknown
    }
}
