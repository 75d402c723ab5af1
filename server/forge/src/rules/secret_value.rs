use super::{Cx, Sink};
use text::secrets;

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

/// Whether a text holds what looks like a secret.
pub(crate) fn looks_secret(text: &str) -> bool {
    !secrets::find(text).is_empty()
}

fn secret_value(cx: &Cx<'_>, sink: &mut Sink) {
    for found in secrets::find(cx.text) {
        let message = format!(
            "this looks like the value of a secret ({}): give the secret a new value, and name it \
             under `secrets`",
            found.kind
        );
        sink.report(&RULE, found.span, message);
    }
}
