use super::cx::{Cx, Sink};
use super::support::is_for_all;
use super::told::risk_of_disused;
use crate::ddl::{Action, Delete};
use crate::schema::Table;
use crate::sql::{Token, spelt};
use crate::trial::{Snapshot, Trial};
use model::{Risk, Stake};

declare_rule! {
    /// All rows of a table are deleted.
    ///
    /// A `delete` without a condition, or with one that always holds, and a `truncate` leave nothing. A condition always holds too where every row refers to such a row, or where the migration has written the value into all rows before. Say which rows.
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
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column kind text default 'old';
    /// delete from orders where kind = 'old';
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
            Action::Delete(delete @ Delete { table, filter, .. }) => {
                let Some(it) = cx.change.old_table(step, table) else { continue };
                let is_all = filter.as_ref().is_none_or(|filter| is_for_all(cx, step, it, filter))
                    || is_of_its_target(delete, it);
                if is_all {
                    let claim = format!("deletes every row of `{table}`");
                    sink.report(step, table, risk_of(cx, it), claim)
                        .stake(Stake::Data)
                        .fix("Say which rows", "");
                } else if let Some(column) = filter.as_deref().and_then(|it| lone_mark(it, table)) {
                    let claim = format!(
                        "deletes each row of `{table}` that has a `{column}`, however many these are"
                    );
                    sink.report(step, table, Risk::Medium, claim)
                        .stake(Stake::Data)
                        .fix("Keep them somewhere, or say how old they have to be", "");
                }
            }
            Action::Truncate { tables, cascade } => {
                for table in tables {
                    let Some(old) = cx.change.old_table(step, table) else { continue };
                    let also = if *cascade { ", and of every table that refers to it" } else { "" };
                    let claim = format!("deletes every row of `{table}`{also}");
                    let risk = if *cascade { Risk::Critical } else { risk_of(cx, old) };
                    sink.report(step, table, risk, claim).stake(Stake::Data);
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
            cx.change.old_table(step, table).filter(|it| !is_for_all(cx, step, it, filter))
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

fn risk_of(cx: &Cx, table: &Table) -> Risk {
    risk_of_disused(cx, table.id).unwrap_or(Risk::Critical)
}

/// The column that a condition asks to be there, and nothing else; not of a table whose rows are made
/// to go.
fn lone_mark(filter: &[Token], table: &str) -> Option<String> {
    const PASSING: [&str; 11] = [
        "session", "token", "queue", "job", "cache", "temp", "tmp", "cart", "outbox", "draft",
        "lock",
    ];
    let text = spelt(filter);
    let column = text.strip_suffix(" is not null").filter(|it| !it.contains([' ', '(']))?;
    (!PASSING.iter().any(|it| table.contains(it))).then(|| column.to_owned())
}

/// Whether a `delete … using` asks no more than that a row refers to a row of the other table, which
/// a foreign key has each row do.
fn is_of_its_target(delete: &Delete, table: &Table) -> bool {
    let text = delete.filter.as_deref().map(spelt).unwrap_or_default();
    let bare = |it: &str| it.rsplit('.').next().unwrap_or(it).to_owned();
    let Some((left, right)) = text.split_once(" = ").filter(|it| !it.1.contains(' ')) else {
        return false;
    };
    let other = delete.using.first().map(|it| it.text.as_str());
    table.constraints.iter().any(|key| {
        let ([column], Some(target)) = (&key.columns[..], &key.target) else { return false };
        let is_column = |it: &str| bare(it) == *column;
        let is_key = |it: &str| target.columns.first().is_none_or(|of| *of == bare(it));
        key.is_validated
            && other == Some(target.table.as_str())
            && table.column(column).is_some_and(|it| it.not_null)
            && (is_column(left) && is_key(right) || is_column(right) && is_key(left))
    })
}
