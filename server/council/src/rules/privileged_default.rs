use super::cx::{Cx, Sink};
use super::support::kept_columns;
use crate::ddl::AlterPart;
use crate::sql::{Token, pieces, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// Who says nothing else becomes an administrator: that is the default of a new column, or of an old one now.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column is_admin boolean not null default true;
    /// ```
    /// ```sql,bad
    /// create table operators (login text primary key, may_refund boolean not null default false);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table operators alter column may_refund set default true;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column is_admin boolean not null default false;
    /// ```
    pub(super) static RULE = {
        name: "privileged-default",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: privileged_default,
    }
}

fn privileged_default(cx: &Cx, sink: &mut Sink<'_>) {
    given(cx, sink);
    for (step, table, part) in cx.change.alterations() {
        let (column, default) = match part {
            AlterPart::AddColumn { column, .. } => (&column.name, column.default.as_deref()),
            AlterPart::SetDefault { column, value } => (column, Some(&value[..])),
            _ => continue,
        };
        if default.is_some_and(|it| is_privilege(column, it)) {
            let object = format!("{}.{column}", table.name);
            let claim = format!(
                "every row of `{}` that says nothing else gets the privilege of `{column}`",
                table.name
            );
            sink.report(step, &object, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Take the least privilege as the default", "");
        }
    }
}

/// Rights that rows which say nothing did not have, by the default of a column that was there.
fn given(cx: &Cx, sink: &mut Sink<'_>) {
    for (old, was, now) in kept_columns(cx).filter(|(_, was, now)| was.default != now.default) {
        let tokens = |it: &Option<String>| -> Vec<Token> {
            it.iter().flat_map(|it| pieces(it)).flat_map(|it| it.tokens).collect()
        };
        let (before, after) = (tokens(&was.default), tokens(&now.default));
        let gives = |it: &[Token]| is_right(&now.name) && is_yes(it);
        let is_rebuilt = cx.change.after.table_of(old.id).is_none();
        let is_told = !is_rebuilt && is_privilege(&now.name, &after);
        let is_new = is_privilege(&now.name, &after) && !is_privilege(&now.name, &before);
        if (is_new || gives(&after) && !gives(&before)) && !is_told {
            let risk = if is_new { Risk::High } else { Risk::Medium };
            let object = format!("{}.{}", old.name, now.name);
            let claim =
                format!("who is added to `{}` without a word on it has `{}`", old.name, now.name);
            sink.whole(&object, risk, claim)
                .stake(Stake::Access)
                .fix("Take the least privilege as the default", "");
        }
    }
}

/// Whether a column says that somebody may do something.
fn is_right(column: &str) -> bool {
    ["may_", "can_", "allow_", "allowed_", "is_allowed"].iter().any(|it| column.starts_with(it))
}

fn is_yes(default: &[Token]) -> bool {
    matches!(spelt(default).trim_matches('\''), "true" | "1" | "t" | "yes")
}

pub(super) fn is_privilege(column: &str, default: &[Token]) -> bool {
    let column = column.to_lowercase();
    let value = spelt(default).to_lowercase();
    let value = value.split("::").next().unwrap_or_default().trim_matches('\'');
    match () {
        () if ["admin", "superuser", "is_staff", "is_owner"]
            .iter()
            .any(|it| column.contains(it)) =>
        {
            matches!(value, "true" | "1" | "t" | "yes")
        }
        () if ["role", "kind", "user_type", "access", "level"]
            .iter()
            .any(|it| column.contains(it)) =>
        {
            matches!(
                value,
                "admin"
                    | "administrator"
                    | "owner"
                    | "superuser"
                    | "root"
                    | "superadmin"
                    | "staff"
                    | "manager"
                    | "moderator"
            )
        }
        () => false,
    }
}
