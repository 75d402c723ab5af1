use super::cx::{Cx, Sink};
use super::support::rebuilt;
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// A table is rebuilt with foreign keys off, and nobody looks whether they still hold.
    ///
    /// Run `pragma foreign_key_check` before `commit`, and undo all when it returns a row.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
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
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, n text);
    /// insert into p_new select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "unchecked-rebuild",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: unchecked_rebuild,
    }
}

fn unchecked_rebuild(cx: &Cx, sink: &mut Sink<'_>) {
    let is_check =
        |it: &Action| matches!(it, Action::Pragma { name, .. } if name == "foreign_key_check");
    if cx.is_postgres() || cx.change.steps.iter().any(|it| is_check(&it.action)) {
        return;
    }
    for old in cx.change.before.tables.iter().filter(|it| rebuilt(cx, it).is_some()) {
        let claim = format!("rebuilds `{}` without `pragma foreign_key_check`", old.name);
        sink.whole(&old.name, Risk::Low, claim)
            .fix("Look before `commit`", "pragma foreign_key_check;");
    }
}
