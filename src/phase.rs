//! When a migration runs, beside the deploy of its release, and so which code runs with it. Plain data.

use crate::packages::Tool;

/// When a migration runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Before the deploy: the release before runs, and goes on for a while.
    #[default]
    BeforeDeploy,
    /// After it: the release that the migration is part of runs everywhere, and has to do without it until then.
    AfterDeploy,
    /// When somebody runs it by hand: what takes something away after the deploy, what adds something before it.
    ByHand,
    /// While nothing runs.
    Maintenance,
}

/// The phase of a migration, and what puts it there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deploy {
    /// When it runs.
    pub phase: Phase,
    /// Why then.
    pub because: Because,
    /// Of which release it is, as far as anybody knows.
    pub age: Age,
}

/// Whether a deploy of what is read may find the migration not applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Age {
    /// It may be of the release that is deployed next.
    #[default]
    MayBeNew,
    /// Others that were made much later are beside it, and nothing says what is deployed: the code that waited for it is history.
    Past,
}

/// What puts a migration into its phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Because {
    /// Nothing: migrations run first.
    #[default]
    Usual,
    /// `deploy` in the configuration.
    Configured,
    /// An attribute of the migration, or what a tool makes of its operations.
    Marked(Tool),
    /// It depends on one that runs after the deploy, and so waits with it.
    Behind(Tool),
}

impl Phase {
    /// What can be written as `deploy` in the configuration.
    pub const CONFIGURED: [(&'static str, Phase); 3] = [
        ("migrate-first", Phase::BeforeDeploy),
        ("code-first", Phase::AfterDeploy),
        ("maintenance", Phase::Maintenance),
    ];

    /// Whether the release before the migration's own still runs with what it does.
    #[must_use]
    pub fn meets_old_code(self) -> bool {
        match self {
            Phase::BeforeDeploy => true,
            Phase::AfterDeploy | Phase::ByHand | Phase::Maintenance => false,
        }
    }

    /// Whether the migration's own release runs before it, and so without what it takes away.
    #[must_use]
    pub fn lets_new_code_wait_for_drops(self) -> bool {
        match self {
            Phase::AfterDeploy | Phase::ByHand => true,
            Phase::BeforeDeploy | Phase::Maintenance => false,
        }
    }

    /// Whether the migration's own release runs before it, and so without what it adds.
    #[must_use]
    pub fn lets_new_code_wait_for_additions(self) -> bool {
        match self {
            Phase::AfterDeploy => true,
            Phase::BeforeDeploy | Phase::ByHand | Phase::Maintenance => false,
        }
    }
}

impl Deploy {
    /// Why nobody misses what is taken away then, as a clause: `no code uses, since ...`.
    #[must_use]
    pub fn nobody_misses(self) -> String {
        match (self.phase, self.words()) {
            (Phase::Maintenance, words) => format!("no code uses meanwhile: nothing else runs ({words})"),
            (Phase::BeforeDeploy | Phase::AfterDeploy | Phase::ByHand, words) => {
                format!("no code uses any more: it runs after the deploy ({words})")
            }
        }
    }

    /// What has to be seen to before something is dropped then.
    #[must_use]
    pub fn before_drop(self) -> &'static str {
        match self.phase {
            Phase::Maintenance | Phase::BeforeDeploy => "nothing",
            Phase::AfterDeploy => "nothing, once the deploy is complete",
            Phase::ByHand => "run it when the deploy is complete",
        }
    }

    /// What puts the migration there, for people.
    #[must_use]
    pub fn words(self) -> String {
        match (self.because, self.phase) {
            (Because::Usual, _) => "migrations run first".to_owned(),
            (Because::Configured, phase) => {
                let mut known = Phase::CONFIGURED.iter();
                let name = known.find(|(_, known)| *known == phase).map_or("", |(name, _)| name);
                format!("`deploy = \"{name}\"`")
            }
            (Because::Marked(tool), phase) => tool.mark(phase).to_owned(),
            (Because::Behind(tool), _) => {
                format!("{} runs it with one that it depends on", tool.name())
            }
        }
    }
}

impl Tool {
    /// What a migration carries to run in a phase.
    #[must_use]
    pub fn mark(self, phase: Phase) -> &'static str {
        match (self, phase) {
            (Tool::Safemigrate, Phase::BeforeDeploy | Phase::Maintenance) => "`safe = Safe.before_deploy()`",
            (Tool::Safemigrate, Phase::AfterDeploy | Phase::ByHand) => "`safe = Safe.after_deploy()`",
            (Tool::Syzygy, Phase::BeforeDeploy | Phase::Maintenance) => "`stage = Stage.PRE_DEPLOY`",
            (Tool::Syzygy, Phase::AfterDeploy | Phase::ByHand) => "`stage = Stage.POST_DEPLOY`",
            (Tool::Sentry, Phase::BeforeDeploy | Phase::Maintenance) => "`is_post_deployment = False`",
            (Tool::Sentry, Phase::AfterDeploy) => "`is_post_deployment = True`",
            (Tool::Sentry, Phase::ByHand) => "`is_dangerous = True`",
        }
    }

    /// The package.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tool::Safemigrate => "django-safemigrate",
            Tool::Syzygy => "django-syzygy",
            Tool::Sentry => "Sentry's deploy",
        }
    }
}
