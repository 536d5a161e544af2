//! `JSONObject` and `JSONArray`: functions of Postgres's own until 15, the standard's from 16 on.

use crate::migration::InternalType;
use crate::statement::Volatility;
use crate::unknown::{Sql, sql};
use crate::value::{Call, Value};
use crate::versions::PostgresVersion;

use super::compile::Compiler;
use super::compiled::Compiled;
use super::outputs::plain;

/// The oldest Postgres with `JSON_OBJECT` and `JSON_ARRAY`.
const STANDARD_FUNCTIONS: PostgresVersion = PostgresVersion(16);

impl Compiler<'_, '_> {
    /// `JSONObject(**fields)`
    pub(super) fn json_object(&self, call: &Call) -> Compiled {
        // Until Django 5.0 it knows no other, in 5.1 the standard's takes keys as they are.
        let is_standard = self.since(5, 1) && self.settings().postgres >= STANDARD_FUNCTIONS;
        let (mut parts, mut all) = (Vec::new(), Vec::new());
        for (key, value) in call.kwargs.iter().filter(|(name, _)| name != "output_field") {
            let text = self.value(&Value::Str(key.as_str().into()), None);
            let cast = self.cast(&text, &plain(InternalType::Text));
            let value = self.argument(value);
            parts.push(match (is_standard, self.since(5, 2)) {
                (false, _) => sql!("{}, {}", cast.sql, value.sql),
                (true, false) => sql!("{} VALUE {}", text.sql, value.sql),
                (true, true) => sql!("({}) VALUE {}", cast.sql, value.sql),
            });
            all.push(value);
        }
        let joined = Sql::join(&parts, ", ");
        json(
            if is_standard {
                sql!("JSON_OBJECT({} RETURNING JSONB)", joined)
            } else {
                sql!("JSONB_BUILD_OBJECT({})", joined)
            },
            &all,
        )
    }

    /// `JSONArray(*expressions)` of Django 5.2
    pub(super) fn json_array(&self, call: &Call) -> Compiled {
        let items: Vec<Compiled> = call.args.iter().map(|item| self.json_item(item)).collect();
        let joined = Sql::join(&items, ", ");
        let null_on_null = if items.is_empty() { "" } else { "NULL ON NULL" };
        json(
            if self.settings().postgres >= STANDARD_FUNCTIONS {
                sql!("JSON_ARRAY({} {null_on_null} RETURNING JSONB)", joined)
            } else {
                sql!("JSONB_BUILD_ARRAY({})", joined)
            },
            &items,
        )
    }

    /// Cast to what it is, if it is not a cast already.
    fn json_item(&self, item: &Value) -> Compiled {
        let compiled = self.argument(item);
        if matches!(item, Value::Call(call) if call.class_name() == "Cast") {
            return compiled;
        }
        match compiled.output.clone() {
            Some(output) => self.cast(&compiled, &output),
            None => Compiled::unknown("the type of an item of a JSONArray"),
        }
    }
}

/// What turns values into JSON is stable: it hangs on their types' output.
fn json(sql: Sql, parts: &[Compiled]) -> Compiled {
    Compiled::over(sql, parts)
        .with_output(Some(plain(InternalType::Json)))
        .varying(Volatility::Stable)
}
