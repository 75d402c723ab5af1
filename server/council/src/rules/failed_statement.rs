use super::cx::{Cx, Sink};
use crate::trial::Trial;
use model::Risk;

declare_rule! {
    /// A statement failed when the migration was run on made-up rows in memory.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column at text default current_timestamp;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column at text;
    /// ```
    pub(super) static RULE = {
        name: "failed-statement",
        group: Shadow,
        class: Availability,
        since: "0.1.0",
        check: failed_statement,
    }
}

fn failed_statement(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(Trial { after: Err(failure), .. }) = cx.trial() else { return };
    if let Some(step) = cx.change.steps.get(failure.statement) {
        sink.report(step, "migration", Risk::High, format!("fails when it is run: {}", failure.message)).proved();
    }
}
