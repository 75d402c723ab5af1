use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// "Be able to" says that the system could, not that it does.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R10 (superfluous infinitives).
    ///
    /// ```md,bad
    /// The system shall be able to export invoices.
    /// ```
    /// ```md,good
    /// The system shall export invoices.
    /// ```
    pub(super) static RULE = {
        name: "superfluous-infinitive",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(superfluous_infinitive),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"(?:shall|must|should|will) (?:be (?:able|capable|designed|intended|enabled) (?:to|of)|have the (?:ability|capability) to|provide the (?:ability|capability) to)",
        r"(?:soll|muss|sollte|müssen|sollen) in der Lage sein",
        r"(?:doit|devra|doivent) (?:être capables? de|pouvoir|permettre de)",
        r"(?:debe|deberá|deben) (?:ser capaz de|poder|permitir)",
        r"(?:deve|deverá|devem) (?:ser capaz de|poder|permitir)",
        r"(?:должн[аоы]?|должен) (?:иметь возможность|быть способ\w+|позволять)",
        r"(?:harus|akan) (?:dapat|mampu|bisa)",
        r"应能够|应当能够|能够支持|できるようにする|できること|할 수 있어야",
    ])
});

fn superfluous_infinitive(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("say what it does instead of `{it}`"));
}
