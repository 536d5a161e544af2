//! A settings module with all that it takes from others: `import *`, split-settings, files that are executed, classes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::modules::Finder;
use super::{classes, named};
use crate::python::{Inclusion, InclusionOrigin, Module, Modules, Resolved};
use crate::source::SourceFile;
use crate::value::Value;

/// More modules than this include each other in a circle.
const MAX_MODULES: usize = 64;

/// What may bind settings, and was not read.
#[derive(Clone, Debug)]
pub(in crate::project) struct Gap {
    /// In words.
    pub(super) description: String,
    /// The text of the code that binds them, where it names those that it binds.
    text: Option<Arc<SourceFile>>,
}

impl Gap {
    pub(super) fn new(description: String) -> Self {
        Self {
            description,
            text: None,
        }
    }

    /// Whether the setting may be among what it binds.
    pub(super) fn may_bind(&self, setting: &str) -> bool {
        self.text.as_ref().is_none_or(|source| source.text.contains(setting))
    }
}

/// Words of code that binds names which it does not write itself.
const FOREIGN_NAMES: [&str; 6] = ["import_module", "dir(", "__dict__", "vars(", "environ", "open("];

/// How often a module is read again after what decides its course was read.
const MAX_READINGS: usize = 4;

/// A settings module while it is being read.
pub(super) struct Reader<'a> {
    pub(super) finder: &'a Finder,
    pub(super) modules: Modules,
    /// All modules that were read, each before those that it includes.
    order: Vec<String>,
    /// What each inclusion of a module leads to.
    included: FxHashMap<(String, usize), Vec<String>>,
    /// What may bind any name, and was not read.
    pub(super) gaps: Vec<Gap>,
    /// What need not be there, and is not.
    optional: Vec<Gap>,
    /// What the class binds that the settings are, where they are one.
    class: Option<FxHashMap<String, Value>>,
}

impl<'a> Reader<'a> {
    /// Reads a module and all that it includes; `None` if there is no such module.
    pub(super) fn read(module: &str, class: Option<&str>, finder: &'a Finder) -> Option<Self> {
        let mut reader = Reader {
            finder,
            modules: Modules::new(finder.django),
            order: Vec::new(),
            included: FxHashMap::default(),
            gaps: Vec::new(),
            optional: Vec::new(),
            class: None,
        };
        let file = finder.path_of(module)?;
        if !reader.load(module, &file) {
            return None;
        }
        reader.class = classes::settings(&mut reader, module, class);
        // Settings without any app are not all there is.
        if reader.value("INSTALLED_APPS").is_none() {
            reader.gaps.append(&mut reader.optional);
        }
        Some(reader)
    }

    fn load(&mut self, path: &str, file: &Path) -> bool {
        if self.order.iter().any(|known| known == path) {
            return true;
        }
        if self.order.len() >= MAX_MODULES {
            return false;
        }
        let Some(module) = self.parse(path, file) else {
            self.modules.insert_absent(path.to_owned());
            return false;
        };
        self.order.push(path.to_owned());
        let sources = Sources {
            finder: self.finder,
            path,
            file,
        };
        let inclusions = module.inclusions.iter().map(|inclusion| {
            let (found, is_named) = sources.of(inclusion, &module);
            // What runs only perhaps may be absent, if it is known what it is.
            let is_optional = inclusion.is_optional && is_named;
            let gap = described(inclusion, path).map(|description| Gap {
                description,
                text: sources.text(inclusion),
            });
            (found, is_optional, gap)
        });
        let inclusions: Vec<_> = inclusions.collect();
        self.modules.insert(module);
        for (index, (sources, is_optional, gap)) in inclusions.into_iter().enumerate() {
            let mut is_whole = !sources.is_empty();
            let mut read = Vec::new();
            for (module, file) in sources {
                if self.load(&module, &file) {
                    read.push(module);
                } else {
                    is_whole = false;
                }
            }
            let gaps = if is_optional {
                &mut self.optional
            } else {
                &mut self.gaps
            };
            gaps.extend(gap.filter(|_| !is_whole));
            self.included.insert((path.to_owned(), index), read);
        }
        true
    }

