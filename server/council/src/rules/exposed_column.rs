use super::cx::{Cx, Sink};
use super::support::{asks_who, is_anybody, new_columns};
use crate::logic::{disjuncts, is_never_true};
use crate::reach::{Cell, cell, is_granted};
use crate::schema::{Schema, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A column for something personal or secret is added to a table that everybody reads.
    ///
    /// A policy lets rows through, not columns: who may read the row reads the new column too. Keep it in a table of its own, or grant `select` on the other columns only.
    ///
    /// ```sql,bad
    /// create table authors (id bigint primary key, name text);
    /// alter table authors enable row level security;
    /// create policy readable on authors for select to anon using (true);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table authors add column home_address text;
    /// ```
    /// ```sql,bad
    /// create table authors (id bigint primary key, name text);
    /// grant select on authors to anon;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table authors add column phone text;
    /// ```
    /// ```sql,good
    /// create table authors (id bigint primary key, name text);
    /// alter table authors enable row level security;
    /// create policy readable on authors for select to anon using (true);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table authors add column motto text;
    /// ```
    /// ```sql,good
    /// create table authors (id bigint primary key, name text);
    /// alter table authors enable row level security;
    /// create policy own on authors for select using (id = (select auth.uid()));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table authors add column phone text;
    /// ```
    pub(super) static RULE = {
        name: "exposed-column",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: exposed_column,
    }
}

fn exposed_column(cx: &Cx, sink: &mut Sink<'_>) {
    if !cx.is_postgres() {
        return;
    }
    for (table, column) in new_columns(cx) {
        let is_old = cx.change.before.table_of(table.id).is_some_and(|it| !it.assumed);
        if !is_old || !is_personal(&column.name) {
            continue;
        }
        let after = &cx.change.after;
        let (risk, who) = match readers(after, table) {
            Readers::Anybody => (Risk::High, "everybody"),
            Readers::SignedIn => (Risk::Medium, "whoever is signed in"),
            Readers::Some => continue,
        };
        let object = format!("{}.{}", table.name, column.name);
        let claim = format!("{who} may read `{object}`, as every row of `{}`", table.name);
        sink.whole(&object, risk, claim)
            .stake(Stake::Access)
            .fix("Keep it in a table of its own, with a policy for its owner", "");
    }
}

enum Readers {
    Anybody,
    SignedIn,
    Some,
}

/// Who reads rows of a table that are not his own.
fn readers(schema: &Schema, table: &Table) -> Readers {
    let named = table.policies.iter().flat_map(|it| &it.roles);
    let granted = schema.grants.iter().filter(|it| it.0 == table.name).map(|it| &it.1);
    let mut out = Readers::Some;
    for role in named.chain(granted) {
        let has_grants = schema.grants.iter().any(|it| it.0 == table.name);
        let is_reader =
            is_granted(schema, table, role, "select") || !has_grants && table.row_security;
        let sees = match cell(schema, table, role, "select") {
            Cell::All => true,
            Cell::None => false,
            Cell::If { any, all } => {
                let mut each = any.iter().flat_map(|it| disjuncts(it));
                all.is_empty() && each.any(|it| !asks_who(it) && !is_never_true(it))
            }
        };
        if !is_reader || !sees {
            continue;
        }
        if is_anybody(role) {
            return Readers::Anybody;
        }
        if table.row_security && role == "authenticated" {
            out = Readers::SignedIn;
        }
    }
    out
}

/// Whether a name is that of something that people do not want everybody to know.
pub(super) fn is_personal(name: &str) -> bool {
    const WORDS: [&str; 44] = [
        "phone",
        "mobile",
        "telephone",
        "email",
        "mail",
        "address",
        "street",
        "birth",
        "birthday",
        "birthdate",
        "dob",
        "ssn",
        "passport",
        "iban",
        "bic",
        "salary",
        "wage",
        "income",
        "tax",
        "ip",
        "password",
        "passwd",
        "secret",
        "token",
        "pin",
        "otp",
        "medical",
        "diagnosis",
        "health",
        "religion",
        "ethnicity",
        "gender",
        "card",
        "license",
        "licence",
        "geolocation",
        "latitude",
        "longitude",
        "emergency",
        "confidential",
        "private",
        "key",
        "api",
        "bank",
    ];
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split('_').collect();
    let is_word = |it: &&str| WORDS.contains(it);
    // Whether there is one, or when, is not what it is.
    let is_about = ["is", "has", "wants", "allow", "show"].contains(&words[0])
        || ["id", "at", "count", "verified", "type", "hash", "on", "enabled"]
            .contains(&words[words.len() - 1])
            && words.len() > 1
            && !matches!(words[0], "tax" | "national");
    let pairs = ["national_id", "tax_id", "alarm_code", "access_code", "door_code", "card_number"];
    let is_plain_key = words.contains(&"key")
        && !words.iter().any(|it| matches!(*it, "api" | "secret" | "private" | "access"));
    let is_note = name.starts_with("internal_") || name.starts_with("admin_note");
    let found = words.iter().any(is_word) && !is_plain_key;
    pairs.contains(&name.as_str()) || is_note || found && !is_about
}
