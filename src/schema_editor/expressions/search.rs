//! Text search: django/contrib/postgres/search.py.

use crate::migration::InternalType;
use crate::statement::Volatility;
use crate::unknown::{Sql, sql};
use crate::value::{Call, Value};

use super::compile::{Compiler, is_expression};
use super::compiled::{Compiled, Shape};

impl Compiler<'_, '_> {
    /// A call of a class of django.contrib.postgres.search.
    pub(super) fn search_function(&self, call: &Call) -> Option<Compiled> {
        match call.class_name() {
            "SearchVector" => {
                let arguments: Vec<Compiled> = call.args.iter().map(|argument| self.argument(argument)).collect();
                let config = call.keyword("config").and_then(|config| self.search_config(config));
                Some(self.search_vector(&arguments, config, call.keyword("weight")))
            }
            "SearchQuery" => self.search_query_call(call),
            "SearchRank" => self.search_rank(call),
            "SearchConfig" => self.search_config(call.argument(0, "config")?),
            _ => None,
        }
    }

    /// `SearchConfig`
    fn search_config(&self, config: &Value) -> Option<Compiled> {
        if matches!(config, Value::None) {
            return None;
        }
        if config.as_call().is_some_and(|call| call.class_name() == "SearchConfig") {
            return Some(self.compile(config));
        }
        let name = self.operand(config);
        Some(Compiled::over(sql!("{}::regconfig", name.sql), [&name]))
    }

    /// `SearchVector.as_sql`
    fn search_vector(&self, arguments: &[Compiled], config: Option<Compiled>, weight: Option<&Value>) -> Compiled {
        let texts: Vec<Compiled> = arguments.iter().map(|argument| self.as_text(argument)).collect();
        let parts: Vec<Sql> = texts.iter().map(|text| sql!("COALESCE({}, '')", text.sql)).collect();
        let joined = Sql::join(&parts, " || ' ' || ");
        let mut sql = match &config {
            Some(config) => sql!("to_tsvector({}, {})", config.sql, joined),
            None => sql!("to_tsvector({})", joined),
        };
        if let Some(weight) = weight.filter(|weight| !matches!(weight, Value::None)) {
            sql = sql!("setweight({}, {})", sql, self.operand(weight).sql);
        }
        // Without a configuration the session's is used.
        let own = if config.is_some() {
            Volatility::Constant
        } else {
            Volatility::Stable
        };
        let compiled = Compiled::over(sql, texts.iter().chain(&config))
            .of_type(InternalType::SearchVector)
            .varying(own);
        Compiled {
            is_parameterized: true,
            shape: Shape::Search {
                config: config.map(Box::new),
            },
            ..compiled
        }
    }

    fn search_query_call(&self, call: &Call) -> Option<Compiled> {
        let value = self.operand(call.argument(0, "value")?);
        let config = call.keyword("config").and_then(|config| self.search_config(config));
        let function = match call.keyword("search_type").and_then(Value::as_str) {
            None | Some("plain") => "plainto_tsquery",
            Some("phrase") => "phraseto_tsquery",
            Some("raw") => "to_tsquery",
            Some("websearch") => "websearch_to_tsquery",
            Some(_) => return None,
        };
        let query = search_query(function, &value, config);
        let is_inverted = call.keyword("invert").and_then(Value::as_bool).unwrap_or_default();
        Some(if is_inverted {
            Compiled {
                sql: sql!("!!({})", query.sql),
                ..query
            }
        } else {
            query
        })
    }

    /// `SearchRank(vector, query)`, without weights.
    fn search_rank(&self, call: &Call) -> Option<Compiled> {
        if call.args.len() > 2 || call.keyword("weights").is_some() {
            return None;
        }
        let vector = call.argument(0, "vector")?;
        let vector = match vector {
            Value::Str(name) => self.search_vector(&[self.reference(name)], None, None),
            vector => self.compile(vector),
        };
        let query = call.argument(1, "query")?;
        let query = if is_expression(query) {
            self.compile(query)
        } else {
            search_query("plainto_tsquery", &self.operand(query), None)
        };
        let is_cover_density = call.keyword("cover_density").and_then(Value::as_bool) == Some(true);
        let function = if is_cover_density { "ts_rank_cd" } else { "ts_rank" };
        let mut sql = sql!("{function}({}, {}", vector.sql, query.sql);
        if let Some(normalization) = call.keyword("normalization") {
            sql = sql!("{}, {}", sql, self.operand(normalization).sql);
        }
        Some(Compiled::over(sql!("{})", sql), [&vector, &query]).of_type(InternalType::Float))
    }

    /// `SearchVectorExact` and `SearchLookup`: the left side as a vector, the right side as a query.
    pub(super) fn search_sides(&self, left: &Compiled, right: Compiled) -> (Compiled, Compiled) {
        let config_of = |side: &Compiled| match &side.shape {
            Shape::Search { config } => config.as_deref().cloned(),
            _ => None,
        };
        let vector = if left.is_internal(InternalType::SearchVector) {
            left.clone()
        } else {
            self.search_vector(std::slice::from_ref(left), config_of(&right), None)
        };
        let query = if right.is_internal(InternalType::SearchQuery) {
            right
        } else {
            search_query("plainto_tsquery", &right, config_of(&vector))
        };
        (vector, query)
    }
}

fn search_query(function: &str, value: &Compiled, config: Option<Compiled>) -> Compiled {
    let sql = match &config {
        Some(config) => sql!("{function}({}, {})", config.sql, value.sql),
        None => sql!("{function}({})", value.sql),
    };
    let own = if config.is_some() {
        Volatility::Constant
    } else {
        Volatility::Stable
    };
    let compiled = Compiled::over(sql, std::iter::once(value).chain(&config));
    Compiled {
        shape: Shape::Search {
            config: config.map(Box::new),
        },
        ..compiled.of_type(InternalType::SearchQuery).varying(own)
    }
}
