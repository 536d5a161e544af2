//! The label of an app as its own migrations say it: they depend on each other by it.

use std::collections::BTreeSet;
use std::path::Path;

use rustc_hash::FxHashSet;

use crate::discover::Candidate;

/// The label that every file but the first ones uses for a file beside it, where there is one and only one such label.
///
/// Other apps have files of the same names; so one label has to serve for all.
pub(super) fn label(files: &[Candidate]) -> Option<String> {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let names: FxHashSet<String> = files.iter().filter_map(|file| stem(&file.path)).collect();
    let mut labels: Option<BTreeSet<String>> = None;
    for file in files {
        let text = String::from_utf8_lossy(&file.bytes);
        let own = stem(&file.path)?;
        let dependencies = dependencies(&text);
        let beside = dependencies.filter(|(_, name)| names.contains(*name) && *name != own);
        let found: BTreeSet<String> = beside.map(|(label, _)| label.to_owned()).collect();
        if found.is_empty() {
            continue;
        }
        labels = Some(match labels {
            None => found,
            Some(labels) => labels.intersection(&found).cloned().collect(),
        });
    }
    let mut labels = labels?.into_iter();
    labels.next().filter(|_| labels.next().is_none())
}

/// `("label", "name")` of the list of dependencies, by the text.
fn dependencies(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let list = text.split_once("dependencies").map_or("", |(_, rest)| rest);
    let list = list.split_once(']').map_or("", |(list, _)| list);
    let pairs = list.split('(').skip(1).filter_map(|pair| {
        let mut words = pair.split(['"', '\'']).skip(1).step_by(2);
        Some((words.next()?, words.next()?))
    });
    pairs.into_iter()
}
