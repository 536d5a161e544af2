//! What `forelock fix` did, migration by migration, for people.

use std::io::{self, Write};

use textwrap::Options;

use super::{Style, counted, neutral, shown_path};
use crate::fix::{FileChange, FileKind, ModelChange, Rewrite};
use crate::plan::Locked;

/// Writes the story of each migration, then what to do about it. `ways_back` are the commands for databases that have applied one
/// already, by migration; none where nothing was written.
pub(super) fn write(
    rewrites: &[Rewrite],
    unread: usize,
    ways_back: &[(String, Vec<String>)],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for rewrite in rewrites {
        writeln!(
            out,
            "{}",
            style.bold(&neutral::one_line(&shown_path(&rewrite.path), style.characters))
        )?;
        let story = Story { rewrite, style };
        story.write(out)?;
        writeln!(out)?;
    }
    for (migration, commands) in ways_back {
        writeln!(
            out,
            "If {migration} is applied anywhere already, your laptop perhaps, Django stops there; go back first:"
        )?;
        for command in commands {
            writeln!(out, "    {command}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(rewrites, unread))?;
    for model in rewrites
        .iter()
        .flat_map(|rewrite| &rewrite.models)
        .filter(|model| !model.applied)
    {
        let line = format!("{}, else the next makemigrations undoes it.", to_write(model));
        writeln!(out, "{}", neutral::one_line(&line, style.characters))?;
    }
    Ok(())
}

struct Story<'a> {
    rewrite: &'a Rewrite,
    style: &'a Style,
}

impl Story<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let rewrite = self.rewrite;
        let cured = rewrite.cured.iter().map(|cured| {
            let locks = locks(&cured.locks);
            let locks = if locks.is_empty() { locks } else { format!(" ({locks})") };
            format!("{} [{}]: {}{locks}", cured.operation, cured.rule, cured.message)
        });
        self.section("was unsafe", cured, out)?;
        self.section("becomes", rewrite.files.iter().map(file), out)?;
        self.section("models", rewrite.models.iter().map(model), out)?;
        self.section("left as it is", rewrite.refused.iter().map(ToString::to_string), out)?;
        let is_refused = !rewrite.refused.is_empty();
        let reasons = rewrite.remaining.iter().map(|left| {
            if is_refused {
                format!("[{}]", left.rule)
            } else {
                format!("[{}]: {}", left.rule, left.reason)
            }
        });
        self.section("stays unsafe", reasons, out)?;
        self.section("to know", rewrite.notes.iter().cloned(), out)
    }

    /// A heading, and lines that wrap.
    fn section(&self, heading: &str, lines: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
        let lines: Vec<String> = lines.collect();
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(out, "  {}", self.style.heading(heading))?;
        for line in lines {
            let line = neutral::one_line(&line, self.style.characters);
            let options = Options::new(self.style.width)
                .initial_indent("    ")
                .subsequent_indent("        ");
            let options = options.break_words(false);
            for wrapped in textwrap::wrap(&line, options) {
                writeln!(out, "{wrapped}")?;
            }
        }
        Ok(())
    }
}

fn file(file: &FileChange) -> String {
    let name = file
        .path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let change = if file.is_new { "new" } else { "changed" };
    let what = match file.kind {
        FileKind::Migration { is_atomic: true } => change.to_owned(),
        FileKind::Migration { is_atomic: false } => format!("{change}, not atomic"),
        FileKind::Command => {
            return format!(
                "{} (new): to be run by hand; `migrate` stops until it has",
                shown_path(&file.path)
            );
        }
        FileKind::Package => return format!("{} (new): an empty file", shown_path(&file.path)),
    };
    let does = if file.does.is_empty() {
        "the operations as they were".to_owned()
    } else {
        file.does.join(", ")
    };
    let locks = locks(&file.locks);
    let locks = if locks.is_empty() { locks } else { format!("; {locks}") };
    format!("{name} ({what}): {does}{locks}")
}

/// `ACCESS EXCLUSIVE on shop_order`
fn locks(locks: &[Locked]) -> String {
    let mut told: Vec<String> = Vec::new();
    for lock in locks {
        let text = format!("{} on {}", lock.mode, lock.relation);
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told.join(", ")
}

fn model(model: &ModelChange) -> String {
    if model.applied {
        format!("{} is now `{}`", place(model), in_one_line(&model.after))
    } else {
        to_write(model)
    }
}

fn place(model: &ModelChange) -> String {
    match model.line {
        Some(line) => format!("{}:{line}", shown_path(&model.path)),
        None => shown_path(&model.path),
    }
}

fn to_write(model: &ModelChange) -> String {
    format!("{}: write `{}`", place(model), in_one_line(&model.after))
}

/// Python that spans lines.
fn in_one_line(code: &str) -> String {
    let words: Vec<&str> = code.split_whitespace().collect();
    words.join(" ").replace("( ", "(").replace(", )", ")")
}

fn summary(rewrites: &[Rewrite], unread: usize) -> String {
    let written = rewrites.iter().filter(|rewrite| rewrite.is_written()).count();
    let left: usize = rewrites.iter().map(|rewrite| rewrite.remaining.len()).sum();
    let mut parts = vec![match (rewrites.is_empty(), written) {
        (true, _) if unread > 0 => "Nothing that was understood is unsafe.".to_owned(),
        (true, _) => "Nothing is unsafe.".to_owned(),
        (false, 0) => "No migration is rewritten.".to_owned(),
        (false, count) => format!("{} rewritten.", counted(count, "migration")),
    }];
    if left > 0 {
        parts.push(format!(
            "{} unsafe.",
            if left == 1 {
                "1 operation stays".to_owned()
            } else {
                format!("{left} operations stay")
            }
        ));
    }
    if written > 0 {
        parts.push("Run `migrate` on a copy of production first.".to_owned());
    }
    if unread > 0 {
        let were = if unread == 1 { "was" } else { "were" };
        parts.push(format!(
            "{} {were} not analysed; `forelock check` says why.",
            counted(unread, "place")
        ));
    }
    parts.join(" ")
}
