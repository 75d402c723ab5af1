use super::cx::{Cx, Sink};
use super::support::locking;
use crate::ddl::AlterPart;
use model::{Risk, Stake};

declare_rule! {
    /// A table is no longer cleaned by itself.
    ///
    /// It grows with every update, its plans go by old counts, and in the end the server stops to protect itself from running out of transaction numbers. Tune the thresholds instead.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, total integer);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders set (autovacuum_enabled = false);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, total integer);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders set (autovacuum_vacuum_scale_factor = 0.02);
    /// ```
    pub(super) static RULE = {
        name: "disabled-autovacuum",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: disabled_autovacuum,
    }
}

fn disabled_autovacuum(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in locking(cx) {
        if *part == AlterPart::NoAutovacuum {
            let claim = format!("`{}` is no longer cleaned by itself", table.name);
            sink.report(step, &table.name, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Set the thresholds", "");
        }
    }
}
