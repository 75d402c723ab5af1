use super::cx::{Cx, Sink};
use super::support::is_record;
use crate::schema::{Schema, Table, Trigger};
use crate::sql::{TokenKind, pieces};
use model::{Risk, Stake};

declare_rule! {
    /// A new trigger refuses writes of a table that was there: what programs wrote until now can fail.
    ///
    /// It holds for each row that is touched from now on, also for old rows that were made before anybody asked. Look at what is written, and say in the condition of the trigger which writes are meant. That a record may not be changed is no surprise, and passes; so does what a trigger that stays refuses with the same words for another kind of write.
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
    /// create table bids (id integer primary key, amount integer);
    /// create trigger bids_fair before insert on bids when new.amount > 900 begin select raise(abort, 'too much'); end;
    /// -- migration
    /// create trigger bids_stay_fair before update of amount on bids when new.amount > 900 begin select raise(abort, 'too much'); end;
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
            if is_known(cx, old, new, trigger) {
                continue;
            }
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

/// Whether a trigger refuses what was refused already: with the words of one that stays, for another
/// kind of write; or a change of rows that may not even be deleted.
fn is_known(cx: &Cx, old: &Table, new: &Table, trigger: &Trigger) -> bool {
    let (before, after) = (&cx.change.before, &cx.change.after);
    let mut kept = old
        .triggers
        .iter()
        .filter(|it| it.name != trigger.name && refuses(before, it) && new.triggers.contains(it));
    let own = words(after, trigger);
    kept.any(|it| {
        let is_record = it.function.is_none()
            && it.when.is_none()
            && it.events.iter().any(|it| it == "delete")
            && !trigger.events.iter().any(|it| it == "insert");
        is_record || words(before, it).iter().any(|it| own.contains(it))
    })
}

/// The words with which a trigger refuses.
fn words(schema: &Schema, trigger: &Trigger) -> Vec<String> {
    let own = schema.functions.iter().filter(|it| trigger.function.as_ref() == Some(&it.name));
    let raised = own.flat_map(|it| pieces(&it.body)).flat_map(|it| {
        let texts = it
            .tokens
            .windows(2)
            .filter(|it| it[0].text == "exception" && it[1].kind == TokenKind::Text);
        texts.map(|it| it[1].text.clone()).collect::<Vec<_>>()
    });
    trigger.says.iter().cloned().chain(raised).collect()
}

pub(super) fn refuses(schema: &Schema, trigger: &Trigger) -> bool {
    match &trigger.function {
        Some(name) => schema
            .functions
            .iter()
            .any(|it| it.name == *name && it.body.to_lowercase().contains("raise exception")),
        None => trigger.refuses,
    }
}
