//! How lock files, lists of requirements and descriptions of projects name a package.

use toml::de::DeTable;

use super::requirement::Requirement;
use crate::versions::DjangoVersion;

/// `[[package]] name = "django" version = "5.2.1"`, read line by line: lock files are long, and written by machines.
///
/// Where several Pythons lead to several releases it is the newest.
pub(super) fn in_package_list(text: &str, package: &str) -> Option<DjangoVersion> {
    let mut is_wanted = false;
    let mut newest = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            is_wanted = false;
        } else if let Some(name) = line.strip_prefix("name = ") {
            is_wanted = is_same_package(name.trim_matches('"'), package);
        } else if let Some(version) = line.strip_prefix("version = ").filter(|_| is_wanted) {
            newest = newest.max(DjangoVersion::parse(version.trim_matches('"')));
        }
    }
    newest
}

/// Names of distributions are compared without case, and with one hyphen for each run of `-`, `_` and `.`.
pub(super) fn is_same_package(name: &str, package: &str) -> bool {
    let normal = |letter: u8| match letter {
        b'_' | b'.' => b'-',
        letter => letter.to_ascii_lowercase(),
    };
    name.bytes().map(normal).eq(package.bytes().map(normal))
}

/// `name: django` with `version: 5.2.1` behind it, as the lock files of conda and pixi have it.
pub(super) fn in_yaml_list(text: &str, package: &str) -> Option<DjangoVersion> {
    let mut is_wanted = false;
    let mut newest = None;
    for line in text.lines().map(|line| line.trim().trim_start_matches("- ")) {
        if let Some(name) = line.strip_prefix("name: ") {
            is_wanted = is_same_package(name, package);
        } else if let Some(version) = line.strip_prefix("version: ").filter(|_| is_wanted) {
            newest = newest.max(DjangoVersion::parse(version.trim_matches(['"', '\''])));
        }
    }
    newest
}

/// `-r base.txt`, `--requirement=base.txt`, `-c constraints.txt`.
pub(super) fn included(line: &str) -> Option<&str> {
    let line = line.split(" #").next()?.trim();
    let options = ["--requirement", "--constraint", "-r", "-c"];
    let rest = options.iter().find_map(|option| line.strip_prefix(option))?;
    Some(rest.trim_start_matches(['=', ' '])).filter(|path| !path.is_empty() && !path.contains("://"))
}

/// Lines and strings of setup.cfg and setup.py.
pub(super) fn in_setup(text: &str, package: &str) -> Option<Requirement> {
    let of_line = |line: &'_ str| {
        let bare = line
            .trim_start_matches("install_requires")
            .trim_start_matches([' ', '=']);
        let mut words = line.split(['"', '\'']).chain([bare]);
        words.find_map(|word| Requirement::parse(word, package).filter(|found| !found.clauses.is_empty()))
    };
    text.lines().map(str::trim).find_map(of_line)
}

/// `- django=5.1`, and what stands below `- pip:`.
pub(super) fn in_conda(text: &str, package: &str) -> Option<Requirement> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("- "));
    let mut found = lines.filter_map(|line| {
        let line = line.trim_matches(['"', '\'']).split(" #").next()?;
        match line.split_once('=') {
            // conda's `name=version=build`: all releases that begin so.
            Some((name, rest)) if !rest.starts_with('=') && !name.contains(['<', '>', '~', '!', ' ']) => {
                let version = rest.split('=').next()?;
                Requirement::parse(&format!("{name}=={version}"), package)
            }
            Some(_) | None => Requirement::parse(line, package),
        }
    });
    found.find(|requirement| !requirement.clauses.is_empty())
}

pub(super) fn in_pipfile(text: &str, package: &str) -> Option<DjangoVersion> {
    let lock: serde_json::Value = serde_json::from_str(text).ok()?;
    let version = lock.get("default")?.get(package)?.get("version")?.as_str()?;
    DjangoVersion::parse(version.trim_start_matches('='))
}

/// The newest of the pins, should there be one for each of several Pythons; else the first that is said of Django.
pub(super) fn in_requirements(text: &str, package: &str) -> Option<Requirement> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let mut requirements: Vec<Requirement> = lines.filter_map(|line| Requirement::parse(line, package)).collect();
    let pins = requirements.iter().map(Requirement::pinned);
    let best = pins
        .enumerate()
        .filter(|(_, pin)| pin.is_some())
        .max_by_key(|(_, pin)| *pin);
    let best = best.map_or(0, |(index, _)| index);
    (!requirements.is_empty()).then(|| requirements.swap_remove(best))
}

/// pyproject.toml, Pipfile and pixi.toml.
pub(super) fn in_toml(text: &str, package: &str) -> Option<Requirement> {
    in_pyproject(text, package).or_else(|| {
        let document = DeTable::parse(text).ok()?;
        let document = document.get_ref();
        let pixi = table(document, "tool").and_then(|tool| table(tool, "pixi"));
        let groups = ["packages", "default", "pypi-dependencies", "dependencies"];
        let tables = [Some(document), pixi].into_iter().flatten();
        let mut tables = tables.flat_map(|document| groups.iter().filter_map(|group| table(document, group)));
        tables.find_map(|table| in_table(table, package))
    })
}

