//! The Easy Approach to Requirements Syntax: keywords in nine languages and the parts of a sentence.
//!
//! Source: A. Mavin et al., "Easy Approach to Requirements Syntax (EARS)", RE 2009.

use crate::pattern::compile;
use crate::rules::gate;
use aho_corasick::AhoCorasick;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The keyword that opens a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Keyword {
    /// WHEN: an event.
    When,
    /// WHILE: a state.
    While,
    /// WHERE: an optional feature.
    Where,
    /// IF: unwanted behaviour.
    If,
}

impl Keyword {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::When => "WHEN",
            Self::While => "WHILE",
            Self::Where => "WHERE",
            Self::If => "IF",
        }
    }
}

/// What kind of behaviour sentence a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sentence {
    /// Has a capital SHALL (or its like), perhaps behind a keyword.
    Ears,
    /// Begins with a capital keyword, GIVEN or THEN, in one line or over several items.
    Scenario,
}

/// A sentence taken apart; ranges count from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ears {
    pub(crate) keyword: Option<(Keyword, Range<usize>)>,
    pub(crate) then: Option<Range<usize>>,
    /// Every SHALL, in order.
    pub(crate) shalls: Vec<Range<usize>>,
}

static KEYWORD: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:(?P<when>WHEN|WENN|SOBALD|QUAND|LORSQUE|LORSQU['’]|CUANDO|QUANDO|КОГДА|KETIKA|SAAT|当)|(?P<while>WHILE|WÄHREND|SOLANGE|TANT QUE|PENDANT QUE|MIENTRAS|ENQUANTO|ПОКА|SELAMA)|(?P<where>WHERE|SOFERN|LÀ OÙ|OÙ|DONDE|ONDE|ГДЕ|DI MANA)|(?P<if>IF|FALLS|SI|SE|ЕСЛИ|JIKA|如果|若))(?P<end>[\s*]|$|[^\x00-\x7F])",
    )
});
static THEN: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"\b(?:THEN|DANN|ALORS|ENTONCES|ENTÃO|ТОГДА|ТО|MAKA)\b|那么|，则|(?i:, then\b)")
});
static SHALL: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:SHALL|SOLL|SOLLEN|MUSS|MÜSSEN|DOIT|DOIVENT|DEBE|DEBEN|DEBERÁ|DEBERÁN|DEVE|DEVEM|DEVERÁ|DEVERÃO|ДОЛЖЕН|ДОЛЖНА|ДОЛЖНО|ДОЛЖНЫ|HARUS)\b",
    )
});
/// Any verb that binds, in any case: a response that EARS would write with SHALL.
static BINDS: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:shall|must|should|will|soll|sollen|muss|müssen|wird|werden|doit|doivent|debe|deben|deberá|deberán|deve|devem|deverá|deverão|должен|должна|должно|должны|harus|akan)\b|应当?|必须|しなければならない|すること|する|해야|한다",
    )
});
static SCENARIO: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:GIVEN|WHEN|THEN|AND|Given|When|Then|Scenario|Gegeben|Étant donné|Dado|Dada|Допустим|Дано)\b",
    )
});

/// Every capital word above, as plain needles: most text has none.
static MAYBE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::exact(&[
        "SHALL",
        "SOLL",
        "MUSS",
        "MÜSSEN",
        "DOIT",
        "DOIVENT",
        "DEBE",
        "DEVE",
        "ДОЛЖ",
        "HARUS",
        "WHEN",
        "WENN",
        "SOBALD",
        "QUAND",
        "LORSQU",
        "CUANDO",
        "QUANDO",
        "КОГДА",
        "KETIKA",
        "SAAT",
        "当",
        "WHILE",
        "WÄHREND",
        "SOLANGE",
        "TANT QUE",
        "PENDANT",
        "MIENTRAS",
        "ENQUANTO",
        "ПОКА",
        "SELAMA",
        "WHERE",
        "SOFERN",
        "OÙ",
        "DONDE",
        "ONDE",
        "ГДЕ",
        "DI MANA",
        "IF ",
        "FALLS",
        "SI ",
        "SE ",
        "ЕСЛИ",
        "JIKA",
        "如果",
        "若",
    ])
});

impl Ears {
    /// Whether a text may hold a sentence that [`Ears::parse`] understands.
    pub(crate) fn may_be_in(text: &str) -> bool {
        MAYBE.is_match(text)
    }

    /// Tells what a line of Markdown is, cheaply; `None` for everything else.
    pub(crate) fn kind(source: &str) -> Option<Sentence> {
        let text = strip(source);
        if Self::may_be_in(text) && SHALL.is_match(text) {
            return Some(Sentence::Ears);
        }
        SCENARIO.is_match(text).then_some(Sentence::Scenario)
    }

    /// Takes a sentence apart; `None` when it has neither a capital keyword nor a capital SHALL.
    pub(crate) fn parse(sentence: &str) -> Option<Self> {
        let keyword = KEYWORD.captures(sentence).and_then(|it| {
            let kinds = [
                ("when", Keyword::When),
                ("while", Keyword::While),
                ("where", Keyword::Where),
                ("if", Keyword::If),
            ];
            kinds.iter().find_map(|(name, kind)| it.name(name).map(|it| (*kind, it.range())))
        });
        let shalls: Vec<Range<usize>> = SHALL.find_iter(sentence).map(|it| it.range()).collect();
        if keyword.is_none() && shalls.is_empty() {
            return None;
        }
        let then = THEN.find(sentence).map(|it| {
            let lead = it.as_str().len() - it.as_str().trim_start_matches([',', ' ', '，']).len();
            it.start() + lead..it.end()
        });
        Some(Self { keyword, then, shalls })
    }

    /// Whether `text` says what somebody must do, in whatever words.
    pub(crate) fn binds(text: &str) -> bool {
        BINDS.is_match(text)
    }
}

/// Drops list marks and emphasis before the first word.
fn strip(source: &str) -> &str {
    source.trim_start_matches(['*', '_', '`', ' ', '['])
}
