//! Which values are known to be secret: those of variables and files whose names say so.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?i)pass(?:word|wd|phrase|code)?$|(?:^|_)(?:pwd|pass|pw)(?:_|$)|password|secret|token|credential|(?:^|[_-])(?:key|auth|dsn|cookie|salt|pat)$|api_?key|private_?key|access_?key|key_id$|connection_?string|webhook";
    Regex::new(name).expect("it is sound")
});
static IN_URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/@\s]*:([^/@\s]+)@").expect("it is sound")
});

/// Values of such names that say nothing, and stand in every text.
const WORDS: [&str; 18] = [
    "true",
    "false",
    "null",
    "none",
    "auto",
    "default",
    "enabled",
    "disabled",
    "localhost",
    "production",
    "development",
    "staging",
    "test",
    "example",
    "changeme",
    "postgres",
    "optional",
    "required",
];

/// Whether a variable of that name holds a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    // The shell's current folder and the last one.
    !["PWD", "OLDPWD"].contains(&name) && NAME.is_match(name)
}

/// The secrets among variables; `named` are names that somebody has declared to be of secrets.
#[must_use]
pub fn of_environment(
    variables: &[(String, String)],
    named: &BTreeSet<String>,
) -> BTreeSet<String> {
    let of = |(name, value): &(String, String)| of_value(name, value, named.contains(name));
    variables.iter().flat_map(of).collect()
}

/// The secrets of a file such as `.env`.
#[must_use]
pub fn of_file(text: &str, named: &BTreeSet<String>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else { continue };
        let (name, mut value) = (name.trim(), value.trim().to_owned());
        if name.is_empty() || name.starts_with('#') {
            continue;
        }
        // A quoted value may go over lines, as keys in PEM do.
        if let Some(quote) = value.chars().next().filter(|it| ['"', '\'', '`'].contains(it)) {
            while value[1..].find(quote).is_none() {
                let Some(next) = lines.next() else { break };
                value = format!("{value}\n{next}");
            }
            let inner = &value[1..];
            value = inner[..inner.find(quote).unwrap_or(inner.len())].to_owned();
        } else if let Some((before, _)) = value.split_once(" #") {
            value = before.trim_end().to_owned();
        }
        let is_named = named.contains(name);
        out.extend(of_value(name, &value, is_named));
        let unescaped = value.replace("\\n", "\n").replace("\\\"", "\"");
        if unescaped != value {
            out.extend(of_value(name, &unescaped, is_named));
        }
    }
    out
}

fn of_value(name: &str, value: &str, is_named: bool) -> Vec<String> {
    let mut out = Vec::new();
    let value = value.trim();
    if let Some(groups) = IN_URL.captures(value) {
        out.extend([groups[1].to_owned(), value.to_owned()]);
    }
    let is_word = WORDS.iter().any(|it| it.eq_ignore_ascii_case(value));
    if !is_word && (is_named || is_secret_name(name)) {
        out.push(value.to_owned());
        // Each line of a key in PEM is telling by itself.
        out.extend(
            value.lines().filter(|it| it.len() >= 16 && !it.starts_with("---")).map(str::to_owned),
        );
    } else if text::secrets::is_random_value(value) && !value.contains(['/', ':']) {
        out.push(value.to_owned());
    }
    out.extend(text::secrets::find(value).iter().map(|it| value[it.span.range()].to_owned()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let named = BTreeSet::from(["SHOP_PIN".to_owned()]);
        expect.assert_eq(&of_file(text, &named).into_iter().collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn values_of_telling_names_are_secret_and_others_are_not() {
        check(
            "# a comment\nPORT=3000\nNODE_ENV=production\nexport DB_PASSWORD=hunter2 # mine\n\
             API_TOKEN='two words'\nAUTH_ENABLED=true\nSHOP_PIN=4711\nAPP_NAME=The shop\n\
             SEED_WORD=x9Kq2vLm8R\nCACHE_KEY=default\n",
            expect![[r#"
                4711
                hunter2
                two words
                x9Kq2vLm8R"#]],
        );
    }

    #[test]
    fn a_url_holds_a_password_and_a_key_many_lines() {
        check(
            "DATABASE_URL=postgres://app:hunter2@db/shop\n",
            expect![[r#"
                hunter2
                postgres://app:hunter2@db/shop"#]],
        );
        let found = of_file(
            "SIGNING_KEY=\"-----BEGIN\nabcdefghijklmnopqrst\n-----END\"\n",
            &BTreeSet::new(),
        );
        assert!(found.contains("abcdefghijklmnopqrst"), "{found:?}");
        let found = of_file("SIGNING_KEY=\"one\\ntwo three\"", &BTreeSet::new());
        assert!(found.contains("one\ntwo three"), "{found:?}");
    }

    #[test]
    fn folders_of_the_shell_are_no_secrets() {
        assert!(!is_secret_name("PWD") && !is_secret_name("PATH") && !is_secret_name("AUTHOR"));
        assert!(!is_secret_name("KEYBOARD") && !is_secret_name("XAUTHORITY"));
        assert!(is_secret_name("GITHUB_TOKEN") && is_secret_name("AWS_SECRET_ACCESS_KEY"));
        assert!(
            is_secret_name("db_password")
                && is_secret_name("SENTRY_DSN")
                && is_secret_name("PGPASSWORD")
        );
    }
}
