use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx};
use model::{FixEdit, Modality, Span};
use text::markdown::BlockKind;

declare_rule! {
    /// A heading skips a level, so the outline has a hole.
    ///
    /// Only headings written with `#` count; the first heading may have any level.
    ///
    /// ```md,bad
    /// # Product
    /// ### Sign-in
    /// ```
    /// ```md,good
    /// # Product
    /// ## Accounts
    /// ### Sign-in
    /// # Appendix
    /// ```
    pub(super) static RULE = {
        name: "heading-level-jump",
        group: Structure,
        severity: Hint,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for block in &cx.chunk.chunk.blocks {
        let BlockKind::Heading { level, repaired: false } = block.kind else { continue };
        let marks = cx.slice(block.span).bytes().take_while(|it| *it == b'#').count();
        if marks == usize::from(level) && block.depth == 0 && !block.quoted {
            let start = block.span.range().start;
            let kind = if block.text.is_empty() { "empty" } else { "titled" };
            let span = Span::new(start, block.text.range().end.max(start + marks));
            notes.take(kind, span, Modality::InScope, level.to_string(), "");
        }
    }
}

fn join(_: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let mut before: Option<(model::DocumentId, usize)> = None;
    for it in notes {
        let level = it.note.key.parse::<usize>().unwrap_or(1);
        if let Some((document, last)) = before
            && document == it.document
            && level > last + 1
        {
            let start = it.span.range().start;
            let marks = Span::new(start, start + level);
            let edit = FixEdit { document: it.document, span: marks, text: "#".repeat(last + 1) };
            sink.report(
                it.document,
                it.span,
                format!("this heading of level {level} follows one of level {last}"),
            )
            .fix(format!("Make it level {}", last + 1), vec![edit], false);
        }
        before = Some((it.document, level));
    }
}
