use super::cx::{Cx, Sink};
use crate::ddl::{Action, Delete};
use crate::logic::is_always_true_of;
use crate::sql::spelt;
use crate::trial::{Snapshot, Trial};
use model::{Risk, Stake};

declare_rule! {
    /// All rows of a table are deleted.
    ///
    /// A `delete` without a condition, or with one that always holds, and a `truncate` leave nothing. Say which rows.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// delete from orders;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// truncate orders;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// delete from orders where true;
    /// ```
    /// ```sqlite,bad
    /// create table orders (id integer primary key, note text, total integer not null);
    /// -- migration
    /// delete from orders where total * 0 = 0;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// delete from orders where state = 'expired' and id between 1 and 500;
    /// ```
    pub(super) static RULE = {
        name: "deleted-rows",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: deleted_rows,
    }
}

/// Made-up rows that are enough to say that a condition holds for all.
const ROWS_MIN: usize = 4;

fn deleted_rows(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        match &step.action {
            Action::Delete(Delete { table, filter, .. }) => {
                let Some(it) = cx.change.old_table(step, table) else { continue };
                let is_all =
                    filter.as_ref().is_none_or(|filter| is_always_true_of(&spelt(filter), it));
                if is_all {
                    let claim = format!("deletes every row of `{table}`");
                    sink.report(step, table, Risk::Critical, claim)
                        .stake(Stake::Data)
                        .fix("Say which rows", "");
                }
            }
            Action::Truncate { tables, cascade } => {
                for table in tables.iter().filter(|it| cx.change.old_table(step, it).is_some()) {
                    let also = if *cascade { ", and of every table that refers to it" } else { "" };
                    let claim = format!("deletes every row of `{table}`{also}");
                    sink.report(step, table, Risk::Critical, claim).stake(Stake::Data);
                }
            }
            _ => {}
        }
    }
    let Some(Trial { before, after: Ok(after), .. }) = cx.rough_trial() else { return };
    for step in &cx.change.steps {
        let Action::Delete(Delete { table, filter: Some(filter), .. }) = &step.action else {
            continue;
        };
        let Some(old) =
            cx.change.old_table(step, table).filter(|it| !is_always_true_of(&spelt(filter), it))
        else {
            continue;
        };
        let count = |of: &Snapshot| of.get(table.as_str()).map_or(0, |it| it.n_rows);
        if count(before) >= ROWS_MIN && count(after) == 0 {
            let claim = format!(
                "deletes every row of `{}`: its condition held for all of {} made-up ones",
                old.name,
                count(before)
            );
            sink.report(step, table, Risk::Critical, claim)
                .stake(Stake::Data)
                .proved()
                .fix("Say which rows", "");
        }
    }
}
