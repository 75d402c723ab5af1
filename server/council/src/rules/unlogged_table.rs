use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart};
use model::{Risk, Stake};

declare_rule! {
    /// A table is not logged, or no longer: a crash of the server empties it.
    ///
    /// A replica does not have its rows either. One that refers to nothing, such as a cache, can be made again and is only told.
    ///
    /// ```sql,bad
    /// create table bills (id bigint primary key);
    /// -- migration
    /// create unlogged table payments (id bigint primary key, bill_id bigint references bills (id));
    /// create index on payments (bill_id);
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders set unlogged;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders set (autovacuum_vacuum_scale_factor = 0.05);
    /// ```
    pub(super) static RULE = {
        name: "unlogged-table",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: unlogged_table,
    }
}

fn unlogged_table(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        if *part == AlterPart::SetUnlogged {
            let claim = format!("a crash of the server empties `{}` from now on", table.name);
            sink.report(step, &table.name, Risk::High, claim).stake(Stake::Data);
        }
    }
    for step in &cx.change.steps {
        let Action::CreateTable(it) = &step.action else { continue };
        let is_unlogged = step.raw.tokens.iter().take(4).any(|it| it.text == "unlogged");
        let becomes_logged = cx.change.steps.iter().any(|of| {
            matches!(&of.action, Action::AlterTable { table, parts } if *table == it.name && parts.contains(&AlterPart::Rewrite("set logged")))
        });
        // What refers to nothing can be made again from elsewhere.
        let refers = cx
            .change
            .after
            .table(&it.name)
            .is_some_and(|it| it.constraints.iter().any(|it| it.target.is_some()));
        if is_unlogged && !becomes_logged {
            let risk = if refers { Risk::Medium } else { Risk::Low };
            let claim =
                format!("a crash of the server empties `{}`, and no replica has it", it.name);
            sink.report(step, &it.name, risk, claim).stake(Stake::Data);
        }
    }
}
