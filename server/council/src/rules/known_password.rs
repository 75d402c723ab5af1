use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use crate::secrets;
use crate::sql::{Cursor, Token, TokenKind, by_commas};
use model::{Risk, Stake};

declare_rule! {
    /// An account is made with a password that everybody knows who reads the migration.
    ///
    /// A plain text in a column of passwords stops the change; a hash of an account that administrates asks, since it is the same wherever this runs, and so does a bare digest without salt, which a list of common passwords undoes. Make the account when the program is set up.
    ///
    /// ```sqlite,bad
    /// create table users (id integer primary key, email text, password_hash text);
    /// -- migration
    /// insert into users (email, password_hash) values ('admin@acme.test', 'letmein1');
    /// ```
    /// ```sql,bad
    /// create table users (id bigint primary key, email text, password text);
    /// -- migration
    /// update users set password = crypt('letmein1', gen_salt('bf')) where id = 1;
    /// ```
    /// ```sqlite,good
    /// create table users (id integer primary key, email text, password_hash text);
    /// -- migration
    /// insert into users (email, password_hash) values ('robot@acme.test', '');
    /// ```
    pub(super) static RULE = {
        name: "known-password",
        group: Secrets,
        class: Security,
        since: "0.1.0",
        check: known_password,
    }
}

fn known_password(cx: &Cx, sink: &mut Sink<'_>) {
    for it in written(cx) {
        let (risk, claim) = match it.is_plain {
            true => (Risk::High, format!("writes a plain password into `{}`", it.object)),
            false => (
                Risk::Medium,
                format!(
                    "makes an account with the same password in `{}` everywhere, which its hash gives away or which administrates",
                    it.object
                ),
            ),
        };
        sink.report(it.step, &it.object, risk, claim)
            .stake(Stake::Access)
            .fix("Make the account when the program is set up", "");
    }
}

/// A password that stands in a statement.
pub(super) struct Written<'a> {
    step: &'a Step,
    /// `users.password`
    pub(super) object: String,
    /// Else it is a hash: of an account that administrates, or one that a list of words undoes.
    pub(super) is_plain: bool,
}

/// The passwords that the migration writes down. What has the form of a known credential is none of
/// them: another rule tells of it.
pub(super) fn written(cx: &Cx) -> Vec<Written<'_>> {
    let mut out = Vec::new();
    for step in &cx.change.steps {
        let (table, rows) = match &step.action {
            Action::Insert { table, .. } => (table, inserted(cx, table, &step.raw.tokens)),
            Action::Update(it) => {
                (&it.table, vec![it.sets.iter().map(|it| (it.0.clone(), &it.1[..])).collect()])
            }
            _ => continue,
        };
        for row in rows {
            let Some((column, value)) = row.iter().find(|it| is_password(&it.0)) else { continue };
            let text = value.iter().find(|it| it.kind == TokenKind::Text).map(|it| &*it.text);
            let Some(text) = text.filter(|it| !is_locked(it) && secrets::find(it).is_empty())
            else {
                continue;
            };
            let is_admin = row.iter().flat_map(|it| it.1).any(|it| is_admin(&it.text));
            let is_plain = !is_hash(text);
            if is_plain || is_admin || is_unsalted(text) {
                out.push(Written { step, object: format!("{table}.{column}"), is_plain });
            }
        }
    }
    out
}

/// Column and value of each row of `values`.
pub(super) fn inserted<'a>(
    cx: &Cx,
    table: &str,
    tokens: &'a [Token],
) -> Vec<Vec<(String, &'a [Token])>> {
    let mut cursor = Cursor::new(tokens);
    if !cursor.find("into") || cursor.name().is_none() {
        return Vec::new();
    }
    let columns: Vec<String> = match cursor.group() {
        Some(list) => {
            by_commas(list).iter().filter_map(|it| it.first()).map(|it| it.text.clone()).collect()
        }
        None => {
            let table = cx.change.before.table(table);
            table
                .map(|it| it.columns.iter().map(|it| it.name.clone()).collect())
                .unwrap_or_default()
        }
    };
    let mut out = Vec::new();
    if cursor.find("values") {
        while let Some(row) = cursor.group() {
            out.push(columns.iter().cloned().zip(by_commas(row)).collect());
            cursor.eat(",");
        }
    }
    out
}

fn is_password(column: &str) -> bool {
    let column = column.to_lowercase();
    let is_about = |end: &str| column.ends_with(end);
    (column.contains("password")
        || column.contains("passwd")
        || matches!(
            column.as_str(),
            "pwd"
                | "pass"
                | "passphrase"
                | "pass_hash"
                | "pw_hash"
                | "pin"
                | "pin_hash"
                | "pin_code"
                | "passcode"
                | "passcode_hash"
                | "secret_hash"
        ))
        && !["_at", "_required", "_reset", "_hint", "_policy"].iter().any(|it| is_about(it))
}

fn is_admin(text: &str) -> bool {
    let text = text.to_lowercase();
    ["admin", "root", "superuser", "owner", "manager", "staff", "moderator", "operator"]
        .iter()
        .any(|it| text.contains(it))
}

/// A value that no password is checked against.
fn is_locked(text: &str) -> bool {
    let words = ["disabled", "locked", "invalid", "unset", "none", "unusable"];
    text.len() < 3 || text.starts_with(['!', '*']) || words.contains(&text.to_lowercase().as_str())
}

/// A digest as it comes: MD5, SHA-1, SHA-256 or SHA-512 in hexadecimal.
fn is_unsalted(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64 | 128) && text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// Text in the form of a hash: `$2b$…`, `{SSHA}…`, `pbkdf2:…`, or long and of few letters.
fn is_hash(text: &str) -> bool {
    let is_coded = |it: char| it.is_ascii_alphanumeric() || "+/=._-$:".contains(it);
    text.starts_with(['$', '{'])
        || text.contains(":$")
        || (text.len() >= 32 && text.chars().all(is_coded))
}
