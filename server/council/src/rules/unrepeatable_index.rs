use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::Cursor;
use model::Risk;

declare_rule! {
    /// An index that is built concurrently cannot be asked for twice.
    ///
    /// A build that fails leaves an invalid index behind; the second run then stops at its name, or with `if not exists` keeps the invalid one. Drop it first if it is there.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// create index concurrently orders_state on orders (state);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// drop index concurrently if exists orders_state;
    /// create index concurrently orders_state on orders (state);
    /// ```
    pub(super) static RULE = {
        name: "unrepeatable-index",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: unrepeatable_index,
    }
}

fn unrepeatable_index(cx: &Cx, sink: &mut Sink<'_>) {
    for (at, step) in cx.change.steps.iter().enumerate() {
        let Action::CreateIndex(it) = &step.action else { continue };
        let is_safe = Cursor::new(&step.raw.tokens).find("if not exists");
        let is_dropped = |step: &crate::change::Step| matches!(&step.action, Action::Drop(drop) if drop.names.contains(&it.index.name));
        if it.concurrently
            && !it.index.name.is_empty()
            && !is_safe
            && !cx.change.steps[..at].iter().any(is_dropped)
        {
            let claim = format!(
                "a second run stops at `{}`, which a failed build leaves invalid",
                it.index.name
            );
            sink.report(step, &it.index.name, Risk::Info, claim).fix(
                "Drop it first if it is there",
                format!("drop index concurrently if exists {};", it.index.name),
            );
        }
    }
}
