use super::cx::{Cx, Sink};
use super::refusing_trigger::refuses;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A trigger that refuses a write is taken away, the write is done, and the trigger is put back.
    ///
    /// Afterwards the schema looks as if the rows had been kept all the time. Ask who set the guard, and write down what was changed; what a guard does not mean needs no guard lifted: say so in its condition. To fill a column that the same change adds passes.
    ///
    /// ```sql,bad
    /// create table safety_events (id bigint primary key, at date);
    /// create function keep() returns trigger language plpgsql as $$ begin raise exception 'kept'; end $$;
    /// create trigger safety_kept before delete on safety_events for each row execute function keep();
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop trigger safety_kept on safety_events;
    /// delete from safety_events where at < '2020-01-01';
    /// create trigger safety_kept before delete on safety_events for each row execute function keep();
    /// ```
    /// ```sqlite,bad
    /// create table payments (id integer primary key, cents integer not null);
    /// create trigger payments_fixed before update on payments begin select raise(abort, 'fixed'); end;
    /// -- migration
    /// drop trigger payments_fixed;
    /// update payments set cents = cents + 1 where id = 7;
    /// create trigger payments_fixed before update on payments begin select raise(abort, 'fixed'); end;
    /// ```
    /// ```sqlite,good
    /// create table payments (id integer primary key, cents integer not null);
    /// create trigger payments_fixed before update on payments begin select raise(abort, 'fixed'); end;
    /// -- migration
    /// alter table payments add column currency text;
    /// drop trigger payments_fixed;
    /// update payments set currency = 'EUR' where currency is null;
    /// create trigger payments_fixed before update on payments begin select raise(abort, 'fixed'); end;
    /// ```
    pub(super) static RULE = {
        name: "lifted-guard",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: lifted_guard,
    }
}

fn lifted_guard(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for step in &cx.change.steps {
        let (name, event, sets) = match &step.action {
            Action::Delete(it) => (&it.table, "delete", None),
            Action::Update(it) => (&it.table, "update", Some(&it.sets)),
            _ => continue,
        };
        let Some(now) = cx.change.old_table(step, name) else { continue };
        let is_old = |column: &str| {
            now.column(column).is_none_or(|it| cx.change.is_old_column(now.id, it.id))
        };
        if sets.is_some_and(|sets| !sets.iter().any(|it| is_old(&it.0))) {
            continue;
        }
        let (Some(was), Some(then)) = (before.table_of(now.id), after.table_of(now.id)) else {
            continue;
        };
        let waits = |columns: &[String]| {
            columns.is_empty()
                || sets.is_none_or(|sets| sets.iter().any(|it| columns.contains(&it.0)))
        };
        let guard = was.triggers.iter().find(|it| {
            refuses(before, it)
                && it.events.iter().any(|it| it == event)
                && waits(&it.columns)
                && !now.triggers.iter().any(|of| of.name == it.name)
                && then.triggers.iter().any(|of| of.name == it.name)
        });
        if let Some(guard) = guard {
            let claim = format!(
                "an {event} of `{name}`, which `{}` refuses, is done while it is away",
                guard.name
            );
            let claim = if event == "delete" { claim.replacen("an ", "a ", 1) } else { claim };
            let risk = if event == "delete" { Risk::High } else { Risk::Medium };
            sink.report(step, name, risk, claim)
                .stake(Stake::Data)
                .fix("Leave the guard in place", "");
        }
    }
}
