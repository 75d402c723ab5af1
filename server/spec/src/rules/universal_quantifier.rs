use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// "All", "any" or "both" hides which things are meant and whether together or each.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R32 (universal qualification).
    ///
    /// ```md,bad
    /// The system shall notify all users.
    /// ```
    /// ```md,good
    /// The system shall notify each member of the project.
    /// ```
    pub(super) static RULE = {
        name: "universal-quantifier",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(universal_quantifier),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"all|any|both",
        r"alle[nrs]?|sämtliche[nrs]?|beide[nrs]?|jegliche[nrs]?",
        r"tous|toutes|tout|les deux",
        r"todos|todas|cualquier|ambos",
        r"todos|todas|qualquer|ambos",
        r"все|всех|любой|любые|оба",
        r"semua|setiap|kedua",
        r"所有|任何|全部|すべての|全ての|あらゆる|모든|어떤",
    ])
});

fn universal_quantifier(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report_in_requirements(cx, &WORDS, sink, |it| format!("`{it}`: say `each` and of what"));
}
