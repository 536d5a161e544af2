//! What `forelock fix --diff` would write, as a patch.

use std::io::{self, Write};
use std::path::PathBuf;

use similar::TextDiff;

use super::{Style, shown_path};

/// A file before and after.
#[derive(Clone, Debug)]
pub struct FileDifference {
    /// As shown to people.
    pub path: PathBuf,
    /// None of a file that is not there.
    pub before: Option<String>,
    /// Its text then.
    pub after: String,
}

/// Writes a patch that `git apply` and `patch -p1` take.
pub(super) fn write(changes: &[FileDifference], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for change in changes {
        let path = shown_path(&change.path);
        let before = change
            .before
            .as_ref()
            .map_or("/dev/null".to_owned(), |_| format!("a/{path}"));
        let diff = TextDiff::from_lines(change.before.as_deref().unwrap_or_default(), change.after.as_str());
        let patch = diff.unified_diff().header(&before, &format!("b/{path}")).to_string();
        for line in patch.split_inclusive('\n') {
            let painted = match line.as_bytes().first() {
                Some(b'+') => style.paint(line, owo_colors::Style::new().green()),
                Some(b'-') => style.paint(line, owo_colors::Style::new().red()),
                Some(b'@') => style.paint(line, owo_colors::Style::new().cyan()),
                _ => line.to_owned(),
            };
            write!(out, "{painted}")?;
        }
    }
    Ok(())
}
