//! Files beside the code, and the texts that it reads from them.
//!
//! A path is told from the folders that Python imports from: `__file__` of `shop.migrations.0001_initial` is
//! `shop/migrations/0001_initial.py`. Where that lies on disk is not known here, and does not matter.

use std::rc::Rc;

use super::super::Module;
use super::Runner;
use super::data::{Datum, Given};
use super::text::{Shared, has_symbols};
use crate::value::{Form, Str};

/// The file of a module.
pub(super) fn of_module<'a>(home: &Module) -> Datum<'a> {
    let path = home.path.replace('.', "/");
    let path = if home.is_package {
        format!("{path}/__init__.py")
    } else {
        format!("{path}.py")
    };
    Datum::Path(path.into())
}

/// A path without `.` and `..`.
pub(super) fn normal(path: &str) -> Rc<str> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/").into()
}

fn parent(path: &str) -> Rc<str> {
    path.rsplit_once('/').map_or("", |(parent, _)| parent).into()
}

impl<'a> Runner<'a> {
    /// What functions of Python that deal with files come to.
    pub(super) fn file_function(&mut self, path: &str, given: &Given<'a>) -> Option<Datum<'a>> {
        let first = given.args.first();
        let file = match (path, first) {
            ("builtins.open" | "io.open" | "codecs.open", Some(Datum::Path(file))) => Datum::Opened(Rc::clone(file)),
            (
                "pathlib.Path"
                | "pathlib.PurePath"
                | "pathlib.PosixPath"
                | "os.path.join"
                | "django.utils._os.safe_join",
                Some(Datum::Path(file)),
            ) => {
                let file = Rc::clone(file);
                self.joined_path(&file, &given.args[1..])
            }
            ("os.path.dirname", Some(Datum::Path(file))) => Datum::Path(parent(file)),
            (
                "os.path.abspath"
                | "os.path.realpath"
                | "os.path.normpath"
                | "os.fspath"
                | "builtins.str"
                | "importlib.resources.as_file"
                | "importlib_resources.as_file",
                Some(file @ Datum::Path(_)),
            ) => file.clone(),
            ("os.path.exists" | "os.path.isfile", Some(Datum::Path(_))) => Datum::unknown("a file may be there or not"),
            ("os.path.basename", Some(Datum::Path(file))) => Datum::text(file.rsplit('/').next().unwrap_or_default()),
            _ => return self.resource(path, given),
        };
        Some(file)
    }

    /// `importlib.resources`, `pkgutil` and `pkg_resources`: files of a package.
    fn resource(&mut self, path: &str, given: &Given<'a>) -> Option<Datum<'a>> {
        let function = path
            .strip_prefix("importlib.resources.")
            .or_else(|| path.strip_prefix("importlib_resources."))
            .or_else(|| path.strip_prefix("pkg_resources.resource_"))
            .or_else(|| path.strip_prefix("pkgutil."))?;
        let package = given.args.first()?;
        let package = match package.as_name() {
            Some(name) => name.to_owned(),
            None => self.known_text(package)?,
        };
        let folder: Rc<str> = package.replace('.', "/").into();
        let file = self.joined_path(&folder, given.args.get(1..)?);
        match (function, &file) {
            ("files", _) => Some(Datum::Path(folder)),
            ("path" | "filename", _) => Some(file),
            ("open_text" | "open_binary" | "stream", Datum::Path(file)) => Some(Datum::Opened(Rc::clone(file))),
            ("read_text" | "read_binary" | "get_data" | "string", Datum::Path(file)) => Some(self.text_of(file)),
            _ => None,
        }
    }

    /// A path with more parts.
    pub(super) fn joined_path(&mut self, path: &str, parts: &[Datum<'a>]) -> Datum<'a> {
        let mut joined = path.to_owned();
        for part in parts {
            match part {
                Datum::Text(text) if !has_symbols(text) && !text.starts_with('/') => {
                    joined.push('/');
                    joined.push_str(text);
                }
                _ => return Datum::unknown("the path of a file is known only when it runs"),
            }
            if !self.may_make(joined.len()) {
                return Datum::unknown("is too long");
            }
        }
        Datum::Path(normal(&joined))
    }

    pub(super) fn path_attribute(&mut self, path: &Rc<str>, name: &str, owner: &Datum<'a>) -> Datum<'a> {
        let file = path.rsplit('/').next().unwrap_or_default();
        match name {
            "parent" => Datum::Path(parent(path)),
            "parents" => {
                let above: Vec<Datum<'a>> = path
                    .rmatch_indices('/')
                    .map(|(at, _)| Datum::Path(path[..at].into()))
                    .chain([Datum::Path("".into())])
                    .collect();
                self.state.list(above)
            }
            "name" => Datum::text(file),
            "stem" => Datum::text(file.rsplit_once('.').map_or(file, |(stem, _)| stem)),
            "suffix" => Datum::text(file.rfind('.').map_or("", |dot| &file[dot..])),
            _ => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
        }
    }

    pub(super) fn path_method(&mut self, path: &Rc<str>, name: &str, given: &Given<'a>) -> Datum<'a> {
        match name {
            "resolve" | "absolute" | "expanduser" | "as_posix" | "__enter__" | "__str__" | "__fspath__" => {
                Datum::Path(Rc::clone(path))
            }
            "joinpath" => self.joined_path(path, &given.args),
            "with_name" => self.joined_path(&parent(path), &given.args),
            "with_suffix" => match given.args.first() {
                Some(Datum::Text(suffix)) if !has_symbols(suffix) => {
                    let name = path.rsplit('/').next().unwrap_or_default();
                    let cut = name.rfind('.').map_or(0, |dot| name.len() - dot);
                    Datum::Path(normal(&format!("{}{}", &path[..path.len() - cut], suffix.as_ref())))
                }
                _ => Datum::unknown("the path of a file is known only when it runs"),
            },
            "open" => Datum::Opened(Rc::clone(path)),
            "read_text" | "read_bytes" => self.text_of(path),
            // `dirname.replace(..)` and other methods of texts.
            _ => Datum::unknown("the path of a file is known only when it runs"),
        }
    }

    pub(super) fn file_method(&mut self, path: &Rc<str>, name: &str) -> Datum<'a> {
        match name {
            "read" => self.text_of(path),
            "readlines" => match self.lines(path) {
                Some(lines) => self.state.list(lines),
                None => self.text_of(path),
            },
            "__enter__" => Datum::Opened(Rc::clone(path)),
            _ => Datum::unknown("what a file holds is known only when it runs"),
        }
    }

    /// The text of a file, which is asked for where it has not been read.
    pub(super) fn text_of(&mut self, path: &Rc<str>) -> Datum<'a> {
        match self.file(path) {
            Some(text) => Datum::Text(text),
            None => Datum::Text(self.unknown_text(&format!("the file `{path}` is not at hand"))),
        }
    }

    fn file(&mut self, path: &Rc<str>) -> Option<Shared> {
        let asked = format!("/{path}");
        let Some(source) = self.modules.text(&asked) else {
            if !self.modules.knows(&asked) {
                self.asked.push(asked);
            }
            return None;
        };
        if !self.may_make(source.text.len()) {
            return None;
        }
        let place = source.range(0, u32::try_from(source.text.len()).ok()?);
        Some(self.literal(Str::of_literal(source.text.clone(), place, Form::Bare)))
    }

    /// The lines of a file, each with its end.
    pub(super) fn lines(&mut self, path: &Rc<str>) -> Option<Vec<Datum<'a>>> {
        let text = self.file(path)?;
        if has_symbols(&text) || !self.may_make(text.len()) {
            return None;
        }
        let lines = text
            .split_inclusive('\n')
            .map(|line| Datum::Text(Rc::new(text.slice(line))));
        Some(lines.collect())
    }
}
