use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, ears};
use crate::requirements::Ears;
use model::Modality;

declare_rule! {
    /// A WHEN, WHILE, WHERE or IF is not followed by an event or condition.
    ///
    /// In files that use EARS.
    ///
    /// ```md,bad
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. WHEN THE system SHALL mail the owner.
    /// ```
    /// ```md,good
    /// 1. WHEN a user signs in, THE system SHALL start a session.
    /// 2. WHEN a user signs out, THE system SHALL end the session.
    /// 3. WHEN a file is refused, THE system SHALL mail the owner.
    /// ```
    pub(super) static RULE = {
        name: "ears-without-trigger",
        group: Ears,
        severity: Info,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

/// `the system` and its like; a trigger with its verb has more words.
const ACTOR_WORDS_MAX: usize = 3;

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in ears::lines(cx) {
        for range in line.sentences() {
            let text = &line.text()[range.clone()];
            let Some(parts) = Ears::parse(text) else { continue };
            let Some((keyword, at)) = &parts.keyword else { continue };
            let Some(shall) = parts.shalls.first() else { continue };
            // Scripts without blanks do not show where a trigger ends.
            if !text.is_char_boundary(at.end) || text[at.end..shall.start].chars().any(is_cjk) {
                continue;
            }
            let between = &text[at.end..shall.start];
            let condition_end = match &parts.then {
                Some(then) if then.start < shall.start => Some(then.start - at.end),
                _ => between.find(','),
            };
            let empty = match condition_end {
                Some(end) => ears::is_empty_subject(&between[..end.min(between.len())]),
                None => between.split_whitespace().count() <= ACTOR_WORDS_MAX,
            };
            if empty {
                let span = line.place(range.start + at.start..range.start + at.end);
                notes.take("open", span, Modality::InScope, keyword.word(), "");
            }
        }
    }
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    for it in ears::in_files_that_use_it(cx, notes) {
        let message = format!("{} names no event or condition", it.note.key);
        sink.report(it.document, it.span, message);
    }
}