    /// A module, read again as long as others decide its course.
    fn parse(&mut self, path: &str, file: &Path) -> Option<Module> {
        let mut module = self.finder.file(file, path, &self.modules)?;
        for _ in 1..MAX_READINGS {
            let asked = module.asked.iter().filter(|asked| !self.modules.knows(asked));
            let asked: Vec<String> = asked.cloned().collect();
            if asked.is_empty() {
                break;
            }
            self.finder.load_all(asked, &mut self.modules);
            module = self.finder.file(file, path, &self.modules)?;
        }
        Some(module)
    }

    /// The modules that were read.
    pub(super) fn chain(&self) -> impl Iterator<Item = &Module> {
        self.order.iter().filter_map(|path| self.modules.get(path))
    }

    /// The module that has the last word on a name, and what it binds it to.
    fn bound(&self, path: &str, name: &str, depth: usize) -> Option<(&Module, &Value)> {
        let module = self.modules.get(path).filter(|_| depth <= MAX_MODULES)?;
        let own = module.bindings.get(name);
        for (index, inclusion) in module.inclusions.iter().enumerate().rev() {
            if own.is_some() && !inclusion.overrides(name) {
                continue;
            }
            let sources = self.included.get(&(path.to_owned(), index)).into_iter().flatten().rev();
            let found = sources
                .into_iter()
                .find_map(|source| self.bound(source, name, depth + 1));
            if found.is_some() {
                return found;
            }
        }
        own.map(|value| (module, value))
    }

    /// What a setting is bound to.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        if let Some(class) = &self.class
            && let Some(value) = class.get(name)
        {
            return Some(value.clone());
        }
        let (module, value) = self.bound(self.order.first()?, name, 0)?;
        Some(self.resolved(module, value))
    }

    /// A value of a module with names of others followed.
    pub(super) fn resolved(&self, home: &Module, value: &Value) -> Value {
        match self.modules.resolve(home, value, &mut Vec::new()).into_owned() {
            // `from .base import X` of a module that nothing was imported from by star.
            Value::Name(path) => self.elsewhere(&path).unwrap_or(Value::Name(path)),
            value => value,
        }
    }

    fn elsewhere(&self, path: &str) -> Option<Value> {
        let (home, _) = path.rsplit_once('.')?;
        let mut modules = Modules::new(self.finder.django);
        modules.insert(self.finder.module(home, &modules)?);
        match modules.find(path)? {
            Resolved::Value(value) => Some(value.clone()),
            Resolved::Class(..) => None,
        }
    }

    /// Every setting, as far as it can be evaluated.
    pub(super) fn values(&self) -> FxHashMap<String, Value> {
        let names = self.chain().flat_map(|module| module.bindings.keys());
        let of_class = self.class.iter().flat_map(FxHashMap::keys);
        let names = names.chain(of_class);
        let names = names.filter(|name| name.chars().all(|letter| !letter.is_lowercase()));
        let mut values = FxHashMap::default();
        for name in names {
            if !values.contains_key(name)
                && let Some(value) = self.value(name)
            {
                values.insert(name.clone(), value);
            }
        }
        values
    }

    /// All values of a name in any of the modules: lists are added to, inserted into and built in parts.
    pub(super) fn all(&self, name: &str) -> Vec<Value> {
        let bound = |module: &Module| module.bindings.get(name).map(|value| self.resolved(module, value));
        let of_modules = self.chain().filter_map(bound);
        let of_class = self.class.as_ref().and_then(|class| class.get(name).cloned());
        of_class.into_iter().chain(of_modules).collect()
    }
}

/// Where an inclusion of a module leads.
struct Sources<'a> {
    finder: &'a Finder,
    path: &'a str,
    file: &'a Path,
}

