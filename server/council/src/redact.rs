//! Takes secrets out of what leaves the machine or is kept.

/// What a hidden part of a text is made of; places in the text stay what they are.
pub(crate) const FILLER: &str = "****";

/// Hides everything that looks like a secret.
pub(crate) fn redact(text: &str) -> String {
    text::secrets::redact(text)
}
