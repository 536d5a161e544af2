//! What a finding says in its headline, in `locks`, in `work` and in `harm` is one and the same.

use std::collections::BTreeSet;

use serde_json::Value;

/// Rules that say themselves what harm they do: they lock rows, or nothing but lock.
const OF_THEIR_OWN: &[&str] = &[
    "change-all-rows",
    "lock-table",
    "move-index-to-tablespace",
    "reindex-blocking-queries",
    "run-python-over-all-rows",
    "update-all-rows",
];

/// The contradictions in the findings of `check`; `migrations` is what `sql` prints of the same.
pub fn contradictions(findings: &[Value], migrations: &[Value]) -> Vec<String> {
    let found = findings.iter().flat_map(|finding| {
        let said = [
            of_harm_left_out(finding),
            of_harm_without_locks(finding, migrations),
            of_headline(finding),
            of_blocks(finding),
        ];
        let place = format!(
            "{} {} {}",
            finding["path"], finding["range"]["start"]["line"], finding["rule"]
        );
        let said: Vec<String> = said.into_iter().flatten().collect();
        said.into_iter()
            .map(move |what| format!("{place}: {what}\n    {}\n    {}", finding["message"], finding["locks"]))
    });
    found.collect()
}

/// Work that grows, under a lock that keeps queries waiting, is harm.
fn of_harm_left_out(finding: &Value) -> Option<String> {
    let left_out: BTreeSet<&str> = harm_of(finding).difference(&names(&finding["harm"])).copied().collect();
    (!left_out.is_empty()).then(|| format!("{left_out:?} follow from its locks and work, and are not said"))
}

/// And what is harm follows from some statement of the operation, or from the code that it runs.
fn of_harm_without_locks(finding: &Value, migrations: &[Value]) -> Option<String> {
    let rules: BTreeSet<&str> = names(&finding["also"])
        .into_iter()
        .chain(text(&finding["rule"]))
        .collect();
    if OF_THEIR_OWN.iter().any(|rule| rules.contains(rule)) {
        return None;
    }
    let is_same =
        |migration: &&Value| migration["app"] == finding["app"] && migration["migration"] == finding["migration"];
    let statements = migrations
        .iter()
        .filter(is_same)
        .flat_map(|migration| list(&migration["statements"]));
    let of_operation = statements.filter(|statement| statement["operation"] == finding["operation"]["index"]);
    let follows: BTreeSet<&str> = of_operation.flat_map(harm_of).chain(harm_of(finding)).collect();
    let said = names(&finding["harm"]);
    let said = said.iter().filter(|harm| harm.starts_with("blocks-"));
    let unexplained: Vec<_> = said.filter(|harm| !follows.contains(**harm)).collect();
    (!unexplained.is_empty()).then(|| format!("{unexplained:?} follow from no statement"))
}

/// What `work` and the stronger of `mode` and `held` come to.
fn harm_of(finding: &Value) -> BTreeSet<&'static str> {
    if !["scan", "index-build", "rewrite"].contains(&text(&finding["work"]).unwrap_or_default()) {
        return BTreeSet::new();
    }
    let mut harm = BTreeSet::new();
    for mode in list(&finding["locks"])
        .iter()
        .flat_map(|lock| [&lock["mode"], &lock["held"]])
        .filter_map(text)
    {
        if mode == "ACCESS EXCLUSIVE" {
            harm.insert("blocks-reads");
        }
        if ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"].contains(&mode) {
            harm.insert("blocks-writes");
        }
    }
    harm
}

/// The relations that the headline calls closed, or closed to writers, are those of `locks`.
fn of_headline(finding: &Value) -> Option<String> {
    let message = text(&finding["message"]).unwrap_or_default();
    if message.contains("nobody waits") {
        return Some("its headline keeps nobody waiting".to_owned());
    }
    // A lock for a moment is said in other words.
    let (_, waiting) = message.rsplit_once(" while ").filter(|_| finding["work"] != "none")?;
    let waiting = waiting.split(": this transaction").next()?;
    if waiting.contains(" more") {
        return None;
    }
    // What needs no name is the one relation that is closed.
    let closing: Vec<&str> = list(&finding["locks"])
        .iter()
        .filter(|lock| names(&lock["blocks"]).contains("insert"))
        .filter(|lock| !["index", "sequence"].contains(&text(&lock["kind"]).unwrap_or_default()))
        .filter_map(|lock| text(&lock["relation"]))
        .collect();
    let waiting = waiting.replace(" on it wait", &format!(" on `{}` wait", closing.join("` and `")));
    let (closed, read_only) = match waiting.split_once("inserts, updates and deletes on ") {
        Some((closed, read_only)) => (closed, read_only),
        None => (waiting.as_str(), ""),
    };
    let quoted = |words: &str| -> BTreeSet<String> { words.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let locked = |is_meant: &dyn Fn(&BTreeSet<&str>) -> bool| -> BTreeSet<String> {
        let locks = list(&finding["locks"]).iter();
        let queried = locks.filter(|lock| !["index", "sequence"].contains(&text(&lock["kind"]).unwrap_or_default()));
        let meant = queried.filter(|lock| is_meant(&names(&lock["blocks"])));
        meant
            .filter_map(|lock| text(&lock["relation"]))
            .map(str::to_owned)
            .collect()
    };
    let says = (quoted(closed), quoted(read_only));
    let is = (
        locked(&|blocks| blocks.contains("select")),
        locked(&|blocks| blocks.contains("insert") && !blocks.contains("select")),
    );
    (says != is).then(|| format!("its headline says {says:?}, its locks {is:?}"))
}

/// `blocks` is of the stronger of the two modes, and one of them is there.
fn of_blocks(finding: &Value) -> Option<String> {
    let wrong = list(&finding["locks"]).iter().find(|lock| {
        let closes = [&lock["mode"], &lock["held"]]
            .iter()
            .any(|mode| **mode == "ACCESS EXCLUSIVE");
        let has_mode = !lock["mode"].is_null() || !lock["held"].is_null();
        !has_mode || names(&lock["blocks"]).contains("select") != closes
    });
    wrong.map(|lock| format!("{lock} does not say who waits"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn names(value: &Value) -> BTreeSet<&str> {
    list(value).iter().filter_map(text).collect()
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}
