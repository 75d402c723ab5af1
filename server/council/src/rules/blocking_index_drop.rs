use super::cx::{Cx, Sink};
use super::support::concurrently;
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// Dropping an index waits for all readers of its table, and holds back those who come.
    ///
    /// Use `drop index concurrently`, outside of a transaction.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// create index accounts_email on accounts (email);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop index accounts_email;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// create index accounts_email on accounts (email);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop index concurrently if exists accounts_email;
    /// ```
    pub(super) static RULE = {
        name: "blocking-index-drop",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: blocking_index_drop,
    }
}

fn blocking_index_drop(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Action::Drop(it) = &step.action else { continue };
        if it.kind != "index" || it.concurrently {
            continue;
        }
        for name in &it.names {
            let is_new = cx.change.steps.iter().any(|other| {
                matches!(&other.action, Action::CreateIndex(made) if made.index.name == *name
                    && cx.change.old_table(other, &made.table).is_none())
            });
            let of_new = step.schema.tables.iter().any(|table| {
                !cx.change.is_old(table) && table.indexes.iter().any(|it| it.name == *name)
            });
            if !is_new && !of_new {
                let claim = format!("drops the index `{name}` with a lock that stops readers too");
                sink.report(step, name, Risk::High, claim)
                    .replace("Drop it concurrently", concurrently(cx, step));
            }
        }
    }
}
