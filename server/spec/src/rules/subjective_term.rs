use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A word of taste: two readers will not agree whether it is fulfilled.
    ///
    /// Source: ISO/IEC/IEEE 29148, 5.2.7 (subjective language).
    ///
    /// ```md,bad
    /// The editor has a modern, user-friendly layout.
    /// ```
    /// ```md,good
    /// The editor shows the file list at the left and passes WCAG 2.2 AA.
    /// ```
    pub(super) static RULE = {
        name: "subjective-term",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(subjective_term),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"user[- ]friendly|easy[- ]to[- ]use|intuitive(?:ly)?|beautiful(?:ly)?|nice(?:ly)?|clean|modern|sleek|elegant(?:ly)?|attractive|delightful|cool|simple|flexible|powerful|cost[- ]effective|engaging|compelling",
        r"benutzerfreundlich(?:e[nrs]?)?|intuitiv(?:e[nrs]?)?|modern(?:e[nrs]?)?|ansprechend(?:e[nrs]?)?|elegant(?:e[nrs]?)?|übersichtlich(?:e[nrs]?)?|schön(?:e[nrs]?)?",
        r"conviviale?s?|intuiti(?:f|ve)s?|modernes?|élégante?s?|agréables?|ergonomiques?",
        r"intuitiv[oa]s?|amigables?|modern[oa]s?|atractiv[oa]s?|fácil de usar|elegantes?",
        r"amigáve(?:l|is)|atraentes?|fácil de usar|agradáve(?:l|is)",
        r"удобн\w+|интуитивн\w+|современн\w+|красив\w+|дружественн\w+|понятн\w+",
        r"mudah digunakan|intuitif|ramah pengguna|menarik",
        r"友好|直观|美观|易用|现代|简洁|使いやすい|直感的|モダン|美しい|見やすい|직관적|사용하기 쉬운|세련된|편리한|깔끔한",
    ])
});

fn subjective_term(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}` is a matter of taste"));
}
