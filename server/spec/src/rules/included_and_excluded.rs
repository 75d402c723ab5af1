use super::cx::{BlockCx, Line};
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, items};
use crate::scope::Role;
use model::{FixEdit, Modality, Span};
use rustc_hash::FxHashMap;
use text::markdown::BlockKind;

declare_rule! {
    /// The same item is asked for and listed as out of scope.
    ///
    /// Items are the same when they name the same thing in the same words; "Email notifications
    /// beyond the receipt" does not exclude email notifications. A vendor or method that is asked
    /// for in one place and listed out of scope in another counts too.
    ///
    /// ```md,bad
    /// ## Features
    /// - Email notifications: a mail for each booking
    ///
    /// ## Out of scope
    /// - Email notifications
    /// ```
    /// ```md,good
    /// ## Features
    /// - Email notifications: a mail for each booking
    ///
    /// ## Out of scope
    /// - Push notifications
    /// ```
    pub(super) static RULE = {
        name: "included-and-excluded",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in &cx.lines {
        let is_item = matches!(line.block.kind, BlockKind::Item { .. });
        let modality = line.scope.modality();
        let is_out = modality == Modality::OutOfScope && is_item;
        let is_in = modality == Modality::InScope && asks(line);
        if !is_out && !is_in {
            continue;
        }
        let Some(key) = items::key(line) else { continue };
        if !is_out && items::denies(line) {
            continue;
        }
        let kind = if is_out { "out" } else { "in" };
        notes.take(kind, line.whole(), modality, key, whole_lines(cx, line));
    }
}

/// Whether a line stands where a spec says what it wants.
fn asks(line: &Line<'_>) -> bool {
    const ELSEWHERE: &[Role] = &[
        Role::Overview,
        Role::Risk,
        Role::Example,
        Role::Exclusion,
        Role::Competitors,
        Role::Glossary,
        Role::OpenQuestions,
        Role::Personas,
        Role::Roadmap,
    ];
    !line.block.quoted && !ELSEWHERE.iter().any(|it| line.scope.is_under(*it))
}

/// The lines of an item, as `start-end` from its text's start, so that a mend can drop them;
/// empty where others hang below it.
fn whole_lines(cx: &BlockCx<'_>, line: &Line<'_>) -> String {
    let BlockKind::Item { .. } = line.block.kind else { return String::new() };
    let block = line.block.span.range();
    let start = cx.chunk.chunk.text[..block.start].rfind('\n').map_or(0, |it| it + 1);
    let before = line.span.range().start - start;
    if before < 200 { format!("{before} {}", block.end - start) } else { String::new() }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let mut outs: FxHashMap<&str, Vec<&PlacedNote<'_>>> = FxHashMap::default();
    for it in notes.iter().filter(|it| it.note.kind == "out") {
        let longest = it.note.key.split(' ').max_by_key(|it| it.len()).unwrap_or_default();
        outs.entry(longest).or_default().push(it);
    }
    if outs.is_empty() {
        return;
    }
    for it in notes.iter().filter(|it| it.note.kind == "in") {
        let key = it.note.key.as_str();
        let candidates = key.split(' ').filter_map(|word| outs.get(word)).flatten();
        let same = candidates.into_iter().find(|out| is_same(key, &out.note.key));
        if let Some(out) = same {
            report(cx, it, out, sink);
        }
    }
}

/// Every word of the exclusion, and hardly more.
fn is_same(key: &str, out: &str) -> bool {
    let n_words = key.split(' ').count();
    n_words <= out.split(' ').count() + 1
        && out.split(' ').all(|it| key.split(' ').any(|word| word == it))
}

fn report(cx: &SpecCx<'_>, it: &PlacedNote<'_>, out: &PlacedNote<'_>, sink: &mut Sink<'_>) {
    let excluded = cx.documents[out.document.0 as usize].slice(out.span);
    let shown: String = excluded.chars().take(60).collect();
    let mut report = sink
        .report(
            it.document,
            it.span,
            format!("this is asked for here, but `{shown}` is out of scope"),
        )
        .related(out.document, out.span, "excluded here");
    if let Some(span) = lines(it) {
        let edit = FixEdit { document: it.document, span, text: String::new() };
        report = report.fix("Move to Out of scope: remove it here", vec![edit], false);
    }
    if let Some(span) = lines(out) {
        let edit = FixEdit { document: out.document, span, text: String::new() };
        report.fix("Keep it: remove it from Out of scope", vec![edit], false);
    }
}

fn lines(it: &PlacedNote<'_>) -> Option<Span> {
    let (before, len) = it.note.value.split_once(' ')?;
    let start = it.span.range().start - before.parse::<usize>().ok()?;
    Some(Span::new(start, start + len.parse::<usize>().ok()?))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["included-and-excluded"]));
    }

    #[test]
    fn other_words_and_narrower_exclusions_are_no_conflict() {
        check(
            "## Features\n- Email notifications\n- Dark mode\n\n## Out of scope\n- Email notifications beyond receipts\n- Dark patterns\n",
            expect![""],
        );
    }

    #[test]
    fn both_sides_can_be_removed() {
        check(
            "## Funktionen\n- Mobile Anwendung\n\n## Nicht im Umfang\n- mobile Anwendung\n- Import\n",
            expect![[r#"
                2: warning[included-and-excluded] "Mobile Anwendung" this is asked for here, but `mobile Anwendung` is out of scope
                  see 5: "mobile Anwendung" excluded here
                  fix: Move to Out of scope: remove it here
                    2 "- Mobile Anwendung\n\n" -> ""
                  fix: Keep it: remove it from Out of scope
                    5 "- mobile Anwendung\n" -> ""
            "#]],
        );
    }
}
