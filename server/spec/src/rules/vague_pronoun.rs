use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A requirement begins with a pronoun, and its noun is in another sentence.
    ///
    /// Requirements are read alone: in a table, a test, a ticket.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R24 (pronouns).
    ///
    /// ```md,bad
    /// Invoices are numbered. They must be kept for ten years.
    /// ```
    /// ```md,good
    /// Invoices must be kept for ten years.
    /// ```
    pub(super) static RULE = {
        name: "vague-pronoun",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(vague_pronoun),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"\A(?:it|this|that|they|these|those|he|she)\s+(?:shall|must|should|will|can|may|is|are|has|have|needs?)",
        r"\A(?:es|dies|diese|er|sie)\s+(?:soll|sollen|muss|müssen|kann|können|wird|werden)",
        r"\A(?:il|elle|ils|elles|cela|ceci|ça)\s+(?:doit|doivent|peut|peuvent)",
        r"\A(?:esto|este|ese|ellos|él)\s+(?:debe|deben|puede)",
        r"\A(?:isto|isso|ele|ela|eles)\s+(?:deve|devem|pode)",
        r"\A(?:он|она|оно|они|это)\s+(?:должн\w+|может|могут)",
        r"\A(?:ini|itu|mereka|dia)\s+(?:harus|akan|dapat)",
        r"\A(?:它|这|他们|これ|それ|이것|그것)(?:应|必须|は|은|는)",
    ])
});

fn vague_pronoun(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}` points at something in another sentence"));
}
