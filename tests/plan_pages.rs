//! The plans that `explain` shows: those of the rules' examples, written to fixtures/plans by `FORELOCK_BLESS=1`.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use forelock::files::Files;
use forelock::finding::{Analysis, Finding};
use forelock::lint::{Aim, analyse};
use forelock::project::Project;
use forelock::rules::RuleTable;
use forelock::standing::Standing;

#[test]
fn explain_shows_the_plan_that_is_printed_for_the_rule_s_example() {
    let is_blessing = std::env::var_os("FORELOCK_BLESS").is_some();
    let rules = RuleTable::embedded().expect("rules");
    let mut wrong = Vec::new();
    for rule in &rules.rules {
        let path = root().join("fixtures/plans").join(format!("{}.md", rule.name));
        let known = fs::read_to_string(&path).ok();
        let plan = plan_of(&rule.name, &rules);
        if known == plan {
            continue;
        }
        match plan {
            Some(plan) if is_blessing => fs::write(&path, plan).expect("written"),
            None if is_blessing => fs::remove_file(&path).expect("removed"),
            Some(_) | None => wrong.push(rule.name.clone()),
        }
    }
    assert!(
        wrong.is_empty(),
        "FORELOCK_BLESS=1 cargo test --test plan_pages writes them: {wrong:?}"
    );
}

/// The page of the plan for the first operation that the rule's fixture marks.
fn plan_of(rule: &str, rules: &RuleTable) -> Option<String> {
    let fixture = root().join("fixtures/rules").join(rule);
    if !fixture.is_dir() {
        return None;
    }
    let project = scratch::load(&fixture, &Files::on_disk());
    let analysis = analysed(&project, rules);
    let mut own: Vec<&Finding> = analysis
        .findings
        .iter()
        .filter(|finding| finding.rule == rule)
        .collect();
    own.sort_by_key(|finding| (finding.place.path.clone(), finding.place.range.start));
    own.first()?.help.plan().map(forelock::plan::Plan::page)
}

fn analysed(project: &Project, rules: &RuleTable) -> Analysis {
    let aim = Aim::Findings {
        wanted: &|_: &Path, _, _| true,
        asked: &|_: &Path| true,
        advised: Some(forelock::finding::Severity::Info),
    };
    analyse(project, rules, aim, &Standing::default())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
