use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A requirement in the passive voice does not say who acts.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R2 (active voice).
    ///
    /// ```md,bad
    /// The invoice shall be sent within a day.
    /// ```
    /// ```md,good
    /// The billing service shall send the invoice within a day.
    /// ```
    pub(super) static RULE = {
        name: "passive-without-actor",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(passive_without_actor),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"(?:shall|must|should|will) (?:not )?be (?:\w+ly )?(?:\w+ed|sent|shown|kept|held|made|built|set|stored|written|read|given|taken|found|done|put|hidden|chosen)",
        r"(?:muss|müssen|soll|sollen|sollte|sollten)\b[^.]{0,80}?\b\w+(?:t|en) werden",
        r"(?:doit|doivent|devra|devront) être \w+é(?:e|s|es)?",
        r"(?:debe|deben|deberá|deberán) ser \w+[ai]d[oa]s?",
        r"(?:deve|devem|deverá|deverão) ser \w+[ai]d[oa]s?",
        r"(?:должен|должна|должно|должны) быть \w+н[аоы]?",
        r"harus di\w+",
    ])
});

fn passive_without_actor(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report_passive(cx, &WORDS, sink, |it| format!("`{it}` does not say by whom"));
}
