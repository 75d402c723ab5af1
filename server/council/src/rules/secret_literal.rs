use super::cx::{Cx, Sink};
use crate::PartKind;
use crate::secrets::{find, find_documented, masked};
use crate::sql::TokenKind;
use model::{Risk, Span, Stake};

declare_rule! {
    /// A credential is written down where everybody who reads the repository reads it.
    ///
    /// Revoke it, since it is in the history now, and read it from the environment or a vault. Values that say that they are examples are left alone, but for the keys of a provider's manual in a statement: where they stand, the real one follows.
    ///
    /// ```sql,bad
    /// -- migration
    /// insert into settings (k, v) values ('stripe', 'sk_test_4eC39HqLyjWDarjtT1zdp7dcQ2wK');
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key);
    /// -- migration
    /// comment on table accounts is 'platform account, password Winter-2024-live';
    /// ```
    /// ```sql,good
    /// -- migration
    /// insert into settings (k, v) values ('stripe', 'your-stripe-key-goes-here');
    /// ```
    pub(super) static RULE = {
        name: "secret-literal",
        group: Secrets,
        class: Security,
        since: "0.1.0",
        check: secret_literal,
    }
}

fn secret_literal(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|it| it.raw.tokens[0].text == "comment") {
        let text = step.raw.tokens.iter().rev().find(|it| it.kind == TokenKind::Text);
        if let Some(secret) = text.and_then(|it| told(&it.text)) {
            let span = step.raw.span;
            let claim =
                format!("a comment, which every role reads, tells a password: {}", masked(secret));
            sink.in_part(&cx.change.part, &cx.change.text, span, masked(secret), Risk::High, claim)
                .stake(Stake::Access)
                .fix("Revoke it, and keep it in a vault", "");
        }
    }
    for part in cx.subject.parts.iter().filter(|it| it.kind != PartKind::Base) {
        for secret in find(&part.text) {
            let span = Span::new(secret.range.start, secret.range.end);
            let shown = masked(&part.text[secret.range.clone()]);
            // A key for tests opens no account, and shows a habit.
            let is_test = part.text[secret.range].contains("_test_");
            let risk = if is_test { Risk::Low } else { Risk::Critical };
            let claim = format!("{} is written down: {shown}", secret.what);
            sink.in_part(&part.name, &part.text, span, shown, risk, claim)
                .stake(Stake::Access)
                .fix("Revoke it, and read it from the environment or a vault", "");
        }
        for example in find_documented(&part.text) {
            let span = Span::new(example.range.start, example.range.end);
            let shown = masked(&part.text[example.range]);
            // Not in a comment.
            let is_stored = cx
                .change
                .steps
                .iter()
                .flat_map(|it| &it.raw.tokens)
                .any(|it| it.kind == TokenKind::Text && it.span.contains(span));
            if is_stored && part.kind == PartKind::Migration {
                let claim =
                    format!("the example of an {} is where the real one goes", example.what);
                sink.in_part(&part.name, &part.text, span, shown, Risk::Medium, claim)
                    .stake(Stake::Access)
                    .fix("Read it from the environment or a vault", "");
            }
        }
    }
}

/// What a sentence tells for a password: a word with letters and digits behind the word for one.
fn told(text: &str) -> Option<&str> {
    const WORDS: [&str; 8] =
        ["password", "passwort", "passphrase", "kennwort", "secret", "token", "pin", "key"];
    const BETWEEN: [&str; 6] = ["is", "ist", "=", ":", "->", "was"];
    const LETTERS_MIN: usize = 8;
    let words = text.split([' ', ',', ';', '(', ')', '"']).filter(|it| !it.is_empty());
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let name = word.trim_end_matches([':', '=']).to_lowercase();
        if !WORDS.contains(&name.as_str()) {
            continue;
        }
        while words.peek().is_some_and(|it| BETWEEN.contains(it)) {
            words.next();
        }
        let Some(value) = words.peek() else { break };
        let has = |is: fn(&char) -> bool| value.chars().any(|it| is(&it));
        let is_mixed = has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
        let is_whole = value.len() >= LETTERS_MIN || name == "pin" && has(char::is_ascii_digit);
        if is_mixed && is_whole {
            return Some(value);
        }
    }
    None
}
