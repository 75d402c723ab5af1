use crate::run::data::Answer;
use crate::run::ledger::{Entry, Problem};
use crate::sqlite::{ProofError, ReadError};

/// Why a run stopped. The database is at the last step boundary that the ledger tells, and before
/// the first step unless [`RunError::is_partial`] says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("open the database `{path}`: {message}")]
    Open { path: String, message: String },
    /// To a PostgreSQL server.
    #[error("{0}")]
    Connect(String),
    #[error("{attempt}: another run or writer has held the database for {ms} ms")]
    Busy { attempt: String, ms: u64 },
    #[error("use the ledger: {}", list(.0))]
    Ledger(Vec<Problem>),
    #[error("use the database: its schema is not what the ledger tells: {}", .0.join("; "))]
    Drift(Vec<String>),
    #[error("take the database over: it has tables that no migration made: {}", .0.join(", "))]
    Unknown(Vec<String>),
    #[error("apply `{migration}`: it did not pass on a shadow")]
    Proof { migration: String, source: ProofError },
    #[error("apply `{migration}`: {}", answers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Data { migration: String, answers: Vec<Answer> },
    #[error("back up `{path}` to `{to}`: {message}")]
    Backup { path: String, to: String, message: String },
    #[error("apply `{migration}` without a backup: {why}")]
    NoBackup { migration: String, why: String },
    #[error("run step {step} of `{migration}`: {message}")]
    Step { migration: String, step: usize, message: String, sql: String },
    #[error("apply `{migration}`: it ended in another schema than planned: {}", differences.join("; "))]
    PostCheck { migration: String, differences: Vec<String> },
    #[error("roll `{migration}` back: {why}")]
    NoWayBack { migration: String, why: String, backup: Option<String> },
    #[error("roll back: {0}")]
    NothingToRollBack(String),
    #[error("start: the run of `{migration}` was interrupted after step {steps_done} of {n_steps}")]
    Interrupted { migration: String, steps_done: i64, n_steps: i64 },
    #[error("use what was prepared: another process changed the database meanwhile")]
    Moved,
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{attempt}: {message}")]
    Engine { attempt: &'static str, message: String },
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl RunError {
    pub(super) fn no_way_back(entry: &Entry, why: String) -> Self {
        Self::NoWayBack { migration: entry.name.clone(), why, backup: entry.backup.clone() }
    }

    /// Whether waiting may help.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Moved)
    }

    /// The migration that was not run to its end, where it is one's fault.
    #[must_use]
    pub fn migration(&self) -> Option<&str> {
        match self {
            Self::Proof { migration, .. }
            | Self::Data { migration, .. }
            | Self::NoBackup { migration, .. }
            | Self::Step { migration, .. }
            | Self::PostCheck { migration, .. }
            | Self::NoWayBack { migration, .. } => Some(migration),
            _ => None,
        }
    }

    /// What kind of error it is, in words that tell nothing of the data, for what is kept.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Open { .. } | Self::Connect(_) => "the database could not be opened",
            Self::Busy { .. } | Self::Moved => "another run was faster",
            Self::Ledger(_) => "specs and ledger do not fit",
            Self::Drift(_) => "the database had drifted",
            Self::Unknown(_) => "the database has tables that no migration made",
            Self::Proof { .. } => "it did not pass on a shadow",
            Self::Data { .. } => "rows stood in the way",
            Self::Backup { .. } | Self::NoBackup { .. } => "no backup could be made",
            Self::Step { .. } => "the engine refused a step",
            Self::PostCheck { .. } => "it ended in another schema than planned",
            Self::NoWayBack { .. } => "there was no way back",
            Self::NothingToRollBack(_) => "there was nothing to roll back",
            Self::Interrupted { .. } => "an earlier run was interrupted",
            Self::Read(_) | Self::Engine { .. } => "the database could not be read or written",
        }
    }

    /// What to do now.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Open { .. } => "check the path and the permissions".to_owned(),
            Self::Connect(_) => {
                "check the URL, the network, and for `sslmode` and `sslrootcert` the server's \
                 certificate; nothing was changed"
                    .to_owned()
            }
            Self::NoBackup { .. } => {
                "nothing was changed; install the `pg_dump` of the server's version, or give \
                 `accept_no_backup` when there is a backup of another kind"
                    .to_owned()
            }
            Self::Busy { .. } => "try again when it is done".to_owned(),
            Self::Moved => {
                "run it again; it then starts from what the database holds now".to_owned()
            }
            Self::Ledger(problems) => problems.first().map(Problem::hint).unwrap_or_default(),
            Self::Drift(_) => {
                "`specwright migrate drift` shows the differences; undo them, or say them in a spec"
                    .to_owned()
            }
            Self::Unknown(_) => "import them first: `specwright schema import`".to_owned(),
            Self::Proof { .. } => "nothing was changed; please report this plan".to_owned(),
            Self::Data { .. } => "correct these rows first; nothing was changed".to_owned(),
            Self::Backup { .. } => {
                "nothing was changed; check the free space and the folder's permissions".to_owned()
            }
            Self::Step { .. } | Self::PostCheck { .. } => {
                "the transaction was rolled back; `specwright migrate status` tells where it stands"
                    .to_owned()
            }
            Self::NoWayBack { backup: Some(backup), .. } => {
                format!("nothing was changed; the state before it is in `{backup}`")
            }
            Self::NoWayBack { backup: None, .. } => "nothing was undone".to_owned(),
            Self::NothingToRollBack(_) => {
                "`specwright migrate status` lists what is applied".to_owned()
            }
            Self::Interrupted { .. } => {
                "`specwright migrate apply --yes` finishes it; `specwright migrate rollback --yes` undoes \
                 an apply, and finishes a rollback"
                    .to_owned()
            }
            Self::Read(_) | Self::Engine { .. } => {
                "nothing was changed; check the file and the free space".to_owned()
            }
        }
    }
}
