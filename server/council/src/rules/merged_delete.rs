use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::spelt;
use model::{Risk, Stake};

declare_rule! {
    /// A `merge` deletes rows, and which ones depends on what another table holds.
    ///
    /// `when matched then delete` deletes all that have a match; `when not matched by source then delete` all that have none, which is every row when the source is empty.
    ///
    /// ```sql,bad
    /// create table stock (id bigint primary key, n integer);
    /// create table feed (id bigint primary key);
    /// -- migration
    /// merge into stock s using feed f on s.id = f.id when matched then delete;
    /// ```
    /// ```sql,good
    /// create table stock (id bigint primary key, n integer);
    /// create table feed (id bigint primary key, n integer);
    /// -- migration
    /// merge into stock s using feed f on s.id = f.id when matched and s.n is null and s.id between 1 and 900 then update set n = f.n;
    /// ```
    pub(super) static RULE = {
        name: "merged-delete",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: merged_delete,
    }
}

fn merged_delete(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Merge { table } = &step.action else { continue };
        let text = spelt(&step.raw.tokens);
        if cx.change.old_table(step, table).is_none() || !text.contains(" then delete") {
            continue;
        }
        let is_bare = ["when matched then delete", "when not matched by source then delete"]
            .iter()
            .any(|it| text.contains(it));
        let risk = if is_bare { Risk::High } else { Risk::Medium };
        let claim = format!("deletes rows of `{table}` by what another table holds");
        sink.report(step, table, risk, claim).stake(Stake::Data).fix("Say which rows", "");
    }
}
