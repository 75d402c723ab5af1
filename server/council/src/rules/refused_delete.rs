use super::cx::{Cx, Sink};
use super::support::{is_record, successor};
use crate::schema::OnDelete;
use model::{Risk, Stake};

declare_rule! {
    /// Deleting a row is refused from now on, where it took what refers to it along.
    ///
    /// Clients that delete it fail until they delete the other rows first. Ship that before.
    ///
    /// ```sqlite,bad
    /// create table authors (id integer primary key);
    /// create table books (id integer primary key, author_id integer references authors (id) on delete cascade);
    /// create index books_author on books (author_id);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table books_new (id integer primary key, author_id integer references authors (id));
    /// insert into books_new select id, author_id from books;
    /// drop table books;
    /// alter table books_new rename to books;
    /// create index books_author on books (author_id);
    /// pragma foreign_key_check;
    /// commit;
    /// pragma foreign_keys = on;
    /// ```
    /// ```sqlite,good
    /// create table authors (id integer primary key);
    /// create table books (id integer primary key, author_id integer references authors (id) on delete cascade);
    /// -- migration
    /// create index books_author on books (author_id);
    /// ```
    pub(super) static RULE = {
        name: "refused-delete",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: refused_delete,
    }
}

fn refused_delete(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.tables {
        let Some(new) = successor(cx, old) else { continue };
        for key in &new.constraints {
            let Some(target) = key.target.as_ref().filter(|it| it.on_delete == OnDelete::Refuse)
            else {
                continue;
            };
            let same = old.constraints.iter().filter(|it| it.columns == key.columns);
            let was = same.filter_map(|it| it.target.as_ref()).find(|it| it.table == target.table);
            // A record outlives what it tells of.
            let holds_on = was.is_none()
                && is_record(&old.name)
                && key.columns.iter().all(|it| old.column(it).is_some());
            if holds_on || was.is_some_and(|it| it.on_delete != OnDelete::Refuse) {
                let claim = format!(
                    "a row of `{}` that `{}` refers to can no longer be deleted",
                    target.table, new.name
                );
                sink.whole(&new.name, Risk::Medium, claim).stake(Stake::Service);
            }
        }
    }
}
