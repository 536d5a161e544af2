//! Choose a format: what was found, or what would run, written for people or for programs.

pub mod concise;
mod excerpt;
pub mod explain;
mod fix_diff;
pub mod fix_json;
mod fix_story;
mod github;
pub mod json;
mod locks;
pub mod matrix;
mod neutral;
mod observed;
mod page;
pub mod pending;
mod plan_json;
pub mod rules_table;
#[cfg(test)]
mod schema;
pub mod sql_json;
pub mod sql_text;
pub mod summary;
mod table;
pub mod terminal;

use std::io::{self, Write};
use std::path::{MAIN_SEPARATOR, Path};

use crate::finding::{Analysis, Finding, MigrationReport, Pending, Severity};
use crate::fix::Rewrite;
pub use fix_diff::FileDifference;

/// Where the pages of the rules stand: a rule's page is this and its name.
pub const DOCUMENTATION: &str = "https://forelock.dev/rules/";

/// The format of `forelock check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckFormat {
    /// Excerpts, locks and advice.
    #[default]
    Terminal,
    /// One line per finding.
    Concise,
    /// Annotations in a pull request.
    Github,
    /// One document for programs.
    Json,
}

/// The format of `forelock sql`, `forelock rules`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextOrJson {
    /// For people.
    #[default]
    Text,
    /// One document for programs.
    Json,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// No escape sequences at all.
    #[default]
    Plain,
    /// The sixteen colours that every terminal theme defines.
    Ansi,
}

/// What frames are drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Characters {
    /// Lines and corners.
    #[default]
    Unicode,
    /// For terminals and logs that know nothing else.
    Ascii,
}

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// `-q`: findings only.
    Quiet,
    /// Findings that need somebody, and the summary.
    #[default]
    Normal,
    /// `-v`: findings of severity info, and everything that was not analysed.
    Verbose,
}

/// Whether `--statistics` was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Statistics {
    /// No.
    #[default]
    Hidden,
    /// Findings by rule, and gaps by reason, after the findings.
    Shown,
}

/// How a report for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Colours or none.
    pub color: Color,
    /// Unicode or ASCII frames.
    pub characters: Characters,
    /// How much is said.
    pub detail: Detail,
    /// Counts by rule.
    pub statistics: Statistics,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: Color::default(),
            characters: Characters::default(),
            detail: Detail::default(),
            statistics: Statistics::default(),
            width: 100,
        }
    }
}

impl Style {
    /// The text in this colour, or as it is where there are no colours.
    fn paint(&self, text: &str, style: owo_colors::Style) -> String {
        match self.color {
            Color::Plain => text.to_owned(),
            Color::Ansi if text.is_empty() => String::new(),
            Color::Ansi => style.style(text).to_string(),
        }
    }

    /// What stands for text that was left out.
    fn ellipsis(&self) -> &'static str {
        match self.characters {
            Characters::Unicode => "…",
            Characters::Ascii => "...",
        }
    }

    fn bold(&self, text: &str) -> String {
        self.paint(text, owo_colors::Style::new().bold())
    }

    fn dim(&self, text: &str) -> String {
        self.paint(text, owo_colors::Style::new().dimmed())
    }

    /// The small headings beside a finding: `locks`, `help`.
    fn heading(&self, text: &str) -> String {
        self.paint(text, owo_colors::Style::new().cyan().bold())
    }

    fn severity(&self, text: &str, severity: Severity) -> String {
        self.paint(text, severity_color(severity).bold())
    }

    /// Whether the report for people shows this finding.
    fn shows(&self, finding: &Finding) -> bool {
        match finding.severity {
            Severity::Silent => false,
            Severity::Info => self.detail == Detail::Verbose,
            Severity::Warning | Severity::Error => true,
        }
    }

    /// The least severity whose findings this format shows with what to do instead; none where it shows that of none.
    #[must_use]
    pub fn advised(&self, format: CheckFormat) -> Option<Severity> {
        match (format, self.detail) {
            (CheckFormat::Concise, _) => None,
            (CheckFormat::Terminal, Detail::Quiet | Detail::Normal) => Some(Severity::Warning),
            (CheckFormat::Terminal, Detail::Verbose) | (CheckFormat::Github | CheckFormat::Json, _) => {
                Some(Severity::Info)
            }
        }
    }

    /// All findings that the report for people shows, in order.
    fn shown<'a>(&self, analyses: &'a [Analysis]) -> impl Iterator<Item = &'a Finding> {
        let style = *self;
        analyses
            .iter()
            .flat_map(|analysis| &analysis.findings)
            .filter(move |finding| style.shows(finding))
    }
}

/// Writes what `forelock check` found in one project or several; paths in it are shown from `folder`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn check(
    analyses: &[Analysis],
    format: CheckFormat,
    folder: &Path,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        CheckFormat::Terminal => terminal::write(analyses, style, out),
        CheckFormat::Concise => concise::write(analyses, style, out),
        CheckFormat::Github => github::write(analyses, folder, style, out),
        CheckFormat::Json => json::write(analyses, out),
    }
}

/// Writes what these migrations would run.
///
/// # Errors
/// When `out` cannot be written to.
pub fn sql(migrations: &[&MigrationReport], format: TextOrJson, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        TextOrJson::Text => sql_text::write(migrations, style, out),
        TextOrJson::Json => sql_json::write(migrations, out),
    }
}

/// Writes the story of what `forelock fix` did, or would do: `unread` places were not
/// analysed, `ways_back` are the commands for where a migration is applied already.
///
/// # Errors
/// When `out` cannot be written to.
pub fn fix_story(
    rewrites: &[Rewrite],
    unread: usize,
    ways_back: &[(String, Vec<String>)],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    fix_story::write(rewrites, unread, ways_back, style, out)
}

/// Writes what `forelock fix` did as a document for programs.
///
/// # Errors
/// When `out` cannot be written to.
pub fn fix_json(rewrites: &[Rewrite], is_written: bool, out: &mut dyn Write) -> io::Result<()> {
    fix_json::write(rewrites, is_written, out)
}

/// Writes a patch: path, text of before and of after for each file.
///
/// # Errors
/// When `out` cannot be written to.
pub fn fix_diff(changes: &[FileDifference], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    fix_diff::write(changes, style, out)
}

/// Writes what is left to do of changes that take more than one release, for people.
///
/// # Errors
/// When `out` cannot be written to.
pub fn pending(pending: &[Pending], out: &mut dyn Write) -> io::Result<()> {
    pending::write(pending, out)
}

/// The same for programs.
///
/// # Errors
/// When `out` cannot be written to.
pub fn pending_json(pending: &[Pending], out: &mut dyn Write) -> io::Result<()> {
    pending::write_json(pending, out)
}

/// The page of a rule on the web.
#[must_use]
pub fn url(rule: &str) -> String {
    format!("{DOCUMENTATION}{rule}")
}

/// The path with forward slashes, on Windows too.
fn shown_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    match MAIN_SEPARATOR {
        '/' => text.into_owned(),
        separator => text.replace(separator, "/"),
    }
}

fn severity_color(severity: Severity) -> owo_colors::Style {
    let style = owo_colors::Style::new();
    match severity {
        Severity::Error => style.red(),
        Severity::Warning => style.yellow(),
        Severity::Info => style.cyan(),
        Severity::Silent => style.dimmed(),
    }
}

/// `1 error`, `2 errors`.
fn counted(count: usize, singular: &str) -> String {
    match count {
        1 => format!("1 {singular}"),
        _ => format!("{count} {singular}s"),
    }
}
