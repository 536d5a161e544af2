//! `RunPython` that goes through rows: the same a batch of keys at a time, by a command where a migration can tell that all is done.

use std::path::Path;

use crate::plan::{Content, Plan, PlannedMigration, PlannedOperation, Sends, Step};
use crate::python::{Batched, WrittenCall};

use super::{Cure, step};

impl Cure<'_> {
    pub(super) fn in_batches(&self) -> Option<Plan> {
        self.rows_of?;
        let call = WrittenCall::read(&self.written())?;
        let code = self.argument("code")?;
        let function = Batched::read(self.module.function(&code)?)?;
        let call = call.without(&["atomic"]);
        match self.by_command(&call, &function) {
            Some(steps) => {
                let plan = Plan::new(
                    "do it by a command that goes by ranges of the primary key, a transaction each, and let the migration make sure of it",
                    steps,
                );
                Some(plan.noting(
                    "The command has the models of the release: their save() and their signals run, which in a migration they do not. \
                     Where the table is small the same loop may stay in a migration with atomic = False.",
                ))
            }
            None => Some(Plan::new(
                "do it in a migration of its own, in batches by ranges of the primary key, a transaction each",
                vec![self.by_migration(&call, &function)],
            )),
        }
    }

    /// The loop in a migration of its own.
    fn by_migration(&self, call: &WrittenCall, function: &Batched<'_>) -> Step {
        let mut migration = PlannedMigration::autocommit(vec![PlannedOperation {
            code: call.print(),
            sends: Sends::Updates {
                table: self.table_of_rows(),
            },
        }]);
        self.add_function(&mut migration, function.function(false));
        step("goes through the rows in batches", migration)
    }

    /// The loop in a command, and a migration that wants it to have run.
    fn by_command(&self, call: &WrittenCall, function: &Batched<'_>) -> Option<Vec<Step>> {
        if function.needs_schema_editor() {
            return None;
        }
        let (name, assertion) = (function.name(), format!("assert_{}_done", function.name()));
        let command = format!("{name}_{}", number_of(&self.source.path));
        let asserted = function.assertion(&assertion, &command)?;
        let needed = self.module.needed_by_definition(&function.function(true));
        let imports = [
            needed.imports,
            vec![
                "import time".to_owned(),
                "from django.apps import apps".to_owned(),
                "from django.core.management.base import BaseCommand".to_owned(),
            ],
        ];
        let mut code = crate::python::merged_imports(imports.concat()).join("\n");
        for definition in needed.definitions.iter().chain([&function.function(true)]) {
            code.extend(["\n\n\n", definition.trim_end()]);
        }
        code.extend([format!(
            "\n\n\nclass Command(BaseCommand):\n    help = \"What {name} of a migration does, in batches; may be stopped and started again.\"\n\n    \
             def handle(self, *args, **options):\n        {name}(apps, None)\n"
        )]);
        let command = Step {
            release: 1,
            does: "does it, by hand, before the next migration".to_owned(),
            content: Content::Command {
                path: format!("management/commands/{command}.py"),
                code,
                table: self.table_of_rows(),
            },
        };
        let mut migration = PlannedMigration::atomic(vec![PlannedOperation {
            code: call.clone().with_argument(0, "code", &assertion).print(),
            sends: Sends::Reads {
                table: self.table_of_rows(),
            },
        }]);
        self.add_function(&mut migration, asserted);
        Some(vec![command, step("stops while rows are left", migration)])
    }

    /// The function, with what it takes from the operation's module.
    fn add_function(&self, migration: &mut PlannedMigration, function: String) {
        let needed = self.module.needed_by_definition(&function);
        migration.imports.extend(needed.imports);
        migration.functions.extend(needed.definitions);
        migration.functions.push(function);
    }

    fn table_of_rows(&self) -> String {
        self.rows_of.map(str::to_owned).unwrap_or_default()
    }
}

/// The number that a migration's name begins with, else its name: functions of several migrations have one name.
fn number_of(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let digits: String = stem.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() { stem.into_owned() } else { digits }
}
