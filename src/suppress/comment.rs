//! Reads `# forelock: ignore[rule, other] reason` out of a comment.

/// A suppression as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive<'a> {
    /// The operation, or the whole file.
    pub(super) scope: Scope,
    /// Which rules.
    pub(super) names: Names<'a>,
    /// Why; empty where nothing is said.
    pub(super) reason: &'a str,
}

/// What a suppression covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// `ignore`: the operation on this line or below.
    Operation,
    /// `ignore-file`
    File,
}

/// Which rules a suppression covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names<'a> {
    /// No brackets: all of them.
    All,
    /// Those in the brackets.
    Listed(Vec<&'a str>),
}

/// A comment that speaks to forelock and cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misspelt {
    /// Neither `ignore` nor `ignore-file`.
    Word,
    /// `[` without `]`, or nothing between them.
    Brackets,
}

/// The directive in a comment, `#` included; `None` where the comment does not speak to forelock.
pub(super) fn read(comment: &str) -> Option<Result<Directive<'_>, Misspelt>> {
    addressed(comment).map(directive)
}

fn directive(text: &str) -> Result<Directive<'_>, Misspelt> {
    let is_in_word = |character: char| character.is_ascii_alphabetic() || character == '-';
    let rest = text.trim_start_matches(is_in_word);
    let scope = match &text[..text.len() - rest.len()] {
        "ignore" => Scope::Operation,
        "ignore-file" => Scope::File,
        _ => return Err(Misspelt::Word),
    };
    let (names, reason) = names(rest).ok_or(Misspelt::Brackets)?;
    Ok(Directive {
        scope,
        names,
        reason: reason_of(reason),
    })
}

/// What follows `# forelock:`, also behind another tool's comment: `# noqa: E501  # forelock: ignore`.
fn addressed(comment: &str) -> Option<&str> {
    let mut rest = comment;
    while let Some(hash) = rest.find('#') {
        rest = &rest[hash + 1..];
        if let Some(text) = rest.trim_start().strip_prefix("forelock:") {
            return Some(text.trim_start());
        }
    }
    None
}

fn names(rest: &str) -> Option<(Names<'_>, &str)> {
    let Some(listed) = rest.trim_start().strip_prefix('[') else {
        return Some((Names::All, rest));
    };
    let (listed, reason) = listed.split_once(']')?;
    let names: Vec<&str> = listed
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    (!names.is_empty()).then_some((Names::Listed(names), reason))
}

/// The reason without a dash before it and without the next tool's comment behind it.
fn reason_of(text: &str) -> &str {
    let own = text.split_once(" # ").map_or(text, |(own, _)| own);
    own.trim_start_matches([' ', '\t', ':', '-', '\u{2013}', '\u{2014}'])
        .trim()
}

#[cfg(test)]
mod tests {
    use super::{Directive, Misspelt, Names, Scope, read};

    fn listed<'a>(scope: Scope, names: &[&'a str], reason: &'a str) -> Directive<'a> {
        Directive {
            scope,
            names: Names::Listed(names.to_vec()),
            reason,
        }
    }

    #[test]
    fn rules_and_a_reason_are_read() {
        assert_eq!(
            read("# forelock: ignore[drop-column, blocks-writes] nobody reads it, see #42"),
            Some(Ok(listed(
                Scope::Operation,
                &["drop-column", "blocks-writes"],
                "nobody reads it, see #42"
            )))
        );
        assert_eq!(
            read("#forelock:ignore-file[drop-table]"),
            Some(Ok(listed(Scope::File, &["drop-table"], "")))
        );
    }

    #[test]
    fn other_tools_comments_may_stand_before_and_behind() {
        assert_eq!(
            read("# noqa: E501  # forelock: ignore[drop-column] - small table # type: ignore"),
            Some(Ok(listed(Scope::Operation, &["drop-column"], "small table")))
        );
        assert_eq!(read("# noqa"), None);
        assert_eq!(read("# we run forelock on this"), None);
    }

    #[test]
    fn without_brackets_all_rules_are_meant() {
        let directive = Directive {
            scope: Scope::Operation,
            names: Names::All,
            reason: "ten rows",
        };
        assert_eq!(read("# forelock: ignore ten rows"), Some(Ok(directive)));
    }

    #[test]
    fn what_cannot_be_understood_is_not_passed_over() {
        assert_eq!(read("# forelock: ingore[drop-column]"), Some(Err(Misspelt::Word)));
        assert_eq!(read("# forelock: ignore[drop-column"), Some(Err(Misspelt::Brackets)));
        assert_eq!(read("# forelock: ignore[]"), Some(Err(Misspelt::Brackets)));
    }
}
