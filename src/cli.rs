//! The command line: arguments to requests.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::config::FailOn;
use crate::report::{CheckFormat, TextOrJson};
use crate::versions::{DjangoVersion, PostgresVersion};

/// Know the lock before you take it: what Django migrations lock, rewrite and break on PostgreSQL, before they run.
#[derive(Debug, Parser)]
#[command(name = "forelock", version, about, args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Without a command, forelock checks. Exit code 0: clean; 1: findings; 2: usage or configuration."
)]
pub struct Arguments {
    /// What to do; `check` where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// `forelock PATH` is `forelock check PATH`.
    #[command(flatten)]
    pub check: Check,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge the migrations of a project, an app or single files
    Check(Check),
    /// Rewrite new migrations so that they are safe, or say why not
    Fix(Fix),
    /// List what is left to do of changes that take more than one release
    Pending(Pending),
    /// Print the DDL that migrations would run, with the locks and the work of each statement
    Sql(Sql),
    /// Print the page of a rule, a lock mode, an operation, a setting or a package
    Explain(Explain),
    /// List all rules
    Rules(Rules),
    /// Print the query that asks a database which migrations it has applied, and how large its relations are
    StatsQuery,
    /// Print a script that completes forelock's commands and options
    Completions(Completions),
}

impl Arguments {
    /// Reads the words of a command line, the program's name first.
    ///
    /// # Errors
    /// What clap has to say: a usage error, help, or the version.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut words: Vec<OsString> = words.into_iter().collect();
        if let Some(at) = command_position(&words) {
            // `forelock -q sql` is `forelock sql -q`.
            words[1..=at].rotate_right(1);
        }
        Self::try_parse_from(words)
    }
}

/// Where the command stands, if the first word that is no option is one.
fn command_position(words: &[OsString]) -> Option<usize> {
    let program = Arguments::command();
    let takes_value = |word: &str| {
        let option = program.get_arguments().find(|argument| match word.strip_prefix("--") {
            Some(long) => argument.get_long() == Some(long),
            None => argument
                .get_short()
                .is_some_and(|short| word.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4]))),
        });
        option.is_some_and(|option| option.get_action().takes_values())
    };
    let mut at = 1;
    while let Some(word) = words.get(at)?.to_str() {
        match word {
            "--" => return None,
            _ if word.starts_with('-') => at += if takes_value(word) { 2 } else { 1 },
            _ => return program.find_subcommand(word).map(|_| at),
        }
    }
    None
}

/// `forelock check`
#[derive(Args, Debug)]
pub struct Check {
    /// Migration files, apps or projects; the working folder where none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Judge the text on standard input as if this file held it: for editors
    #[arg(long, value_name = "PATH", conflicts_with = "paths")]
    pub stdin_filename: Option<PathBuf>,
    /// What is judged, and what of it counts
    #[command(flatten)]
    pub wanted: Wanted,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub output_format: CheckOutput,
    /// Count findings by rule, and what was not analysed by reason
    #[arg(long)]
    pub statistics: bool,
    /// What the project runs on
    #[command(flatten)]
    pub versions: Versions,
    /// How much is said
    #[command(flatten)]
    pub output: Output,
}

/// What is judged, and what of it counts.
#[derive(Args, Debug)]
pub struct Wanted {
    /// Only these rules or kinds of harm, in place of the configuration's
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub select: Vec<String>,
    /// These rules besides, such as those that are spoken of only when somebody asks by name
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub extend_select: Vec<String>,
    /// Not these rules or kinds of harm, besides the configuration's
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Only migrations that the branch adds or changes since it left this one: origin/main
    #[arg(long, value_name = "REF")]
    pub since: Option<String>,
    /// What the running release has, for changes that take two: a branch or tag, or a pattern of tags of which the newest before HEAD counts (v*)
    #[arg(long, value_name = "REF")]
    pub deployed: Option<String>,
    /// What databases have applied, as `forelock stats-query` brings it: deployed is what all of these files have
    #[arg(long, value_name = "FILE")]
    pub stats: Vec<PathBuf>,
    /// What gives exit code 1: error (the default), warning or info and worse; not-analysed besides
    #[arg(long, value_name = "SEVERITY", value_delimiter = ',', value_parser = FailOn::NAMES)]
    pub fail_on: Vec<String>,
    /// Exit with 0 whatever was found
    #[arg(long)]
    pub exit_zero: bool,
}

