//! What a test reads as JSON follows the schema that users are given.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

const CHECK: &str = include_str!("../../schema/check.schema.json");
const SQL: &str = include_str!("../../schema/sql.schema.json");
const FIX: &str = include_str!("../../schema/fix.schema.json");

/// Reads what `forelock check` or `forelock sql` wrote with `--output-format json`.
pub fn document(text: &[u8]) -> Value {
    let document = serde_json::from_slice(text)
        .unwrap_or_else(|error| panic!("no JSON ({error}): {}", String::from_utf8_lossy(text)));
    follow(&document);
    document
}

/// Fails where the document of `check` or `fix`, an object, or that of `sql`, an array, does not follow its schema.
pub fn follow(document: &Value) {
    static VALIDATORS: OnceLock<[Validator; 3]> = OnceLock::new();
    let [check, sql, fix] = VALIDATORS.get_or_init(|| [CHECK, SQL, FIX].map(validator));
    let validator = match document {
        Value::Array(_) => sql,
        document if document.get("written").is_some() => fix,
        _ => check,
    };
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "against the schema:\n{}", errors.join("\n"));
}

fn validator(schema: &str) -> Validator {
    let schema = serde_json::from_str(schema).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("it is a schema")
}