impl Sources<'_> {
    /// The modules that it brings in, in order, as far as they are there, and whether it is known which they are.
    fn of(&self, inclusion: &Inclusion, module: &Module) -> (Vec<(String, PathBuf)>, bool) {
        match &inclusion.origin {
            InclusionOrigin::Star(module) => {
                let file = self.finder.path_of(module);
                (file.map(|file| (module.clone(), file)).into_iter().collect(), true)
            }
            InclusionOrigin::Code(code) => {
                let mut texts = Vec::new();
                strings(code, &mut texts);
                let mut found: Vec<_> = texts.iter().flat_map(|text| self.named(text)).collect();
                // `for file in files: exec(open(file).read())`: the files are written somewhere above.
                if found.is_empty() && !texts.iter().any(|text| is_file(text)) && executes(code) {
                    texts = named::literals(&module.source.text);
                    texts.retain(|text| is_file(text));
                    found = texts.iter().flat_map(|text| self.named(text)).collect();
                }
                let is_named = texts.iter().any(|text| is_file(text)) || !found.is_empty();
                (found, is_named)
            }
        }
    }

    /// The text of a function of the project that is handed the namespace, if it says which names it binds.
    fn text(&self, inclusion: &Inclusion) -> Option<Arc<SourceFile>> {
        let InclusionOrigin::Code(Value::Call(call)) = &inclusion.origin else {
            return None;
        };
        let (module, _) = call.path.rsplit_once('.')?;
        let file = self.finder.path_of(module)?;
        let source = self.finder.source(&file, self.finder.bytes(&file)?)?;
        let binds_others = FOREIGN_NAMES.iter().any(|word| source.text.contains(word));
        (!binds_others).then_some(source)
    }

    /// What a text in the code names: a file, a pattern of files, or a module.
    fn named(&self, text: &str) -> Vec<(String, PathBuf)> {
        let folder = self.file.parent().unwrap_or(self.file);
        if is_file(text) {
            let pattern = text
                .rsplit_once('/')
                .map_or((String::new(), text), |(folder, name)| (folder.to_owned(), name));
            return self.files(&folder.join(pattern.0), pattern.1);
        }
        let is_word =
            |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        if !text.split('.').all(is_word) {
            return Vec::new();
        }
        let file = self.finder.path_of(text);
        file.map(|file| (text.to_owned(), file)).into_iter().collect()
    }

    fn files(&self, folder: &Path, pattern: &str) -> Vec<(String, PathBuf)> {
        let (before, behind) = pattern.split_once('*').unwrap_or((pattern, ""));
        let matches = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if pattern.contains('*') {
                name.starts_with(before) && name.ends_with(behind) && name != "__init__.py"
            } else {
                name == pattern
            }
        };
        let files = self.finder.files.paths(folder).into_iter().filter(matches);
        files.map(|file| (self.dotted(&file), file)).collect()
    }

    /// A name for the file as a module: it runs in the module that includes it.
    fn dotted(&self, file: &Path) -> String {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().replace('.', "_");
        let dotted = self.finder.dotted(file);
        dotted.unwrap_or_else(|| match self.path.rsplit_once('.') {
            Some((package, _)) => format!("{package}.{stem}"),
            None => stem,
        })
    }
}

/// An inclusion that was not read, for people; `None` where it cannot bind a setting.
fn described(inclusion: &Inclusion, path: &str) -> Option<String> {
    match &inclusion.origin {
        // Django's own modules bind its defaults alone.
        InclusionOrigin::Star(module) if module.starts_with("django.") => None,
        InclusionOrigin::Star(module) => Some(format!(
            "{path} has `from {module} import *`, and that module is not at hand"
        )),
        InclusionOrigin::Code(Value::Call(call)) => {
            let name = call.path.trim_start_matches('.').trim_start_matches("builtins.");
            Some(format!(
                "{path} calls `{name}` with its own namespace, which is not followed"
            ))
        }
        InclusionOrigin::Code(_) => Some(format!("{path} binds names that are not followed")),
    }
}

/// Whether a text names files of Python, whatever they are called.
fn is_file(text: &str) -> bool {
    let extension = text.rsplit_once('.').map(|(_, extension)| extension);
    matches!(extension, Some("py" | "conf" | "cfg")) && !text.contains(char::is_whitespace)
}

/// Whether code runs the text of files.
fn executes(code: &Value) -> bool {
    let runs = ["builtins.exec", "builtins.execfile", "split_settings.tools.include"];
    matches!(code, Value::Call(call) if runs.contains(&call.path.as_str()))
}

/// All strings in a value, in order.
fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Str(text) => into.push(text.to_string()),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
            items.iter().for_each(|item| strings(item, into));
        }
        Value::Call(call) => call.args.iter().for_each(|item| strings(item, into)),
        // `importlib.import_module("shop.base").__dict__`
        Value::Unknown(unknown) => {
            let quoted = unknown.source.split(['"', '\'']).skip(1).step_by(2);
            into.extend(quoted.map(str::to_owned));
        }
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Bytes(_)
        | Value::Dict(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Function(_) => {}
    }
}
