use super::cx::{Cx, Sink};
use super::support::{is_record, written_by};
use model::{Risk, Stake};

declare_rule! {
    /// The function of a trigger no longer writes to a table that it wrote to.
    ///
    /// The trigger stays, and what it kept up is no longer kept up. Where that is a record, such as an audit log or a history, the change is stopped.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, plan text);
    /// create table audit_log (id bigint generated always as identity primary key, line text);
    /// create function note() returns trigger language plpgsql as $$ begin insert into audit_log (line) values (new.plan); return new; end $$;
    /// create trigger accounts_note after update on accounts for each row execute function note();
    /// -- migration
    /// create or replace function note() returns trigger language plpgsql as $$ begin return new; end $$;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, plan text);
    /// create table audit_log (id bigint generated always as identity primary key, line text);
    /// create function note() returns trigger language plpgsql as $$ begin insert into audit_log (line) values (new.plan); return new; end $$;
    /// create trigger accounts_note after update on accounts for each row execute function note();
    /// -- migration
    /// create or replace function note() returns trigger language plpgsql as $$ begin insert into audit_log (line) values (old.plan || new.plan); return new; end $$;
    /// ```
    pub(super) static RULE = {
        name: "silenced-trigger",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: silenced_trigger,
    }
}

fn silenced_trigger(cx: &Cx, sink: &mut Sink<'_>) {
    for old in cx.change.before.functions.iter().filter(|it| it.returns == "trigger") {
        let new =
            cx.change.after.functions.iter().find(|it| it.id == old.id && it.body != old.body);
        let Some(new) = new else { continue };
        let still = written_by(&new.body);
        if let Some(table) = written_by(&old.body).into_iter().find(|it| !still.contains(it)) {
            let risk = if is_record(&table) { Risk::High } else { Risk::Medium };
            let claim = format!("`{}` no longer writes to `{table}`", old.object());
            sink.whole(&old.object(), risk, claim).stake(Stake::Data);
        }
    }
}
