//! Enumerations of the project in the arguments of fields and constraints.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, migration};

const MODELS: &str = "\
import enum
from typing import Generic, TypeVar

from django.db import models

T = TypeVar('T')


class Kind(enum.Enum):
    BOOK = 'book'
    MAGAZINE = 'magazine'


class Status(models.TextChoices):
    NEW = 'new'
    OLD = 'old', 'Old one'


class Level(models.IntegerChoices):
    LOW = enum.auto()
    HIGH = enum.auto()


LONGEST = max(len(status) for status in Status)


class KindField(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs['choices'] = [(kind.value, kind.name) for kind in Kind]
        kwargs.setdefault('max_length', max(len(kind.value) for kind in Kind))
        super().__init__(*args, **kwargs)


class LinkField(Generic[T], models.URLField[T, T]):
    pass
";

/// The statements of a second migration with these operations.
fn sent(operations: &[&str]) -> Vec<String> {
    let second = migration("shop", "0001_initial", &operations.join(",\n        "));
    let second = second.replacen("from django", "import shop.models\nfrom django", 1);
    let project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/models.py", MODELS)
        .file("shop/migrations/0002_change.py", second);
    let printed = project.run("sql shop 0002 --output-format json").json();
    let operations = printed[0]["operations"].as_array().unwrap().clone();
    let statements = operations.iter().flat_map(|operation| {
        assert_eq!(operation["confidence"], "exact", "{operation}");
        operation["statements"].as_array().unwrap().clone()
    });
    statements.map(|sql| sql.as_str().unwrap().to_owned()).collect()
}

// As Django 5.2 sends it.
#[test]
fn members_count_for_lengths_and_defaults() {
    let sent = sent(&[
        "migrations.AddField('order', 'kind', shop.models.KindField(null=True))",
        "migrations.AddField('order', 'state', models.CharField(max_length=shop.models.LONGEST, null=True))",
        "migrations.AddField('order', 'level', models.IntegerField(db_default=shop.models.Level.HIGH))",
        "migrations.AddField('order', 'link', shop.models.LinkField(null=True))",
    ]);
    let expected = [
        r#"ALTER TABLE "shop_order" ADD COLUMN "kind" varchar(8) NULL"#,
        r#"ALTER TABLE "shop_order" ADD COLUMN "state" varchar(3) NULL"#,
        r#"ALTER TABLE "shop_order" ADD COLUMN "level" integer DEFAULT 2 NOT NULL"#,
        r#"ALTER TABLE "shop_order" ADD COLUMN "link" varchar(200) NULL"#,
    ];
    assert_eq!(sent, expected);
}

#[test]
fn members_are_gone_through_in_the_conditions_of_checks() {
    for condition in [
        "models.Q(status__in=shop.models.Status.values)",
        "models.Q(status__in=list(shop.models.Status))",
        "models.Q(status__in=[status.value for status in shop.models.Status])",
        "models.Q(status__in=[value for value, label in shop.models.Status.choices])",
    ] {
        let constraint = format!("models.CheckConstraint(check={condition}, name='known')");
        let sent = sent(&[&format!("migrations.AddConstraint('order', {constraint})")]);
        let expected = r#"ALTER TABLE "shop_order" ADD CONSTRAINT "known" CHECK ("status" IN ('new', 'old'))"#;
        assert_eq!(sent, [expected], "{condition}");
    }
}
