use super::cx::{Cx, Sink};
use crate::sql::TokenKind;
use model::{Risk, Stake};

declare_rule! {
    /// A query calls a function that destroys: large objects, a replication slot, or the work of other sessions.
    ///
    /// A `select` that looks like reading is none: for each row the function is called once.
    ///
    /// ```sql,bad
    /// create table bills (id bigint primary key, pdf oid);
    /// -- migration
    /// select lo_unlink(pdf) from bills;
    /// ```
    /// ```sql,bad
    /// -- migration
    /// select pg_terminate_backend(pid) from pg_stat_activity;
    /// ```
    /// ```sql,good
    /// create table bills (id bigint primary key, pdf oid);
    /// -- migration
    /// select count(pdf) from bills;
    /// ```
    pub(super) static RULE = {
        name: "destroying-call",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: destroying_call,
    }
}

/// Function, what it does, and what is at stake.
const CALLS: [(&str, &str, Stake); 10] = [
    ("lo_unlink", "deletes large objects", Stake::Data),
    ("lo_truncate", "empties large objects", Stake::Data),
    ("lo_put", "overwrites large objects", Stake::Data),
    ("pg_drop_replication_slot", "loses what a replica has not read", Stake::Data),
    ("pg_replication_origin_drop", "forgets how far a replica has read", Stake::Data),
    ("drop_chunks", "deletes rows by their age", Stake::Data),
    ("pg_terminate_backend", "ends other sessions", Stake::Service),
    ("pg_cancel_backend", "stops the work of other sessions", Stake::Service),
    ("pg_sleep", "waits while the transaction holds its locks", Stake::Service),
    ("pg_promote", "makes another server the first", Stake::Service),
];

fn destroying_call(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let tokens = &step.raw.tokens;
        if !matches!(tokens[0].text.as_str(), "select" | "perform" | "with") {
            continue;
        }
        let call = tokens.windows(2).find_map(|it| {
            let is_call = it[0].kind == TokenKind::Word && it[1].text == "(";
            CALLS.iter().find(|of| is_call && of.0 == it[0].text)
        });
        // Between batches that commit it lets others by.
        let is_held = step.transaction.is_some() && step.code.is_none();
        let call = call.filter(|it| it.0 != "pg_sleep" || is_held);
        if let Some((name, what, stake)) = call {
            sink.report(step, name, Risk::High, format!("`{name}` {what}")).stake(*stake);
        }
    }
}
