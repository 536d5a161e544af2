//! How git is run: without waiting for a lock or a password, and without running what a repository's configuration names.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use rustc_hash::FxHashSet;
use thiserror::Error;

/// How many objects a command line names.
const OBJECTS_AT_ONCE: usize = 1_000;

/// Why git gives no answer.
#[derive(Debug, Error)]
pub enum GitError {
    /// There is no git on this machine.
    #[error("git cannot be run: {0}")]
    NoGit(io::Error),
    /// The folder lies in no repository.
    #[error("{} is in no git repository", .0.display())]
    NoRepository(PathBuf),
    /// git does not read the repository: it is somebody else's, or broken.
    #[error("git does not read the repository that {} is in: {message}", folder.display())]
    Refused {
        /// The folder that was asked about.
        folder: PathBuf,
        /// git's own words.
        message: String,
    },
    /// A reference names no commit.
    #[error("`{0}` is no commit that git knows here")]
    UnknownReference(String),
    /// Whatever else git has to say.
    #[error("`git {command}` failed: {message}")]
    Failed {
        /// What was asked.
        command: String,
        /// Its answer.
        message: String,
    },
}

/// git, in a folder; all paths are taken and given from there.
pub(crate) struct Git<'a> {
    folder: &'a Path,
}

impl<'a> Git<'a> {
    /// In a folder of a work tree.
    pub(crate) fn at(folder: &'a Path) -> Result<Self, GitError> {
        let git = Self { folder };
        let found = git.run(&["rev-parse", "--is-inside-work-tree"])?;
        if found.status.success() {
            return Ok(git);
        }
        let message = text(&found.stderr).trim().to_owned();
        // So git says it where neither the folder nor any above it has a `.git`; with one it names what that leads to.
        let is_outside = message.contains("not a git repository (or any");
        Err(if is_outside || message.is_empty() {
            GitError::NoRepository(folder.to_owned())
        } else {
            GitError::Refused {
                folder: folder.to_owned(),
                message,
            }
        })
    }

    /// The full name of the commit that a reference stands for.
    pub(crate) fn commit(&self, reference: &str) -> Result<String, GitError> {
        let commit = format!("{reference}^{{commit}}");
        let known = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        if known.status.success() {
            Ok(line(&known))
        } else {
            Err(GitError::UnknownReference(reference.to_owned()))
        }
    }

