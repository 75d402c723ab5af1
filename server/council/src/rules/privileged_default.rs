use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use crate::sql::{Token, spelt};
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
