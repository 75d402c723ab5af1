use super::Sink;
use super::suppress::UnusedAllow;
use model::FixEdit;

declare_rule! {
    /// An allow comment silences nothing: what it was for has been mended or moved.
    ///
    /// Comments for rules that are switched off are left alone.
    ///
    /// ```md,bad
    /// <!-- specwright: allow unknown-allow -->
    /// The price is 3 €.
    /// ```
    /// ```md,good
    /// The price is 3 €.
    /// ```
    pub(super) static RULE = {
        name: "unused-allow",
        group: Structure,
        severity: Hint,
        since: "0.1.0",
        check: Unused(unused_allow),
    }
}

fn unused_allow(unused: &[UnusedAllow<'_>], sink: &mut Sink<'_>) {
    for it in unused {
        let name = &it.allow.name;
        let report = sink.report(
            it.document,
            it.allow.span.shift(it.start),
            format!("`{name}` finds nothing here to silence"),
        );
        let alone = !unused.iter().any(|other| {
            other.allow.comment == it.allow.comment && other.allow.span != it.allow.span
        });
        if alone {
            let span = it.allow.comment.shift(it.start);
            let edit = FixEdit { document: it.document, span, text: String::new() };
            report.fix("Remove the comment", vec![edit], false).unnecessary();
        } else {
            report.unnecessary();
        }
    }
}
