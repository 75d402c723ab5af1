use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// An absolute such as "100 %" or "always" can neither be built nor tested.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R26 (absolutes).
    ///
    /// ```md,bad
    /// The service must always be reachable.
    /// ```
    /// ```md,good
    /// The service must be reachable 99.9 % of each month.
    /// ```
    pub(super) static RULE = {
        name: "absolute",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(absolute),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"100 ?%|always|never|totally|completely|absolutely|zero (?:downtime|errors|bugs)|at all times",
        r"immer|niemals|vollständig|jederzeit|absolut",
        r"toujours|jamais|totalement|complètement|à tout moment",
        r"siempre|nunca|totalmente|completamente|en todo momento",
        r"sempre|nunca|a qualquer momento",
        r"всегда|никогда|полностью|абсолютно",
        r"selalu|tidak pernah|sepenuhnya",
        r"始终|永远|绝不|总是|常に|決して|完全に|必ず|항상|절대|완전히",
    ])
});

fn absolute(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report_in_requirements(cx, &WORDS, sink, |it| {
        format!("`{it}` promises what no test can show")
    });
}
