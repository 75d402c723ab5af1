use super::cx::{Cx, Sink};
use super::told::{Size, size};
use crate::PartKind;
use crate::schema::{Index, Table};
use model::{Risk, Stake};

declare_rule! {
    /// An index of a large table goes, and no other begins with its columns: queries that it served read the whole table.
    ///
    /// Look at how often it is used (`pg_stat_user_indexes`), and build what replaces it first. What comments say of the size of the table counts where they were there before; of a table of which they say nothing it is told alone.
    ///
    /// ```sql,bad
    /// create table listings (id bigint primary key, category_id bigint, published_at timestamptz);
    /// comment on table listings is '80 million rows';
    /// create index listings_category on listings (category_id, published_at);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop index concurrently listings_category;
    /// ```
    /// ```sql,good
    /// create table listings (id bigint primary key, category_id bigint, published_at timestamptz);
    /// comment on table listings is '80 million rows';
    /// create index listings_category on listings (category_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently if not exists listings_category_time on listings (category_id, published_at);
    /// drop index concurrently listings_category;
    /// ```
    pub(super) static RULE = {
        name: "dropped-index",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: dropped_index,
    }
}

fn dropped_index(cx: &Cx, sink: &mut Sink<'_>) {
    for old in cx.change.before.tables.iter().filter(|_| cx.is_postgres()) {
        let Some(new) = cx.change.after.table_of(old.id) else { continue };
        for index in old.indexes.iter().filter(|it| !it.is_unique && !serves(new, it)) {
            let has_columns =
                index.keys.iter().all(|it| old.column(it).is_none() || new.column(it).is_some());
            if !has_columns || is_unused(cx, &index.name) {
                continue;
            }
            let keys = index.keys.join(", ");
            let claim = format!("no index of `{}` begins with `{keys}` any more", new.name);
            let is_large = size(cx, old.id) == Some(Size::Large);
            let risk = if is_large { Risk::Medium } else { Risk::Low };
            sink.whole(&index.name, risk, claim)
                .stake(Stake::Service)
                .fix("Build what replaces it first", "");
        }
    }
}

/// Whether an index is there still, or another one that begins with its columns and has its rows.
fn serves(table: &Table, old: &Index) -> bool {
    let has_rows = |it: &Index| it.filter.is_none() || it.filter == old.filter;
    let by_index = table
        .indexes
        .iter()
        .any(|it| it.name == old.name || has_rows(it) && it.keys.starts_with(&old.keys));
    by_index
        || old.filter.is_none()
            && table.constraints.iter().any(|it| {
                it.columns.starts_with(&old.keys) && it.target.is_none() && it.expr.is_empty()
            })
}

/// Whether the base says of an index that nothing uses it.
fn is_unused(cx: &Cx, name: &str) -> bool {
    const SAYS: [&str; 6] =
        ["unused", "not used", "never used", "never scanned", "redundant", "no longer used"];
    let base = cx.subject.text(PartKind::Base).to_lowercase();
    base.split("comment on index ").skip(1).any(|it| {
        let (of, rest) = it.split_once(" is ").unwrap_or((it, ""));
        let text = rest.split(';').next().unwrap_or_default();
        of.trim().rsplit('.').next() == Some(name) && SAYS.iter().any(|it| text.contains(it))
    })
}
