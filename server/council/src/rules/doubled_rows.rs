use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart};
use crate::simulate::sources;
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// A table is written from itself, so that rows are there twice; or a table that inherits is joined to or taken from its parent, whose readers then meet more rows, or fewer.
    ///
    /// Say which rows are missing: `where not exists`, or `on conflict do nothing` where a key tells them apart.
    ///
    /// ```sqlite,bad
    /// create table log (line text);
    /// -- migration
    /// insert into log select * from log;
    /// ```
    /// ```sql,bad
    /// create table events (id bigint, kind text);
    /// create table events_old () inherits (events);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table events_old no inherit events;
    /// ```
    /// ```sqlite,good
    /// create table log (line text);
    /// create table lines (line text);
    /// -- migration
    /// insert into lines select line from log;
    /// ```
    pub(super) static RULE = {
        name: "doubled-rows",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: doubled_rows,
    }
}

fn doubled_rows(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Insert { table, on_conflict: None } = &step.action else { continue };
        let mut cursor = Cursor::new(&step.raw.tokens);
        let is_query = cursor.find("select");
        let is_own = sources(cursor.rest()).contains(table) && is_query;
        // A condition may choose what is missing.
        let chooses = ["where", "limit", "join", "except"].iter().any(|it| cursor.clone().find(it));
        if is_own && !chooses && cx.change.old_table(step, table).is_some() {
            let claim = format!("writes each row of `{table}` into it once more");
            sink.report(step, table, Risk::Medium, claim).stake(Stake::Data);
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::Inherits(joins) = part else { continue };
        let what = if *joins { "meet its rows" } else { "no longer meet its rows" };
        let claim = format!("readers of the parent of `{}` {what}", table.name);
        sink.report(step, &table.name, Risk::Medium, claim).stake(Stake::Service);
    }
}
