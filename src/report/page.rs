//! Markdown, rendered lightly for a terminal: headings bold, code dimmed and indented, prose wrapped.

use std::io::{self, Write};

use textwrap::{Options, WordSeparator, WordSplitter};

use super::{Style, neutral};

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
enum Block<'a> {
    Heading(&'a str),
    /// The language of a fence, and its lines.
    Code(&'a str, Vec<&'a str>),
    Paragraph(Vec<&'a str>),
    /// `- ` or `1. ` and its text, with continuation lines.
    Item(&'a str, Vec<&'a str>),
    /// Lines that stand as they are: tables.
    Verbatim(&'a str),
    Empty,
}

/// Writes a page. A `toml` block holds the rule's rows; it is shown as a table.
pub(super) fn write(markdown: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let text = neutral::lines(markdown.trim(), style.characters);
    let mut after_empty = false;
    for block in blocks(&text) {
        // What a block that is shown to nobody leaves behind would be two empty lines.
        if block == Block::Empty && after_empty {
            continue;
        }
        let lines = rendered(&block, style);
        after_empty = block == Block::Empty || (lines.is_empty() && after_empty);
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn rendered(block: &Block<'_>, style: &Style) -> Vec<String> {
    match block {
        Block::Empty => vec![String::new()],
        Block::Heading(text) => vec![style.bold(text)],
        Block::Verbatim(text) => vec![(*text).to_owned()],
        Block::Paragraph(lines) => filled(&lines.join(" "), "", "", style),
        Block::Item(marker, lines) => filled(
            &lines.join(" "),
            &format!("{marker} "),
            &" ".repeat(marker.len() + 1),
            style,
        ),
        Block::Code("toml", lines) if lines.iter().any(|line| line.trim() == "[[row]]") => {
            rows(&lines.join("\n"), style)
        }
        Block::Code(_, lines) => lines
            .iter()
            .map(|line| match line.is_empty() {
                true => String::new(),
                false => style.dim(&format!("    {line}")),
            })
            .collect(),
    }
}

fn filled(text: &str, first_indent: &str, indent: &str, style: &Style) -> Vec<String> {
    let options = Options::new(style.width.clamp(40, 100))
        .initial_indent(first_indent)
        .subsequent_indent(indent)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options);
    lines.into_iter().map(std::borrow::Cow::into_owned).collect()
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let code = lines.by_ref().take_while(|line| line.trim() != "```").collect();
            blocks.push(Block::Code(language.trim(), code));
            continue;
        }
        match (classified(line), blocks.last_mut()) {
            (Block::Paragraph(more), Some(Block::Paragraph(open) | Block::Item(_, open))) => {
                open.extend(more);
            }
            (block, _) => blocks.push(block),
        }
    }
    blocks
}

/// A line on its own; a paragraph's line may turn out to continue the block before it.
fn classified(line: &str) -> Block<'_> {
    let text = line.trim();
    if text.is_empty() {
        return Block::Empty;
    }
    if text.starts_with('#') {
        return Block::Heading(text.trim_start_matches('#').trim());
    }
    if text.starts_with('|') {
        return Block::Verbatim(line);
    }
    match text.split_once(' ') {
        Some((marker, rest)) if is_list_marker(marker) => Block::Item(marker, vec![rest.trim()]),
        Some(_) | None => Block::Paragraph(vec![text]),
    }
}

fn is_list_marker(word: &str) -> bool {
    let number = word.strip_suffix('.').unwrap_or_default();
    matches!(word, "-" | "*") || (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The rows of a rule as a table: which statement, which locks, what work.
fn rows(toml: &str, style: &Style) -> Vec<String> {
    let Ok(table) = toml.parse::<toml::Table>() else {
        return Vec::new();
    };
    let rows = table.get("row").and_then(toml::Value::as_array);
    let rows: Vec<&toml::Table> = rows.into_iter().flatten().filter_map(toml::Value::as_table).collect();
    let mut lines = vec![["when", "locks", "work"].map(str::to_owned)];
    lines.extend(rows.into_iter().map(row));
    let widest = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (widest(0), widest(1));
    let mut text: Vec<String> = lines
        .iter()
        .map(|[when, locks, work]| {
            format!("    {when:first$}  {locks:second$}  {work}")
                .trim_end()
                .to_owned()
        })
        .collect();
    text[0] = style.bold(&text[0]);
    text
}

fn row(row: &toml::Table) -> [String; 3] {
    let of = |key: &str| row.get(key).map(words).unwrap_or_default();
    let locks = [of("lock"), of("locks")].concat();
    let facts = row.iter().filter(|(key, _)| !ROW_CONSEQUENCES.contains(&key.as_str()));
    let when: Vec<String> = facts
        .map(|(key, value)| match key.as_str() {
            "aspect" | "statement" => words(value),
            _ => format!("{key}: {}", words(value)),
        })
        .collect();
    [when.join(", "), locks, of("work")]
}

/// Members of a row that say what follows; all others say when it holds.
const ROW_CONSEQUENCES: [&str; 8] = ["lock", "locks", "work", "harm", "severity", "matrix", "message", "help"];

fn words(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(" or "),
        toml::Value::Table(table) => {
            let members = table.iter().map(|(key, value)| format!("{key} {}", words(value)));
            members.collect::<Vec<_>>().join(", ")
        }
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => {
            value.to_string()
        }
    }
}
