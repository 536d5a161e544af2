//! The graph of migrations, and the order that a walk through it gives: django/db/migrations/graph.py.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::migration::{Migration, MigrationKey};

use super::{HistoryProblem, HistoryProblemKind};

/// Nodes are indexes into the migrations; a replaced node is not in it, and whoever names it means its stand-ins.
pub(super) struct Graph<'a> {
    migrations: &'a [Migration],
    replaced: &'a FxHashMap<usize, Vec<usize>>,
    nodes: FxHashSet<usize>,
    parents: FxHashMap<usize, Vec<usize>>,
    children: FxHashMap<usize, Vec<usize>>,
    apps: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(migrations: &'a [Migration], replaced: &'a FxHashMap<usize, Vec<usize>>) -> Self {
        Self {
            migrations,
            replaced,
            nodes: FxHashSet::default(),
            parents: FxHashMap::default(),
            children: FxHashMap::default(),
            apps: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, index: usize) {
        let app = &self.migrations[index].key.app;
        let members = self.apps.entry(app).or_default();
        if !self.replaced.contains_key(&index) {
            members.push(index);
            self.nodes.insert(index);
        }
    }

    pub(super) fn members(&self) -> impl Iterator<Item = usize> {
        self.nodes.iter().copied()
    }

    pub(super) fn has_app(&self, app: &str) -> bool {
        self.apps.contains_key(app)
    }

    /// Says that `child` runs after `parent`. A replaced node's stand-ins take its place on both sides, but never
    /// depend on one another through it.
    pub(super) fn depend(&mut self, child: usize, parent: usize) {
        let children = self.stand_ins(child);
        let parents = self.stand_ins(parent);
        for child in &children {
            for parent in &parents {
                let within =
                    children.contains(parent) && children.len() > 1 || parents.contains(child) && parents.len() > 1;
                if child != parent && !within {
                    self.parents.entry(*child).or_default().push(*parent);
                    self.children.entry(*parent).or_default().push(*child);
                }
            }
        }
    }

    /// The node itself, or what stands for it, squashes of squashes included.
    fn stand_ins(&self, index: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            if !seen.insert(index) {
                continue;
            }
            match self.replaced.get(&index) {
                Some(others) => open.extend(others),
                None => found.push(index),
            }
        }
        found
    }

    /// `root_nodes(app)[0]`: the first by name that has no parent in its own app.
    pub(super) fn first_of(&self, app: &str) -> Option<usize> {
        self.of_app(app)
            .filter(|index| !self.has_relative(&self.parents, *index))
            .min_by_key(|index| self.key(*index))
    }

    /// `leaf_nodes(app)[0]`: the first by name that has no child in its own app.
    pub(super) fn last_of(&self, app: &str) -> Option<usize> {
        self.leaves_of(app).into_iter().min_by_key(|index| self.key(*index))
    }

    fn of_app(&self, app: &str) -> impl Iterator<Item = usize> {
        self.apps.get(app).into_iter().flatten().copied()
    }

    fn leaves_of(&self, app: &str) -> Vec<usize> {
        let mut leaves: Vec<usize> = self
            .of_app(app)
            .filter(|index| !self.has_relative(&self.children, *index))
            .collect();
        leaves.sort_by_key(|index| self.key(*index));
        leaves
    }

    fn has_relative(&self, relatives: &FxHashMap<usize, Vec<usize>>, index: usize) -> bool {
        let app = &self.key(index).app;
        relatives
            .get(&index)
            .is_some_and(|others| others.iter().any(|other| &self.key(*other).app == app))
    }

    fn key(&self, index: usize) -> &'a MigrationKey {
        &self.migrations[index].key
    }

    /// `leaf_nodes()`: by app and name, those of apps that are not installed behind all others.
    pub(super) fn leaves(&self, not_installed: &FxHashSet<String>) -> Vec<usize> {
        let mut leaves: Vec<usize> = self.apps.keys().flat_map(|app| self.leaves_of(app)).collect();
        leaves.sort_by_key(|index| {
            let key = self.key(*index);
            (not_installed.contains(&key.app), key)
        });
        leaves
    }

    /// Apps that end in several migrations: Django refuses to run them. Each of these is told, whichever is the new one.
    pub(super) fn several_leaves(&self) -> Vec<HistoryProblem> {
        let mut problems = Vec::new();
        for app in self.apps.keys() {
            let leaves = self.leaves_of(app);
            // What a migration may depend on as well may be one of these.
            let are_known = !self
                .of_app(app)
                .any(|index| self.migrations[index].has_unread_dependencies);
            if leaves.len() < 2 || !are_known {
                continue;
            }
            let keys: Vec<MigrationKey> = leaves.iter().map(|index| self.key(*index).clone()).collect();
            problems.extend(leaves.into_iter().map(|leaf| HistoryProblem {
                migration: leaf,
                kind: HistoryProblemKind::SeveralLeaves(keys.clone()),
            }));
        }
        problems
    }

    /// `forwards_plan` of each target in turn, without what has run before: a depth-first walk that takes the parents
    /// of a node from the last to the first, as `MigrationGraph.iterative_dfs` does.
    pub(super) fn run_order(&self, targets: &[usize], problems: &mut Vec<HistoryProblem>) -> Vec<usize> {
        let mut order = Vec::new();
        let mut done = FxHashSet::default();
        let mut on_path = Vec::new();
        for target in targets {
            let mut stack = vec![(*target, false)];
            while let Some((node, processed)) = stack.pop() {
                if processed {
                    on_path.pop();
                    if done.insert(node) {
                        order.push(node);
                    }
                } else if !done.contains(&node) {
                    on_path.push(node);
                    stack.push((node, true));
                    stack.extend(
                        self.sorted_parents(node, &on_path, problems)
                            .into_iter()
                            .map(|parent| (parent, false)),
                    );
                }
            }
        }
        order
    }

    fn sorted_parents(&self, node: usize, on_path: &[usize], problems: &mut Vec<HistoryProblem>) -> Vec<usize> {
        let mut parents = self.parents.get(&node).cloned().unwrap_or_default();
        parents.sort_by_key(|index| self.key(*index));
        parents.dedup();
        parents.retain(|parent| {
            let Some(start) = on_path.iter().position(|ancestor| ancestor == parent) else {
                return true;
            };
            let keys = on_path[start..].iter().map(|index| self.key(*index).clone()).collect();
            problems.push(HistoryProblem {
                migration: node,
                kind: HistoryProblemKind::Cycle(keys),
            });
            false
        });
        parents
    }
}
