use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, ears};
use crate::requirements::{Ears, Keyword};
use model::{FixEdit, Modality, Span};

declare_rule! {
    /// An IF sentence has no THEN, which EARS uses to mark unwanted behaviour.
    ///
    /// In files that use EARS and write THEN elsewhere.
    ///
    /// ```md,bad
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. IF the password is wrong, THEN THE system SHALL refuse it.
    /// 3. IF the mail bounces, THE system SHALL tell the sender.
    /// ```
    /// ```md,good
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. IF the password is wrong, THEN THE system SHALL refuse it.
    /// 3. IF the mail bounces, THEN THE system SHALL tell the sender.
    /// ```
    pub(super) static RULE = {
        name: "ears-if-without-then",
        group: Ears,
        severity: Info,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in ears::lines(cx) {
        for range in line.sentences() {
            let text = &line.text()[range.clone()];
            let Some(parts) = Ears::parse(text) else { continue };
            let Some((Keyword::If, at)) = &parts.keyword else { continue };
            let Some(shall) = parts.shalls.first() else { continue };
            let span = line.place(range.start + at.start..range.start + at.end);
            if parts.then.is_some() {
                notes.take("then", span, Modality::InScope, "", "");
                continue;
            }
            // The actor stands behind the last comma before SHALL.
            let comma = text[..shall.start].rfind(", ");
            let gap = comma
                .map_or(0, |it| line.place(range.start + it + 1..range.start + it + 2).range().end);
            notes.take("open", span, Modality::InScope, gap.to_string(), span.start.to_string());
        }
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    // Whoever never writes THEN has chosen the short form.
    if !notes.iter().any(|it| it.note.kind == "then") {
        return;
    }
    for it in ears::in_files_that_use_it(cx, notes).filter(|it| it.note.kind == "open") {
        let report = sink.report(it.document, it.span, "this IF has no THEN");
        let gap = it.note.key.parse::<u32>().unwrap_or(0);
        let from = it.note.value.parse::<u32>().unwrap_or(0);
        if gap > from {
            let at = it.span.start + (gap - from);
            let span = Span { start: at, end: at };
            let edit = FixEdit { document: it.document, span, text: "THEN ".to_owned() };
            report.fix("Insert `THEN`", vec![edit], false);
        }
    }
}
