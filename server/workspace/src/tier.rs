//! The seam where a paid offer could attach one day. It gates nothing that exists:
//! `docs/open-core.md` draws the line.
//!
//! The tier that everybody has allows everything and says nothing. Another one can only be named in
//! the user's own settings; since no service verifies keys, one with a key is let by and told to be
//! unverified, and one without is refused rather than believed.

use crate::settings::Settings;

/// The tier of everybody.
pub const DEFAULT: &str = "open";

/// What is said of a tier that is not the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    pub tier: String,
}

/// Why an offer of another tier is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use {offer} with the tier `{tier}`: there is no key for it")]
pub struct Refused {
    pub offer: &'static str,
    pub tier: String,
}

/// Whether `offer` may be used; `has_key` tells whether the place that `tier.key` names holds one.
///
/// # Errors
/// [`Refused`]: a tier other than the default, without a key.
pub fn admit(
    settings: &Settings,
    offer: &'static str,
    has_key: impl FnOnce() -> bool,
) -> Result<Option<Unverified>, Refused> {
    let tier = settings.tier_name.trim();
    if tier.is_empty() || tier == DEFAULT {
        return Ok(None);
    }
    let tier = tier.to_owned();
    if has_key() { Ok(Some(Unverified { tier })) } else { Err(Refused { offer, tier }) }
}

impl Unverified {
    /// For people.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("the tier `{}` is not verified: there is no service that could", self.tier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tier: &str, has_key: bool) -> Result<Option<String>, String> {
        let settings = Settings { tier_name: tier.to_owned(), ..Settings::default() };
        let admitted = admit(&settings, "hosted proofs", || has_key);
        admitted.map(|it| it.map(|it| it.in_words())).map_err(|it| it.to_string())
    }

    #[test]
    fn the_default_tier_allows_everything_and_never_looks_for_a_key() {
        let settings = Settings::default();
        let admitted = admit(&settings, "anything", || panic!("nobody asks for a key"));
        assert_eq!(admitted, Ok(None));
        assert_eq!(check("", false), Ok(None));
    }

    #[test]
    fn another_tier_needs_a_key_and_is_not_verified() {
        let refused = "use hosted proofs with the tier `team`: there is no key for it";
        assert_eq!(check("team", false), Err(refused.to_owned()));
        let told = "the tier `team` is not verified: there is no service that could";
        assert_eq!(check("team", true), Ok(Some(told.to_owned())));
    }
}
