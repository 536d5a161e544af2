//! What a run takes from its surroundings: the working folder, the environment's variables, the terminal.

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::cli::{ColorChoice, Output};
use crate::progress::Visibility;
use crate::report::{Characters, Color, Style};

/// Wider lines than this are hard to read.
const MAX_WIDTH: usize = 120;

/// The surroundings of a run, looked up once.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Paths are taken and shown from here.
    pub working_folder: PathBuf,
    /// `VIRTUAL_ENV`
    pub virtual_env: Option<PathBuf>,
    color: Color,
    characters: Characters,
    progress: Visibility,
    width: Option<usize>,
}

impl Surroundings {
    /// Looks around.
    ///
    /// # Errors
    /// When there is no working folder.
    pub fn current() -> io::Result<Self> {
        let is_terminal = io::stdout().is_terminal();
        Ok(Self {
            working_folder: env::current_dir()?,
            virtual_env: env::var_os("VIRTUAL_ENV").map(PathBuf::from),
            color: color(is_terminal, |name| env::var(name).ok()),
            characters: if is_dumb() {
                Characters::Ascii
            } else {
                Characters::Unicode
            },
            progress: if io::stderr().is_terminal() && !is_dumb() {
                Visibility::Shown
            } else {
                Visibility::Hidden
            },
            width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
        })
    }

    /// How a report for people looks here.
    #[must_use]
    pub fn style(&self, choice: ColorChoice) -> Style {
        let style = Style::default();
        Style {
            color: match choice {
                ColorChoice::Auto => self.color,
                ColorChoice::Always => Color::Ansi,
                ColorChoice::Never => Color::Plain,
            },
            characters: self.characters,
            width: self.width.map_or(style.width, |width| width.min(MAX_WIDTH)),
            ..style
        }
    }
}

impl Surroundings {
    /// Whether somebody who waits wants to see how far a run is.
    #[must_use]
    pub fn progress(&self, output: &Output) -> Visibility {
        if output.quiet {
            Visibility::Hidden
        } else {
            self.progress
        }
    }
}

fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Colours on a terminal, unless somebody asked for none or for colours everywhere.
/// See <https://no-color.org> and <https://bixense.com/clicolors>.
fn color(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Color {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let is_on = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    let is_off = |name: &str, value: &str| variable(name).is_some_and(|found| found == value);
    let wanted = if is_set("NO_COLOR") {
        false
    } else if is_on("CLICOLOR_FORCE") || is_on("FORCE_COLOR") {
        true
    } else {
        is_terminal && !is_off("CLICOLOR", "0") && !is_off("TERM", "dumb")
    };
    if wanted { Color::Ansi } else { Color::Plain }
}

#[cfg(test)]
mod tests {
    use super::{Color, color};

    fn with<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            set.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn colours_are_for_terminals() {
        assert_eq!(color(true, with(&[])), Color::Ansi);
        assert_eq!(color(false, with(&[])), Color::Plain);
        assert_eq!(color(true, with(&[("TERM", "dumb")])), Color::Plain);
    }

    #[test]
    fn variables_overrule_the_terminal() {
        assert_eq!(color(true, with(&[("NO_COLOR", "1")])), Color::Plain);
        assert_eq!(color(true, with(&[("NO_COLOR", "")])), Color::Ansi);
        assert_eq!(color(false, with(&[("CLICOLOR_FORCE", "1")])), Color::Ansi);
        assert_eq!(color(false, with(&[("CLICOLOR_FORCE", "0")])), Color::Plain);
        assert_eq!(
            color(true, with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")])),
            Color::Plain
        );
    }
}