    /// Runs a command that must succeed.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Result<Output, GitError> {
        let output = self.run(arguments)?;
        if output.status.success() {
            return Ok(output);
        }
        Err(failure(arguments, text(&output.stderr).trim()))
    }

    /// Runs a command that may well fail.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Output, GitError> {
        self.command(arguments).output().map_err(GitError::NoGit)
    }

    /// Keeps a text as an object that nothing points to, and gives its name.
    pub(crate) fn keep(&self, content: &[u8]) -> Result<Output, GitError> {
        let arguments = ["hash-object", "-w", "--no-filters", "--stdin"];
        let mut command = self.command(&arguments);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(GitError::NoGit)?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(content).map_err(GitError::NoGit)?;
        }
        let output = child.wait_with_output().map_err(GitError::NoGit)?;
        if output.status.success() {
            return Ok(output);
        }
        Err(failure(&arguments, text(&output.stderr).trim()))
    }

    /// Brings those of the objects of a commit that a partial clone has left out, all at once: git would make a connection for
    /// each that is asked for. Where it cannot, whoever asks for one will be told.
    pub(crate) fn bring(&self, commit: &str, wanted: &FxHashSet<&str>) -> Result<(), GitError> {
        let promisor = self.run(&["config", "--get-regexp", r"^remote\..*\.promisor$"])?;
        let promisor = line(&promisor);
        let Some(remote) = promisor
            .strip_prefix("remote.")
            .and_then(|rest| rest.split_once(".promisor"))
        else {
            return Ok(());
        };
        let tree = format!("{commit}^{{tree}}");
        let listed = self.run(&["rev-list", "--objects", "--no-walk", "--missing=print", &tree])?;
        let listed = text(&listed.stdout);
        let missing = listed.lines().filter_map(|line| line.strip_prefix('?'));
        let missing: Vec<&str> = missing.filter(|object| wanted.contains(object)).collect();
        for objects in missing.chunks(OBJECTS_AT_ONCE) {
            // As git itself fetches them, in promisor-remote.c.
            let quietly = ["-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags"];
            let alone = [
                "--no-write-fetch-head",
                "--recurse-submodules=no",
                "--filter=blob:none",
                remote.0,
            ];
            let arguments = quietly.iter().chain(&alone).chain(objects).copied();
            self.run(&arguments.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Starts the one that hands out objects.
    pub(crate) fn objects(&self) -> Result<Objects, GitError> {
        let mut command = self.command(&["cat-file", "--batch"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(GitError::NoGit)?;
        let (questions, answers) = (child.stdin.take(), child.stdout.take().map(BufReader::new));
        Ok(Objects {
            child,
            questions,
            answers,
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .stdin(Stdio::null())
            // A look at the repository must not wait for, or take, the lock of its index, nor ask for a password.
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            // Its words are told apart, and shown.
            .env("LC_ALL", "C")
            // A program that the repository's configuration may name.
            .args(["-c", "core.fsmonitor=false"])
            .arg("-C")
            .arg(self.folder)
            .args(arguments);
        command
    }
}

/// `git cat-file --batch`: one process for any number of objects, each sent when it is asked for.
#[derive(Debug)]
pub(crate) struct Objects {
    child: Child,
    questions: Option<ChildStdin>,
    answers: Option<BufReader<ChildStdout>>,
}

/// What git has of an object.
#[derive(Debug)]
pub(crate) enum Object {
    Bytes(Vec<u8>),
    /// It has more bytes than were wanted: so many.
    TooLarge(u64),
}

impl Objects {
    /// The object of this name, if it has no more than `limit` bytes.
    pub(crate) fn get(&mut self, name: &str, limit: u64) -> Result<Object, GitError> {
        self.exchange(name, limit).map_err(|error| {
            // What it has not read of one answer would be taken for the next.
            self.questions = None;
            let own = self.last_words();
            let message = if own.is_empty() { error.to_string() } else { own };
            failure(&["cat-file", "--batch"], &message)
        })
    }

    /// What git says when it gives up.
    fn last_words(&mut self) -> String {
        self.answers = None;
        let mut words = Vec::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            let _ = stderr.read_to_end(&mut words);
        }
        text(&words).trim().to_owned()
    }

    fn exchange(&mut self, name: &str, limit: u64) -> io::Result<Object> {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let questions = self.questions.as_mut().ok_or_else(gone)?;
        let answers = self.answers.as_mut().ok_or_else(gone)?;
        writeln!(questions, "{name}")?;
        questions.flush()?;
        let mut header = String::new();
        answers.read_line(&mut header)?;
        // `NAME TYPE SIZE`, or `NAME missing`.
        let size = header
            .trim_end()
            .rsplit_once(' ')
            .and_then(|(_, size)| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| io::Error::other(format!("it answers `{}`", header.trim_end())))?;
        let mut content = answers.by_ref().take(size);
        let object = if size > limit {
            io::copy(&mut content, &mut io::sink())?;
            Object::TooLarge(size)
        } else {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            if bytes.len() as u64 != size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Object::Bytes(bytes)
        };
        answers.read_exact(&mut [0])?;
        Ok(object)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It ends when nothing more can be asked.
        self.questions = None;
        self.answers = None;
        let _ = self.child.wait();
    }
}

fn failure(arguments: &[&str], message: &str) -> GitError {
    GitError::Failed {
        command: arguments.join(" "),
        message: message.to_owned(),
    }
}

/// The words of an answer that `-z` divides.
pub(crate) fn words(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    listed.split(|byte| *byte == 0).filter(|word| !word.is_empty())
}

/// A path as git writes it.
#[cfg(unix)]
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path as git writes it.
#[cfg(not(unix))]
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(text(bytes))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An answer of one line.
pub(crate) fn line(output: &Output) -> String {
    text(line_bytes(output)).trim().to_owned()
}

/// An answer of one line that may be no text, such as a path.
pub(crate) fn line_bytes(output: &Output) -> &[u8] {
    output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout)
}
