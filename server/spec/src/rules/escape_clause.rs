use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A clause lets the builder decide whether to build it at all.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R8 (escape clauses).
    ///
    /// ```md,bad
    /// Passwords are hashed where possible.
    /// ```
    /// ```md,good
    /// Passwords are hashed.
    /// ```
    pub(super) static RULE = {
        name: "escape-clause",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(escape_clause),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"(?:where|if|when|wherever|whenever|as far as|as much as) (?:possible|practicable|feasible|necessary|appropriate|applicable|needed|required)|as (?:appropriate|applicable|necessary|needed|required)|to the extent (?:possible|necessary|practical)|if it should prove necessary|so far as is possible",
        r"(?:wenn|falls|soweit|sofern|wo) (?:möglich|nötig|erforderlich|notwendig|sinnvoll)|gegebenenfalls|ggf\.|bei Bedarf|nach Möglichkeit",
        r"si (?:possible|nécessaire|besoin)|dans la mesure du possible|le cas échéant|autant que possible",
        r"si es (?:posible|necesario)|cuando sea (?:posible|necesario)|en la medida de lo posible|según corresponda",
        r"se (?:possível|necessário|for possível|for necessário)|quando (?:possível|necessário)|na medida do possível|conforme necessário",
        r"по возможности|при необходимости|если (?:возможно|необходимо)|в случае необходимости",
        r"jika (?:memungkinkan|diperlukan|perlu)|bila (?:memungkinkan|diperlukan|perlu)|sebisa mungkin",
        r"如有必要|必要时|尽可能|视情况|如果可能|必要に応じて|可能な限り|できるだけ|可能であれば|필요 ?시|필요한 경우|가능하면|가능한 한",
    ])
});

fn escape_clause(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report(cx, &WORDS, sink, |it| format!("`{it}` lets everyone decide anew"));
}
