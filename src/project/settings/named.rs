//! Which module the settings are: what `manage.py` and its like say of `DJANGO_SETTINGS_MODULE`.

use std::path::Path;

use super::super::modules::Finder;
use crate::files::Files;

/// Where a name is put together at run time, the module that is taken: what people deploy, else what all others stand on.
const PREFERRED: [&str; 10] = [
    "production",
    "prod",
    "base",
    "common",
    "default",
    "defaults",
    "settings",
    "local",
    "development",
    "dev",
];

/// A settings module that some file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::project) struct NamedModule {
    /// Its dotted path.
    pub(in crate::project) module: String,
    /// Whether the name is one of several that the code may come to.
    pub(in crate::project) is_guess: bool,
    /// `DJANGO_CONFIGURATION`: a class in it.
    pub(in crate::project) class: Option<String>,
}

/// The settings modules that a `manage.py`, `wsgi.py` or the like speaks of, in order; those that it imports speak for it
/// where it says nothing itself.
pub(in crate::project) fn named_modules(file: &Path, finder: &Finder) -> Vec<NamedModule> {
    let bytes = finder.bytes(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let found = in_text(&text, finder);
    if !found.is_empty() {
        return found;
    }
    let imported = text.lines().filter_map(imported);
    let files = imported.filter_map(|module| finder.path_of(module));
    files
        .map(|file| {
            let bytes = finder.bytes(&file).unwrap_or_default();
            in_text(&String::from_utf8_lossy(&bytes), finder)
        })
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// `shop.setup` of `from shop.setup import configure`.
fn imported(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("from ").or_else(|| rest.strip_prefix("import "))?;
    let module = rest.split_whitespace().next()?.trim_end_matches(',');
    let is_foreign = module.starts_with("django") || module.starts_with('.') || matches!(module, "os" | "sys");
    (!is_foreign).then_some(module)
}

fn in_text(text: &str, finder: &Finder) -> Vec<NamedModule> {
    let class = literals_behind(text, "DJANGO_CONFIGURATION").into_iter().next();
    let mut found = Vec::new();
    for literal in literals_behind(text, "DJANGO_SETTINGS_MODULE") {
        let modules = match beginning(&literal) {
            None if is_module(&literal) => vec![(literal, false)],
            None => Vec::new(),
            Some(package) => {
                let modules = within(package, text, finder);
                let is_guess = modules.len() > 1;
                modules.into_iter().map(|module| (module, is_guess)).collect()
            }
        };
        found.extend(modules.into_iter().map(|(module, is_guess)| NamedModule {
            module,
            is_guess,
            class: class.clone(),
        }));
    }
    found
}

/// The package before what is put in: `config.settings` of `config.settings.`, `config.settings.%s` or `config.settings.{env}`.
fn beginning(literal: &str) -> Option<&str> {
    let end = literal.find(['{', '%']).unwrap_or(literal.len());
    let package = literal[..end].strip_suffix('.')?;
    is_module(package).then_some(package)
}

fn is_module(text: &str) -> bool {
    let is_word = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    text.contains('.') && text.split('.').all(is_word) || is_word(text) && text.contains("settings")
}

/// The modules of a package: those that the text names itself come first.
fn within(package: &str, text: &str, finder: &Finder) -> Vec<String> {
    let Some(init) = finder
        .path_of(&format!("{package}.__init__"))
        .or_else(|| finder.path_of(package))
    else {
        return Vec::new();
    };
    let folder = init.parent().unwrap_or(&init);
    let files = finder.files.paths(folder);
    let stems = files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"));
    let stems = stems.filter_map(|path| path.file_stem()?.to_str());
    let mut stems: Vec<&str> = stems.filter(|stem| *stem != "__init__").collect();
    let is_named = |stem: &str| text.contains(&format!("\"{stem}\"")) || text.contains(&format!("'{stem}'"));
    let rank = |stem: &str| {
        let preferred = PREFERRED.iter().position(|name| *name == stem);
        (!is_named(stem), preferred.unwrap_or(PREFERRED.len()))
    };
    stems.sort_by_key(|stem| rank(stem));
    stems.into_iter().map(|stem| format!("{package}.{stem}")).collect()
}

/// The strings in what a variable of the environment is set to, or falls back to.
fn literals_behind(text: &str, variable: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, name) in text.match_indices(variable) {
        let rest = text[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
        let Some(rest) = rest.strip_prefix([',', ']', '=']) else {
            continue;
        };
        let expression = expression(rest.trim_start().trim_start_matches('=').trim_start());
        let literals = literals(expression);
        if literals.is_empty() {
            found.extend(assigned(text, expression.trim_end_matches([',', ')'])));
        }
        found.extend(literals);
    }
    found
}

/// What a variable of the file is bound to, by its name.
fn assigned(text: &str, name: &str) -> Vec<String> {
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let lines = text.match_indices(name).filter(|_| is_name);
    let values = lines.filter_map(|(at, name)| {
        let value = text[at + name.len()..].trim_start_matches(' ').strip_prefix('=')?;
        (!value.starts_with('=')).then(|| expression(value.trim_start()))
    });
    values.flat_map(literals).collect()
}

/// The text up to the end of the expression: a parenthesis that was not opened in it, or the end of the line.
fn expression(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return &text[..at],
            ')' | ']' | '}' => depth -= 1,
            '\n' if depth == 0 && at > 0 => return &text[..at],
            _ => {}
        }
    }
    text
}

/// The strings in an expression.
pub(super) fn literals(expression: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = &rest[start..=start];
        let Some(end) = rest[start + 1..].find(quote) else {
            break;
        };
        found.push(rest[start + 1..start + 1 + end].to_owned());
        rest = &rest[start + end + 2..];
    }
    found
}

/// Settings modules that lie where `django-admin startproject` puts them: `NAME/settings.py` beside manage.py.
pub(in crate::project) fn usual_modules(root: &Path, files: &Files) -> Vec<String> {
    let mut modules = Vec::new();
    for folder in files.paths(root) {
        let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        // One that is there and no file is told by whoever reads it.
        let is_there = |name: &str| !matches!(files.kind(&folder.join(name)), Ok(None));
        if is_there("settings.py") || is_there("settings/__init__.py") {
            modules.push(format!("{name}.settings"));
        }
    }
    modules
}

#[cfg(test)]
mod tests {
    use super::{beginning, literals_behind};

    fn named(text: &str) -> Vec<String> {
        literals_behind(text, "DJANGO_SETTINGS_MODULE")
    }

    #[test]
    fn a_settings_module_is_read_from_any_usual_spelling() {
        for text in [
            "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
            "os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'\n",
            "os.environ.setdefault(\n    \"DJANGO_SETTINGS_MODULE\",\n    \"shop.settings\",\n)\n",
            "module = 'shop.settings'\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', module)\n",
            "export DJANGO_SETTINGS_MODULE='shop.settings'\n",
        ] {
            assert_eq!(named(text), ["shop.settings"], "{text}");
        }
        assert_eq!(named("\"DJANGO_SETTINGS_MODULE\" is not set"), [""; 0]);
    }

    #[test]
    fn a_name_that_is_put_together_begins_with_a_package() {
        for literal in ["config.settings.", "config.settings.{env}", "config.settings.%s"] {
            assert_eq!(beginning(literal), Some("config.settings"), "{literal}");
        }
        assert_eq!(beginning("config.settings"), None);
        assert_eq!(beginning("{}.settings"), None);
    }
}
