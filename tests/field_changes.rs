//! `AlterField` from each class of field to each other: what is printed is what real Django sends, or fails with.
//!
//! And each class of index with each of its options.
//!
//! `tests/field-changes/VERSION.json` is written by `conformance/field_changes.py`: 5.2 has all pairs, the others those that differ.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use scratch::Scratch;
use serde_json::Value;

type Changes = BTreeMap<String, Vec<Value>>;

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/field-changes")
        .join(name);
    let text = fs::read_to_string(path).expect("recorded: conformance/field_changes.py");
    serde_json::from_str(&text).expect("JSON")
}

/// What Django of this version sends for each pair.
fn recorded(django: &str) -> Changes {
    let mut changes: Changes = read("5.2.json");
    if django != "5.2" {
        changes.extend(read::<Changes>(&format!("{django}.json")));
    }
    changes
}

/// The model, the class before and the class after of a recorded pair.
fn parts(pair: &str) -> [&str; 3] {
    let parts: Vec<&str> = pair.split(' ').collect();
    parts.try_into().expect("model, before, after")
}

fn options(model: &str) -> &'static str {
    match model.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        "null" => "null=True",
        "index" => "null=True, db_index=True",
        "unique" => "null=True, unique=True",
        _ => "primary_key=True",
    }
}

/// A migration that makes a model for each pair, and one that alters them all.
fn migrations(changes: &Changes, classes: &BTreeMap<String, String>) -> [String; 2] {
    const HEAD: &str = "from django.contrib.postgres import fields as postgres\nfrom django.contrib.postgres import search\nfrom django.db import \
                        migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [";
    let field = |class: &str, model: &str| classes[class].replace("{}", options(model));
    let key = "(\"id\", models.BigAutoField(primary_key=True)), ";
    let (mut made, mut altered) = (Vec::new(), Vec::new());
    for pair in changes.keys() {
        let [model, before, after] = parts(pair);
        let id = if model.starts_with("key") { "" } else { key };
        let old = field(before, model);
        made.push(format!(
            "        migrations.CreateModel(\"{model}\", [{id}(\"field\", {old})]),\n"
        ));
        let new = field(after, model);
        altered.push(format!(
            "        migrations.AlterField(\"{model}\", \"field\", {new}),\n"
        ));
    }
    let targets = "        migrations.CreateModel(\"Target\", [(\"id\", models.BigAutoField(primary_key=True))]),\n        \
                   migrations.CreateModel(\"Named\", [(\"id\", models.CharField(max_length=7, primary_key=True))]),\n";
    [
        format!("{HEAD}]\n    operations = [\n{targets}{}    ]\n", made.concat()),
        format!(
            "{HEAD}(\"shop\", \"0001_initial\")]\n    operations = [\n{}    ]\n",
            altered.concat()
        ),
    ]
}

/// So many pairs are in one project.
const AT_ONCE: usize = 150;

/// The pairs that are printed otherwise.
fn differing(changes: &Changes, classes: &BTreeMap<String, String>, django: &str) -> Vec<String> {
    let [initial, altered] = migrations(changes, classes);
    let project = Scratch::new()
        .file("manage.py", "")
        .file("shop/__init__.py", "")
        .file("shop/migrations/__init__.py", "")
        .file("shop/migrations/0001_initial.py", initial)
        .file("shop/migrations/0002_altered.py", altered);
    let run = project.run(&format!("sql shop 0002 --output-format json --django-version {django}"));
    let printed = run.json();
    let operations = printed[0]["operations"].as_array().expect("operations");
    assert_eq!(operations.len(), changes.len());
    let mut differ = Vec::new();
    for ((pair, sent), operation) in changes.iter().zip(operations) {
        let sent: Vec<&Value> = sent.iter().filter(|statement| statement.is_string()).collect();
        let ours: Vec<&Value> = operation["statements"].as_array().expect("a list").iter().collect();
        if ours != sent || operation["confidence"] != "exact" {
            let confidence = &operation["confidence"];
            differ.push(format!(
                "{pair}: {confidence}\n  Django   {sent:?}\n  forelock {ours:?}"
            ));
        }
    }
    differ
}

#[test]
fn a_field_of_any_class_becomes_one_of_any_other_as_in_django() {
    let classes: BTreeMap<String, String> = read("classes.json");
    for django in ["4.2", "5.2", "6.1"] {
        let changes: Vec<(String, Vec<Value>)> = recorded(django).into_iter().collect();
        let count = changes.len();
        let some = |some: &[(String, Vec<Value>)]| differing(&some.iter().cloned().collect(), &classes, django);
        let differ: Vec<String> = changes.chunks(AT_ONCE).flat_map(some).collect();
        let shown = differ.join("\n");
        assert!(
            differ.is_empty(),
            "Django {django}: {} of {count} differ:\n{shown}",
            differ.len()
        );
    }
}

/// A model with a column for any index.
const INDEXED: &str = "\
from django.db import migrations, models
from django.contrib.postgres import fields as postgres


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel(\"Order\", [
            (\"id\", models.BigAutoField(primary_key=True)),
            (\"title\", models.CharField(max_length=50)),
            (\"number\", models.IntegerField()),
            (\"tags\", postgres.ArrayField(models.TextField())),
            (\"span\", postgres.IntegerRangeField()),
        ]),
    ]
";

#[test]
fn an_index_of_any_class_with_any_of_its_options_is_built_as_in_django() {
    for django in ["4.2", "5.2", "6.1"] {
        let mut recorded: Changes = read("indexes-5.2.json");
        if django != "5.2" {
            recorded.extend(read::<Changes>(&format!("indexes-{django}.json")));
        }
        let head = "from django.contrib.postgres import indexes\nfrom django.db import migrations, models\nfrom django.db.models import F, Q\n\
                    from django.db.models.functions import Lower\n\n\nclass Migration(migrations.Migration):\n    \
                    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n";
        let added: Vec<String> = recorded
            .keys()
            .map(|index| format!("        migrations.AddIndex(\"order\", {index}),\n"))
            .collect();
        let project = Scratch::new()
            .file("manage.py", "")
            .file("shop/__init__.py", "")
            .file("shop/migrations/__init__.py", "")
            .file("shop/migrations/0001_initial.py", INDEXED)
            .file(
                "shop/migrations/0002_indexed.py",
                format!("{head}{}    ]\n", added.concat()),
            );
        let run = project.run(&format!("sql shop 0002 --output-format json --django-version {django}"));
        let printed = run.json();
        let operations = printed[0]["operations"].as_array().expect("operations");
        assert_eq!(operations.len(), recorded.len());
        for ((index, sent), operation) in recorded.iter().zip(operations) {
            let sent: Vec<&Value> = sent.iter().filter(|statement| statement.is_string()).collect();
            let ours: Vec<&Value> = operation["statements"].as_array().expect("a list").iter().collect();
            assert_eq!(
                (ours, &operation["confidence"]),
                (sent, &Value::from("exact")),
                "Django {django}: {index}"
            );
        }
    }
}
