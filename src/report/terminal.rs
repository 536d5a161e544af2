//! Findings for people: the excerpt, the statement, who waits, and what to write instead.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};
use textwrap::{Options, WordSeparator, WordSplitter, core::display_width};

use super::excerpt::{Excerpt, TAB_WIDTH};
use super::{Characters, Color, Detail, Style, locks, neutral, severity_color, shown_path, summary};
use crate::finding::{Analysis, Finding, HeldLock, Help, Related, RelatedKind, Severity};

/// Columns of `  locks  `: what stands beside a small heading begins here.
const MARGIN: usize = 9;

/// Lines of a statement below its label; what is longer can be read in the JSON.
const STATEMENT_LINES: usize = 4;

/// Plans are written whole where no more findings than these are shown.
const WHOLE_PLANS: usize = 20;

/// Writes all findings that this style shows, then the summary.
pub(super) fn write(analyses: &[Analysis], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let frames = Frames::new(style);
    let steps = match style.shown(analyses).nth(WHOLE_PLANS) {
        None => Steps::Whole,
        Some(_) => Steps::Counted,
    };
    for finding in style.shown(analyses) {
        write_finding(finding, steps, &frames, style, out)?;
        writeln!(out)?;
    }
    summary::write(analyses, style, out)
}

/// How a plan of several steps is written.
#[derive(Clone, Copy)]
enum Steps {
    Whole,
    Counted,
}

/// What to do instead: of many plans each is told in a sentence, with the way to the whole of it.
fn help_of(finding: &Finding, steps: Steps) -> Cow<'_, str> {
    match (&finding.help, steps) {
        (Help::Plan(plan), Steps::Counted) if plan.steps.len() > 1 => {
            let path = shown_path(&finding.place.path);
            let count = plan.steps.len();
            Cow::Owned(format!("{}: `forelock {path}` prints the {count} steps", plan.summary))
        }
        (help, _) => help.text(),
    }
}

fn write_finding(
    finding: &Finding,
    steps: Steps,
    frames: &Frames,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_header(finding, style, out)?;
    let statement = finding
        .statement
        .as_deref()
        .map(|statement| one_line_of_sql(statement, style));
    if let Some(excerpt) = Excerpt::of(finding, style) {
        let label = statement.map(|statement| label_text(&statement, excerpt.columns_before_label_text(), style));
        frames.write(finding.severity, &Snippet { excerpt, label }, out)?;
    } else {
        write_place(finding, style, out)?;
        if let Some(statement) = statement {
            write_beside("sql", &label_text(&statement, MARGIN, style), style, out)?;
        }
    }
    write_related(finding, style, out)?;
    write_locks(finding, style, out)?;
    if !finding.also.is_empty() {
        write_beside("also", &prose(&finding.also.join(", "), style), style, out)?;
    }
    write_help(&help_of(finding, steps), style, out)
}

/// `error[rule]: message`
fn write_header(finding: &Finding, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let kind = format!(
        "{}[{}]",
        finding.severity.name(),
        neutral::one_line(&finding.rule, style.characters)
    );
    let message = format!(": {}", neutral::one_line(&finding.message, style.characters));
    writeln!(
        out,
        "{}{}",
        style.severity(&kind, finding.severity),
        style.bold(&message)
    )
}

/// The path alone, where no line can be shown.
fn write_place(finding: &Finding, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let path = shown_path(&finding.place.path);
    let path = neutral::one_line(&path, style.characters);
    let frame = match style.characters {
        Characters::Unicode => "──",
        Characters::Ascii => "--",
    };
    writeln!(out, "    {frame}[{}]", style.paint(&path, link_color()))
}

/// Other files that have to be looked at to understand the finding.
fn write_related(finding: &Finding, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let is_shown = |related: &&Related| match related.kind {
        RelatedKind::Written | RelatedKind::AlsoUnread => true,
        // The headline names the line of an operation that has taken a lock.
        RelatedKind::ColumnMade | RelatedKind::LockTaken => false,
    };
    let lines = finding.related.iter().filter(is_shown).map(|related| {
        let start = summary::start(&related.place);
        let path = neutral::one_line(&shown_path(&related.place.path), style.characters).into_owned();
        let place = style.paint(&format!("{path}:{}:{}", start.line, start.column), link_color());
        format!("{place}  {}", neutral::one_line(&related.message, style.characters))
    });
    write_beside("see", &lines.collect::<Vec<_>>(), style, out)
}

/// How many relations are shown at most; beyond, the others are counted.
const SHOWN_LOCKS: usize = 8;

/// One line per relation: its name, the mode, and who waits for how long.
fn write_locks(finding: &Finding, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let held = finding.locks.as_slice();
    let (shown, rest) = if held.len() > SHOWN_LOCKS {
        held.split_at(SHOWN_LOCKS - 1)
    } else {
        (held, &[][..])
    };
    let mut lines = lock_lines(shown, finding, style);
    if !rest.is_empty() {
        lines.push(format!("and {} more", rest.len()));
    }
    write_beside("locks", &lines, style, out)
}

