use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// "And/or" asks for one, the other or both, and every reader picks.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R15 (logical expressions) and R17 (oblique).
    ///
    /// ```md,bad
    /// Admins and/or owners delete projects.
    /// ```
    /// ```md,good
    /// Admins and owners delete projects.
    /// ```
    pub(super) static RULE = {
        name: "and-or",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(and_or),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"and ?/ ?or",
        r"und ?/ ?oder",
        r"et ?/ ?ou",
        r"y ?/ ?o|y/u",
        r"e ?/ ?ou",
        r"и ?/ ?или",
        r"dan ?/ ?atau",
        r"和/或|及/或|および/または|及び/又は|및/또는",
    ])
});

fn and_or(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}` can be read in three ways"));
}
