//! Whether a project names a package among what it depends on, in whichever file says so.

use std::path::Path;

use super::lockfile::requirements_files;
use super::root::up_to_git;
use crate::files::Files;

const FILES: &[&str] = &[
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile.lock",
    "Pipfile",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
];

/// Whether a lock file, a list of requirements or the project's own description holds the name, as a word.
pub(super) fn is_named(name: &str, root: &Path, files: &Files) -> bool {
    up_to_git(files, root).into_iter().any(|folder| {
        let known = FILES.iter().map(|file| folder.join(file));
        let mut candidates = known.chain(requirements_files(folder, files));
        // A file that cannot be read is told where Django's version is looked for.
        candidates.any(|path| {
            let bytes = files.read(&path).ok().flatten();
            bytes.is_some_and(|bytes| holds(&String::from_utf8_lossy(&bytes), name))
        })
    })
}

/// Names of packages are equal whatever their case, and `-`, `_` and `.` in them.
fn holds(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let plain = |word: &str| word.to_ascii_lowercase().replace(['_', '.'], "-");
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let mut words = lines.flat_map(|line| line.split(|letter| !is_part(letter)));
    words.any(|word| word.len() == name.len() && plain(word) == name)
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_package_is_named_in_every_spelling_and_in_no_other_word() {
        let name = "django-pg-migration-tools";
        for text in [
            "django-pg-migration-tools==0.1.26",
            "name = \"Django_PG.migration-tools\"",
            "dependencies = ['django-pg-migration-tools>=0.1; python_version > \"3\"']",
        ] {
            assert!(holds(text, name), "{text}");
        }
        for text in [
            "# django-pg-migration-tools",
            "django-pg-migration-tools-extra",
            "django",
        ] {
            assert!(!holds(text, name), "{text}");
        }
    }
}
