/// Why a reviewer gave nothing that can be used; never a pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("no answer came in time")]
    TimedOut,
    #[error("the model refused to answer")]
    Refused,
    #[error("the answer was cut off at the limit of its length")]
    CutOff,
    #[error("the answer is not usable: {0}")]
    Invalid(String),
    #[error("the change is too large for one question ({bytes} bytes, at most {bytes_max})")]
    Oversize { bytes: usize, bytes_max: usize },
    #[error("the server does not accept the key (status {0})")]
    Unauthorised(u16),
    #[error("the server asks to wait ({0})")]
    Limited(String),
    #[error("the budget does not allow the call: {0}")]
    Budget(String),
    #[error("there is no key: {0}")]
    NoKey(String),
    #[error("{0}")]
    Infra(String),
}

impl Failure {
    /// The word of reports and of the catalog.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::TimedOut => "time-out",
            Self::Refused => "refused",
            Self::CutOff | Self::Invalid(_) => "invalid",
            Self::Oversize { .. } => "oversize",
            Self::Unauthorised(_) | Self::NoKey(_) => "unauthorised",
            Self::Limited(_) => "limited",
            Self::Budget(_) => "budget",
            Self::Infra(_) => "infra",
        }
    }

    /// What to do now.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TimedOut | Self::Infra(_) | Self::Limited(_) => {
                "run the review again; answers that came are not asked for twice"
            }
            Self::Refused | Self::CutOff | Self::Invalid(_) => {
                "run the review again, or choose another model in your own settings"
            }
            Self::Oversize { .. } => "make the change in smaller steps",
            Self::Unauthorised(_) | Self::NoKey(_) => {
                "check the key that `council.models` of your own settings names"
            }
            Self::Budget(_) => "raise the budget in your own settings, or wait until tomorrow",
        }
    }
}
