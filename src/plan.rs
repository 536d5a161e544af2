//! The cure: what to write in place of an operation, as a plan of steps with their releases. Plain data, and how it reads.
//!
//! Several renderings show one plan: the help of a finding, the page of a rule, and JSON.

mod operation;
mod page;
mod watch;

use crate::python::indented;

pub use operation::{PlannedOperation, Sends, apart, run_sql};
pub use watch::{Locked, Watch};

/// What to write in place of an operation that does harm, with everything that the operation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The table that it is about, where it is about one.
    pub table: Option<String>,
    /// What that table is divided into: a change of it is one of these.
    pub partitions: Vec<String>,
    /// What it comes to, as the beginning of a sentence: `build the index concurrently`.
    pub summary: String,
    /// What is done, one after the other.
    pub steps: Vec<Step>,
    /// What is to be known besides, a sentence each.
    pub notes: Vec<String>,
    /// In what it differs from the operation, and on purpose.
    pub declares: Vec<Declared>,
}

/// A difference between a plan and the operation in whose place it stands. `conformance/plans` accepts these, and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// A default of the new column stays in the database, and in the field.
    KeepsDefault,
    /// A column or table keeps its name in the database.
    KeepsName,
    /// What is dropped does not come back.
    NoWayBack,
    /// Code of before that writes None explicitly fails from a step on.
    RefusesNone,
    /// Code of before that deletes a row to which others point fails from a step on.
    RefusesDeletes,
    /// Code of before reads None where the code that comes has written rows.
    ReadsNone,
    /// What depends on what is dropped, a view or a trigger, has to go before.
    DependentsFirst,
    /// The index that a stopped build leaves is dropped by hand before the next try.
    LeavesIndex,
}

impl Declared {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::KeepsDefault,
        Self::KeepsName,
        Self::NoWayBack,
        Self::RefusesNone,
        Self::RefusesDeletes,
        Self::ReadsNone,
        Self::DependentsFirst,
        Self::LeavesIndex,
    ];

    /// As JSON has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KeepsDefault => "keeps-default",
            Self::KeepsName => "keeps-name",
            Self::NoWayBack => "no-way-back",
            Self::RefusesNone => "refuses-none",
            Self::RefusesDeletes => "refuses-deletes",
            Self::ReadsNone => "reads-none",
            Self::DependentsFirst => "dependents-first",
            Self::LeavesIndex => "leaves-index",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The release that it belongs to; the first is 1.
    pub release: u8,
    /// What it does: `adds the column`.
    pub does: String,
    /// What is written.
    pub content: Content,
}

/// What a step is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A migration.
    Migration(PlannedMigration),
    /// A field of the model.
    Field {
        /// Its name.
        name: String,
        /// The call that makes it.
        field: String,
    },
    /// An option of the model's `Meta`, with its value as Python.
    Meta {
        /// `db_table`
        option: &'static str,
        /// `"shop_order"`
        value: String,
    },
    /// A rule for the code of the release.
    Code(String),
    /// A management command, which is run between two migrations.
    Command {
        /// Its file, from the folder of the app.
        path: String,
        /// Its text.
        code: String,
        /// The table whose rows it updates.
        table: String,
    },
}

impl Content {
    /// Its text.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Content::Migration(migration) => migration.code(),
            Content::Field { name, field } => format!("{name} = {field}"),
            Content::Meta { option, value } => format!("class Meta:\n    {option} = {value}"),
            Content::Code(code) | Content::Command { code, .. } => code.clone(),
        }
    }
}

/// A migration of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedMigration {
    /// Whether it runs in one transaction.
    pub is_atomic: bool,
    /// How long it waits for a lock: what the transaction begins with.
    pub lock_timeout: Option<String>,
    /// Lines that import what it names.
    pub imports: Vec<String>,
    /// What its operations name beside: functions that they call, and what the operation's own file defines.
    pub functions: Vec<String>,
    /// Its operations.
    pub operations: Vec<PlannedOperation>,
}

impl PlannedMigration {
    /// One that runs in a transaction.
    #[must_use]
    pub fn atomic(operations: Vec<PlannedOperation>) -> Self {
        Self {
            is_atomic: true,
            operations,
            ..Self::default()
        }
    }

