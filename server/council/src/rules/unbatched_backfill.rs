use super::cx::{Cx, Sink};
use super::support::is_bounded;
use super::told::{Size, size};
use crate::ddl::Action;
use crate::sql::spelt;
use model::{Risk, Stake};

declare_rule! {
    /// A new column is filled in one statement over the whole table.
    ///
    /// Its row locks and its dead rows last until the end; on SQLite, where it is asked of tables that the schema's comments call large, nobody else writes until then. Write a few thousand rows at a time.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer;
    /// update accounts set level = 0;
    /// ```
    /// ```sqlite,bad
    /// create table a (id integer primary key);
    /// -- 85 million rows
    /// create table hits (id integer primary key, path text);
    /// -- migration
    /// alter table hits add column country text;
    /// update hits set country = 'unknown';
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer;
    /// update accounts set level = 0 where id between 1 and 1000;
    /// ```
    pub(super) static RULE = {
        name: "unbatched-backfill",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: unbatched_backfill,
    }
}

fn unbatched_backfill(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Update(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table) else { continue };
        let is_alone = step.transaction.is_none() || step.code.is_some();
        let is_asked = match cx.is_postgres() {
            true => is_alone,
            // Its one lock for writing is held until the end, in a transaction or not.
            false => size(cx, table.id) == Some(Size::Large),
        };
        let is_new = |name: &str| {
            table.column(name).is_some_and(|it| !cx.change.is_old_column(table.id, it.id))
        };
        let is_fill = it.sets.iter().all(|it| is_new(&it.0));
        // Of old columns those that are empty so far, however many these are.
        let fills_up = it.filter.as_deref().map(spelt).is_some_and(|it| it.ends_with(" is null"));
        if is_asked && (is_fill || fills_up) && !is_bounded(it.filter.as_deref(), table) {
            let what = if is_fill { "a new column in all rows" } else { "all empty values" };
            let claim = format!("fills {what} of `{}` at once", table.name);
            sink.report(step, &table.name, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Write a few thousand rows at a time", "");
        }
    }
}
