use super::cx::{Cx, Sink};
use crate::trial::{self, Trial};
use model::Risk;

declare_rule! {
    /// A statement failed when the migration was run on made-up rows in memory.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column at text default current_timestamp;
    /// ```
    /// ```sqlite,bad
    /// -- migration
    /// delete from orders where total < 0 limit 3;
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
    let trial = cx.trial();
    if trial.is_err() && !cx.is_postgres() {
        return refused(cx, sink);
    }
    let Ok(Trial { after: Err(failure), .. }) = trial else { return };
    if let Some(step) = cx.change.steps.get(failure.statement) {
        sink.report(
            step,
            "migration",
            Risk::High,
            format!("fails when it is run: {}", failure.message),
        )
        .proved();
    }
}

/// Statements that the engine does not take, whatever there is in the database.
fn refused(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let sql = cx.change.text.get(step.raw.span.range()).unwrap_or_default();
        if let Some(message) = trial::syntax_error(sql) {
            sink.report(
                step,
                "migration",
                Risk::High,
                format!("SQLite does not take it: {message}"),
            )
            .proved();
        }
    }
}
