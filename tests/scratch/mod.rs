//! A folder that is thrown away, with the files of a test in it, and forelock run there.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

#[path = "../schema/mod.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use forelock::files::Files;
use forelock::progress::Progress;
use forelock::project::{self, ConfigurationChoice, Project, Request};
use forelock::rules::RuleTable;
use serde_json::Value;
use tempfile::TempDir;

/// Creates the table `shop_order`, whatever its app is called: see [`order`].
pub const INITIAL: &str = "\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel(
            name=\"Order\",
            fields=[
                (\"id\", models.BigAutoField(primary_key=True)),
                (\"status\", models.CharField(max_length=20)),
            ],
        ),
    ]
";

/// A migration of the app `label` that does these operations after `parent`.
pub fn migration(label: &str, parent: &str, operations: &str) -> String {
    format!(
        "from django.db import migrations, models\n\n\n\
         class Migration(migrations.Migration):\n    \
             dependencies = [(\"{label}\", \"{parent}\")]\n    \
             operations = [\n        {operations},\n    ]\n"
    )
}

/// One finding: `create-index-blocking-writes`, an error. It takes the history to know that the table is an old one.
pub fn index(label: &str, parent: &str) -> String {
    let index = format!("models.Index(fields=[\"status\"], name=\"{label}_status\")");
    migration(label, parent, &format!("migrations.AddIndex(\"order\", {index})"))
}

/// One finding: `drop-column-in-use`, an error.
pub fn removal(label: &str, parent: &str) -> String {
    migration(label, parent, "migrations.RemoveField(\"order\", \"status\")")
}

/// One finding: `not-analysed`, a warning.
pub fn unreadable_operation(label: &str, parent: &str) -> String {
    migration(label, parent, "vendor.operations.Reticulate(\"order\")").replacen(
        "from django",
        "import vendor.operations\nfrom django",
        1,
    )
}

/// The one project in a folder, as these files have it.
pub fn load(folder: &Path, files: &Files) -> Project {
    let rules = RuleTable::embedded().expect("rules");
    let request = Request {
        working_folder: folder,
        paths: &[".".into()],
        files,
        configuration: ConfigurationChoice::Nearest,
        django: None,
        postgres: None,
        python: None,
        virtual_env: None,
        progress: &Progress::default(),
    };
    let mut loaded = project::load(&request, &rules, &mut |_| {}).expect("a project");
    assert_eq!(loaded.projects.len(), 1);
    loaded.projects.remove(0)
}

/// A folder with files in it.
pub struct Scratch {
    folder: TempDir,
}

impl Scratch {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder }
    }

    /// A project with a manage.py, an app `shop` and one finding, in its second migration.
    pub fn shop() -> Self {
        Self::new()
            .file("manage.py", "")
            .app("shop")
            .file("shop/migrations/0002_index.py", index("shop", "0001_initial"))
    }

    /// Adds a file; folders come along.
    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    /// Adds an empty folder.
    pub fn folder(self, path: &str) -> Self {
        fs::create_dir_all(self.path(path)).expect("a folder");
        self
    }

    /// Adds a package with an app's first migration.
    pub fn app(self, path: &str) -> Self {
        self.file(&format!("{path}/__init__.py"), "")
            .file(&format!("{path}/migrations/__init__.py"), "")
            .file(&format!("{path}/migrations/0001_initial.py"), INITIAL)
    }

    /// A place in it.
    pub fn path(&self, path: &str) -> PathBuf {
        let folder = self.folder.path().canonicalize().expect("the folder is there");
        path.split('/').fold(folder, |folder, part| folder.join(part))
    }

    /// The one project in it.
    pub fn load(&self) -> Project {
        load(&self.path(""), &Files::on_disk())
    }

    /// forelock, started here, in surroundings that say nothing about colours or environments.
    pub fn forelock(&self) -> Command {
        self.forelock_in("")
    }

    /// The same, started in a folder below.
    pub fn forelock_in(&self, path: &str) -> Command {
        let mut command = Command::cargo_bin("forelock").expect("the program");
        command.current_dir(self.path(path));
        for variable in [
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "FORCE_COLOR",
            "VIRTUAL_ENV",
            "TERM",
        ] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs forelock here with words divided by spaces.
    pub fn run(&self, words: &str) -> Run {
        Run::of(self.forelock().args(words.split_whitespace()))
    }

    /// Runs forelock in a folder below with words divided by spaces.
    pub fn run_in(&self, path: &str, words: &str) -> Run {
        Run::of(self.forelock_in(path).args(words.split_whitespace()))
    }

    /// `app.name` of all migrations that `sql` prints for a project, in their order.
    pub fn migrations(&self, project: &str) -> Vec<String> {
        let run = self.run(&format!("sql --output-format json --project {project}"));
        let migrations = run.json();
        let migrations = migrations.as_array().expect("an array").iter();
        migrations
            .map(|migration| format!("{}.{}", text(&migration["app"]), text(&migration["migration"])))
            .collect()
    }
}

/// What a run wrote, and how it ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub notes: String,
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("forelock starts");
        Self {
            code: output.status.code().expect("forelock ends by itself"),
            out: String::from_utf8(output.stdout).expect("what forelock writes is UTF-8"),
            notes: String::from_utf8(output.stderr).expect("what forelock writes is UTF-8"),
        }
    }

    /// What a run with `--output-format json` wrote.
    pub fn json(&self) -> Value {
        assert!(self.out.starts_with(['{', '[']), "{self:?}");
        schema::document(self.out.as_bytes())
    }

    /// `path: rule` of all findings in JSON.
    pub fn findings(&self) -> Vec<String> {
        let document = self.json();
        let findings = document["findings"].as_array().expect("findings").iter();
        let finding = |finding: &Value| format!("{}: {}", text(&finding["path"]), text(&finding["rule"]));
        findings.map(finding).collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// A link to a file or a folder.
#[cfg(unix)]
pub fn link(target: &Path, link: &Path) {
    std::os::unix::fs::symlink(target, link).expect("a link");
}
