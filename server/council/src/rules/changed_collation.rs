use super::cx::{Cx, Sink};
use super::support::kept_columns;
use model::{Risk, Stake};

declare_rule! {
    /// A column compares its texts in another way, so that other texts are equal than before.
    ///
    /// What was one value becomes two, or two become one: a unique key lets twins in, or refuses rows. A rebuilt table has only the collation that is written for it.
    ///
    /// ```sqlite,bad
    /// create table tags (id integer primary key, label text not null collate nocase unique);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table tags_new (id integer primary key, label text not null unique);
    /// insert into tags_new select id, label from tags;
    /// drop table tags;
    /// alter table tags_new rename to tags;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table tags (id integer primary key, label text not null collate nocase unique);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table tags_new (id integer primary key, label text not null collate nocase unique, colour text);
    /// insert into tags_new (id, label) select id, label from tags;
    /// drop table tags;
    /// alter table tags_new rename to tags;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "changed-collation",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: changed_collation,
    }
}

fn changed_collation(cx: &Cx, sink: &mut Sink<'_>) {
    let word = |it: &Option<String>| it.clone().unwrap_or_else(|| "the default".to_owned());
    for (table, was, now) in kept_columns(cx).filter(|it| it.1.collation != it.2.collation) {
        let object = format!("{}.{}", table.name, was.name);
        let claim = format!(
            "`{object}` compares by {} and no longer by {}",
            word(&now.collation),
            word(&was.collation)
        );
        sink.whole(&object, Risk::Medium, claim).stake(Stake::Data);
    }
}
