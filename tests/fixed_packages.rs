//! `forelock fix` over whole histories of real packages, every migration as if it were new: what is cured, what is refused and why,
//! and nothing unsafe that nobody is told of. The table stands in `tests/fixed_packages.md`.
//!
//! `FORELOCK_BLESS=1 cargo test --test fixed_packages -- --ignored` writes that file anew; with `FORELOCK_SHOW` it prints refusals and failures.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use forelock::files::Files;
use forelock::finding::{Analysis, Finding, Harm, Severity};
use forelock::fix::{Asked, Division, Judge, Rewrite, Round, rewritten};
use forelock::lint::{self, Aim};
use forelock::migration::MigrationKey;
use forelock::progress::Progress;
use forelock::project::{self, ConfigurationChoice, Project, Request};
use forelock::rules::RuleTable;
use forelock::standing::{Evidence, Source, Standing};
use rustc_hash::{FxHashMap, FxHashSet};

/// The rules whose errors are counted.
const RULES: [&str; 12] = [
    "create-index-blocking-writes",
    "add-unique-building-index",
    "add-column-with-key",
    "add-column-with-check",
    "add-check-scanning-table",
    "add-foreign-key-scanning-tables",
    "set-not-null-scanning-table",
    "add-column-default-dropped",
    "add-column-not-null-without-default",
    "drop-column-in-use",
    "drop-table-in-use",
    "rename-column",
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn packages() -> Vec<(String, String)> {
    let text = fs::read_to_string(repository().join("scripts/packages.txt")).expect("the list of packages");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let packages = lines.filter_map(|line| line.split_once("=="));
    packages
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

fn analyse(project: &Project, rules: &RuleTable, advised: Option<Severity>, standing: &Standing) -> Analysis {
    let aim = Aim::Findings {
        wanted: &|_: &Path, _: &str, _: &[Harm]| true,
        asked: &|_: &Path| true,
        advised,
    };
    lint::analyse(project, rules, aim, standing)
}

/// Does something with each project of a package.
fn for_each_project<T>(package: &str, files: &Files, work: impl Fn(&Project) -> T) -> Vec<T> {
    let folder = repository().join("target/packages");
    assert!(folder.is_dir(), "run scripts/fetch-packages first");
    let request = Request {
        working_folder: &folder.join(package),
        paths: &[PathBuf::from(".")],
        files,
        configuration: ConfigurationChoice::Nearest,
        django: None,
        postgres: None,
        python: Some(&folder.join(".environment")),
        virtual_env: None,
        progress: &Progress::default(),
    };
    let mut done = Vec::new();
    let rules = RuleTable::embedded().expect("rules");
    project::load(&request, &rules, &mut |project| done.push(work(project))).expect("a project");
    done
}

/// A package, all of whose migrations are new.
struct Package<'a>(&'a str);

impl Judge for Package<'_> {
    type Error = Infallible;

    fn rewrites(
        &self,
        files: &Files,
        round: Round,
        divisions: &FxHashMap<MigrationKey, Division>,
    ) -> Result<Vec<Rewrite>, Infallible> {
        let rules = RuleTable::embedded().expect("rules");
        let of_projects = for_each_project(self.0, files, |project| {
            let analysis = analyse(project, &rules, Some(Severity::Error), &Standing::default());
            let asked = Asked {
                project,
                analysis: &analysis,
                files,
                landed: &|_| None,
                fails: &is_error,
                round,
                division: &|key| divisions.get(key).copied().unwrap_or(Division::Least),
            };
            asked.rewrites()
        });
        Ok(of_projects.into_iter().flatten().collect())
    }

    /// Migration by migration: to each of them what comes before it is old.
    fn failures(&self, files: &Files, rewrites: &[Rewrite]) -> Result<Vec<Finding>, Infallible> {
        let rules = RuleTable::embedded().expect("rules");
        let found = for_each_project(self.0, files, |project| {
            let plain = analyse(project, &rules, None, &Standing::default()).findings;
            let parts = rewrites.iter().filter(|rewrite| rewrite.files.len() > 1);
            let parts: Vec<&Rewrite> = parts
                .filter(|rewrite| plain.iter().any(|finding| is_error(finding) && is_in(finding, rewrite)))
                .collect();
            let mut findings: Vec<Finding> = plain;
            findings.retain(|finding| is_error(finding) && !parts.iter().any(|rewrite| is_in(finding, rewrite)));
            // What its own earlier parts make is new in the later ones.
            for rewrite in parts {
                let own = analyse(project, &rules, None, &standing(project, rewrite)).findings;
                findings.extend(
                    own.into_iter()
                        .filter(|finding| is_error(finding) && is_in(finding, rewrite)),
                );
            }
            findings
        });
        Ok(found.into_iter().flatten().collect())
    }
}

