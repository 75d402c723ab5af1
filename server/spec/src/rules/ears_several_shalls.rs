use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, ears};
use crate::pattern::compile;
use crate::requirements::Ears;
use model::Modality;
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// One sentence holds several SHALL, so it cannot be accepted or refused as a whole.
    ///
    /// In files that use EARS. Give each response a criterion of its own. A SHALL NOT that guards
    /// the response, and clauses behind a semicolon, are not counted.
    ///
    /// ```md,bad
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. WHEN a file is bad, THE system SHALL refuse it, and THE system SHALL mail its owner.
    /// ```
    /// ```md,good
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. WHEN a file is bad, THE system SHALL refuse it.
    /// 4. WHEN a file is refused, THE system SHALL mail its owner.
    /// ```
    pub(super) static RULE = {
        name: "ears-several-shalls",
        group: Ears,
        severity: Hint,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

static NOT: LazyLock<Regex> = LazyLock::new(|| compile(r"^ (?:NOT|not|NICHT|nicht|only|ONLY)\b"));

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in ears::lines(cx) {
        for range in line.sentences() {
            let text = line.text()[range.clone()].split(';').next().unwrap_or_default();
            let Some(mut parts) = Ears::parse(text) else { continue };
            parts.shalls.retain(|it| !NOT.is_match(&text[it.end..]));
            if let [_, second, ..] = parts.shalls.as_slice() {
                let span = line.place(range.start + second.start..range.start + second.end);
                notes.take("more", span, Modality::InScope, parts.shalls.len().to_string(), "");
            }
        }
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    for it in ears::in_files_that_use_it(cx, notes) {
        let message = format!("this sentence asks for {} things at once", it.note.key);
        sink.report(it.document, it.span, message);
    }
}
