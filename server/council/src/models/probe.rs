/// A question about one object whose answer shows whether a claim holds; asked of the schemas, the
/// policies and the shadow, never of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Probe {
    AnyoneReads,
    StrangerReads,
    StrangerWrites,
    RowsLost,
    ValuesLost,
    FailsOnData,
    NotUndone,
    Gone,
}

/// What a probe shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The claim holds; what was seen.
    Holds(String),
    /// The claim does not hold; what was seen instead.
    Fails(String),
    /// Nothing was seen that says either; why.
    Open(String),
}

impl Probe {
    pub const ALL: [Self; 8] = [
        Self::AnyoneReads,
        Self::StrangerReads,
        Self::StrangerWrites,
        Self::RowsLost,
        Self::ValuesLost,
        Self::FailsOnData,
        Self::NotUndone,
        Self::Gone,
    ];

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AnyoneReads => "anyone-reads",
            Self::StrangerReads => "stranger-reads",
            Self::StrangerWrites => "stranger-writes",
            Self::RowsLost => "rows-lost",
            Self::ValuesLost => "values-lost",
            Self::FailsOnData => "fails-on-data",
            Self::NotUndone => "not-undone",
            Self::Gone => "gone",
        }
    }

    pub(crate) fn docs(self) -> &'static str {
        match self {
            Self::AnyoneReads => "somebody who is not signed in can read rows of the table",
            Self::StrangerReads => "a signed-in user can read rows that another owns",
            Self::StrangerWrites => "a signed-in user can change or delete rows that another owns",
            Self::RowsLost => "the table has fewer rows afterwards",
            Self::ValuesLost => "values of the table or column are gone afterwards",
            Self::FailsOnData => "rows of the table make the change fail",
            Self::NotUndone => "applying and undoing the change does not give back what was there",
            Self::Gone => "the object does not exist afterwards",
        }
    }
}
