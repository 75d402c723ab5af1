use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A comparative does not say than what.
    ///
    /// Silent when the sentence has "than" or a number.
    ///
    /// Source: ISO/IEC/IEEE 29148, 5.2.7 (comparative phrases).
    ///
    /// ```md,bad
    /// Search gets faster.
    /// ```
    /// ```md,good
    /// Search gets faster than 300 ms.
    /// ```
    pub(super) static RULE = {
        name: "comparative",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(comparative),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"better|faster|easier|simpler|cheaper|higher|lower|larger|smaller|slower|stronger|more (?:efficient|accurate|reliable|secure|responsive|flexible|convenient|intuitive)\w*|less (?:\w+)",
        r"besser(?:e[nrs]?)?|schneller(?:e[nrs]?)?|einfacher(?:e[nrs]?)?|effizienter",
        r"meilleure?s?|plus (?:rapide|simple|efficace|fiable)(?:ment)?s?",
        r"mejor(?:es)?|más (?:rápido|fácil|eficiente|sencillo)\w*",
        r"melhor(?:es)?|mais (?:rápido|fácil|eficiente|simples)\w*",
        r"лучше|быстрее|проще|эффективнее|удобнее",
        r"lebih (?:baik|cepat|mudah|efisien)",
        r"更快|更好|更高效|更简单|より(?:早く|速く|良い|簡単)|더 (?:빠른|빠르게|나은|쉬운|쉽게)",
    ])
});

fn comparative(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report_comparative(cx, &WORDS, sink, |it| format!("`{it}` than what?"));
}
