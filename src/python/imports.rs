//! Import statements as bindings of dotted names.

use ruff_python_ast::{StmtImport, StmtImportFrom};

use super::canonical::canonical;
use super::evaluate::Interpreter;
use super::flows::MIGRATION;
use crate::value::Value;

impl Interpreter<'_> {
    pub(super) fn import(&mut self, statement: &StmtImport) {
        for alias in &statement.names {
            let path = alias.name.as_str();
            // `import a.b` binds `a` alone.
            let top = path.split('.').next().unwrap_or(path);
            let (name, bound) = alias.asname.as_ref().map_or((top, top), |name| (name.as_str(), path));
            self.bind(name, Value::Name(bound.to_owned()), self.place_of(alias.range));
        }
    }

    pub(super) fn import_from(&mut self, statement: &StmtImportFrom) {
        let named = statement.module.as_ref().map(ruff_python_ast::Identifier::as_str);
        let module = self.absolute(statement.level, named);
        for alias in &statement.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.star_imports.push(module.clone());
                self.include_star(&module, self.place_of(statement.range));
                continue;
            }
            let path = format!("{module}.{name}");
            let value = self.named(&canonical(&path));
            let bound = alias.asname.as_ref().map_or(name, ruff_python_ast::Identifier::as_str);
            let place = self.place_of(alias.range);
            if bound == MIGRATION && self.is_of_module() && !path.starts_with("django.") {
                self.assigned_class(bound, &value, place);
            }
            self.bind(bound, value, place);
        }
    }

    /// The dotted path of `from <dots><module>`; more dots than packages stop at the outermost.
    fn absolute(&self, level: u32, module: Option<&str>) -> String {
        if level == 0 {
            return module.unwrap_or_default().to_owned();
        }
        let mut package = self.origin.path;
        let up = level - u32::from(self.origin.is_package);
        for _ in 0..up.min(64) {
            package = package.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        match (package, module) {
            ("", module) => module.unwrap_or_default().to_owned(),
            (package, None) => package.to_owned(),
            (package, Some(module)) => format!("{package}.{module}"),
        }
    }
}
