use super::cx::{Cx, Sink};
use super::support::rebuilt;
use crate::schema::Index;
use model::Risk;

declare_rule! {
    /// A table is rebuilt, and its indexes and triggers are not made again.
    ///
    /// SQLite drops them with the old table. Make them again before `commit`.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// create index by_n on p (n);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, n text);
    /// insert into p_new select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// create index by_n on p (n);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, n text);
    /// insert into p_new select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// create index by_n on p (n);
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "rebuild-loses-parts",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: rebuild_loses_parts,
    }
}

fn rebuild_loses_parts(cx: &Cx, sink: &mut Sink<'_>) {
    for old in cx.change.before.tables.iter().filter(|_| !cx.is_postgres()) {
        let Some(new) = rebuilt(cx, old) else { continue };
        let has_index = |it: &Index| {
            new.indexes.iter().any(|of| {
                of.name == it.name || (of.keys == it.keys && of.is_unique == it.is_unique)
            })
        };
        let mut gone: Vec<String> = old
            .indexes
            .iter()
            .filter(|it| !has_index(it))
            .map(|it| format!("`{}`", it.name))
            .collect();
        gone.extend(
            old.triggers
                .iter()
                .filter(|it| !new.triggers.iter().any(|of| of.name == it.name))
                .map(|it| format!("`{}`", it.name)),
        );
        let is_bare = old.assumed && new.indexes.is_empty() && new.triggers.is_empty();
        if gone.is_empty() && !is_bare {
            continue;
        }
        let what = if is_bare { "its indexes and triggers".to_owned() } else { gone.join(", ") };
        let claim = format!("rebuilds `{}` without {what}", old.name);
        sink.whole(&old.name, Risk::High, claim).fix("Make them again before `commit`", "");
    }
}
