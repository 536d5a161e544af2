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

/// Writes a page. What stands in a `toml` block is for the program; `table` says the same to people.
pub(super) fn write(markdown: &str, table: &[String], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let text = neutral::lines(markdown.trim(), style.characters);
    let mut after_empty = false;
    for block in blocks(&text) {
        // What a block that is shown to nobody leaves behind would be two empty lines.
        if block == Block::Empty && after_empty {
            continue;
        }
        let lines = rendered(&block, table, style);
        after_empty = block == Block::Empty || (lines.is_empty() && after_empty);
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn rendered(block: &Block<'_>, table: &[String], style: &Style) -> Vec<String> {
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
        Block::Code("toml", _) => table.to_vec(),
        Block::Code(_, lines) => {
            // Python leaves two empty lines between definitions; on a page one is enough.
            let is_second = |at: &usize| *at > 0 && lines[*at].trim().is_empty() && lines[at - 1].trim().is_empty();
            let kept = (0..lines.len()).filter(|at| !is_second(at)).map(|at| lines[at]);
            kept.map(|line| style.dim(format!("    {line}").trim_end())).collect()
        }
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
