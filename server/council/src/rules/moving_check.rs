use super::cx::{Cx, Sink};
use super::support::{calls, without_texts};
use crate::schema::ConstraintKind;
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// A check compares with the time of the write: rows that were right can no longer be changed when time has gone on, and a backup of them cannot be read back.
    ///
    /// The engine asks at each write of a row, whatever the write is about. Compare two columns of the row, or check where the value comes in.
    ///
    /// ```sql,bad
    /// create table tours (id bigint primary key, starts date not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table tours add constraint tours_ahead check (starts > current_date) not valid;
    /// ```
    /// ```sql,good
    /// create table tours (id bigint primary key, starts date not null, ends date not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table tours add constraint tours_order check (starts <= ends) not valid;
    /// ```
    pub(super) static RULE = {
        name: "moving-check",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: moving_check,
    }
}

fn moving_check(cx: &Cx, sink: &mut Sink<'_>) {
    for table in &cx.change.after.tables {
        let old = cx.change.before.table_of(table.id).or(cx.change.before.table(&table.name));
        for check in table.constraints.iter().filter(|it| it.kind == ConstraintKind::Check) {
            let was_there =
                old.is_some_and(|it| it.constraints.iter().any(|it| it.expr == check.expr));
            if !was_there && asks_time(&check.expr) {
                let claim = format!(
                    "a row of `{}` that is right today can no longer be changed later: `{}` asks for the time",
                    table.name, check.name
                );
                sink.whole(&check.name, Risk::Medium, claim).stake(Stake::Service);
            }
        }
    }
}

fn asks_time(expr: &str) -> bool {
    let text = without_texts(&expr.to_lowercase());
    let words = ["current_date", "current_timestamp", "localtimestamp"];
    calls(&text, "now") || words.iter().any(|it| mentions(&text, it))
}
