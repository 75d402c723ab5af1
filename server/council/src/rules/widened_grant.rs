use super::cx::{Cx, Sink};
use super::exposed_column::is_personal;
use super::support::is_trusted;
use super::writable_privilege::is_privileged;
use crate::ddl::{Action, Grant};
use crate::schema::{Schema, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A role that was given some columns of a table, or some tables of a schema, is given all of them.
    ///
    /// Whoever named them left the others out on purpose: a secret, or what says what a user may do. Grant the new ones alone.
    ///
    /// ```sql,bad
    /// create table carriers (id bigint primary key, name text not null, api_secret text not null);
    /// grant select (id, name) on carriers to app;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table carriers add column logo text;
    /// grant select on carriers to app;
    /// ```
    /// ```sql,bad
    /// create table profiles (id uuid primary key, handle text, is_platform_admin boolean not null default false);
    /// grant update (handle) on profiles to authenticated;
    /// -- migration
    /// grant update on profiles to authenticated;
    /// ```
    /// ```sql,bad
    /// create table rooms (id bigint primary key, number text);
    /// create table card_tokens (id bigint primary key, token_hash text);
    /// grant select on rooms to report;
    /// -- migration
    /// grant select on all tables in schema public to report;
    /// ```
    /// ```sql,good
    /// create table carriers (id bigint primary key, name text not null, api_secret text not null);
    /// grant select (id, name) on carriers to app;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table carriers add column logo text;
    /// grant select (logo) on carriers to app;
    /// ```
    pub(super) static RULE = {
        name: "widened-grant",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: widened_grant,
    }
}

fn widened_grant(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Grant(it) = &step.action else { continue };
        for role in it.roles.iter().filter(|role| !is_trusted(role)) {
            if let Some(table) = first_unread(&cx.change.before, it, role) {
                let claim =
                    format!("`{role}` may read `{table}` with all others, and read some alone");
                sink.report(step, table, Risk::Medium, claim)
                    .stake(Stake::Access)
                    .fix("Name the tables that the role reads", "");
            }
        }
        for role in it.roles.iter().filter(|role| it.kind == "table" && !is_trusted(role)) {
            let tables = it.objects.iter().filter_map(|it| cx.change.old_table(step, it));
            for table in tables {
                let Some((privilege, kept)) = kept_from(cx, table, role, it) else { continue };
                let is_grave = |it: &&str| is_kept_back(it) || is_privileged(it);
                let worst = kept.iter().find(|it| is_grave(it));
                let risk = if worst.is_some() { Risk::High } else { Risk::Medium };
                let column = worst.unwrap_or(&kept[0]);
                let claim = format!(
                    "`{role}` may {privilege} `{column}` of `{}`, which was left out for it",
                    table.name
                );
                sink.report(step, &table.name, risk, claim)
                    .stake(Stake::Access)
                    .fix("Grant it for the new columns alone", "");
            }
        }
    }
}

/// A table that a role gets to read with every other one of its schema, where it was given some.
fn first_unread<'s>(before: &'s Schema, grant: &Grant, role: &str) -> Option<&'s str> {
    let reads = |what: &str| matches!(what, "select" | "all");
    if grant.kind != "all tables in schema" || !grant.privileges.iter().any(|it| reads(it)) {
        return None;
    }
    let is_meant =
        |it: &&Table| !it.assumed && grant.objects.iter().any(|of| before.is_in(&it.name, of));
    let is_read = |it: &&Table| {
        let own = |of: &str, by: &str, what: &str| of == it.name && by == role && reads(what);
        before.grants.iter().any(|it| own(&it.0, &it.1, &it.2))
            || before.column_grants.iter().any(|it| own(&it.0, &it.1, &it.2))
    };
    let (read, unread): (Vec<&Table>, Vec<&Table>) =
        before.tables.iter().filter(is_meant).partition(is_read);
    unread.first().filter(|_| !read.is_empty()).map(|it| it.name.as_str())
}

/// A privilege that a role had on some columns of a table, and those that it did not have it on.
fn kept_from<'a>(
    cx: &'a Cx,
    table: &Table,
    role: &str,
    grant: &Grant,
) -> Option<(&'static str, Vec<&'a str>)> {
    let before = &cx.change.before;
    let old = before.table_of(table.id)?;
    let is_whole = |privilege: &str| {
        grant.privileges.iter().any(|it| it == privilege || it == "all")
            && !grant.columns.iter().any(|it| it.0 == privilege)
    };
    ["select", "update", "insert"].into_iter().filter(|it| is_whole(it)).find_map(|privilege| {
        let own = |of: &str, by: &str, what: &str| {
            of == old.name && by == role && (what == privilege || what == "all")
        };
        let had_all = before.grants.iter().any(|it| own(&it.0, &it.1, &it.2));
        let had: Vec<&String> = before
            .column_grants
            .iter()
            .filter(|it| own(&it.0, &it.1, &it.2))
            .map(|it| &it.3)
            .collect();
        let names = old.columns.iter().map(|it| it.name.as_str());
        let kept: Vec<&str> = names.filter(|it| !had.iter().any(|of| of == it)).collect();
        (!had_all && !had.is_empty() && !kept.is_empty()).then_some((privilege, kept))
    })
}

fn is_kept_back(name: &str) -> bool {
    is_personal(name) || ["secret", "hash", "token", "password"].iter().any(|it| name.contains(it))
}
