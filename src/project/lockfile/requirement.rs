//! What a project asks of a package: `django>=4.2,<6`.

use std::path::Path;

use super::DjangoFound;
use super::formats::is_same_package;
use crate::versions::DjangoVersion;

/// A requirement on a package: `django>=4.2,<6`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    pub(super) clauses: Vec<(Comparison, DjangoVersion)>,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    AtLeast,
    Above,
    AtMost,
    Below,
    Not,
    /// `~=5.1.0`: 5.1; `~=5.1`: 5.1 and above, below 6.
    Compatible {
        patch: bool,
    },
}

impl Requirement {
    /// This release and no other.
    pub(super) fn exactly(version: DjangoVersion) -> Self {
        Self {
            clauses: vec![(Comparison::Equal, version)],
            text: format!("=={version}"),
        }
    }

    /// Reads `Django[argon2]>=4.2,<6 ; python_version >= "3.10"`; `None` for other packages.
    pub(super) fn parse(line: &str, package: &str) -> Option<Self> {
        let line = line.split(';').next()?.trim();
        let (name, rest) = line.split_at_checked(package.len())?;
        if !is_same_package(name, package) {
            return None;
        }
        let rest = match rest.strip_prefix('[') {
            Some(extras) => extras.split_once(']')?.1,
            None => rest,
        };
        let rest = rest.trim().trim_start_matches('(').trim_end_matches(')');
        // `pip-compile` puts hashes behind the version: `django==5.2.1 --hash=... \`.
        let rest = rest.split(" --").next()?.trim_end_matches('\\').trim();
        let is_version = rest.is_empty() || rest.starts_with(['=', '<', '>', '~', '!']);
        is_version.then(|| Self {
            clauses: rest.split(',').filter_map(clause).collect(),
            text: rest.to_owned(),
        })
    }

    /// Poetry's `^5.1`, `~5.1`, `5.1.*` beside the usual.
    pub(super) fn poetry(text: &str) -> Option<Self> {
        let clauses = match text.trim().split_at_checked(1)? {
            ("^", version) => clause(&format!("~={}", DjangoVersion::parse(version)?))
                .into_iter()
                .collect(),
            ("~", version) if !version.starts_with('=') => clause(&format!("=={}", DjangoVersion::parse(version)?))
                .into_iter()
                .collect(),
            (first, _) if first.starts_with(|first: char| first.is_ascii_digit()) => {
                clause(&format!("=={text}")).into_iter().collect()
            }
            _ => text.split(',').filter_map(clause).collect(),
        };
        Some(Self {
            clauses,
            text: text.trim().to_owned(),
        })
    }

    pub(super) fn pinned(&self) -> Option<DjangoVersion> {
        let pinned = self.clauses.iter().find_map(|(comparison, version)| match comparison {
            Comparison::Equal | Comparison::Compatible { patch: true } => Some(*version),
            Comparison::AtLeast
            | Comparison::Above
            | Comparison::AtMost
            | Comparison::Below
            | Comparison::Not
            | Comparison::Compatible { patch: false } => None,
        });
        pinned.or_else(|| match self.allowed().as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    }

    /// The release that is asked for, or the last that is allowed.
    pub(super) fn bound(&self) -> Option<DjangoVersion> {
        let bounds = self
            .clauses
            .iter()
            .filter(|(comparison, _)| comparison.is_upper_bound());
        let last = |(comparison, version): &(Comparison, DjangoVersion)| match comparison {
            Comparison::Below => DjangoVersion::new(version.major, version.minor.saturating_sub(1)),
            _ => *version,
        };
        bounds.map(last).min()
    }

    pub(super) fn allowed(&self) -> Vec<DjangoVersion> {
        let allows = |candidate: &DjangoVersion| {
            let fits = |(comparison, version): &(Comparison, DjangoVersion)| comparison.allows(*candidate, *version);
            self.clauses.iter().all(fits)
        };
        DjangoVersion::KNOWN.into_iter().filter(allows).collect()
    }

    /// The known release nearest to what is allowed, where no known one is.
    pub(super) fn nearest_known(&self) -> DjangoVersion {
        let bounds = self
            .clauses
            .iter()
            .filter(|(comparison, _)| comparison.is_upper_bound());
        let bound = bounds.map(|(_, version)| *version).min();
        let asked = self
            .clauses
            .iter()
            .filter(|(comparison, _)| matches!(comparison, Comparison::AtLeast | Comparison::Above));
        let asked = asked.map(|(_, version)| *version).max();
        bound.or(asked).unwrap_or(DjangoVersion::DEFAULT).nearest_known()
    }

    /// The newest allowed release where the requirement has an upper bound; else the default, if allowed.
    pub(super) fn guess(&self, path: &Path) -> DjangoFound {
        if let Some(version) = self.pinned() {
            return DjangoFound::said(version);
        }
        let allowed = self.allowed();
        let is_bounded = self.clauses.iter().any(|(comparison, _)| comparison.is_upper_bound());
        let newest = allowed.last().copied();
        let version = match newest {
            Some(newest) if is_bounded => newest,
            Some(_) if allowed.contains(&DjangoVersion::DEFAULT) => DjangoVersion::DEFAULT,
            Some(newest) => newest,
            None => self.nearest_known(),
        };
        let is_newer = newest.is_none() && version == DjangoVersion::NEWEST;
        let newer = if is_newer {
            ", and forelock knows no newer one"
        } else {
            ""
        };
        let note = format!(
            "Django {version} is assumed: {} asks for `django{}`{newer}; set `django-version` to be sure",
            path.display(),
            self.text
        );
        DjangoFound::guessed(version, note)
    }
}

impl Comparison {
    /// Whether a release, with any patch level, can satisfy the clause.
    pub(super) fn allows(self, candidate: DjangoVersion, version: DjangoVersion) -> bool {
        match self {
            Comparison::Equal | Comparison::Compatible { patch: true } => candidate == version,
            Comparison::AtLeast | Comparison::Above => candidate >= version,
            Comparison::AtMost => candidate <= version,
            Comparison::Below => candidate < version,
            Comparison::Not => true,
            Comparison::Compatible { patch: false } => candidate >= version && candidate.major == version.major,
        }
    }

    pub(super) fn is_upper_bound(self) -> bool {
        match self {
            Comparison::Equal | Comparison::AtMost | Comparison::Below | Comparison::Compatible { .. } => true,
            Comparison::AtLeast | Comparison::Above | Comparison::Not => false,
        }
    }
}

pub(super) fn clause(text: &str) -> Option<(Comparison, DjangoVersion)> {
    let text = text.trim();
    let operators = [
        ("===", Comparison::Equal),
        ("==", Comparison::Equal),
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("!=", Comparison::Not),
        ("~=", Comparison::Compatible { patch: false }),
        (">", Comparison::Above),
        ("<", Comparison::Below),
    ];
    let (comparison, version) = operators.iter().find_map(|(operator, comparison)| {
        let version = text.strip_prefix(operator)?.trim();
        Some((*comparison, version))
    })?;
    let has_patch = version.split('.').count() > 2;
    let comparison = match comparison {
        Comparison::Compatible { .. } => Comparison::Compatible { patch: has_patch },
        // `<5.2.4` still allows 5.2.
        Comparison::Below if has_patch && !version.ends_with(".0") => Comparison::AtMost,
        other => other,
    };
    // `==5.*` names no release, but a range.
    if version.split('.').nth(1) == Some("*") {
        return Some((
            Comparison::Compatible { patch: false },
            DjangoVersion::parse(version.split('.').next()?)?,
        ));
    }
    Some((comparison, DjangoVersion::parse(version)?))
}
