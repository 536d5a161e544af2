//! The questions that `--since` and `--deployed` ask git.

use std::path::{Path, PathBuf};

use super::BranchError;
use super::reference;
use crate::git::{Git, GitError, line, line_bytes, path, text, words};

/// The repository that a project lies in; all paths are taken and given from the project's folder.
pub(super) struct Repository<'a> {
    git: Git<'a>,
    folder: &'a Path,
    working_folder: &'a Path,
}

/// A tag, and the commit that it stands for.
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) commit: String,
}

impl<'a> Repository<'a> {
    pub(super) fn around(folder: &'a Path, working_folder: &'a Path) -> Result<Self, BranchError> {
        Ok(Self {
            git: Git::at(folder)?,
            folder,
            working_folder,
        })
    }

    /// The commit that a reference stands for.
    pub(super) fn commit(&self, reference: &str) -> Result<String, BranchError> {
        if let Some(flaw) = reference::flaw(reference) {
            return Err(BranchError::Reference {
                reference: reference.to_owned(),
                flaw,
            });
        }
        match self.git.commit(reference) {
            Err(GitError::UnknownReference(_)) => Err(BranchError::UnknownReference {
                reference: reference.to_owned(),
                help: self.how_to_get(reference),
            }),
            known => Ok(known?),
        }
    }

    /// The commit that the branch and the reference have in common.
    pub(super) fn merge_base(&self, reference: &str) -> Result<String, BranchError> {
        let known = self.commit(reference)?;
        let base = self.git.run(&["merge-base", &known, "HEAD"])?;
        if base.status.success() {
            return Ok(line(&base));
        }
        Err(if self.is_shallow() {
            BranchError::Shallow {
                what: format!("there is no merge base of `{reference}` and HEAD"),
                command: self.command("fetch --unshallow"),
            }
        } else {
            BranchError::Unrelated(reference.to_owned())
        })
    }

    pub(super) fn head(&self) -> Result<String, BranchError> {
        Ok(self.git.commit("HEAD")?)
    }

