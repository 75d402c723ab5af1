/// What one reviewer looks for. Reviewers of different lenses share the question and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lens {
    /// Who can see and change what.
    Security,
    /// What becomes of rows that are there.
    Data,
    /// Who breaks: deployed readers and writers, and those who wait for a lock.
    Compatibility,
    /// The case against a change that nobody objected to.
    Advocate,
}

/// What a finding of a model can be about: a closed list, so that reviewers who mean the same thing
/// say the same word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Category {
    pub word: &'static str,
    pub lens: Lens,
    /// For the model, and for the reader of a finding.
    pub docs: &'static str,
}

/// All categories, by lens.
pub static CATEGORIES: &[Category] = &[
    category("access-widened", Lens::Security, "more people can read or change rows than before"),
    category(
        "missing-policy",
        Lens::Security,
        "a table can be reached without a policy that fits it",
    ),
    category("owner-spoofing", Lens::Security, "a user can write a row as if another owned it"),
    category(
        "privilege-escalation",
        Lens::Security,
        "a user can give themselves a right or a role",
    ),
    category(
        "secret-exposed",
        Lens::Security,
        "a credential is stored or shown where it must not be",
    ),
    category("personal-data-exposed", Lens::Security, "data about a person can be seen by others"),
    category("tenant-leak", Lens::Security, "rows of one customer or group can be seen by another"),
    category("data-loss", Lens::Data, "rows or values that somebody needs are gone afterwards"),
    category("data-corruption", Lens::Data, "values are changed into something wrong"),
    category("fails-on-data", Lens::Data, "rows that can exist make the change fail"),
    category("constraint-too-weak", Lens::Data, "wrong rows can be written afterwards"),
    category("constraint-too-strict", Lens::Data, "right rows cannot be written afterwards"),
    category("wrong-default", Lens::Data, "new or old rows get a value that is wrong for them"),
    category("unwanted-cascade", Lens::Data, "deleting one row deletes others that should stay"),
    category("no-way-back", Lens::Data, "undoing the change does not give back what was there"),
    category(
        "breaks-readers",
        Lens::Compatibility,
        "a deployed query or client reads what is gone",
    ),
    category("breaks-writers", Lens::Compatibility, "a deployed client writes what is refused now"),
    category(
        "meaning-changed",
        Lens::Compatibility,
        "the same name means something else afterwards",
    ),
    category("spec-mismatch", Lens::Compatibility, "the change does not do what the spec asks for"),
    category(
        "blocks-traffic",
        Lens::Compatibility,
        "a lock or a rewrite stops readers or writers for long",
    ),
    category(
        "missing-index",
        Lens::Compatibility,
        "a query that the change brings reads a whole table",
    ),
    category(
        "wrong-order",
        Lens::Compatibility,
        "the steps only work in another order or in two releases",
    ),
];

const fn category(word: &'static str, lens: Lens, docs: &'static str) -> Category {
    Category { word, lens, docs }
}

impl Lens {
    /// The lenses of a panel unless the settings say otherwise.
    pub const STANDARD: [Self; 3] = [Self::Security, Self::Data, Self::Compatibility];

    /// The lens that settings name; the advocate is never chosen, and always called.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::STANDARD.into_iter().find(|it| it.word() == word)
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Data => "data",
            Self::Compatibility => "compatibility",
            Self::Advocate => "advocate",
        }
    }

    /// The categories that a reviewer of this lens may report.
    pub fn categories(self) -> impl Iterator<Item = &'static Category> {
        CATEGORIES.iter().filter(move |it| self == Self::Advocate || it.lens == self)
    }

    pub(crate) fn role(self) -> &'static str {
        match self {
            Self::Security => "You review access control: who can see and change which rows.",
            Self::Data => "You review data safety: what becomes of the rows that are there.",
            Self::Compatibility => {
                "You review compatibility: what breaks for deployed clients, and what waits."
            }
            Self::Advocate => {
                "You are the devil's advocate. Nobody has shown a reason against this change; look for \
                 the strongest one there is, with any of the categories."
            }
        }
    }
}

/// The category of that word.
#[must_use]
pub fn category_of(word: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|it| it.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lens_has_categories_and_each_word_is_one_of_a_kind() {
        let words: std::collections::BTreeSet<&str> = CATEGORIES.iter().map(|it| it.word).collect();
        assert_eq!(words.len(), CATEGORIES.len());
        for lens in Lens::STANDARD {
            assert!(lens.categories().count() >= 5, "{}", lens.word());
            assert_eq!(Lens::from_word(lens.word()), Some(lens));
        }
        assert_eq!(Lens::Advocate.categories().count(), CATEGORIES.len());
        assert_eq!(Lens::from_word("advocate"), None);
    }
}
