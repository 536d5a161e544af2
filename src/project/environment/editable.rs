//! Packages installed in editable mode: the folders outside of `site-packages` that they are imported from.

use std::path::{Path, PathBuf};

use crate::files::Files;
use crate::python::{self, Modules, Origin};
use crate::source::SourceFile;
use crate::value::Value;

/// The folders that an environment's `.pth` files and setuptools' finders add to `sys.path`, in order.
pub(super) fn roots(site_packages: &Path, files: &Files) -> Vec<PathBuf> {
    let mut roots = Vec::new();
    for file in files.paths(site_packages) {
        let name = file.file_name().unwrap_or_default().as_encoded_bytes();
        if name.ends_with(b".pth") {
            roots.extend(in_path_file(&file, site_packages, files));
        } else if name.starts_with(b"__editable__") && name.ends_with(b"_finder.py") {
            roots.extend(in_finder(&file, files));
        }
    }
    roots.retain(|root| files.is_folder(root));
    roots
}

/// The lines that are paths. See `addpackage` in Python's Lib/site.py.
fn in_path_file(file: &Path, site_packages: &Path, files: &Files) -> Vec<PathBuf> {
    // As Python does: what cannot be read adds nothing.
    let bytes = files.read(file).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let is_code = |line: &str| line.starts_with("import ") || line.starts_with("import\t");
    let paths = text.lines().map(str::trim_end);
    let paths = paths.filter(|line| !line.is_empty() && !line.starts_with('#') && !is_code(line));
    paths.map(|line| site_packages.join(line)).collect()
}

/// `MAPPING` of the module that setuptools installs where one path cannot say it: `{"shop": "/code/src/shop"}`.
fn in_finder(file: &Path, files: &Files) -> Vec<PathBuf> {
    let bytes = files.read(file).ok().flatten();
    let Some(text) = bytes.and_then(|bytes| python::decode(bytes).ok()) else {
        return Vec::new();
    };
    let origin = Origin {
        path: "finder",
        is_package: false,
    };
    let source = SourceFile::new(file.to_owned(), text);
    let module = python::parse(&source, origin, &Modules::default());
    let Some(Value::Dict(packages)) = module.bindings.get("MAPPING") else {
        return Vec::new();
    };
    let root = |(package, folder): &(Value, Value)| above(package.as_str()?, Path::new(folder.as_str()?));
    packages.iter().filter_map(root).collect()
}

/// The folder that a package lies in, if the package's folder is called like it.
fn above(package: &str, folder: &Path) -> Option<PathBuf> {
    let mut folder = folder;
    for part in package.rsplit('.') {
        if folder.file_name()? != part {
            return None;
        }
        folder = folder.parent()?;
    }
    Some(folder.to_owned())
}
