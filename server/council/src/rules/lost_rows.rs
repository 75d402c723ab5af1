use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::trial::Trial;
use model::{Risk, Stake};

declare_rule! {
    /// Rows were gone after the migration was run, and no statement of it says so.
    ///
    /// It was run on made-up rows in memory. Rows go by cascade when a table is dropped or rebuilt with foreign keys on.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// begin;
    /// pragma foreign_keys = off;
    /// create table p_new (id integer primary key, n text);
    /// insert into p_new select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// alter table p add column m text;
    /// ```
    pub(super) static RULE = {
        name: "lost-rows",
        group: Shadow,
        class: DataLoss,
        since: "0.1.0",
        check: lost_rows,
    }
}

fn lost_rows(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(Trial { before, after: Ok(after), .. }) = cx.trial() else { return };
    for (name, was) in before {
        let Some(now) = after.get(name) else { continue };
        let is_said = cx.change.steps.iter().any(|it| {
            matches!(&it.action, Action::Delete { table, .. } if table == name)
        });
        if now.n_rows < was.n_rows && !is_said {
            let risk = if now.n_rows == 0 { Risk::Critical } else { Risk::High };
            let claim = format!("of {} rows of `{name}`, {} are left", was.n_rows, now.n_rows);
            sink.whole(name, risk, claim).stake(Stake::Data).proved();
        }
    }
}
