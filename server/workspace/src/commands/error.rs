/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    pub kind: ErrorKind,
    /// What was attempted and on what; a lower-case fragment that reads well after "failed to".
    pub message: String,
    /// What to do now.
    pub hint: Option<String>,
}

/// The kinds that users meet; each front maps them once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request cannot be met as it is.
    User,
    /// The settings must be mended first.
    Config,
    /// Somebody else holds what is needed; try again.
    Busy,
    /// A fault of this program or of the machine.
    Internal,
}

impl CommandError {
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    pub(crate) fn user(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::User, message)
    }

    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        Self::new(ErrorKind::Internal, crate::error_chain(error))
    }

    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn input(name: &str, error: &serde_json::Error) -> Self {
        Self::user(format!("read the input of `{name}`: {error}"))
            .hint(format!("the fields are listed under `{name}` in docs/commands.md"))
    }
}
