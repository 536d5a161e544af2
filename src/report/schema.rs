//! The JSON Schemas, generated from the types that are written. `FORELOCK_BLESS=1 cargo test schema` rewrites them.

use std::path::PathBuf;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{fix_json, json, pending, sql_json};
use crate::finding::{Harm, Origin, RelationKind, Severity, Work};
use crate::lock::{Command, LockMode};
use crate::plan::Declared;
use crate::schema_editor::Confidence;

#[test]
fn the_schema_of_check_is_what_is_written() {
    compare(
        "check.schema.json",
        &schema::<json::CheckDocument<'static>>("forelock check"),
    );
}

#[test]
fn the_schema_of_fix_is_what_is_written() {
    compare(
        "fix.schema.json",
        &schema::<fix_json::FixDocument<'static>>("forelock fix"),
    );
}

#[test]
fn the_schema_of_pending_is_what_is_written() {
    compare(
        "pending.schema.json",
        &schema::<pending::PendingDocument<'static>>("forelock pending"),
    );
}

#[test]
fn the_schema_of_sql_is_what_is_written() {
    compare(
        "sql.schema.json",
        &schema::<Vec<sql_json::MigrationDocument<'static>>>("forelock sql"),
    );
}

fn schema<T: JsonSchema>(title: &str) -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

fn compare(name: &str, generated: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    if std::env::var_os("FORELOCK_BLESS").is_some() {
        std::fs::write(&path, generated).expect("schema/ can be written");
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        recorded, generated,
        "run FORELOCK_BLESS=1 cargo test schema, and look at the difference"
    );
}

fn list_of(names: &[&'static str]) -> Schema {
    json_schema!({"type": "array", "items": {"type": "string", "enum": names}})
}

pub(super) fn severities() -> Vec<&'static str> {
    // A silent row never becomes a finding.
    vec![Severity::Error.name(), Severity::Warning.name(), Severity::Info.name()]
}

pub(super) fn harms(_generator: &mut SchemaGenerator) -> Schema {
    list_of(&Harm::ALL.map(Harm::name))
}

pub(super) fn declared(_generator: &mut SchemaGenerator) -> Schema {
    list_of(&Declared::ALL.map(Declared::name))
}

pub(super) fn works() -> Vec<&'static str> {
    let works = [Work::None, Work::Scan, Work::IndexBuild, Work::Rewrite, Work::Unknown];
    works.into_iter().map(Work::name).collect()
}

pub(super) fn relation_kinds() -> Vec<&'static str> {
    let kinds = [
        RelationKind::Table,
        RelationKind::Partitioned,
        RelationKind::View,
        RelationKind::MaterializedView,
        RelationKind::Index,
        RelationKind::Sequence,
    ];
    kinds.into_iter().map(RelationKind::name).collect()
}

pub(super) fn mode_or_null(_generator: &mut SchemaGenerator) -> Schema {
    let modes = LockMode::ALL.into_iter().map(|mode| Some(mode.name()));
    let modes: Vec<Option<&str>> = modes.chain([None]).collect();
    json_schema!({"type": ["string", "null"], "enum": modes})
}

pub(super) fn modes() -> Vec<&'static str> {
    LockMode::ALL.map(LockMode::name).to_vec()
}

pub(super) fn commands(_generator: &mut SchemaGenerator) -> Schema {
    list_of(&Command::ALL.map(Command::name))
}

pub(super) fn confidences() -> Vec<&'static str> {
    let all = [Confidence::Exact, Confidence::Partial, Confidence::Opaque];
    all.into_iter().map(Confidence::name).collect()
}

pub(super) fn origins() -> Vec<&'static str> {
    let all = [Origin::Django, Origin::RunSql, Origin::RunPython];
    all.into_iter().map(Origin::name).collect()
}
