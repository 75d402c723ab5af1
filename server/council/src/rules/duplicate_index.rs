use super::cx::{Cx, Sink};
use crate::schema::{Constraint, ConstraintKind, Index};
use model::Risk;

declare_rule! {
    /// A new index has the keys of one that is there: it costs every write, and no read uses it.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create index by_org on accounts (org_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently by_org2 on accounts (org_id);
    /// ```
    /// ```sql,bad
    /// create table memberships (team_id bigint, user_id bigint, primary key (team_id, user_id));
    /// -- migration
    /// create index concurrently if not exists by_team on memberships (team_id);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create index by_org on accounts (org_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently by_org2 on accounts (org_id, plan);
    /// drop index concurrently by_org;
    /// ```
    pub(super) static RULE = {
        name: "duplicate-index",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: duplicate_index,
    }
}

fn duplicate_index(cx: &Cx, sink: &mut Sink<'_>) {
    for table in &cx.change.after.tables {
        let old = cx.change.before.table_of(table.id);
        for (at, index) in table.indexes.iter().enumerate() {
            let is_old = old.is_some_and(|it| it.indexes.contains(index));
            let same = |of: &Index| {
                of.keys == index.keys
                    && of.filter == index.filter
                    && of.is_unique == index.is_unique
            };
            let key = table.constraints.iter().find(|it| is_covered(index, it));
            if let Some(key) = key.filter(|_| !is_old) {
                let claim =
                    format!("`{}` has the keys of `{}`, which has an index", index.name, key.name);
                sink.whole(&index.name, Risk::Low, claim);
                continue;
            }
            let twin = table.indexes.iter().enumerate().find(|it| it.0 != at && same(it.1));
            if let Some((_, twin)) = twin.filter(|_| !is_old) {
                let claim = format!("`{}` has the keys of `{}`", index.name, twin.name);
                sink.whole(&index.name, Risk::Low, claim);
            }
        }
    }
}

/// Whether the index of a key starts with all that an index has.
fn is_covered(index: &Index, key: &Constraint) -> bool {
    let is_key = matches!(key.kind, ConstraintKind::Primary | ConstraintKind::Unique);
    let is_start = if index.is_unique {
        key.columns == index.keys
    } else {
        key.columns.starts_with(&index.keys)
    };
    is_key && index.filter.is_none() && !index.keys.is_empty() && is_start
}
