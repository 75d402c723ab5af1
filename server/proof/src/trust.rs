//! How far a proof can be trusted, and what it does not prove, in plain words.

use crate::Proof;

/// What stands behind a proof besides its own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Unsigned,
    /// By a key on the machine that made it.
    Signed,
    /// Signed, and it quotes a seal of the audit chain that it tells of.
    Sealed,
}

impl Level {
    /// What a proof claims by what it carries; whether that holds is for the checks to say.
    #[must_use]
    pub fn of(proof: &Proof) -> Self {
        let is_signed = !proof.envelope.signatures.is_empty();
        match (is_signed, &proof.statement.predicate.chain.seal) {
            (false, _) => Self::Unsigned,
            (true, None) => Self::Signed,
            (true, Some(_)) => Self::Sealed,
        }
    }

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Signed => "signed by a local key",
            Self::Sealed => "signed by a local key, over a sealed chain",
        }
    }

    /// What it shows.
    #[must_use]
    pub const fn proves(self) -> &'static str {
        match self {
            Self::Unsigned => {
                "The entries of the audit chain below fit each other. Beyond that, this is what the \
                 program that made it says of itself."
            }
            Self::Signed => {
                "Nothing in the statement was changed since the holder of the key signed it, and \
                 the entries of the audit chain below fit each other."
            }
            Self::Sealed => {
                "Nothing in the statement was changed since the holder of the key signed it, and \
                 the audit chain is the one that was sealed: entries before the seal were not \
                 removed or computed anew since."
            }
        }
    }

    /// What one might take it to show, and it does not.
    #[must_use]
    pub const fn does_not_prove(self) -> &'static str {
        match self {
            Self::Unsigned => {
                "It does not show who made it, nor that it is unchanged: whoever has the file can \
                 change it, and compute every hash anew."
            }
            Self::Signed => {
                "It does not show that what is stated is true: who holds the key can sign anything, \
                 and the key lies on the machine that did the work. Nor does it show that the \
                 audit chain was not computed anew before the signature."
            }
            Self::Sealed => {
                "It does not show that what is stated is true: who holds the key can sign anything, \
                 and the key lies on the machine that did the work. The seal is worth something \
                 only to those who have had a copy of it, from elsewhere, since it was made."
            }
        }
    }
}
