//! Secrets in a text: one detector for everybody who must not show, send or keep one.
//!
//! A format that a provider documents is found wherever it stands: a table of our own, which takes
//! what people write about their backends, and the rule set of [`gitleaks`]. A value without a
//! format is found only in an assignment to a name that speaks of a secret, when it looks as if made
//! by chance. What is found is a place and a kind; the value goes nowhere.

pub mod gitleaks;

use model::Span;
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// A credential that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// What it is a credential of, such as `Stripe key`, or the name of a rule of gitleaks.
    pub kind: &'static str,
    /// The value alone, without a name or quotes.
    pub span: Span,
}

/// Formats that providers document. The first group is the value; without one it is the whole match.
const FORMATS: &[(&str, &str)] = &[
    (
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\z)",
    ),
    (
        "password in a URL",
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\x22<>]{0,80}:([^\s/@'\x22<>${}]{3,200})@[^\s/]",
    ),
    ("password of a role", r"(?i)\b(?:role|user)\b[^;]{0,400}?\bpassword\s+'([^']{4,200})'"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("AWS key id", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    (
        "AWS secret key",
        r"\b(?:AKIA|ASIA)[A-Z2-7]{16}[\x22']?[\s:,|;=]{1,4}[\x22']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)",
    ),
    (
        "AWS secret key",
        r"(?i)\baws[a-z0-9_.-]{0,40}[\x22']?\s{0,4}(?:=>|=|:|,)\s{0,4}[\x22']?([a-z0-9/+]{40})(?:[^a-z0-9/+=]|$)",
    ),
    ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{50,255})\b"),
    ("GitLab token", r"\bgl(?:pat|dt|rt|ptt|ft|imt|agent|oas|cbt|ffct|soat)-[A-Za-z0-9_-]{20,}"),
    ("Stripe key", r"\b(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}"),
    ("webhook secret", r"\bwhsec_[A-Za-z0-9+/=_-]{16,}"),
    ("OpenAI key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}"),
    ("Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("Google OAuth secret", r"\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    ("Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[0-9]-[A-Za-z0-9-]{20,}"),
    ("Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{20,})"),
    ("Discord webhook", r"discord(?:app)?\.com/api/webhooks/(\d{5,}/[A-Za-z0-9_-]{30,})"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("PyPI token", r"\bpypi-[A-Za-z0-9_-]{50,}"),
    ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("Mailgun key", r"\bkey-[0-9a-f]{32}\b"),
    ("Resend key", r"\bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}"),
    ("Twilio key", r"\bSK[0-9a-f]{32}\b"),
    ("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("DigitalOcean token", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    ("Supabase key", r"\bsb_secret_[A-Za-z0-9_-]{16,}|\bsbp_[0-9a-f]{32,}"),
    ("Shopify token", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    ("Linear key", r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,}"),
    ("Notion token", r"\b(?:ntn|secret)_[A-Za-z0-9]{40,}"),
    ("Vercel token", r"\bvercel_[A-Za-z0-9_]{24,}"),
    ("Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    ("Grafana token", r"\bgl(?:sa|c)_[A-Za-z0-9+/=_-]{32,}"),
    ("Doppler token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{30,}"),
    ("Vault token", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    ("Square token", r"\b(?:sq0csp-[A-Za-z0-9_-]{43}|EAAA[A-Za-z0-9_-]{60})"),
    ("PlanetScale token", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,}"),
    ("age key", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    ("Telegram bot token", r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    ("Azure storage key", r"AccountKey=([A-Za-z0-9+/]{60,}={0,2})"),
    (
        "bearer token",
        r"(?i)\bauthorization[\x22']?\s*[:=]\s*[\x22']?(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{16,})",
    ),
];

/// An assignment to a name that speaks of a secret: the value is the first group.
const ASSIGNMENT: &str = r"(?i)(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[a-z0-9_-]{0,20}[\x22']?[ \t]{0,8}(?::=|=>|[:=])[ \t]{0,8}[\x22'`]?([^\s\x22'`,;)}\]]{8,200})";

/// Bits of chance in a character from which an assigned value is no word: 3.2.
const ENTROPY_MIN: f64 = 3.2;

static SET: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(FORMATS.iter().map(|(_, it)| it)).expect("the patterns of the table are sound")
});
static EACH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let regex = |it: &str| Regex::new(it).expect("the patterns of the table are sound");
    FORMATS.iter().map(|(_, it)| regex(it)).collect()
});
static ASSIGNED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(ASSIGNMENT).expect("the pattern is sound"));

/// The secrets of a text, in order; none overlaps another.
#[must_use]
pub fn find(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    for index in &SET.matches(text) {
        for groups in EACH[index].captures_iter(text) {
            let value = groups.get(1).or_else(|| groups.get(0)).expect("group 0 is the match");
            found.push(Secret {
                kind: FORMATS[index].0,
                span: Span::new(value.start(), value.end()),
            });
        }
    }
    found
        .extend(gitleaks::find(text).into_iter().map(|it| Secret { kind: it.rule, span: it.span }));
    for groups in ASSIGNED.captures_iter(text) {
        let value = groups.get(1).expect("the pattern has the group");
        if is_random(value.as_str()) {
            let span = Span::new(value.start(), value.end());
            found.push(Secret { kind: "assigned secret", span });
        }
    }
    // The widest of those that start at one place; what overlaps it makes it longer.
    found.sort_by_key(|it| (it.span.start, std::cmp::Reverse(it.span.end)));
    let mut out: Vec<Secret> = Vec::new();
    for it in found {
        match out.last_mut() {
            Some(last) if it.span.start < last.span.end => {
                last.span.end = last.span.end.max(it.span.end);
            }
            _ => out.push(it),
        }
    }
    out
}

/// The text with a `*` for each byte of a secret: places in it stay what they are.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut out = text.to_owned();
    for it in find(text) {
        out.replace_range(it.span.range(), &"*".repeat(it.span.len()));
    }
    out
}

/// Whether a value looks made by chance and is given as it is: no reference, no word, no sentence.
#[must_use]
pub fn is_random_value(value: &str) -> bool {
    value.len() >= 8 && !value.contains(char::is_whitespace) && is_random(value)
}

/// Whether a value looks made by chance: many different characters, of several kinds, and neither a
/// reference to something else nor a word.
fn is_random(value: &str) -> bool {
    let is_reference = value.starts_with(['$', '<', '{', '*', '%'])
        || ["env:", "env(", "env.", "process.", "vault:", "keyring:", "secrets."]
            .iter()
            .any(|it| value.to_ascii_lowercase().starts_with(it))
        || value.contains(['(', '<', '…'])
        || value.contains("::");
    let has = |kind: fn(&char) -> bool| value.chars().any(|it| kind(&it));
    let has_digit = has(char::is_ascii_digit);
    let has_letter = has(char::is_ascii_alphabetic);
    !is_reference && has_digit && has_letter && entropy(value) >= ENTROPY_MIN
}

/// Shannon's, in bits for a character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|it| counts[usize::from(it)] += 1);
    let n = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let share = |it: &u32| f64::from(*it) / n;
    -counts.iter().filter(|it| **it > 0).map(|it| share(it) * share(it).log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(text: &str, expect: Expect) {
        let mut out = redact(text);
        for it in find(text) {
            out += &format!("\n  {}", it.kind);
        }
        expect.assert_eq(&out);
    }

    /// Written in parts: a whole one would be found by scanners of this repository.
    fn made(prefix: &str, n: usize) -> String {
        let chance = "a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ";
        let tail: String = chance.chars().cycle().take(n).collect();
        format!("{prefix}{tail}")
    }

    #[test]
    fn a_format_is_found_wherever_it_stands() {
        for (prefix, n) in [
            ("sk_live_", 24),
            ("rk_live_", 24),
            ("whsec_", 32),
            ("ghp_", 36),
            ("glpat-", 20),
            ("npm_", 36),
            ("pypi-", 60),
            ("hf_", 34),
            ("sb_secret_", 24),
            ("lin_api_", 40),
            ("sk-proj-", 40),
            ("sk-ant-", 40),
            ("GOCSPX-", 28),
            ("AIza", 35),
            ("xoxb-", 40),
        ] {
            let secret = made(prefix, n);
            let text = format!("see {secret} there");
            let found = find(&text);
            assert_eq!(found.len(), 1, "{prefix}: {found:?}");
            assert_eq!(&text[found[0].span.range()], secret, "{prefix}");
            assert!(!redact(&text).contains(&secret[4..]), "{prefix}");
        }
    }

    #[test]
    fn a_value_without_a_format_needs_a_name_that_speaks_of_it() {
        let text = "DB_PASSWORD = \"x9Kq2vLm8R\"\npostgres://app:hunter2@db/x\nAPI_KEY=${API_KEY}\n\
                    create role app login password 'hunter2';";
        check(
            text,
            expect![[r#"
                DB_PASSWORD = "**********"
                postgres://app:*******@db/x
                API_KEY=${API_KEY}
                create role app login password '*******';
                  assigned secret
                  password in a URL
                  password of a role"#]],
        );
    }

    #[test]
    fn the_second_half_of_an_aws_credential_is_found_beside_the_first_or_its_name() {
        let id = format!("AKIA{}", "QWERTYUIOPASDFGH");
        let key = made("", 40);
        for text in [
            format!("values ('aws', '{id}:{key}')"),
            format!("'{id}', '{key}'"),
            format!("aws_secret = '{key}'"),
            format!("('aws.secret', '{key}')"),
        ] {
            assert!(find(&text).iter().any(|it| text[it.span.range()] == key), "{text}");
        }
        assert_eq!(find("see aws for 0123456789012345678901234567890123456789"), []);
    }

    #[test]
    fn ordinary_text_holds_none() {
        check(
            "token: the word that a parser reads\npassword: required, at least 12 characters\n\
             secret = env:STRIPE_KEY\nsha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n\
             task-list-for-the-whole-team-in-the-year\npassword text not null\nhttps://user@host/a:b@c",
            expect![[r#"
                token: the word that a parser reads
                password: required, at least 12 characters
                secret = env:STRIPE_KEY
                sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                task-list-for-the-whole-team-in-the-year
                password text not null
                https://user@host/a:b@c"#]],
        );
    }

    proptest! {
        #[test]
        fn redacting_keeps_every_place(text in ".{0,80}(sk_live_[a-z0-9]{20})?.{0,80}") {
            let redacted = redact(&text);
            prop_assert_eq!(redacted.len(), text.len());
            prop_assert!(find(&redacted).iter().all(|it| it.span.len() < 200));
        }
    }
}
