use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart};
use model::Risk;

declare_rule! {
    /// What must run outside of a transaction is inside of one, and fails.
    ///
    /// `concurrently`, `vacuum` and `create database` are refused between `begin` and `commit`.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// create index concurrently accounts_email on accounts (email);
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently accounts_email on accounts (email);
    /// ```
    pub(super) static RULE = {
        name: "concurrent-in-transaction",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: concurrent_in_transaction,
    }
}

fn concurrent_in_transaction(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|it| it.transaction.is_some()) {
        let object = match &step.action {
            _ if step.raw.tokens[0].text == "vacuum" => "vacuum",
            _ if !cx.is_postgres() => continue,
            Action::CreateIndex(it) if it.concurrently => &it.index.name,
            Action::Drop(it) if it.concurrently => &it.names[0],
            Action::Reindex { concurrently: true, name } => name,
            Action::AlterTable { table, parts } if parts.iter().any(is_concurrent) => table,
            Action::Create { kind: "database" | "tablespace", name } => name,
            _ => continue,
        };
        let claim = "runs inside of a transaction, where the engine refuses it";
        sink.report(step, object, Risk::High, claim).fix("Move it behind `commit`", "");
    }
}

fn is_concurrent(part: &AlterPart) -> bool {
    matches!(part, AlterPart::DetachPartition { concurrently: true, .. })
}