/// `forelock fix`
#[derive(Args, Debug)]
pub struct Fix {
    /// Migration files; with --since apps or projects too
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write the next step of a change that takes more than one release, as `forelock pending` lists it: shop_order.note or shop.Order.note
    #[arg(long, value_name = "NAME", conflicts_with = "since")]
    pub pending: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// What is judged, and what of it counts
    #[command(flatten)]
    pub wanted: Wanted,
    /// How it is told
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub output_format: FixOutput,
    /// What the project runs on
    #[command(flatten)]
    pub versions: Versions,
    /// How much is said
    #[command(flatten)]
    pub output: Output,
}

/// `forelock pending`
#[derive(Args, Debug)]
pub struct Pending {
    /// Projects, or apps of them; the working folder where none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What the running release has: a branch or tag, or a pattern of tags of which the newest before HEAD counts (v*)
    #[arg(long, value_name = "REF")]
    pub deployed: Option<String>,
    /// How it is told
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output_format: TextOutput,
    /// What the project runs on
    #[command(flatten)]
    pub versions: Versions,
    /// How much is said
    #[command(flatten)]
    pub output: Output,
}

/// `forelock sql`
#[derive(Args, Debug)]
pub struct Sql {
    /// An app label; all apps where none is given
    pub app: Option<String>,
    /// A migration of that app, or the beginning of its name
    pub migration: Option<String>,
    /// The project's folder
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub project: PathBuf,
    /// How statements are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output_format: TextOutput,
    /// What the project runs on
    #[command(flatten)]
    pub versions: Versions,
    /// How much is said
    #[command(flatten)]
    pub output: Output,
}

/// `forelock explain`
#[derive(Args, Debug)]
pub struct Explain {
    /// create-index-blocking-writes, "SHARE ROW EXCLUSIVE", 29 (a row of the matrix), blocks-writes, AddIndex, `lock_timeout`,
    /// zero-downtime; `pages` lists what is about no rule
    pub name: String,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// `forelock rules`
#[derive(Args, Debug)]
pub struct Rules {
    /// How rules are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output_format: TextOutput,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// `forelock completions`
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// Configuration and versions.
#[derive(Args, Debug)]
pub struct Versions {
    /// A forelock.toml or pyproject.toml, in place of the nearest one
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The interpreter, or the folder of the environment, that has the project's packages
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// The PostgreSQL that the migrations run on
    #[arg(long, value_name = "VERSION", value_parser = PostgresVersion::known)]
    pub postgres_version: Option<PostgresVersion>,
    /// The Django that runs them
    #[arg(long, value_name = "VERSION", value_parser = DjangoVersion::known)]
    pub django_version: Option<DjangoVersion>,
}

/// How much is said, and in which colours.
#[derive(Args, Debug)]
pub struct Output {
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Print findings only
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print findings of severity info too, and all that was not analysed
    #[arg(short, long)]
    pub verbose: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set; anywhere where `CLICOLOR_FORCE` is.
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `--output-format` of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckOutput {
    /// Excerpts, locks and advice
    Terminal,
    /// One line per finding
    Concise,
    /// Workflow commands of GitHub Actions: annotations in a pull request
    Github,
    /// One document for programs
    Json,
}

/// `--output-format` of `fix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixOutput {
    /// A short story for each migration
    Terminal,
    /// One document for programs
    Json,
}

/// `--output-format` of other commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOutput {
    /// For people
    Text,
    /// One document for programs
    Json,
}

impl From<CheckOutput> for CheckFormat {
    fn from(output: CheckOutput) -> Self {
        match output {
            CheckOutput::Terminal => CheckFormat::Terminal,
            CheckOutput::Concise => CheckFormat::Concise,
            CheckOutput::Github => CheckFormat::Github,
            CheckOutput::Json => CheckFormat::Json,
        }
    }
}

impl From<TextOutput> for TextOrJson {
    fn from(output: TextOutput) -> Self {
        match output {
            TextOutput::Text => TextOrJson::Text,
            TextOutput::Json => TextOrJson::Json,
        }
    }
}
