use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, ears};
use crate::pattern::compile;
use crate::requirements::Ears;
use model::Modality;
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// An EARS response has no actor: nobody is named before SHALL.
    ///
    /// In files that use EARS. Languages that put the actor behind the verb are read so.
    ///
    /// ```md,bad
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. WHEN the password is wrong, SHALL refuse it.
    /// ```
    /// ```md,good
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. WHEN the password is wrong, THE system SHALL refuse it.
    /// ```
    pub(super) static RULE = {
        name: "ears-without-actor",
        group: Ears,
        severity: Info,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

/// Behind the verb stands its subject: `DEBE el sistema`, `SOLL das System`.
static INVERTED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^\s+(?:der|die|das|ein|eine|le|la|les|un|une|el|los|las|una|o|a|os|as|um|uma|sistem\w*|il|elle|er|sie|es|система|сервис|приложение)\b|^\s*l['’]",
    )
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in ears::lines(cx) {
        for range in line.sentences() {
            let text = &line.text()[range.clone()];
            let Some(parts) = Ears::parse(text) else { continue };
            let Some(shall) = parts.shalls.first() else { continue };
            let Some(before) = clause_before(text, &parts, shall.start) else { continue };
            if ears::is_empty_subject(before) && !INVERTED.is_match(&text[shall.end..]) {
                let span = line.place(range.start + shall.start..range.start + shall.end);
                notes.take("open", span, Modality::InScope, "", "");
            }
        }
    }
}

/// What stands between the condition and SHALL; `None` when the condition's end is not marked.
fn clause_before<'a>(text: &'a str, parts: &Ears, shall: usize) -> Option<&'a str> {
    if let Some(then) = parts.then.as_ref().filter(|it| it.end <= shall) {
        return Some(&text[then.end..shall]);
    }
    let start = match &parts.keyword {
        Some(_) => text[..shall].rfind([',', '，'])? + 1,
        None => 0,
    };
    text.get(start..shall)
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    for it in ears::in_files_that_use_it(cx, notes) {
        sink.report(it.document, it.span, "nobody is named who shall do this");
    }
}