    /// The commit before; none for the very first.
    pub(super) fn first_parent(&self, commit: &str) -> Result<Option<String>, BranchError> {
        match self.git.commit(&format!("{commit}^")) {
            Ok(parent) => Ok(Some(parent)),
            Err(GitError::UnknownReference(_)) if self.is_shallow() => Err(BranchError::Shallow {
                what: format!("the commit before {} is not here", super::short(commit)),
                command: self.command("fetch --unshallow"),
            }),
            Err(GitError::UnknownReference(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The newest tag that matches, among the ancestors of HEAD and not at HEAD itself.
    pub(super) fn newest_tag(&self, pattern: &str) -> Result<Tag, BranchError> {
        let head = self.head()?;
        let format = "--format=%(refname:short)%00%(objectname)%00%(*objectname)";
        let order = ["--sort=-version:refname", "--sort=-creatordate"];
        let mut arguments = vec!["tag", "--list", "--merged", "HEAD", format];
        arguments.extend(order);
        arguments.extend(["--", pattern]);
        let listed = text(&self.git.ask(&arguments)?.stdout);
        for found in listed.lines() {
            let mut parts = found.split('\0');
            let (Some(name), Some(own), peeled) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let commit = peeled.filter(|peeled| !peeled.is_empty()).unwrap_or(own);
            if commit != head {
                return Ok(Tag {
                    name: name.to_owned(),
                    commit: commit.to_owned(),
                });
            }
        }
        Err(BranchError::NoTag {
            pattern: pattern.to_owned(),
            help: self.how_to_get_tags(),
        })
    }

    fn how_to_get_tags(&self) -> String {
        if self.is_shallow() {
            let command = self.command("fetch --unshallow --tags");
            return format!(
                "`{command}` brings the tags, and the history that this shallow clone lacks; with actions/checkout, `fetch-depth: 0`"
            );
        }
        format!(
            "`{}` brings the tags of the remote, if it has one",
            self.command("fetch --tags")
        )
    }

    pub(super) fn is_shallow(&self) -> bool {
        let answer = self.git.run(&["rev-parse", "--is-shallow-repository"]);
        answer.is_ok_and(|output| line(&output) == "true")
    }

    /// The folder that the repository lies in.
    pub(super) fn top(&self) -> Result<PathBuf, BranchError> {
        Ok(path(line_bytes(&self.git.ask(&["rev-parse", "--show-toplevel"])?)))
    }

    /// Those of the files that git ignores, and that are in no commit therefore.
    pub(super) fn ignored(&self, files: &[PathBuf]) -> Result<Vec<PathBuf>, BranchError> {
        let names: Vec<&str> = files.iter().filter_map(|file| file.to_str()).collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut arguments = vec![
            "--literal-pathspecs",
            "ls-files",
            "--others",
            "--ignored",
            "--exclude-standard",
            "-z",
            "--",
        ];
        arguments.extend(names);
        let listed = self.git.ask(&arguments)?;
        Ok(words(&listed.stdout).map(|name| self.folder.join(path(name))).collect())
    }

    /// Whether any file that a project is read from differs from the commit: in later commits, staged, in the work tree, untracked.
    pub(super) fn differs(&self, commit: &str) -> Result<bool, BranchError> {
        const READ: [&str; 4] = ["*.py", "*.toml", "*.txt", "*.lock"];
        let within = |words: &[&'static str]| [words, &["--"], &READ].concat();
        let mut changed = vec!["diff", "--no-ext-diff", "--quiet", commit];
        changed.extend(within(&[]));
        // It ends with 1 where something differs.
        if !self.git.run(&changed)?.status.success() {
            return Ok(true);
        }
        let untracked = self
            .git
            .ask(&within(&["ls-files", "--others", "--exclude-standard", "-z"]))?;
        Ok(!untracked.stdout.is_empty())
    }

    /// A command as one has to type it where forelock was started.
    fn command(&self, words: &str) -> String {
        let top_here = Git::at(self.working_folder).and_then(|git| git.ask(&["rev-parse", "--show-toplevel"]));
        let top = self.git.ask(&["rev-parse", "--show-toplevel"]);
        let is_here = top_here.is_ok_and(|here| top.is_ok_and(|top| here.stdout == top.stdout));
        if is_here {
            return format!("git {words}");
        }
        let folder = crate::project::root::shown(self.working_folder, self.folder);
        format!("git -C {} {words}", folder.display())
    }

    /// The command that brings a commit.
    fn how_to_get(&self, reference: &str) -> String {
        let (start, steps) = reference::split(reference);
        if !steps.is_empty() && self.git.commit(start).is_ok() {
            return if self.is_shallow() {
                let command = self.command("fetch --unshallow");
                format!(
                    "`{command}` brings the history that this shallow clone lacks; with actions/checkout, `fetch-depth: 0`"
                )
            } else {
                format!("`{start}` is known, and `{steps}` leads nowhere from there: it does not go back so far")
            };
        }
        let fetched = self.fetch(start);
        let Some((words, what)) = fetched else {
            let remote = start.trim_end_matches('/');
            return format!("name a branch of it, such as `{remote}/main`");
        };
        if self.is_shallow() {
            let command = self.command(&format!("fetch --unshallow {words}"));
            return format!(
                "`{command}` brings it, and the history that this shallow clone lacks; with actions/checkout, `fetch-depth: 0`"
            );
        }
        format!("`{}` brings {what}", self.command(&format!("fetch {words}")))
    }

    /// What `git fetch` is told to bring a reference, and what that is. None for a remote without a branch.
    fn fetch(&self, reference: &str) -> Option<(String, String)> {
        let remotes = self
            .git
            .run(&["remote"])
            .map(|output| text(&output.stdout))
            .unwrap_or_default();
        let short = reference.strip_prefix("refs/remotes/").unwrap_or(reference);
        let of_remote = short
            .split_once('/')
            .filter(|(remote, _)| remotes.lines().any(|known| known == *remote));
        let is_commit = reference.len() >= 7 && reference.chars().all(|digit| digit.is_ascii_hexdigit());
        Some(match of_remote {
            Some((_, "")) => return None,
            Some((remote, branch)) => (
                format!("{remote} {branch}:refs/remotes/{remote}/{branch}"),
                "it".to_owned(),
            ),
            None if is_commit => (
                format!("origin {reference}"),
                "that commit, if the remote has it".to_owned(),
            ),
            None => match reference.strip_prefix("refs/tags/") {
                Some(tag) => (
                    format!("origin tag {tag}"),
                    "a tag of that name, if there is one".to_owned(),
                ),
                None => {
                    let name = reference.strip_prefix("refs/heads/").unwrap_or(reference);
                    (
                        format!("origin {name}:{reference}"),
                        "a branch of that name, if there is one".to_owned(),
                    )
                }
            },
        })
    }

    /// The command that brings the files of a commit into a clone that was made without them.
    pub(super) fn how_to_complete(&self, commit: &str) -> String {
        let filter = self
            .git
            .run(&["config", "--get-regexp", r"^remote\..*\.partialclonefilter$"]);
        let is_partial = filter.is_ok_and(|output| !line(&output).is_empty());
        let commit = super::short(commit);
        if is_partial {
            let command = self.command(&format!("diff --stat {commit} HEAD"));
            return format!(
                "this clone is partial (`--filter`), and git has to fetch what it left out: run `{command}` where the remote can be \
                 reached, or clone without `--filter`"
            );
        }
        format!("`{}` says what is missing", self.command("fsck"))
    }
}