    /// One that does not.
    #[must_use]
    pub fn autocommit(operations: Vec<PlannedOperation>) -> Self {
        Self {
            operations,
            ..Self::default()
        }
    }

    /// Its text, without dependencies.
    #[must_use]
    pub fn code(&self) -> String {
        let mut code = String::new();
        for import in &self.imports {
            code.push_str(import);
            code.push('\n');
        }
        if !self.imports.is_empty() {
            code.push('\n');
        }
        for function in &self.functions {
            code.push_str(function.trim_end());
            code.push_str("\n\n");
        }
        code.push_str("class Migration(migrations.Migration):\n");
        if !self.is_atomic {
            code.push_str("    atomic = False\n");
        }
        code.push_str("    operations = [\n");
        let timeout = self.lock_timeout.as_ref().map(|timeout| {
            format!("migrations.RunSQL(\"SET LOCAL lock_timeout = '{timeout}'\", migrations.RunSQL.noop)")
        });
        let operations = self.operations.iter().map(|operation| &operation.code);
        for operation in timeout.iter().chain(operations) {
            code.push_str("        ");
            code.push_str(&indented(operation, 8));
            code.push_str(",\n");
        }
        code.push_str("    ]\n");
        code
    }
}

impl Plan {
    /// A plan whose first release has everything.
    #[must_use]
    pub fn new(summary: impl Into<String>, steps: Vec<Step>) -> Self {
        Self {
            table: None,
            partitions: Vec::new(),
            summary: summary.into(),
            steps,
            notes: Vec::new(),
            declares: Vec::new(),
        }
    }

    /// With a difference, and the sentence that tells it.
    #[must_use]
    pub fn declaring(mut self, declared: Declared, note: impl Into<String>) -> Self {
        self.declares.push(declared);
        self.noting(note)
    }

    /// With a sentence more.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The first release in which anything is written: what comes before it are rules for the code alone, and whether the code that
    /// runs keeps them nobody but its authors can say.
    #[must_use]
    pub fn written_release(&self) -> u8 {
        let written = self
            .steps
            .iter()
            .filter(|step| !matches!(step.content, Content::Code(_)));
        written.map(|step| step.release).min().unwrap_or(1)
    }

    /// The text of a finding's help: a sentence, then the code of all steps, indented by four spaces, then the notes.
    #[must_use]
    pub fn help(&self) -> String {
        let mut help = format!("{}:\n", self.summary);
        let releases = self.steps.last().map_or(1, |step| step.release);
        for (index, step) in self.steps.iter().enumerate() {
            let heading = self.heading(index, step, releases);
            let code = step.content.code();
            help.push('\n');
            if !heading.is_empty() {
                help.extend(["    # ", &heading, "\n"]);
            }
            help.push_str("    ");
            help.push_str(&indented(code.trim_end(), 4));
            help.push('\n');
        }
        for note in &self.notes {
            help.push('\n');
            help.push_str(note);
            help.push('\n');
        }
        help
    }

    fn heading(&self, index: usize, step: &Step, releases: u8) -> String {
        let release = if releases > 1 {
            format!(", release {}", step.release)
        } else {
            String::new()
        };
        let place = match &step.content {
            Content::Migration(migration) if migration.is_atomic => " (a migration)".to_owned(),
            Content::Migration(_) => " (a migration of its own, not atomic)".to_owned(),
            Content::Field { .. } | Content::Meta { .. } | Content::Code(_) => String::new(),
            Content::Command { path, .. } => format!(" ({path})"),
        };
        match self.steps.len() {
            1 => String::new(),
            _ => format!("{}{release}: {}{place}", index + 1, step.does),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Plan, PlannedMigration, Step, apart, run_sql};

    #[test]
    fn a_plan_reads_as_numbered_migrations() {
        let step = |content| Step {
            release: 1,
            does: "builds it".to_owned(),
            content,
        };
        let build = PlannedMigration::autocommit(vec![run_sql(&["A".to_owned(), "B".to_owned()], Some(&[]))]);
        let state = PlannedMigration::atomic(vec![apart(Vec::new(), &["X()".to_owned()])]);
        let plan = Plan::new(
            "build it",
            vec![step(Content::Migration(build)), step(Content::Migration(state))],
        );
        insta::assert_snapshot!(plan.noting("It waits for nobody.").help());
    }
}
