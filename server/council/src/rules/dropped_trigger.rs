use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart};
use model::{Risk, Stake};

declare_rule! {
    /// A trigger is gone or is switched off, and what it kept up is no longer kept up.
    ///
    /// Audit rows, computed columns and checks across tables are often kept by triggers; foreign keys are too, and `disable trigger all` stops them.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create trigger audit after update on accounts for each row execute function audit();
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop trigger audit on accounts;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts disable trigger all;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create trigger audit after update on accounts for each row execute function audit();
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop trigger audit on accounts;
    /// create trigger audit after update on accounts for each row execute function audit();
    /// ```
    pub(super) static RULE = {
        name: "dropped-trigger",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_trigger,
    }
}

fn dropped_trigger(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.tables {
        let Some(new) = cx.change.after.table_of(old.id) else { continue };
        for it in old.triggers.iter().filter(|it| !new.triggers.contains(it)) {
            let claim = format!("`{}` loses its trigger `{it}`", old.name);
            sink.whole(it, Risk::Medium, claim);
        }
    }
    for step in &cx.change.steps {
        if let Action::Drop(it) = &step.action
            && it.kind == "trigger"
            && let Some(table) = it.table.as_ref().and_then(|it| cx.change.old_table(step, it))
            && !table.triggers.contains(&it.names[0])
            && table.assumed
        {
            let claim = format!("`{}` loses its trigger `{}`", table.name, it.names[0]);
            sink.report(step, &it.names[0], Risk::Medium, claim);
        }
    }
    let alterations: Vec<_> = cx.change.alterations().collect();
    for (step, table, part) in &alterations {
        let AlterPart::DisableTrigger { name } = part else { continue };
        let is_on_again = alterations.iter().any(|it| {
            *it.2 == AlterPart::EnableTrigger && it.1.id == table.id && it.0.raw.span.start > step.raw.span.start
        });
        let risk = match name.as_str() {
            _ if is_on_again => Risk::Medium,
            "all" => Risk::High,
            _ => Risk::Medium,
        };
        let what = if name == "all" { "its triggers, and its foreign keys," } else { "its trigger" };
        let claim = format!("`{}` runs without {what} from here", table.name);
        sink.report(step, &table.name, risk, claim).stake(Stake::Data);
    }
}
