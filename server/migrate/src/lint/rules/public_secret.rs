use crate::lint::cx::{LintCx, Sink};
use crate::policy::{Cell, Subject};
use crate::schema::Command;

declare_lint! {
    /// Everyone can read a column that sounds like a secret.
    ///
    /// Keep it in a table of its own that only its owner or a role can read, or store a hash of it and deny the table.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: hooks
    ///   columns: [id pk, url text, api_key text]
    ///   rls: public
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: hooks
    ///   columns: [id pk, url text, api_key text]
    ///   rls: role(admin)
    /// ```
    pub(super) static RULE = {
        name: "public-secret",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: public_secret,
    }
}

/// Parts of names of what only its owner should know.
const SECRETS: [&str; 14] = [
    "password",
    "passwd",
    "secret",
    "api_key",
    "apikey",
    "access_token",
    "refresh_token",
    "private_key",
    "ssn",
    "iban",
    "card_number",
    "cvv",
    "passport",
    "otp",
];

fn public_secret(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let cell = cx.matrix().cell(&table.name, &Subject::Guest, Command::Select);
        if cell.is_none_or(|it| *it == Cell::No) {
            continue;
        }
        for column in &table.columns {
            let lower = column.name.to_ascii_lowercase();
            if SECRETS.iter().any(|it| lower.contains(it)) {
                let message = format!("everyone can read `{}.{}`", table.name, column.name);
                sink.report(column.origin, message);
            }
        }
    }
}
