//! What `forelock sql` prints for people: like `sqlmigrate`, with the locks and the work of each statement above it.
//!
//! Everything but the statements is a comment, and no text of a comment can end it: the output stays a script.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Style, neutral, shown_path};
use crate::finding::{HeldLock, MigrationReport, OperationReport, StatementReport, Work};
use crate::lock::LockMode;
use crate::schema_editor::Confidence;

/// Writes one script per migration, an empty line between two.
pub(super) fn write(migrations: &[&MigrationReport], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for (index, migration) in migrations.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        Script { migration, style }.write(out)?;
    }
    Ok(())
}

/// One migration on its way out.
struct Script<'a> {
    migration: &'a MigrationReport,
    style: &'a Style,
}

impl Script<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_header(out)?;
        if self.migration.operations.is_empty() {
            return self.comment("(no operations)", out);
        }
        if self.migration.atomic {
            writeln!(out, "{}", self.style.bold("BEGIN;"))?;
        }
        let (inline, deferred) = self.migration.statements.split_at(first_deferred(self.migration));
        for (index, operation) in self.migration.operations.iter().enumerate() {
            self.write_operation(index, operation, inline, out)?;
        }
        self.write_deferred(deferred, out)?;
        if self.migration.atomic {
            writeln!(out, "\n{}", self.style.bold("COMMIT;"))?;
        }
        Ok(())
    }

    fn write_header(&self, out: &mut dyn Write) -> io::Result<()> {
        let key = format!("-- {}", self.migration.key);
        let path = format!("  {}", shown_path(&self.migration.source.path));
        let (key, path) = (self.text(&key), self.text(&path));
        writeln!(out, "{}{}", self.style.bold(&key), self.style.dim(&path))?;
        if !self.migration.atomic {
            self.comment("not atomic: each statement is its own transaction", out)?;
        }
        if self.migration.replaces.is_empty() {
            return Ok(());
        }
        let replaced: Vec<String> = self.migration.replaces.iter().map(ToString::to_string).collect();
        self.comment(&format!("replaces {}", replaced.join(", ")), out)
    }

    fn write_operation(
        &self,
        index: usize,
        operation: &OperationReport,
        inline: &[StatementReport],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(out)?;
        let first = inline.partition_point(|statement| statement.operation < index);
        let own = &inline[first..];
        let own = &own[..own.partition_point(|statement| statement.operation == index)];
        let heading = format!("-- {index} {}{}", operation.class, remark(operation, own));
        writeln!(out, "{}", self.style.heading(&self.text(&heading)))?;
        for reason in &operation.reasons {
            self.comment(&format!("{}: {reason}", doubt(operation.confidence)), out)?;
        }
        self.write_statements(own, &operation.reasons, out)
    }

    fn write_deferred(&self, deferred: &[StatementReport], out: &mut dyn Write) -> io::Result<()> {
        if deferred.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        writeln!(out, "{}", self.style.heading("-- deferred to the end of the migration"))?;
        self.write_statements(deferred, &[], out)
    }

    fn write_statements(&self, statements: &[StatementReport], said: &[String], out: &mut dyn Write) -> io::Result<()> {
        for statement in statements {
            match &statement.not_analysed {
                Some(reason) if !said.contains(reason) => self.comment(&format!("not analysed: {reason}"), out)?,
                Some(_) => {}
                None => self.write_annotation(statement, out)?,
            }
            writeln!(
                out,
                "{}",
                ended(&neutral::lines(statement.sql.trim(), self.style.characters))
            )?;
        }
        Ok(())
    }

    /// `-- locks shop_order SHARE; holds shop_item ACCESS EXCLUSIVE; index-build; create-index-blocking-writes`
    fn write_annotation(&self, statement: &StatementReport, out: &mut dyn Write) -> io::Result<()> {
        let mut parts = Vec::new();
        let listed = |verb: &str, mode: &dyn Fn(&HeldLock) -> Option<LockMode>| {
            let locks = statement.locks.iter();
            let locks = locks.filter_map(|lock| Some(format!("{} {}", lock.relation, mode(lock)?)));
            let locks: Vec<String> = locks.collect();
            (!locks.is_empty()).then(|| format!("{verb} {}", locks.join(", ")))
        };
        parts.extend(listed("locks", &|lock| lock.mode));
        parts.extend(listed("holds", &|lock| lock.held_stronger().map(|held| held.mode)));
        if statement.work != Work::None {
            parts.push(statement.work.name().to_owned());
        }
        if !statement.rules.is_empty() {
            parts.push(statement.rules.join(", "));
        }
        if parts.is_empty() {
            return Ok(());
        }
        self.comment(&parts.join("; "), out)
    }

    /// One comment line, whatever the text holds.
    fn comment(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let text = self.text(text);
        let line = format!("-- {text}");
        writeln!(out, "{}", self.style.dim(line.trim_end()))
    }

    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        neutral::one_line(text, self.style.characters)
    }
}

fn remark(operation: &OperationReport, own: &[StatementReport]) -> &'static str {
    match operation.confidence {
        Confidence::Exact if own.is_empty() && operation.deferred.is_empty() => " (no SQL)",
        Confidence::Opaque if operation.reasons.is_empty() => ": not analysed",
        Confidence::Exact | Confidence::Partial | Confidence::Opaque => "",
    }
}

fn doubt(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Exact => "note",
        Confidence::Partial => "partly known",
        Confidence::Opaque => "not analysed",
    }
}

/// The index of the first deferred statement: what stands at the end and was deferred by its operation.
fn first_deferred(migration: &MigrationReport) -> usize {
    let is_inline = |statement: &StatementReport| {
        let operation = migration.operations.get(statement.operation);
        !operation.is_some_and(|operation| operation.deferred.iter().any(|text| text.contains(&statement.sql)))
    };
    let last_inline = migration.statements.iter().rposition(is_inline);
    last_inline.map_or(0, |index| index + 1)
}

/// The statement with its `;`, on a line of its own where a comment would swallow it.
fn ended(sql: &str) -> String {
    if sql.ends_with(';') {
        return sql.to_owned();
    }
    let last_line = sql.lines().next_back().unwrap_or_default();
    if last_line.contains("--") {
        format!("{sql}\n;")
    } else {
        format!("{sql};")
    }
}
