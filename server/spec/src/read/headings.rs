//! What a heading says about its section, in nine languages.

use crate::scope::Role;
use model::Modality;

/// What a title by itself tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Meaning {
    pub(crate) role: Option<Role>,
    pub(crate) modality: Option<Modality>,
}

pub(crate) fn heading(_title: &str) -> Meaning {
    Meaning::default()
}
