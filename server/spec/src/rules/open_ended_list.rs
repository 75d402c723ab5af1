use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A list does not end, so nobody can tell when it is done.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R9 (open-ended clauses).
    ///
    /// ```md,bad
    /// Users sign in with Google, GitHub, etc.
    /// ```
    /// ```md,good
    /// Users sign in with Google or GitHub.
    /// ```
    pub(super) static RULE = {
        name: "open-ended-list",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(open_ended_list),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"etc\.?|and so (?:on|forth)|including,? but not limited to|and (?:more|others|the like)|among others",
        r"usw\.?|u\. ?a\.|und so weiter|und ähnliches|etc\.?",
        r"et ainsi de suite|et autres|entre autres",
        r"entre otr[oa]s|y así sucesivamente|y (?:otr[oa]s|más)",
        r"e assim por diante|entre outr[oa]s|e mais",
        r"и т\. ?д\.|и т\. ?п\.|и так далее|и др\.|и прочее",
        r"dan lain-lain|dll\.?|dan sebagainya|dsb\.?",
        r"等等|等。|诸如此类|など|等の|등의|등을|기타",
    ])
});

fn open_ended_list(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}` leaves the list open"));
}
