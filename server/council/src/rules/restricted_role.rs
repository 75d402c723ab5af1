use super::cx::{Cx, Sink};
use crate::schema::Schema;
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// A role, or everybody in a database, can no longer log in or write.
    ///
    /// What is set for a role holds from its next connection on, for every program that uses it, and nothing sets it back.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key);
    /// grant select, insert on orders to app;
    /// -- migration
    /// alter role app set default_transaction_read_only = on;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key);
    /// -- migration
    /// alter role app nologin;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key);
    /// grant select on orders to reports;
    /// -- migration
    /// alter role reports set default_transaction_read_only = on;
    /// ```
    pub(super) static RULE = {
        name: "restricted-role",
        group: Access,
        class: Availability,
        since: "0.1.0",
        check: restricted_role,
    }
}

fn restricted_role(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let mut cursor = Cursor::new(&step.raw.tokens);
        let Some(kind) = cursor.eat_any(&["alter role", "alter user", "alter database"]) else {
            continue;
        };
        let Some(name) = cursor.ident() else { continue };
        let has = |words: &str| cursor.clone().find(words);
        let is_zero = |words: &str| {
            let mut it = cursor.clone();
            it.find(words) && it.next().is_some_and(|it| it.text == "0")
        };
        let is_on = ["= on", "to on", "= true", "to true", "= 'on'"].iter().any(|it| has(it));
        let reads_only = has("set default_transaction_read_only") && is_on;
        let (risk, what) = match () {
            () if kind == "alter database" && has("rename to") => {
                (Risk::High, "is no longer found by its name")
            }
            () if has("nologin") || is_zero("connection limit") => {
                (Risk::High, "can no longer log in")
            }
            () if has("allow_connections") && !has("allow_connections true") => {
                (Risk::High, "can no longer be connected to")
            }
            () if reads_only && may_write(&cx.change.before, &name, kind) => {
                (Risk::High, "can no longer write")
            }
            () if has("password null") => (Risk::Medium, "has no password any more"),
            () if has("valid until") => (Risk::Medium, "cannot log in for ever"),
            () if has("set role") || has("set search_path") => {
                (Risk::Medium, "meets other tables from its next connection on")
            }
            () => continue,
        };
        sink.report(step, &name, risk, format!("`{name}` {what}")).stake(Stake::Service);
    }
}

/// Whether a role writes, as far as grants tell: one of which nothing is known may.
fn may_write(schema: &Schema, name: &str, kind: &str) -> bool {
    let mut own = schema.grants.iter().filter(|it| it.1 == name).peekable();
    let writes = ["insert", "update", "delete", "all"];
    kind.ends_with("database")
        || own.peek().is_none()
        || own.any(|it| writes.contains(&it.2.as_str()))
}
