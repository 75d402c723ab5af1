use super::cx::{Cx, Sink};
use super::support::client_risk;
use model::{Risk, Stake};

declare_rule! {
    /// A view was dropped and made again, and what hung on it did not come back: a trigger that takes its writes, or the index that a refresh needs.
    ///
    /// Both go with the view. Make them again behind it.
    ///
    /// ```sqlite,bad
    /// create table pets (id integer primary key, name text);
    /// create view cards as select id, name from pets;
    /// create trigger cards_upd instead of update on cards begin update pets set name = new.name where id = new.id; end;
    /// -- migration
    /// drop view cards;
    /// create view cards as select id, name, 1 as n from pets;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, note text);
    /// create materialized view notes as select note, count(*) as n from orders group by note;
    /// create unique index notes_note on notes (note);
    /// -- migration
    /// drop materialized view notes;
    /// create materialized view notes as select note, count(*) as n, max(id) as last from orders group by note;
    /// ```
    /// ```sqlite,good
    /// create table pets (id integer primary key, name text);
    /// create view cards as select id, name from pets;
    /// create trigger cards_upd instead of update on cards begin update pets set name = new.name where id = new.id; end;
    /// -- migration
    /// drop view cards;
    /// create view cards as select id, name, 1 as n from pets;
    /// create trigger cards_upd instead of update on cards begin update pets set name = new.name where id = new.id; end;
    /// ```
    pub(super) static RULE = {
        name: "lost-view-parts",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: lost_view_parts,
    }
}

fn lost_view_parts(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.views {
        let Some(new) = cx.change.after.view(&old.name) else { continue };
        for was in &old.triggers {
            let has_all = |event: &String| new.triggers.iter().any(|it| it.events.contains(event));
            if !was.events.iter().all(has_all) {
                let claim = format!("`{}` loses `{}`: writes through it fail", old.name, was.name);
                sink.whole(&was.name, client_risk(cx, Risk::High), claim).stake(Stake::Service);
            }
        }
        for was in old.indexes.iter().filter(|it| it.is_unique && it.filter.is_none()) {
            if !new.indexes.iter().any(|it| it.is_unique && it.filter.is_none()) {
                let claim = format!(
                    "`{}` loses `{}`, without which it cannot be refreshed concurrently",
                    old.name, was.name
                );
                sink.whole(&was.name, Risk::Medium, claim).stake(Stake::Service);
            }
        }
    }
}
