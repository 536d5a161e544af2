//! Findings and reports built by hand, so that a report is tested without the steps before it.
#![allow(dead_code, reason = "each test file uses some of them")]

use std::path::PathBuf;
use std::sync::Arc;

use forelock::finding::{
    Analysis, Finding, Harm, HeldLock, Help, MigrationReport, OperationPlace, OperationReport, Origin, Place,
    RelationKind, Severity, StatementReport, Work,
};
use forelock::lock::LockMode;
use forelock::migration::{MigrationKey, OperationPath};
use forelock::report::{self, CheckFormat, Style};
use forelock::schema_editor::Confidence;
use forelock::source::{Range, SourceFile};

pub const ORDER_STATUS: &str = "from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        (\"shop\", \"0041_order\"),
    ]

    operations = [
        # Support asks for open orders.
        migrations.AddIndex(
            model_name=\"order\",
            index=models.Index(fields=[\"status\"], name=\"shop_order_status_idx\"),
        ),
    ]
";

pub fn source(path: &str, text: &str) -> Arc<SourceFile> {
    SourceFile::new(PathBuf::from(path), text.to_owned())
}

/// The first place of `needle` in the text.
pub fn range(source: &SourceFile, needle: &str) -> Range {
    let start = source.text.find(needle).expect("the needle is in the text");
    let offset = |value: usize| u32::try_from(value).expect("a small text");
    source.range(offset(start), offset(start + needle.len()))
}

pub fn lock(relation: &str, mode: LockMode, work: Work) -> HeldLock {
    HeldLock {
        relation: relation.to_owned(),
        kind: RelationKind::Table,
        mode: Some(mode),
        held: None,
        work,
    }
}

/// A typical finding: an index built while writes wait.
pub fn index_finding() -> Finding {
    finding_at(
        &source("shop/migrations/0042_order_status.py", ORDER_STATUS),
        "migrations.AddIndex",
    )
}

/// The same finding at another text.
pub fn finding_at(source: &Arc<SourceFile>, needle: &str) -> Finding {
    Finding {
        rule: "create-index-blocking-writes".to_owned(),
        matrix_row: Some(29),
        severity: Severity::Error,
        harm: vec![Harm::BlocksWrites],
        also: Vec::new(),
        related: Vec::new(),
        hits: Vec::new(),
        message: "builds an index on `shop_order` while inserts, updates and deletes wait".to_owned(),
        help: Help::Text("build it concurrently, in a migration of its own that is not atomic:\n\n    atomic = False\n    operations = [\n        AddIndexConcurrently(\"order\", models.Index(fields=[\"status\"], name=\"shop_order_status_idx\")),\n    ]\n".to_owned()),
        place: Place {
            path: source.path.clone(),
            source: Some(source.clone()),
            range: range(source, needle),
        },
        migration: Some(MigrationKey::new("shop", "0042_order_status")),
        operation: Some(OperationPlace {
            path: OperationPath::top(0),
            class: "AddIndex".to_owned(),
        }),
        statement: Some("CREATE INDEX \"shop_order_status_idx\" ON \"shop_order\" (\"status\")".to_owned()),
        locks: vec![lock("shop_order", LockMode::Share, Work::IndexBuild)],
        work: Work::IndexBuild,
        fingerprint: "5f3a9c1e0b7d2468".to_owned(),
    }
}

/// A column that goes while the old release still reads it, and the table that it points to.
pub fn drop_column_finding() -> Finding {
    let text = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.RemoveField(\"order\", \"customer\"),\n    ]\n";
    let source = source("shop/migrations/0043_drop_customer.py", text);
    Finding {
        rule: "drop-column".to_owned(),
        matrix_row: Some(17),
        harm: vec![Harm::BreaksRunningCode],
        also: vec!["drop-foreign-key".to_owned(), "two-tables-locked".to_owned()],
        message: "drops the column `customer_id` of `shop_order`, which the running release still selects".to_owned(),
        help: Help::Text("take the field out of the state first, and drop the column when that release is deployed everywhere:\n\n    SeparateDatabaseAndState(state_operations=[RemoveField(\"order\", \"customer\")])\n\nBetween the two the column must accept NULL or have a default in the database, or inserts of the new release fail.".to_owned()),
        migration: Some(MigrationKey::new("shop", "0043_drop_customer")),
        operation: Some(OperationPlace { path: OperationPath::top(0), class: "RemoveField".to_owned() }),
        statement: Some("SET CONSTRAINTS \"shop_order_customer_id_5f3a9c1e_fk_shop_customer_id\" IMMEDIATE; ALTER TABLE \"shop_order\" DROP COLUMN \"customer_id\" CASCADE".to_owned()),
        locks: vec![
            lock("shop_order", LockMode::AccessExclusive, Work::None),
            lock("shop_customer", LockMode::AccessExclusive, Work::None),
        ],
        work: Work::None,
        ..finding_at(&source, "migrations.RemoveField")
    }
}

pub fn operation(class: &str, source: &SourceFile, needle: &str) -> OperationReport {
    OperationReport {
        class: class.to_owned(),
        confidence: Confidence::Exact,
        reasons: Vec::new(),
        values: Vec::new(),
        statements: Vec::new(),
        deferred: Vec::new(),
        range: range(source, needle),
    }
}

pub fn statement(operation: usize, sql: &str) -> StatementReport {
    StatementReport {
        sql: sql.to_owned(),
        operation,
        origin: Origin::Django,
        not_analysed: None,
        rules: Vec::new(),
        rows: Vec::new(),
        matrix_rows: Vec::new(),
        locks: Vec::new(),
        work: Work::None,
        scans: Vec::new(),
        rewrites: Vec::new(),
        builds: Vec::new(),
        range: None,
    }
}

/// The migration of `index_finding`.
pub fn index_migration() -> MigrationReport {
    let source = source("shop/migrations/0042_order_status.py", ORDER_STATUS);
    let sql = "CREATE INDEX \"shop_order_status_idx\" ON \"shop_order\" (\"status\")";
    MigrationReport {
        key: MigrationKey::new("shop", "0042_order_status"),
        atomic: true,
        replaces: Vec::new(),
        operations: vec![OperationReport {
            statements: vec![sql.to_owned()],
            ..operation("AddIndex", &source, "migrations.AddIndex(")
        }],
        statements: vec![StatementReport {
            rules: vec!["create-index-blocking-writes".to_owned()],
            matrix_rows: vec![29],
            locks: vec![lock("shop_order", LockMode::Share, Work::IndexBuild)],
            work: Work::IndexBuild,
            scans: vec!["shop_order".to_owned()],
            builds: vec!["shop_order_status_idx".to_owned()],
            ..statement(0, sql)
        }],
        statement_count: 1,
        source,
    }
}

/// Everything that a migration can hold: a deferred key, SQL that nobody can read, Python, an unknown class.
pub fn mixed_migration() -> MigrationReport {
    let text = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.CreateModel(\"Refund\", fields),\n        migrations.RunSQL(\"VACUUM (PARALLEL 4) shop_order -- at night\"),\n        migrations.RunPython(forwards),\n        pgtrigger.AddTrigger(\"order\", trigger),\n    ]\n";
    let source = source("shop/migrations/0044_refund.py", text);
    let create = "CREATE TABLE \"shop_refund\" (\"id\" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, \"order_id\" bigint NOT NULL)";
    let key = "ALTER TABLE \"shop_refund\" ADD CONSTRAINT \"shop_refund_order_id_0c1d_fk_shop_order_id\" FOREIGN KEY (\"order_id\") REFERENCES \"shop_order\" (\"id\") DEFERRABLE INITIALLY DEFERRED";
    let vacuum = "VACUUM (PARALLEL 4) shop_order -- at night";
    MigrationReport {
        key: MigrationKey::new("shop", "0044_refund"),
        atomic: true,
        replaces: vec![MigrationKey::new("shop", "0044_refund_draft")],
        operations: vec![
            OperationReport {
                statements: vec![create.to_owned()],
                deferred: vec![key.to_owned()],
                ..operation("CreateModel", &source, "migrations.CreateModel")
            },
            OperationReport {
                statements: vec![vacuum.to_owned()],
                ..operation("RunSQL", &source, "migrations.RunSQL")
            },
            operation("RunPython", &source, "migrations.RunPython"),
            OperationReport {
                confidence: Confidence::Opaque,
                reasons: vec!["pgtrigger.AddTrigger is not an operation of Django".to_owned()],
                values: Vec::new(),
                ..operation("AddTrigger", &source, "pgtrigger.AddTrigger")
            },
        ],
        statements: vec![
            statement(0, create),
            StatementReport {
                origin: Origin::RunSql,
                not_analysed: Some("expected an end of statement, found: 4".to_owned()),
                work: Work::Unknown,
                range: Some(range(&source, vacuum)),
                ..statement(1, vacuum)
            },
            StatementReport {
                locks: vec![lock("shop_order", LockMode::ShareRowExclusive, Work::None)],
                rules: vec!["foreign-key-of-a-new-table".to_owned()],
                matrix_rows: vec![21],
                ..statement(0, key)
            },
        ],
        statement_count: 3,
        source,
    }
}

/// One finding in one of two migrations.
pub fn analysis() -> Analysis {
    Analysis {
        findings: vec![index_finding()],
        migrations: vec![index_migration(), mixed_migration()],
        ..Analysis::default()
    }
}

pub fn only(finding: Finding) -> Analysis {
    Analysis {
        findings: vec![finding],
        ..Analysis::default()
    }
}

/// What `forelock check` writes.
pub fn check(analyses: &[Analysis], format: CheckFormat, style: &Style) -> String {
    let mut out = Vec::new();
    report::check(analyses, format, std::path::Path::new(""), style, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}
