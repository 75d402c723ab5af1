use super::cx::{Cx, Sink};
use super::support::locking;
use crate::ddl::AlterPart;
use crate::schema::{Constraint, ConstraintKind};
use model::{Risk, Stake};

declare_rule! {
    /// A partition is attached or detached while its table is locked.
    ///
    /// Attaching reads the partition under a lock, unless a validated check says already that its rows belong there. `detach partition … concurrently` locks nobody out.
    ///
    /// ```sql,bad
    /// create table events (id bigint, day date) partition by range (day);
    /// create table events_may partition of events for values from ('2026-05-01') to ('2026-06-01');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table events detach partition events_may;
    /// ```
    /// ```sql,good
    /// create table events (id bigint, day date) partition by range (day);
    /// create table events_may partition of events for values from ('2026-05-01') to ('2026-06-01');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table events detach partition events_may concurrently;
    /// ```
    pub(super) static RULE = {
        name: "partition-lock",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: partition_lock,
    }
}

fn partition_lock(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in locking(cx) {
        match part {
            AlterPart::DetachPartition { partition, concurrently: false } => {
                let claim = format!(
                    "detaches `{partition}` with a lock on `{}` that stops readers too",
                    table.name
                );
                sink.report(step, &table.name, Risk::High, claim)
                    .fix("Detach it `concurrently`", "");
            }
            AlterPart::AttachPartition { partition } => {
                let known = step.schema.table(partition);
                let is_new = known.is_some_and(|it| !cx.change.is_old(it));
                let is_check =
                    |it: &Constraint| it.kind == ConstraintKind::Check && it.is_validated;
                if !is_new && !known.is_some_and(|it| it.constraints.iter().any(is_check)) {
                    let claim = format!("reads all of `{partition}` under a lock to attach it");
                    sink.report(step, partition, Risk::Medium, claim)
                        .stake(Stake::Service)
                        .fix("Validate a check of the partition's bounds first", "");
                }
            }
            _ => {}
        }
    }
}
