use super::Rule;
use model::Severity;
use std::collections::BTreeMap;

/// What the settings say of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Off,
    On,
    At(Severity),
}

/// The settings of all rules; rules that are not named keep their default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    pub by_name: BTreeMap<String, Level>,
}

impl Levels {
    /// The severity at which `rule` reports; `None` when it is off.
    #[must_use]
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        match self.by_name.get(rule.name) {
            Some(Level::Off) => None,
            Some(Level::On) => Some(rule.severity),
            Some(Level::At(severity)) => Some(*severity),
            None => rule.on_by_default.then_some(rule.severity),
        }
    }
}
