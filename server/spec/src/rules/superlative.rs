use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A superlative compares with everything there is.
    ///
    /// Source: ISO/IEC/IEEE 29148, 5.2.7 (superlatives).
    ///
    /// ```md,bad
    /// Use the fastest database.
    /// ```
    /// ```md,good
    /// Use PostgreSQL 18.
    /// ```
    pub(super) static RULE = {
        name: "superlative",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(superlative),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"best|worst|fastest|easiest|simplest|cheapest|highest|lowest|largest|smallest|latest|newest|most (?:\w+(?:ive|al|able|ible|ful|ent|ant|ous|ed))|least (?:\w+(?:ive|al|able|ible|ful|ent|ant|ous|ed))|state-of-the-art|cutting-edge|world-class",
        r"beste[nrs]?|schnellste[nrs]?|einfachste[nrs]?|höchste[nrs]?|neueste[nrs]?|modernste[nrs]?",
        r"le meilleur|la meilleure|les meilleurs|le plus (?:rapide|simple)|à la pointe",
        r"el mejor|la mejor|los mejores|lo más \w+|de vanguardia",
        r"o melhor|a melhor|os melhores|o mais \w+|de ponta",
        r"лучш(?:ий|ая|ее|ие)|самы[йе] \w+|быстрейш\w+",
        r"terbaik|tercepat|termudah|paling \w+",
        r"最好|最快|最佳|最新|最先进|最も|最高の|最適な|최고의|가장 \w+|최신",
    ])
});

fn superlative(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}` compares with everything there is"));
}