/// The project's own dependencies, then its extras and groups, else Poetry's.
pub(super) fn in_pyproject(text: &str, package: &str) -> Option<Requirement> {
    let document = DeTable::parse(text).ok()?;
    let document = document.get_ref();
    let project = table(document, "project");
    let lists = project.and_then(|project| project.get("dependencies"));
    let extras = project.and_then(|project| table(project, "optional-dependencies"));
    let groups = table(document, "dependency-groups");
    let lists = lists
        .into_iter()
        .chain(extras.into_iter().chain(groups).flat_map(DeTable::values));
    let mut listed = lists
        .filter_map(|list| list.get_ref().as_array())
        .flat_map(|list| list.iter())
        .filter_map(|item| item.get_ref().as_str());
    listed
        .find_map(|item| Requirement::parse(item, package))
        .or_else(|| in_poetry(document, package))
}

pub(super) fn in_poetry(document: &DeTable<'_>, package: &str) -> Option<Requirement> {
    in_table(
        table(table(table(document, "tool")?, "poetry")?, "dependencies")?,
        package,
    )
}

/// `django = "^5.1"` or `django = { version = "^5.1" }`.
pub(super) fn in_table(dependencies: &DeTable<'_>, package: &str) -> Option<Requirement> {
    let mut entries = dependencies.iter();
    let (_, version) = entries.find(|(name, _)| is_same_package(name.get_ref(), package))?;
    let version = version.get_ref();
    let inner = || version.get("version").and_then(|node| node.get_ref().as_str());
    Requirement::poetry(version.as_str().or_else(inner)?)
}

pub(super) fn table<'a, 'text>(table: &'a DeTable<'text>, key: &str) -> Option<&'a DeTable<'text>> {
    table.get(key)?.get_ref().as_table()
}

#[cfg(test)]
mod tests {
    use super::super::DJANGO;
    use super::{DjangoVersion, Requirement, in_package_list, in_pyproject, in_requirements};

    const fn version(major: u8, minor: u8) -> DjangoVersion {
        DjangoVersion::new(major, minor)
    }

    #[test]
    fn a_lock_file_names_the_release() {
        let lock = "[[package]]\nname = \"django\"\nversion = \"5.1.4\"\n\n[[package]]\nname = \"psycopg\"\n";
        assert_eq!(in_package_list(lock, DJANGO), Some(version(5, 1)));
        assert_eq!(
            in_package_list("[[package]]\nname = \"django-filter\"\nversion = \"25.1\"\n", DJANGO),
            None
        );
    }

    #[test]
    fn a_requirement_with_two_equals_is_a_pin() {
        let pinned = |text: &str| in_requirements(text, DJANGO).and_then(|requirement| requirement.pinned());
        assert_eq!(
            pinned("# comment\nDjango==4.2.16 --hash=sha256:1 \\\n"),
            Some(version(4, 2))
        );
        assert_eq!(
            pinned("django[argon2]~=5.2.0 ; python_version > '3.10'\n"),
            Some(version(5, 2))
        );
        assert_eq!(pinned("django>=5.2,<5.3\n"), Some(version(5, 2)));
        assert_eq!(pinned("django>=4.2\n"), None);
        assert_eq!(pinned("django-filter==25.1\n"), None);
    }

    #[test]
    fn a_range_gives_the_newest_release_below_its_bound_and_says_so() {
        let guess = |text: &str| {
            let requirement = Requirement::parse(text, DJANGO)?;
            Some(requirement.guess(std::path::Path::new("requirements.txt")).version)
        };
        assert_eq!(guess("django>=4.2,<5.2"), Some(version(5, 1)));
        assert_eq!(guess("django>=4.2"), Some(version(5, 2)));
        assert_eq!(guess("django>=6.0"), Some(version(6, 1)));
        assert_eq!(guess("django"), Some(version(5, 2)));
        assert_eq!(guess("django<5.2.4"), Some(version(5, 2)));
        assert_eq!(guess("django<4"), Some(version(4, 2)));
    }

    #[test]
    fn poetry_writes_carets() {
        let pyproject = "[tool.poetry.dependencies]\npython = \"^3.12\"\ndjango = \"~5.1\"\n";
        assert_eq!(
            in_pyproject(pyproject, DJANGO).and_then(|requirement| requirement.pinned()),
            Some(version(5, 1))
        );
        let extras = "[tool.poetry.dependencies]\nDjango = { version = \"5.0.*\", extras = [\"argon2\"] }\n";
        assert_eq!(
            in_pyproject(extras, DJANGO).and_then(|requirement| requirement.pinned()),
            Some(version(5, 0))
        );
    }
}
