use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// An index has more than three columns.
    ///
    /// Each write keeps all of them up, and queries seldom use those behind the third.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// create index concurrently if not exists orders_all on orders (account_id, state, ref, region);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// create index concurrently if not exists orders_some on orders (account_id, state);
    /// ```
    pub(super) static RULE = {
        name: "wide-index",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: wide_index,
    }
}

/// Columns that an index may have without a word.
const COLUMNS_MAX: usize = 3;

fn wide_index(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::CreateIndex(it) = &step.action else { continue };
        // The columns of a unique one are what has to be unique.
        if it.index.keys.len() > COLUMNS_MAX && !it.index.is_unique {
            let claim = format!("an index of `{}` has {} columns", it.table, it.index.keys.len());
            sink.report(step, &it.index.name, Risk::Low, claim);
        }
    }
}
