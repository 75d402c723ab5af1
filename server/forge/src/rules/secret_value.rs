use super::{Cx, Sink};
use model::Span;
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// The value of a secret stands in the file, and so in git and in every copy of it.
    ///
    /// Give the secret a new value first: the old one is known to everyone who has the history. Values are kept in the vault; the file has names.
    ///
    /// ```yaml,bad
    /// secrets:
    ///   STRIPE_SECRET_KEY: {value: hunter2}
    /// ```
    /// ```yaml,bad
    /// secrets:
    ///   STRIPE_SECRET_KEY: hunter2
    /// ```
    /// ```yaml,bad
    /// gateway:
    ///   providers:
    ///     openai: {url: "https://api.example.com/v1?key=sk-proj-Zq7Hn2Vb9Lk4Xw8Rt5Yp"}
    /// ```
    /// ```yaml,good
    /// secrets:
    ///   STRIPE_SECRET_KEY: {rotation: 90d}
    /// ```
    pub(crate) static RULE = {
        name: "secret-value",
        severity: Error,
        since: "0.1.0",
        check: secret_value,
    }
}

/// What secrets of well-known services look like.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let shapes = [
        r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{10,}",
        r"\bwhsec_[0-9A-Za-z]{10,}",
        r"\bsk-(?:ant-|proj-)?[0-9A-Za-z_-]{16,}",
        r"\bgh[pousr]_[0-9A-Za-z]{20,}",
        r"\bgithub_pat_[0-9A-Za-z_]{20,}",
        r"\bAKIA[0-9A-Z]{16}\b",
        r"\bAIza[0-9A-Za-z_-]{30,}",
        r"\bxox[abprs]-[0-9A-Za-z-]{10,}",
        r"\bre_[0-9A-Za-z]{8,}_[0-9A-Za-z]{8,}",
        r"\bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}",
        r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"://[^\s:/@]+:[^\s:/@]+@",
    ];
    Regex::new(&shapes.join("|")).expect("the patterns are fixed")
});

/// Whether a text holds what looks like a secret.
pub(crate) fn looks_secret(text: &str) -> bool {
    SHAPES.is_match(text)
}

fn secret_value(cx: &Cx<'_>, sink: &mut Sink) {
    for found in SHAPES.find_iter(cx.text) {
        let message = "this looks like the value of a secret: give the secret a new value, and name it \
                       under `secrets`";
        sink.report(&RULE, Span::new(found.start(), found.end()), message);
    }
}
