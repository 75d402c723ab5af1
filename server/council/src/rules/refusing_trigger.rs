use super::cx::{Cx, Sink};
use super::support::is_record;
use crate::schema::{Schema, Trigger};
use model::{Risk, Stake};

declare_rule! {
    /// A new trigger refuses writes of a table that was there: what programs wrote until now can fail.
    ///
    /// It holds for each row that is touched from now on, also for old rows that were made before anybody asked. Look at what is written, and say in the condition of the trigger which writes are meant. That a record may not be changed is no surprise, and passes.
    ///
    /// ```sql,bad
    /// create table bids (id bigint primary key, amount integer);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create function fair() returns trigger language plpgsql as $$ begin if new.amount > 900 then raise exception 'too much'; end if; return new; end $$;
    /// create trigger bids_fair before insert or update on bids for each row execute function fair();
    /// ```
    /// ```sqlite,bad
    /// create table bids (id integer primary key, amount integer);
    /// -- migration
    /// create trigger bids_fair before update on bids when new.amount > 900 begin select raise(abort, 'too much'); end;
    /// ```
    /// ```sqlite,good
    /// create table audit_log (id integer primary key, line text);
    /// -- migration
    /// create trigger audit_log_kept before delete on audit_log begin select raise(abort, 'kept'); end;
    /// ```
    pub(super) static RULE = {
        name: "refusing-trigger",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: refusing_trigger,
    }
}

fn refusing_trigger(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for old in before.tables.iter().filter(|it| !it.assumed && !is_record(&it.name)) {
        let Some(new) = after.table_of(old.id) else { continue };
        for trigger in new.triggers.iter().filter(|it| refuses(after, it)) {
            let was = old.triggers.iter().find(|it| it.name == trigger.name);
            if was.is_some_and(|it| refuses(before, it)) {
                continue;
            }
            let claim = format!(
                "`{}` refuses writes of `{}` that were taken until now",
                trigger.name, new.name
            );
            sink.whole(&trigger.name, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

fn refuses(schema: &Schema, trigger: &Trigger) -> bool {
    match &trigger.function {
        Some(name) => schema
            .functions
            .iter()
            .any(|it| it.name == *name && it.body.to_lowercase().contains("raise exception")),
        None => trigger.refuses,
    }
}