fn is_in(finding: &Finding, rewrite: &Rewrite) -> bool {
    rewrite.files.iter().any(|file| file.path == finding.place.path)
}

/// All but the parts of a migration are old.
fn standing(project: &Project, rewrite: &Rewrite) -> Standing {
    let new: Vec<MigrationKey> = rewrite.files.iter().filter_map(|file| rewrite.part_key(file)).collect();
    let keys = project.migrations.iter().map(|migration| migration.key.clone());
    Standing {
        base: Some(Evidence {
            source: Source::Base {
                reference: "main".to_owned(),
                commit: String::new(),
            },
            has: keys.filter(|key| !new.contains(key)).collect(),
            unreadable: FxHashSet::default(),
        }),
        ..Standing::default()
    }
}

fn safe_rewrites(package: &str) -> Vec<Rewrite> {
    let folder = repository().join("target/packages").join(package);
    match rewritten(&Package(package), &Files::on_disk(), &folder) {
        Ok(rewrites) => rewrites,
    }
}

/// The reason without what is peculiar to one migration.
fn kind(reason: &str) -> String {
    let cut = [
        "what it would become is not safe either",
        "not all of it is understood",
        "no cure is known",
        "this release changes code alone",
    ];
    match cut.iter().find(|start| reason.starts_with(**start)) {
        Some(start) => (*start).to_owned(),
        None if reason.ends_with("replaces it") => "a squash replaces it".to_owned(),
        None if reason.contains("initial migration") => "it is an initial migration".to_owned(),
        None => reason.to_owned(),
    }
}

#[derive(Default)]
struct Count {
    cured: usize,
    left: BTreeMap<String, usize>,
}

fn table(counts: &BTreeMap<String, Count>) -> String {
    let mut text = String::from("| rule | errors | cured | left, and why |\n| --- | ---: | ---: | --- |\n");
    for rule in RULES {
        let Some(count) = counts.get(rule) else { continue };
        let left: usize = count.left.values().sum();
        let why: Vec<String> = count
            .left
            .iter()
            .map(|(reason, number)| format!("{number}: {reason}"))
            .collect();
        let _ = writeln!(
            text,
            "| {rule} | {} | {} | {} |",
            count.cured + left,
            count.cured,
            why.join("; ")
        );
    }
    text
}

#[test]
#[ignore = "needs scripts/fetch-packages"]
fn errors_of_real_packages_are_cured_or_refused_with_a_reason() {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut written = 0;
    for (package, _) in packages() {
        if std::env::var("FORELOCK_PACKAGE").is_ok_and(|only| only != package) {
            continue;
        }
        let rewrites = safe_rewrites(&package);
        for rewrite in &rewrites {
            written += usize::from(rewrite.is_written());
            for cured in &rewrite.cured {
                counts.entry(cured.rule.clone()).or_default().cured += 1;
            }
            for left in &rewrite.remaining {
                if std::env::var_os("FORELOCK_SHOW").is_some() {
                    println!("{package} {}: {}: {}", rewrite.path.display(), left.rule, left.reason);
                }
                let count = counts.entry(left.rule.clone()).or_default();
                *count.left.entry(kind(&left.reason)).or_default() += 1;
            }
        }
    }
    let names: Vec<String> = packages()
        .into_iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let text = format!(
        "# What `forelock fix` makes of real packages\n\nEvery migration of {}, as if it were new. {written} migrations are rewritten. Judged again, none of \
         them holds an error that is not named here.\n\n{}",
        names.join(", "),
        table(&counts)
    );
    let path = repository().join("tests/fixed_packages.md");
    if std::env::var_os("FORELOCK_BLESS").is_some() {
        fs::write(&path, &text).expect("the table can be written");
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap_or_default(),
        text,
        "FORELOCK_BLESS=1 writes it anew"
    );
}
