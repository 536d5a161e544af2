//! Fingerprints of hits: what they depend on, and what they do not.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use forelock::files::Files;
use forelock::finding::{Analysis, Finding, Harm};
use forelock::lint::{self, Aim};
use forelock::progress::Progress;
use forelock::project::{self, ConfigurationChoice, Request};
use forelock::rules::RuleTable;
use forelock::standing::Standing;
use scratch::{Scratch, index, migration};
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn table() -> RuleTable {
    RuleTable::embedded().expect("the pages of rules/ are well-formed")
}

/// What is found of the projects in a folder where one rule is ignored.
fn analyses(folder: &Path, rules: &RuleTable, ignored: Option<&str>) -> Vec<Analysis> {
    let progress = Progress::default();
    let request = Request {
        working_folder: folder,
        paths: &[PathBuf::from(".")],
        files: &Files::on_disk(),
        configuration: ConfigurationChoice::Nearest,
        django: None,
        postgres: None,
        python: None,
        virtual_env: None,
        progress: &progress,
    };
    let mut found = Vec::new();
    let wanted = |_: &Path, rule: &str, _: &[Harm]| ignored != Some(rule);
    let aim = Aim::Findings {
        wanted: &wanted,
        asked: &|_| true,
        advised: Some(forelock::finding::Severity::Info),
    };
    project::load(&request, rules, &mut |project| {
        found.push(lint::analyse(project, rules, aim, &Standing::default()));
    })
    .expect("the fixture is a project");
    found
}

fn findings(folder: &Path, rules: &RuleTable, ignored: Option<&str>) -> Vec<Finding> {
    let analyses = analyses(folder, rules, ignored);
    analyses.into_iter().flat_map(|analysis| analysis.findings).collect()
}

/// Rule by fingerprint of all hits; it fails where two hits share one.
fn hits(findings: &[Finding]) -> BTreeMap<String, String> {
    let mut hits = BTreeMap::new();
    for hit in findings.iter().flat_map(|finding| &finding.hits) {
        let before = hits.insert(hit.fingerprint.clone(), hit.rule.clone());
        assert!(
            before.is_none(),
            "{} and {before:?} share {}",
            hit.rule,
            hit.fingerprint
        );
    }
    hits
}

/// All folders of fixtures that hold a project.
fn fixtures() -> Vec<PathBuf> {
    let kinds = ["rules", "silent", "history", "projects"];
    let folders = kinds.iter().flat_map(|kind| {
        let entries = std::fs::read_dir(root().join("fixtures").join(kind)).expect("fixtures");
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir())
    });
    let mut folders: Vec<PathBuf> = folders.collect();
    folders.sort();
    folders
}

