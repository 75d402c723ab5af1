use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A quality has no number, so no test can decide it.
    ///
    /// Silent when the sentence holds a number.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R34 (measurable performance).
    ///
    /// ```md,bad
    /// Search results load fast.
    /// ```
    /// ```md,good
    /// Search results load fast: within 300 ms for 95 % of requests.
    /// ```
    pub(super) static RULE = {
        name: "unmeasurable",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(unmeasurable),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"fast|quick(?:ly)?|responsive(?:ly)?|scalable|robust|seamless(?:ly)?|efficient(?:ly)?|performant|reliabl[ey]|low latency|high(?:ly)? (?:available|performance|availability)|near real-time|minimal|optimal",
        r"schnell(?:e[nrs]?)?|skalierbar|robust|nahtlos|effizient|performant|zuverlässig",
        r"rapide(?:ment)?|scalable|robuste|fluide|efficace(?:ment)?|performante?|fiable",
        r"rápid[oa]s?|rápidamente|escalable|robust[oa]|eficiente(?:mente)?|fiable",
        r"rapidamente|escalável|robust[oa]|confiável",
        r"быстр\w+|масштабируем\w+|надёжн\w+|надежн\w+|эффективн\w+",
        r"cepat|andal|efisien|skalabel",
        r"快速|高效|可扩展|稳定|流畅|高速|高い可用性|スムーズ|迅速|効率的|빠른|빠르게|안정적|원활|효율적",
    ])
});

fn unmeasurable(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report_without_numbers(cx, &WORDS, sink, |it| {
        format!("`{it}` has no number to test against")
    });
}
