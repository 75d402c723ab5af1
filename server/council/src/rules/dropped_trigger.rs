use super::cx::{Cx, Sink};
use super::support::{is_record, says_if_exists, successor, written_by};
use crate::ddl::{Action, AlterPart};
use crate::logic::is_implied;
use crate::schema::{Table, Trigger};
use model::{Risk, Stake};

declare_rule! {
    /// A trigger is gone or is switched off, and what it kept up is no longer kept up.
    ///
    /// Audit rows, computed columns and checks across tables are often kept by triggers; foreign keys are too, and `disable trigger all` stops them. One that keeps a record, such as an audit log or a history, stops the change; others ask.
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
        let Some(new) = successor(cx, old) else { continue };
        // Of a rebuilt table in SQLite another rule tells what it lost.
        for was in old.triggers.iter().filter(|_| old.id == new.id || cx.is_postgres()) {
            let now = new.triggers.iter().find(|it| it.name == was.name || does_the_same(it, was));
            let claim = match now.map(|now| lost(was, now)) {
                None => format!("`{}` loses its trigger `{}`", old.name, was.name),
                Some(lost) if lost.is_empty() => continue,
                Some(lost) => format!("`{}` of `{}` no longer {lost}", was.name, old.name),
            };
            // One that runs for fewer rows still keeps its record of the others.
            let goes_on = now.is_some_and(|it| lost_whole(was, it).is_empty());
            let risk = if keeps_record(cx, was) && !goes_on { Risk::High } else { Risk::Medium };
            sink.whole(&was.name, risk, claim).stake(Stake::Data);
        }
    }
    for step in &cx.change.steps {
        if let Action::Drop(it) = &step.action
            && it.kind == "trigger"
            && let Some(table) = it.table.as_ref().and_then(|it| cx.change.old_table(step, it))
            && !table.triggers.iter().any(|of| of.name == it.names[0])
            && !is_back(cx, table, &it.names[0])
            && (table.assumed || !says_if_exists(&step.raw))
        {
            let claim = format!("`{}` loses its trigger `{}`", table.name, it.names[0]);
            let risk = if is_record(&it.names[0]) { Risk::High } else { Risk::Medium };
            sink.report(step, &it.names[0], risk, claim).stake(Stake::Data);
        }
    }
    let alterations: Vec<_> = cx.change.alterations().collect();
    for (step, table, part) in &alterations {
        let AlterPart::DisableTrigger { name } = part else { continue };
        let is_on_again = alterations.iter().any(|it| {
            *it.2 == AlterPart::EnableTrigger
                && it.1.id == table.id
                && it.0.raw.span.start > step.raw.span.start
        });
        let of_records = table
            .triggers
            .iter()
            .any(|it| (name == "user" || it.name == *name) && keeps_record(cx, it));
        let risk = match name.as_str() {
            _ if is_on_again => Risk::Medium,
            "all" => Risk::High,
            _ if of_records => Risk::High,
            _ => Risk::Medium,
        };
        let what =
            if name == "all" { "its triggers, and its foreign keys," } else { "its trigger" };
        let claim = format!("`{}` runs without {what} from here", table.name);
        sink.report(step, &table.name, risk, claim).stake(Stake::Data);
    }
}

fn is_back(cx: &Cx, table: &Table, trigger: &str) -> bool {
    let now = cx.change.after.table_of(table.id);
    now.is_some_and(|it| it.triggers.iter().any(|it| it.name == trigger))
}

/// Another trigger for the same events that calls the same function, or writes to the same tables.
fn does_the_same(a: &Trigger, b: &Trigger) -> bool {
    lost(b, a).is_empty()
        && a.function == b.function
        && (a.function.is_some() || !a.writes.is_empty())
}

/// What a trigger did and its successor does not, for all rows or for some.
fn lost(was: &Trigger, now: &Trigger) -> String {
    let whole = lost_whole(was, now);
    if whole.is_empty() { lost_in_part(was, now) } else { whole }
}

fn lost_whole(was: &Trigger, now: &Trigger) -> String {
    let events: Vec<&str> =
        was.events.iter().filter(|it| !now.events.contains(it)).map(String::as_str).collect();
    let writes = was.writes.iter().find(|it| !now.writes.contains(it));
    if !events.is_empty() {
        return format!("runs on {}", events.join(", "));
    }
    if let Some(table) = writes {
        return format!("writes to `{table}`");
    }
    if was.is_each_row && !now.is_each_row {
        return "sees the rows that it runs for".to_owned();
    }
    String::new()
}

/// Rows or updates that a trigger ran for and its successor leaves out.
fn lost_in_part(was: &Trigger, now: &Trigger) -> String {
    let is_asked = |it: &&String| now.columns.contains(it);
    if !now.columns.is_empty()
        && (was.columns.is_empty() || !was.columns.iter().all(|it| is_asked(&it)))
    {
        return format!("runs on updates of other columns than {}", now.columns.join(", "));
    }
    if let Some(when) = now.when.as_ref().filter(|_| now.when != was.when)
        && was.when.as_ref().is_none_or(|was| !is_implied(was, &[when]))
        // To leave out updates that change nothing is no loss.
        && !(when.contains("old.") && when.contains("new."))
    {
        return format!("runs for rows other than those where {when}");
    }
    String::new()
}

/// Whether a trigger keeps a record of what is done.
fn keeps_record(cx: &Cx, trigger: &Trigger) -> bool {
    let function = trigger.function.as_deref();
    let functions =
        cx.change.before.functions.iter().filter(|it| Some(it.name.as_str()) == function);
    let written = functions.flat_map(|it| written_by(&it.body));
    is_record(&trigger.name)
        || function.is_some_and(is_record)
        || trigger.writes.iter().cloned().chain(written).any(|it| is_record(&it))
}