#[test]
fn in_all_fixtures_every_path_names_an_operation_and_no_two_hits_share_a_fingerprint() {
    let rules = table();
    let mut seen = 0;
    for folder in fixtures() {
        for analysis in analyses(&folder, &rules, None) {
            hits(&analysis.findings);
            for finding in &analysis.findings {
                assert_eq!(finding.fingerprint, finding.hits[0].fingerprint);
                assert_eq!(finding.rule, finding.hits[0].rule);
                let Some(place) = &finding.operation else { continue };
                let of_key =
                    |report: &&forelock::finding::MigrationReport| Some(&report.key) == finding.migration.as_ref();
                let report = analysis
                    .migrations
                    .iter()
                    .find(of_key)
                    .expect("the migration has a report");
                let top = &report.operations[place.path.index()];
                let source = finding.place.source.as_ref().expect("a text");
                assert_eq!(finding.place.path, report.source.path);
                let is_nested = place.path.to_string().contains('.');
                assert!(is_nested || top.class == place.class, "{finding:?}");
                assert!(!source.slice(finding.place.range).is_empty(), "{finding:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 250, "{seen}");
}

#[test]
fn ignoring_a_rule_changes_no_other_fingerprint() {
    let rules = table();
    for folder in fixtures() {
        let all = hits(&findings(&folder, &rules, None));
        let mut names: Vec<&String> = all.values().collect();
        names.sort();
        names.dedup();
        for ignored in names {
            let left = hits(&findings(&folder, &rules, Some(ignored)));
            let expected = all.iter().filter(|(_, rule)| rule != &ignored);
            let expected: BTreeMap<String, String> =
                expected.map(|(one, other)| (one.clone(), other.clone())).collect();
            assert_eq!(left, expected, "{} without {ignored}", folder.display());
        }
    }
}

/// A project in a folder of a repository: several findings, and a file that cannot be read.
fn repository() -> Scratch {
    let slug = "migrations.AddField(\"order\", \"slug\", models.SlugField(default=\"x\"))";
    Scratch::new()
        .folder(".git")
        .file("backend/manage.py", "")
        .app("backend/shop")
        .file("backend/shop/migrations/0002_index.py", index("shop", "0001_initial"))
        .file(
            "backend/shop/migrations/0003_slug.py",
            migration("shop", "0002_index", slug),
        )
        .file("backend/shop/migrations/0004_broken.py", [0xff, 0xfe, 0x00])
}

fn fingerprints(document: &Value) -> Vec<String> {
    let findings = document["findings"].as_array().expect("findings").iter();
    let mut found: Vec<String> = findings
        .map(|finding| format!("{} {}", finding["rule"], finding["fingerprint"]))
        .collect();
    found.sort();
    found
}

#[test]
fn they_are_the_same_from_the_root_a_subfolder_and_by_absolute_path() {
    let scratch = repository();
    let from_root = fingerprints(&scratch.run("check --output-format json").json());
    assert!(
        from_root.iter().any(|found| found.contains("unreadable-file")),
        "{from_root:?}"
    );
    assert!(from_root.len() >= 3, "{from_root:?}");
    let from_project = fingerprints(&scratch.run_in("backend", "check --output-format json").json());
    let from_app = fingerprints(
        &scratch
            .run_in("backend/shop", "check --output-format json migrations")
            .json(),
    );
    let absolute = scratch.path("backend");
    let absolute = format!("check --output-format json {}", absolute.display());
    let by_absolute_path = fingerprints(&scratch.run(&absolute).json());
    assert_eq!(from_root, from_project);
    assert_eq!(from_root, from_app);
    assert_eq!(from_root, by_absolute_path);
}

#[test]
fn they_are_of_the_project_in_which_they_are_found() {
    let scratch = repository();
    let same = index("shop", "0001_initial");
    let scratch = scratch
        .file("other/manage.py", "")
        .app("other/shop")
        .file("other/shop/migrations/0002_index.py", same);
    let found = fingerprints(&scratch.run("check --output-format json").json());
    let mut different = found.clone();
    different.dedup();
    assert_eq!(found, different);
}

#[test]
fn a_statement_inserted_before_another_leaves_its_fingerprint() {
    let update = |value: &str| format!("migrations.RunSQL(\"UPDATE shop_order SET status = '{value}'\")");
    let run = |operations: &str| {
        let scratch = Scratch::new().file("manage.py", "").app("shop");
        let scratch = scratch.file(
            "shop/migrations/0002_x.py",
            migration("shop", "0001_initial", operations),
        );
        let document = scratch.run("check --output-format json").json();
        let findings = document["findings"].as_array().expect("findings").clone();
        let named = findings.into_iter().map(|finding| {
            let statement = finding["statement"].as_str().expect("a statement").to_owned();
            (statement, finding["fingerprint"].clone())
        });
        named.collect::<BTreeMap<String, Value>>()
    };
    let before = run(&update("a"));
    let after = run(&format!("{},\n        {}", update("b"), update("a")));
    let statement = "UPDATE shop_order SET status = 'a'";
    assert_eq!(before[statement], after[statement]);
    assert_eq!(after.len(), 2);
}

#[test]
#[ignore = "needs scripts/fetch-packages"]
fn in_whole_histories_no_two_hits_share_a_fingerprint_and_every_place_is_in_its_migration() {
    let rules = table();
    let packages = root().join("target/packages");
    let entries = std::fs::read_dir(packages).expect("run scripts/fetch-packages first");
    let folders = entries.flatten().map(|entry| entry.path());
    let is_hidden = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    for folder in folders.filter(|path| !is_hidden(path)) {
        for analysis in analyses(&folder, &rules, None) {
            hits(&analysis.findings);
            for finding in &analysis.findings {
                let source = finding.place.source.as_ref().expect("a text");
                assert_eq!(finding.place.range.file, source.id, "{finding:?}");
            }
        }
    }
}
