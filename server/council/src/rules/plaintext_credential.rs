use super::cx::{Cx, Sink};
use super::known_password::written;
use super::support::literal;
use crate::schema::{Column, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A column for a credential holds text, or one for a card its number.
    ///
    /// Whoever reads the table, a backup or a log of statements can use what stands there. Store a hash of a password or a token, and a reference to a vault instead of a key; name the column after that. A constant as its default is the same credential for everybody.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column password text;
    /// ```
    /// ```sqlite,bad
    /// create table accounts (id integer primary key, email text);
    /// -- migration
    /// alter table accounts add column api_key varchar(80);
    /// ```
    /// ```sqlite,bad
    /// create table listeners (id integer primary key, email text);
    /// -- migration
    /// alter table listeners add column feed_token text not null default 'letmein';
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column password_hash text;
    /// alter table accounts add column has_password boolean;
    /// ```
    pub(super) static RULE = {
        name: "plaintext-credential",
        group: Secrets,
        class: Security,
        since: "0.1.0",
        check: plaintext_credential,
    }
}

fn plaintext_credential(cx: &Cx, sink: &mut Sink<'_>) {
    let told: Vec<String> =
        written(cx).into_iter().filter(|it| it.is_plain).map(|it| it.object).collect();
    for table in &cx.change.after.tables {
        let old = cx.change.before.table_of(table.id);
        let twin = cx.change.before.table(&table.name);
        let is_new = |it: &Column| {
            old.is_none_or(|old| old.column_of(it.id).is_none())
                && twin.is_none_or(|old| old.column(&it.name).is_none())
        };
        for column in table.columns.iter().filter(|it| is_new(it)) {
            if let Some(claim) = same_for_all(table, column) {
                let object = format!("{}.{}", table.name, column.name);
                sink.whole(&object, Risk::High, claim)
                    .stake(Stake::Access)
                    .fix("Make one for each row, at random", "");
                continue;
            }
            let is_card = is_card(&column.name);
            let is_secret = is_text(column)
                && (is_credential(&column.name)
                    || is_hashed_beside(table, &column.name)
                    || is_of_sessions(table, &column.name));
            if !is_card && !is_secret {
                continue;
            }
            let object = format!("{}.{}", table.name, column.name);
            // That a plain password is written into it says it all.
            if told.contains(&object) {
                continue;
            }
            let (what, fix) = match is_card {
                true => ("numbers of cards", "Store the token that the payment provider gives"),
                false => ("a credential", "Store a hash, or a reference to a vault"),
            };
            let claim = format!("`{object}` holds {what} that whoever reads the table can use");
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Access).fix(fix, "");
        }
    }
}

/// What is said of a credential that is the same in each row: its default is a constant.
fn same_for_all(table: &Table, column: &Column) -> Option<String> {
    let value = column.default.as_deref().and_then(literal)?;
    let name = column.name.to_lowercase();
    let is_own = is_credential(&name) || name == "token" || name.ends_with("_token");
    (is_own && is_text(column) && !value.is_empty()).then(|| {
        format!("every row of `{}` has the same credential in `{}`", table.name, column.name)
    })
}

/// Whether a token lets in who has it: one of a table of sessions or keys.
fn is_of_sessions(table: &Table, column: &str) -> bool {
    let name = table.name.to_lowercase();
    let words = ["session", "auth", "login", "api_key", "access_token", "refresh", "credential"];
    matches!(column, "token" | "key") && words.iter().any(|it| name.contains(it))
}

/// Whether the table keeps a hash of the same: `pin` beside `pin_hash`.
fn is_hashed_beside(table: &Table, name: &str) -> bool {
    let mut name = name.to_lowercase();
    for word in ["plain_", "clear_", "raw_", "_plaintext", "_plain", "_clear", "_raw"] {
        name = name.replace(word, "");
    }
    table.columns.iter().any(|it| {
        let other = it.name.to_lowercase();
        ["_hash", "_digest", "_hashed", "_encrypted", "_sha256", "_bcrypt"]
            .iter()
            .any(|end| other == format!("{name}{end}"))
            || ["hashed_", "encrypted_"].iter().any(|start| other == format!("{start}{name}"))
    })
}

fn is_text(column: &Column) -> bool {
    matches!(
        column.kind.base.as_str(),
        "text" | "varchar" | "char" | "citext" | "bytea" | "blob" | "json" | "jsonb"
    )
}

/// Whether a name is that of a card's number or code, which the rules of the card industry forbid to
/// keep readable, or at all.
fn is_card(name: &str) -> bool {
    let mut name = name.to_lowercase();
    name.retain(|it| it != '_');
    let is_token = ["token", "hash", "last4", "masked"].iter().any(|it| name.contains(it));
    let ends = ["cvv", "cvc", "cvv2", "cardnumber", "cardno", "creditcard", "cardpin"];
    !is_token && (ends.iter().any(|it| name.ends_with(it)) || name == "pan")
}

/// Whether a name ends in the word for a credential; `password_hash` and `token_id` do not.
fn is_credential(name: &str) -> bool {
    const WORDS: [&str; 28] = [
        "pin_code",
        "passcode",
        "access_pin",
        "recovery_code",
        "recovery_codes",
        "backup_codes",
        "security_answer",
        "secret_answer",
        "session_token",
        "bearer_token",
        "reset_token",
        "session_key",
        "otp_code",
        "api_token",
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "secret",
        "api_key",
        "apikey",
        "private_key",
        "secret_key",
        "access_key",
        "access_token",
        "refresh_token",
        "auth_token",
        "credentials",
    ];
    let mut name = name.to_lowercase();
    let words = name.clone();
    name.retain(|it| it != '_');
    let is_hashed = ["hash", "encrypted", "sealed", "digest", "cipher", "fingerprint"]
        .iter()
        .any(|it| name.contains(it));
    if matches!(words.as_str(), "pin" | "otp" | "totp" | "user_pin" | "login_pin") {
        return true;
    }
    let ends = |word: &str| words.ends_with(word) || name.ends_with(&word.replace('_', ""));
    !is_hashed && WORDS.iter().any(|it| ends(it))
}
