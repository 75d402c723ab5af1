//! Credentials in the texts of a subject: what [`text::secrets`] finds, without examples.

use std::ops::Range;

/// A credential in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) what: &'static str,
    pub(crate) range: Range<usize>,
}

/// Words of values that are no credentials.
const PLACEHOLDERS: [&str; 12] = [
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "your-",
    "your_",
    "xxxx",
    "dummy",
    "redacted",
    "<",
    "${",
    "{{",
];

/// The credentials in a text, in order, without examples.
pub(crate) fn find(text: &str) -> Vec<Secret> {
    all(text).filter(|it| !is_placeholder(&text[it.range.clone()]) && !is_name(text, it)).collect()
}

/// Examples that a provider's manual writes in the format of its own credentials.
pub(crate) fn find_documented(text: &str) -> Vec<Secret> {
    const MARK: &str = "EXAMPLE";
    if !text.contains(MARK) {
        return Vec::new();
    }
    let is_documented = |it: &Secret| text[it.range.clone()].contains(MARK);
    all(text).filter(|it| it.what.starts_with("AWS") && is_documented(it)).collect()
}

fn all(text: &str) -> impl Iterator<Item = Secret> {
    let found = text::secrets::find(text).into_iter();
    found.map(|it| Secret { what: it.kind, range: it.span.range() })
}

/// The text with its credentials made unreadable.
pub(crate) fn mask(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for it in find(text) {
        out.push_str(&text[from..it.range.start]);
        out.push_str(&masked(&text[it.range.clone()]));
        from = it.range.end;
    }
    out + &text[from..]
}

/// One credential, unreadable: what all of its kind start with, and its length.
pub(crate) fn masked(secret: &str) -> String {
    let shown = secret.rfind('_').filter(|it| *it < 9).map_or(0, |it| it + 1);
    format!("{}… ({} characters)", &secret[..shown], secret.chars().count())
}

/// Whether it is part of the name of something that is kept elsewhere, as AWS spells it.
fn is_name(text: &str, it: &Secret) -> bool {
    let before = &text[..it.range.start];
    let start = before.rfind(['\'', '"', ' ', '\n']).map_or(0, |at| at + 1);
    before[start..].starts_with("arn:")
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    PLACEHOLDERS.iter().any(|it| lower.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let found: Vec<&str> = find(text).into_iter().map(|it| it.what).collect();
        expect.assert_eq(&format!("{found:?} {}", mask(text)));
    }

    /// Written in parts, so that no scanner takes this file for a leak.
    fn joined(parts: &[&str]) -> String {
        parts.concat()
    }

    #[test]
    fn credentials_are_masked() {
        let stripe = joined(&["values('sk_", "live_51H8xQ2eZvKYlo2C0aBcDeFgH')"]);
        check(&stripe, expect![[r#"["Stripe key"] values('sk_live_… (33 characters)')"#]]);
        let role = joined(&["create role app login pass", "word 'hunter2'"]);
        check(
            &role,
            expect![[
                r#"["password of a role"] create role app login password '… (7 characters)'"#
            ]],
        );
    }

    #[test]
    fn placeholders_are_left() {
        check(
            "api_key = 'your-api-key-goes-here-1'",
            expect!["[] api_key = 'your-api-key-goes-here-1'"],
        );
        let name = "('key', 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:mail')";
        assert_eq!(find(name), Vec::new());
        check("sk_test_exampleexampleexample", expect!["[] sk_test_exampleexampleexample"]);
        check(
            "create policy p on t using (token = current_setting('app.token'))",
            expect!["[] create policy p on t using (token = current_setting('app.token'))"],
        );
    }
}
