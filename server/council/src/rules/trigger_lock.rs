use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::Trigger;
use model::Risk;

declare_rule! {
    /// A trigger on a table in use is made under a lock that holds writers back, and runs for each of their rows from then on.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create trigger touch before update on accounts for each row execute function touch();
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, account_id bigint);
    /// alter table notes enable row level security;
    /// create policy own on notes using (account_id = current_setting('app.account')::bigint);
    /// create trigger touch before update on notes for each row execute function touch();
    /// ```
    pub(super) static RULE = {
        name: "trigger-lock",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: trigger_lock,
    }
}

fn trigger_lock(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Action::CreateTrigger { table, trigger } = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, table) else { continue };
        let is_same = |it: &Trigger| {
            it.name == trigger.name || (it.function.is_some() && it.function == trigger.function)
        };
        if cx.change.before.table_of(table.id).is_some_and(|it| it.triggers.iter().any(is_same)) {
            continue;
        }
        let claim = format!(
            "makes the trigger `{}` of `{}` while its writers wait",
            trigger.name, table.name
        );
        sink.report(step, &table.name, Risk::Medium, claim);
    }
}
