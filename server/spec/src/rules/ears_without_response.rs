use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx};
use crate::requirements::Ears;
use model::Modality;
use text::markdown::BlockKind;

declare_rule! {
    /// An EARS sentence begins with a keyword and never says what the system shall do.
    ///
    /// In files that use EARS. A scenario that goes on with THEN in the next item is complete.
    ///
    /// ```md,bad
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. IF the password is wrong, THEN THE system SHALL refuse it.
    /// 4. WHEN the session is older than one day.
    /// ```
    /// ```md,good
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. IF the password is wrong, THEN THE system SHALL refuse it.
    /// 4. WHEN the session is older than one day, THE system SHALL end it.
    /// ```
    pub(super) static RULE = {
        name: "ears-without-response",
        group: Ears,
        severity: Info,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    if !Ears::may_be_in(&cx.chunk.chunk.text) {
        return;
    }
    let lines: Vec<_> = cx.lines.iter().filter(|it| !it.is_heading() && !it.in_table).collect();
    for (at, line) in lines.iter().enumerate() {
        let text = line.text().trim();
        let Some(ears) = Ears::parse(text) else { continue };
        let Some((keyword, _)) = ears.keyword else { continue };
        // What an item holds, or the item after it, may carry the response.
        let held = cx.slice(line.block.span);
        let goes_on = lines.get(at + 1).is_some_and(|next| {
            matches!(next.block.kind, BlockKind::Item { .. } | BlockKind::Paragraph)
                && ["THEN", "AND", "OR", "Then", "And"].iter().any(|it| next.text().starts_with(it))
        });
        if !Ears::binds(held)
            && ears.then.is_none()
            && !goes_on
            && !text.ends_with([':', '：', ','])
        {
            notes.take("open", line.whole(), Modality::InScope, keyword.word(), "");
        }
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    for it in super::ears::in_files_that_use_it(cx, notes) {
        let message = format!("this {} sentence has no SHALL, so nothing follows", it.note.key);
        sink.report(it.document, it.span, message);
    }
}
