use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use model::{Risk, Stake};

declare_rule! {
    /// Rows of a table can no longer be told apart by those who follow its changes.
    ///
    /// With `replica identity nothing` an update or a delete of a published table fails. Keep the default, or name a unique index.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, total integer);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders replica identity nothing;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, total integer);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders replica identity full;
    /// ```
    pub(super) static RULE = {
        name: "unidentified-rows",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: unidentified_rows,
    }
}

fn unidentified_rows(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        if *part == AlterPart::NoReplicaIdentity {
            let claim =
                format!("updates and deletes of `{}` fail where it is published", table.name);
            sink.report(step, &table.name, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}
