use super::Sink;
use super::cx::BlockCx;
use crate::cron;
use model::Span;
use text::markdown::BlockKind;

declare_rule! {
    /// A cron expression cannot be read: a field is out of its range.
    ///
    /// ```md,bad
    /// The clean-up runs as `0 25 * * *`.
    /// ```
    /// ```md,good
    /// The clean-up runs as `0 23 * * *`.
    /// ```
    pub(super) static RULE = {
        name: "invalid-cron",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Block(invalid_cron),
    }
}

fn invalid_cron(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    for block in &cx.chunk.chunk.blocks {
        let inside = match block.kind {
            BlockKind::Paragraph | BlockKind::Item { .. } => block.text,
            BlockKind::Table { .. } => block.span,
            _ => continue,
        };
        let source = cx.slice(inside);
        for found in cron::find(source) {
            // Outside backticks a run of numbers and stars may be anything.
            let ticked = source[..found.range.start].ends_with(['`', '"', '(']);
            if let (true, Err(why)) = (ticked, cron::parse(&found.expression)) {
                let start = inside.range().start;
                let span = Span::new(start + found.range.start, start + found.range.end);
                sink.report_here(span, format!("this is no cron expression: {why}"));
            }
        }
    }
}
