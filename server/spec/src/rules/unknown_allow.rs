use super::cx::BlockCx;
use super::{RULES, Sink, suppress};
use model::{DocumentId, FixEdit};

declare_rule! {
    /// An allow comment names a rule that does not exist, so it silences nothing.
    ///
    /// ```md,bad
    /// <!-- specwright: allow placeholdr -->
    /// Price: TBD
    /// ```
    /// ```md,good
    /// <!-- specwright: allow placeholder -->
    /// Price: TBD
    /// ```
    pub(super) static RULE = {
        name: "unknown-allow",
        group: Structure,
        severity: Hint,
        since: "0.1.0",
        check: Block(unknown_allow),
    }
}

fn unknown_allow(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    for allow in suppress::allows(cx.chunk.chunk, cx.chunk.blocks) {
        if super::find(&allow.name).is_some() {
            continue;
        }
        let report = sink.report(
            DocumentId(0),
            allow.span,
            format!("there is no rule `{}` to allow", allow.name),
        );
        let near = RULES.iter().map(|it| (distance(it.name, &allow.name), it.name)).min();
        if let Some((_, name)) = near.filter(|(distance, _)| *distance <= 3) {
            let edit = FixEdit { document: DocumentId(0), span: allow.span, text: name.to_owned() };
            report.fix(format!("Write `{name}`"), vec![edit], true);
        }
    }
}

/// Levenshtein's distance.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[row.len() - 1]
}
