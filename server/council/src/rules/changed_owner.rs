use super::cx::{Cx, Sink};
use super::support::is_trusted;
use crate::ddl::{Action, AlterPart};
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// A table has another owner, whom its policies do not stop unless they are forced.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts owner to app;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts owner to app_user;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key);
    /// alter table notes owner to app;
    /// alter table notes enable row level security;
    /// create policy own on notes using (id = current_setting('app.note')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "changed-owner",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: changed_owner,
    }
}

fn changed_owner(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Reassign { role } = &step.action else { continue };
        let claim = format!("`{role}` owns all that another role owned");
        sink.report(step, role, Risk::Medium, claim).stake(Stake::Access);
    }
    for step in &cx.change.steps {
        let mut cursor = Cursor::new(&step.raw.tokens);
        let kinds = [
            "alter view",
            "alter materialized view",
            "alter function",
            "alter procedure",
            "alter schema",
            "alter database",
        ];
        let Some(kind) = kinds.into_iter().find(|it| cursor.eat(it)) else { continue };
        let Some(name) = cursor.name() else { continue };
        // One that runs with the rights of its caller is nothing to its owner.
        let mut own = cx.change.after.functions.iter().filter(|it| it.name == name).peekable();
        let is_invoker = own.peek().is_some() && own.all(|it| !it.is_definer);
        if cursor.find("owner to") && !is_trusted(&name) && !is_invoker {
            let role = cursor.ident().unwrap_or_default();
            let what = kind.trim_start_matches("alter ");
            let claim = format!(
                "`{role}` owns the {what} `{name}`, and what it does is done with his rights"
            );
            sink.report(step, &name, Risk::Medium, claim).stake(Stake::Access);
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::Owner { role } = part else { continue };
        let claim =
            format!("`{role}` owns `{}`, and its policies do not stop an owner", table.name);
        let is_kept =
            table.row_security && !cx.change.after.table_of(table.id).is_some_and(|it| it.forced);
        let risk = if is_kept && !is_trusted(role) { Risk::High } else { Risk::Medium };
        sink.report(step, &table.name, risk, claim).stake(Stake::Access);
    }
}
