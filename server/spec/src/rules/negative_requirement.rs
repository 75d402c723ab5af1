use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A requirement says what must not happen, which no test can show.
    ///
    /// Security rules are often rightly negative: this is a hint to look for the positive form.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R16 (use of "not").
    ///
    /// ```md,bad
    /// The system shall not be slow.
    /// ```
    /// ```md,good
    /// The system shall answer within 300 ms.
    /// ```
    pub(super) static RULE = {
        name: "negative-requirement",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(negative_requirement),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"(?:shall|must|should|will|may) (?:not|never)|(?:shouldn['’]t|mustn['’]t|won['’]t)",
        r"(?:darf|dürfen|soll|sollen|muss) (?:\w+ ){0,3}(?:nicht|keine?[nrs]?)",
        r"ne (?:doit|doivent|devra) (?:pas|jamais)",
        r"no (?:debe|deben|deberá)",
        r"não (?:deve|devem|deverá)",
        r"не (?:должен|должна|должно|должны)",
        r"tidak (?:boleh|harus)",
        r"不得|不应|不能|してはならない|しないこと|해서는 안|하지 않아야",
    ])
});

fn negative_requirement(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}`: can this be said without a negation?"));
}
