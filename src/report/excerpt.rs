//! The one line of a file that a finding points at, ready for miette.
//!
//! miette's own sources search the whole text for each label; this one asks the file's index of lines.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

use super::neutral;
use super::{Style, shown_path};
use crate::finding::Finding;
use crate::source::{Position, SourceFile};

/// Columns of a tab in an excerpt.
pub(super) const TAB_WIDTH: usize = 4;

/// One line of source, neutral and of bearable length, with the label's place in it.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The line with a `\n`, so that a label may point behind its last character.
    text: String,
    /// Bytes of `text`.
    label: Range<usize>,
    /// Where the finding stands in the file.
    position: Position,
    /// The path as the header of the excerpt shows it.
    name: String,
}

impl Excerpt {
    /// The line that the finding points at; `None` where there is nothing to show.
    pub(super) fn of(finding: &Finding, style: &Style) -> Option<Self> {
        let source = finding.place.source.as_deref()?;
        let position = source.position(finding.place.range.start);
        let (line, label) = labelled_line(source, finding, position.line);
        if source.text.is_empty() {
            return None;
        }
        let shown = window(line, &label, style.width.saturating_sub(8).max(40));
        let (text, label) = neutral_line(line, &label, &shown, style);
        Some(Self {
            text,
            label,
            position,
            name: neutral::one_line(&shown_path(&finding.place.path), style.characters).into_owned(),
        })
    }

    /// What the label underlines.
    pub(super) fn label(&self) -> SourceSpan {
        SourceSpan::from((self.label.start, self.label.len()))
    }

    /// Columns left of the text that hangs from the middle of the label, frame included.
    pub(super) fn columns_before_label_text(&self) -> usize {
        let before = width(&self.text[..self.label.start]);
        let middle = width(&self.text[self.label.clone()]) / 2;
        let line_number = self.position.line.to_string().len();
        // The frame is ` 12 · ` before the line, and `╰── ` before the text.
        line_number + 4 + before + middle + 4
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            SourceSpan::from((0, self.text.len())),
            self.position.line.saturating_sub(1) as usize,
            self.position.column.saturating_sub(1) as usize,
            1,
        )))
    }
}

/// The line without its end, and the bytes of it that are underlined.
fn labelled_line<'a>(source: &'a SourceFile, finding: &Finding, line: u32) -> (&'a str, Range<usize>) {
    let line_range = source.line_range(line);
    let text = source.slice(line_range).trim_end_matches(['\r', '\n']);
    let in_line = |offset: u32| {
        let offset = offset.saturating_sub(line_range.start) as usize;
        text.floor_char_boundary(offset.min(text.len()))
    };
    let (start, end) = (in_line(finding.place.range.start), in_line(finding.place.range.end));
    (text, last_name(text, start..end.max(start), finding))
}

/// `AddIndex` of `migrations.AddIndex`: the part that says what the operation does.
fn last_name(line: &str, label: Range<usize>, finding: &Finding) -> Range<usize> {
    let class = finding.operation.as_ref().map_or("", |operation| &operation.class);
    match line[label.clone()].strip_suffix(class) {
        Some(module) if module.ends_with('.') && !class.is_empty() => label.end - class.len()..label.end,
        Some(_) | None => label,
    }
}

/// The part of a long line that shows as much as possible of the label, and some text before it.
fn window(line: &str, label: &Range<usize>, columns: usize) -> Range<usize> {
    let after = columns_up_to(line[label.start..].chars(), columns);
    let before = columns_up_to(line[..label.start].chars().rev(), columns);
    let before_columns = if before.columns + after.columns <= columns {
        before.columns
    } else {
        before.columns.min((columns / 3).max(columns - after.columns))
    };
    let start = columns_up_to(line[..label.start].chars().rev(), before_columns);
    let end = columns_up_to(line[label.start..].chars(), columns - start.columns);
    label.start - start.bytes..label.start + end.bytes
}

/// How much of a text fits.
struct Fitting {
    bytes: usize,
    columns: usize,
}

fn columns_up_to(characters: impl Iterator<Item = char>, columns: usize) -> Fitting {
    let mut fitting = Fitting { bytes: 0, columns: 0 };
    for character in characters {
        let width = character_width(character);
        if fitting.columns + width > columns {
            break;
        }
        fitting.bytes += character.len_utf8();
        fitting.columns += width;
    }
    fitting
}

/// The shown part of the line, made neutral, and the label's bytes in it.
fn neutral_line(line: &str, label: &Range<usize>, shown: &Range<usize>, style: &Style) -> (String, Range<usize>) {
    let ellipsis = style.ellipsis();
    let neutral = |range: Range<usize>| neutral::lines(&line[range], style.characters);
    let label_end = label.end.min(shown.end);
    let mut text = String::new();
    if shown.start > 0 {
        text.push_str(ellipsis);
    }
    text.push_str(&neutral(shown.start..label.start));
    let start = text.len();
    text.push_str(&neutral(label.start..label_end));
    let end = text.len();
    text.push_str(&neutral(label_end..shown.end));
    if shown.end < line.len() {
        text.push_str(ellipsis);
    }
    text.push('\n');
    (text, start..end)
}

fn width(text: &str) -> usize {
    text.chars().map(character_width).sum()
}

fn character_width(character: char) -> usize {
    match character {
        '\t' => TAB_WIDTH,
        // A control character is shown as one visible character.
        _ => character.width().unwrap_or(1),
    }
}
