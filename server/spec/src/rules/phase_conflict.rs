use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, items};
use crate::pattern::compile;
use crate::scope::Scope;
use model::Modality;
use regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use text::markdown::BlockKind;

declare_rule! {
    /// The same item is promised for two different phases.
    ///
    /// Phases are read from headings: phase, version or milestone numbers, MVP, future. Items are
    /// the same when they name the same thing in the same words.
    ///
    /// ```md,bad
    /// ## MVP
    /// - Team invitations
    ///
    /// ## Phase 2
    /// - Team invitations
    /// ```
    /// ```md,good
    /// ## MVP
    /// - Team invitations
    ///
    /// ## Phase 2
    /// - Team billing
    /// ```
    pub(super) static RULE = {
        name: "phase-conflict",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:phase|version|milestone|stage|release|iteration|meilenstein|stufe|étape|fase|etapa|hito|marco|этап|фаза|версия|tahap|v)[ .-]?(\d)\b|第?([一二三四1-9])(?:阶段|期)|フェーズ ?(\d)|(\d) ?단계|페이즈 ?(\d)",
    )
});
/// "Not building in v1" is no plan for v1.
static NOT: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:not|no|won['’]t|out of|exclu\w+|nicht|hors|fuera|fora|не|вне|tidak)\b|不|除外|제외",
    )
});
static FIRST: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i)\bMVP\b|must[- ]haves?\b"));
static LATER: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\bpost[- ]?MVP\b|\bfuture\b|\blater\b|\bbacklog\b|\bsomeday\b|zukünftig|zukunft|spätere|futur|à venir|будущ|позже|masa depan|未来|将来|后续|향후|추후",
    )
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    // Neighbours share their headings, which are read once.
    let mut last: Option<(&Scope, Option<u32>)> = None;
    for line in &cx.lines {
        let is_item = matches!(line.block.kind, BlockKind::Item { .. }) && line.block.depth <= 1;
        if !is_item || line.block.quoted || line.scope.modality().denies() {
            continue;
        }
        let phase = match last {
            Some((scope, phase)) if scope == line.scope => phase,
            _ => phase(line.scope),
        };
        last = Some((line.scope, phase));
        if phase.is_none() {
            continue;
        }
        if let (Some(phase), Some(key)) = (phase, items::key(line)) {
            if items::denies(line) {
                continue;
            }
            let phase = if phase == LAST { "later".to_owned() } else { phase.to_string() };
            notes.take("item", line.whole(), Modality::InScope, key, phase);
        }
    }
}

const LAST: u32 = 99;

/// The phase that the nearest heading names; one heading of two phases names none.
fn phase(scope: &Scope) -> Option<u32> {
    scope.sections().iter().rev().find_map(|it| title_phase(&it.title))
}

fn title_phase(title: &str) -> Option<u32> {
    if NOT.is_match(title) {
        return None;
    }
    let mut numbers = NUMBERED.captures_iter(title).filter_map(|it| {
        let digit = it.iter().skip(1).flatten().next()?.as_str().to_owned();
        let han = ["一", "二", "三", "四"].iter().position(|it| *it == digit);
        digit.parse().ok().or_else(|| han.and_then(|it| u32::try_from(it + 1).ok()))
    });
    match (numbers.next(), numbers.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) => None,
        (None, _) if LATER.is_match(title) => Some(LAST),
        (None, _) if FIRST.is_match(title) => Some(1),
        (None, _) => None,
    }
}

fn join(_: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let mut first: FxHashMap<&str, &PlacedNote<'_>> = FxHashMap::default();
    for it in notes {
        let before = *first.entry(it.note.key.as_str()).or_insert(it);
        if before.note.value != it.note.value {
            let (a, b) = (name(&before.note.value), name(&it.note.value));
            sink.report(it.document, it.span, format!("this is promised for {b} and for {a}"))
                .related(before.document, before.span, format!("{a} has it here"));
        }
    }
}

fn name(phase: &str) -> String {
    if phase == "later" { "a later phase".to_owned() } else { format!("phase {phase}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_read_in_many_languages() {
        let of = |it: &str| title_phase(it);
        assert_eq!(of("Phase 2 (Q3)"), Some(2));
        assert_eq!(of("第一阶段"), Some(1));
        assert_eq!(of("Этап 3. Оплата"), Some(3));
        assert_eq!(of("Post-MVP"), Some(LAST));
        assert_eq!(of("MVP scope"), Some(1));
        assert_eq!(of("Phase 1 and phase 2"), None);
        assert_eq!(of("Features"), None);
    }
}
