use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A word leaves open how much or which is meant.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R7 (vague terms).
    ///
    /// ```md,bad
    /// The system keeps several backups for an adequate time.
    /// ```
    /// ```md,good
    /// The system keeps 7 daily backups for 30 days.
    /// ```
    pub(super) static RULE = {
        name: "vague-term",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(vague_term),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"several|various|numerous|a lot of|adequate(?:ly)?|appropriate(?:ly)?|sufficient(?:ly)?|reasonabl[ey]|relevant|significant(?:ly)?|substantial(?:ly)?|approximately|acceptable|timely",
        r"einige|mehrere|diverse|angemessene?[rsnm]?|ausreichende?[rsnm]?|geeignete?[rsnm]?|relevante[rsnm]?|ungefähr|zeitnah",
        r"plusieurs|divers(?:es)?|adéquate?s?|appropriée?s?|suffisante?s?|raisonnables?|pertinente?s?|environ",
        r"varios|varias|diversos|diversas|adecuad[oa]s?|apropiad[oa]s?|suficientes?|razonables?|aproximadamente",
        r"vários|várias|adequad[oa]s?|apropriad[oa]s?|razoáveis|razoável|relevantes?",
        r"несколько|различные|достаточн\w+|соответствующ\w+|разумн\w+|примерно|значительн\w+",
        r"beberapa|berbagai|memadai|yang sesuai|secukupnya|kira-kira",
        r"适当|合适|足够|若干|大约|相关的|適切|十分な|いくつか|複数の|適宜|적절한|충분한|여러 가지|다양한|약간",
    ])
});

fn vague_term(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}` does not say how much or which"));
}
