//! References as people write them: what no single commit can be meant by, and where relative ones start.

/// Why a reference names no single commit, whatever the repository holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is empty.
    Empty,
    /// `^main` leaves commits out.
    Negated(String),
    /// `main..HEAD` is two.
    Range(String),
}

impl Flaw {
    /// What is wrong with it.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Flaw::Empty => "names no commit: it is empty",
            Flaw::Negated(_) => "names no commit: `^` in front leaves commits out",
            Flaw::Range(_) => "names no commit, but a range of them",
        }
    }

    /// What to write.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Flaw::Empty => {
                "name a branch, a tag or a commit; in CI a variable is often empty: GITHUB_BASE_REF is set for pull \
                            requests alone"
                    .to_owned()
            }
            Flaw::Negated(rest) => format!("write `{rest}`"),
            Flaw::Range(start) if start.is_empty() => "name the commit that it starts from".to_owned(),
            Flaw::Range(start) => format!("write `{start}`; what is compared with is the merge base already"),
        }
    }
}

/// What is wrong with a reference by its text alone.
pub(super) fn flaw(reference: &str) -> Option<Flaw> {
    let trimmed = reference.trim();
    // What is left of `origin/$GITHUB_BASE_REF` where that is empty is told with the remote.
    if trimmed.is_empty() {
        return Some(Flaw::Empty);
    }
    if let Some(rest) = trimmed.strip_prefix('^') {
        return Some(Flaw::Negated(rest.to_owned()));
    }
    let is_message = trimmed.starts_with(":/") || trimmed.contains("^{/");
    let range = trimmed.split_once("..").filter(|_| !is_message);
    range.map(|(start, _)| Flaw::Range(start.to_owned()))
}

/// `main~3` is `main` and `~3`.
pub(super) fn split(reference: &str) -> (&str, &str) {
    let end = reference.find(['~', '^']).or_else(|| reference.find("@{"));
    reference.split_at(end.unwrap_or(reference.len()))
}

#[cfg(test)]
mod tests {
    use super::{Flaw, flaw, split};

    #[test]
    fn what_names_no_single_commit_is_told_by_its_text() {
        assert_eq!(flaw(" "), Some(Flaw::Empty));
        assert_eq!(flaw("^main"), Some(Flaw::Negated("main".to_owned())));
        assert_eq!(flaw("main...HEAD"), Some(Flaw::Range("main".to_owned())));
        assert_eq!(flaw("main~2"), None);
    }

    #[test]
    fn relative_references_start_somewhere() {
        assert_eq!(split("origin/main~3"), ("origin/main", "~3"));
        assert_eq!(split("main@{1}"), ("main", "@{1}"));
        assert_eq!(split("v1"), ("v1", ""));
    }
}