fn lock_lines(held: &[HeldLock], finding: &Finding, style: &Style) -> Vec<String> {
    let names: Vec<String> = held
        .iter()
        .map(|lock| neutral::one_line(&locks::relation(lock), style.characters).into_owned())
        .collect();
    let widest = names.iter().map(|name| display_width(name)).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (name, lock) in names.iter().zip(held) {
        let padding = " ".repeat(widest - display_width(name));
        let words = format!(
            "{}: {}",
            locks::modes(lock),
            neutral::one_line(
                &locks::sentence(lock, &finding.locks, locks::Lasting::of(finding)),
                style.characters
            )
        );
        let words = wrapped(&words, MARGIN + widest + 2, style);
        let indent = " ".repeat(widest + 2);
        for (index, line) in words.iter().enumerate() {
            lines.push(match index {
                0 => format!("{}{padding}  {line}", style.bold(name)),
                _ => format!("{indent}{line}"),
            });
        }
    }
    lines
}

/// Advice: prose is wrapped, code stands as it is.
fn write_help(help: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let help = neutral::lines(help.trim_end(), style.characters);
    let mut lines = Vec::new();
    for line in help.lines() {
        if line.starts_with("    ") || line.is_empty() {
            lines.push(line.to_owned());
        } else {
            lines.extend(wrapped(line, MARGIN, style));
        }
    }
    write_beside("help", &lines, style, out)
}

/// Lines beside a small heading; nothing where there are no lines.
fn write_beside(heading: &str, lines: &[String], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for (index, line) in lines.iter().enumerate() {
        if index == 0 {
            let padding = " ".repeat(MARGIN.saturating_sub(2 + heading.len()));
            writeln!(out, "  {}{padding}{line}", style.heading(heading))?;
        } else if line.is_empty() {
            writeln!(out)?;
        } else {
            writeln!(out, "{:MARGIN$}{line}", "")?;
        }
    }
    Ok(())
}

fn prose(text: &str, style: &Style) -> Vec<String> {
    wrapped(&neutral::one_line(text, style.characters), MARGIN, style)
}

/// The statement on one line; white space between its words is Django's or the author's and says nothing.
fn one_line_of_sql(statement: &str, style: &Style) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    neutral::one_line(&words.join(" "), style.characters).into_owned()
}

/// The beginning of a long statement, and how much was left out.
fn label_text(statement: &str, columns_before: usize, style: &Style) -> Vec<String> {
    let mut lines = wrapped(statement, columns_before, style);
    if lines.len() <= STATEMENT_LINES {
        return lines;
    }
    let left_out: usize = lines[STATEMENT_LINES..]
        .iter()
        .map(|line| line.chars().count() + 1)
        .sum();
    lines.truncate(STATEMENT_LINES);
    lines.push(format!("{} {left_out} more characters", style.ellipsis()));
    lines
}

/// The text in lines that fit beside what stands before them. Names are never cut at a hyphen.
fn wrapped(text: &str, columns_before: usize, style: &Style) -> Vec<String> {
    let columns = style.width.saturating_sub(columns_before).max(40);
    let options = Options::new(columns)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options)
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect()
}

/// One handler per severity, because miette colours a label by the handler's theme.
struct Frames {
    error: GraphicalReportHandler,
    warning: GraphicalReportHandler,
    info: GraphicalReportHandler,
}

impl Frames {
    fn new(style: &Style) -> Self {
        Self {
            error: handler(Severity::Error, style),
            warning: handler(Severity::Warning, style),
            info: handler(Severity::Info, style),
        }
    }

    fn write(&self, severity: Severity, snippet: &Snippet, out: &mut dyn Write) -> io::Result<()> {
        let handler = match severity {
            Severity::Error => &self.error,
            Severity::Warning => &self.warning,
            Severity::Info | Severity::Silent => &self.info,
        };
        let mut text = String::new();
        handler.render_report(&mut text, snippet).map_err(io::Error::other)?;
        // miette opens with a line for the message; ours stands in the header already.
        let frame = text.split_once('\n').map_or("", |(_, frame)| frame);
        out.write_all(frame.as_bytes())
    }
}

fn handler(severity: Severity, style: &Style) -> GraphicalReportHandler {
    let plain = owo_colors::Style::new();
    let characters = match style.characters {
        Characters::Unicode => ThemeCharacters::unicode(),
        Characters::Ascii => ThemeCharacters::ascii(),
    };
    let styles = match style.color {
        Color::Plain => ThemeStyles::none(),
        Color::Ansi => ThemeStyles {
            link: link_color(),
            linum: plain.dimmed(),
            highlights: vec![severity_color(severity)],
            ..ThemeStyles::none()
        },
    };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_context_lines(0)
        .tab_width(TAB_WIDTH)
        .without_syntax_highlighting()
        .with_urls(false)
}

fn link_color() -> owo_colors::Style {
    owo_colors::Style::new().cyan()
}

/// What miette draws: one line and, below the label, the statement.
#[derive(Debug)]
struct Snippet {
    excerpt: Excerpt,
    label: Option<Vec<String>>,
}

impl fmt::Display for Snippet {
    fn fmt(&self, _formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippet {}

impl Diagnostic for Snippet {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let text = self.label.as_ref().map(|lines| lines.join("\n"));
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(
            text,
            self.excerpt.label(),
        ))))
    }
}

/// Whether gaps are listed one by one.
pub(super) fn lists_gaps(style: &Style) -> bool {
    match style.detail {
        Detail::Quiet | Detail::Normal => false,
        Detail::Verbose => true,
    }
}
