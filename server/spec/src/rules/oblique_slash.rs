use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A slash between words may mean and, or, per, or the same thing.
    ///
    /// Paths, dates, units and code are left alone.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R17 (oblique symbol).
    ///
    /// ```md,bad
    /// The admin/owner can delete projects.
    /// ```
    /// ```md,good
    /// The owner can delete projects.
    /// ```
    pub(super) static RULE = {
        name: "oblique-slash",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(oblique_slash),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| words::any(&[r"\p{L}{3,}/\p{L}{3,}"]));

fn oblique_slash(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report_slash(cx, &WORDS, sink);
}
