//! `forelock sql`: the DDL that migrations would run.

use std::io::Write;
use std::mem::ManuallyDrop;

use super::check::detail;
use super::{Asked, CommandError, Outcome, Surroundings, write_notes};
use crate::cli::Sql;
use crate::files::Files;
use crate::finding::MigrationReport;
use crate::lint::{self, Aim};
use crate::migration::MigrationKey;
use crate::project::Project;
use crate::report::{self, Style};
use crate::rules::RuleTable;
use crate::standing::Standing;
use crate::suggestion::nearest;

pub(super) fn run(
    sql: &Sql,
    rules: &RuleTable,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Outcome, CommandError> {
    let asked = Asked {
        paths: std::slice::from_ref(&sql.project),
        files: &Files::on_disk(),
        versions: &sql.versions,
        output: &sql.output,
    };
    let (loaded, analyses) = asked.for_each_project(rules, surroundings, |project, _| {
        lint::analyse(project, rules, Aim::Statements, &Standing::default())
    })?;
    let analyses = ManuallyDrop::new(analyses);
    let all: Vec<&MigrationReport> = analyses.iter().flat_map(|analysis| &analysis.migrations).collect();
    let chosen = chosen(sql, &all, &loaded.projects)?;
    if !sql.output.quiet {
        write_notes(&loaded.notes(), notes);
        write_notes(analyses.iter().flat_map(|analysis| &analysis.notes), notes);
    }
    write_problems(&loaded.projects, notes);
    let style = Style {
        detail: detail(&sql.output),
        ..surroundings.style(sql.output.color)
    };
    report::sql(&chosen, sql.output_format.into(), &style, out)?;
    let has_problems = loaded.projects.iter().any(|project| !project.problems.is_empty());
    Ok(if has_problems {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

/// The migrations that the arguments name, as `manage.py sqlmigrate` takes them.
fn chosen<'a>(
    sql: &Sql,
    all: &[&'a MigrationReport],
    projects: &[Project],
) -> Result<Vec<&'a MigrationReport>, CommandError> {
    let Some(app) = &sql.app else {
        return Ok(all.to_vec());
    };
    let of_app: Vec<_> = all
        .iter()
        .copied()
        .filter(|migration| migration.key.app == *app)
        .collect();
    if of_app.is_empty() {
        return Err(no_app(app, all));
    }
    let Some(name) = &sql.migration else {
        return Ok(of_app);
    };
    let exact: Vec<_> = of_app
        .iter()
        .copied()
        .filter(|migration| migration.key.name == *name)
        .collect();
    if !exact.is_empty() {
        return Ok(exact);
    }
    let beginning: Vec<_> = of_app
        .iter()
        .copied()
        .filter(|migration| migration.key.name.starts_with(name))
        .collect();
    match beginning.as_slice() {
        [_] => Ok(beginning),
        [] => Err(no_migration(app, name, &of_app, projects)),
        [first, second, ..] if first.key.name == second.key.name => Err(CommandError::NoSuchMigration(format!(
            "more than one project has {app} {}; name one with `--project FOLDER`",
            first.key.name
        ))),
        [first, second, ..] => Err(CommandError::NoSuchMigration(format!(
            "`{name}` begins more than one migration of {app}: {}, {}; write more of the name",
            first.key.name, second.key.name
        ))),
    }
}

fn no_app(app: &str, all: &[&MigrationReport]) -> CommandError {
    let mut labels: Vec<&str> = all.iter().map(|migration| migration.key.app.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let next = match nearest(app, labels.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the apps with migrations are {}", labels.join(", ")),
    };
    CommandError::NoSuchMigration(format!("no app with migrations is labelled `{app}`; {next}"))
}

fn no_migration(app: &str, name: &str, of_app: &[&MigrationReport], projects: &[Project]) -> CommandError {
    let squashes = of_app.iter().flat_map(|report| {
        let own = projects.iter().flat_map(|project| &project.migrations);
        own.filter(|migration| migration.key == report.key)
    });
    for squash in squashes {
        let is_it = |key: &&MigrationKey| key.app == *app && key.name.starts_with(name);
        if let Some(replaced) = squash.replaces.iter().find(is_it) {
            let own = &squash.key.name;
            return CommandError::NoSuchMigration(format!(
                "{replaced} is replaced by {own}, which is what runs; `forelock sql {app} {own}` prints that"
            ));
        }
    }
    let names = of_app.iter().map(|migration| migration.key.name.as_str());
    let next = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`forelock sql {app}` prints all of them"),
    };
    CommandError::NoSuchMigration(format!("{app} has no migration `{name}`; {next}"))
}

/// Files that are missing from the output, with the place and the reason.
fn write_problems(projects: &[Project], notes: &mut dyn Write) {
    for problem in projects.iter().flat_map(|project| &project.problems) {
        let place = problem
            .source
            .as_ref()
            .map(|source| source.position(problem.range.start));
        let place = place.map_or_else(String::new, |place| format!(":{}:{}", place.line, place.column));
        let _ = writeln!(notes, "error: {}{place}: {}", problem.path.display(), problem.message);
    }
}
