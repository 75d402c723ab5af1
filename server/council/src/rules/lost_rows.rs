use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::trial::Trial;
use model::{Risk, Stake};

declare_rule! {
    /// Rows were gone after the migration was run, and no statement of it says so.
    ///
    /// It was run on made-up rows in memory, good ones and such as real tables have: nulls, twins, texts that differ in blanks. Rows go by cascade when a table is dropped or rebuilt with foreign keys on.
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
    // What is lost on good rows is told of these.
    let trials = [cx.trial().ok(), cx.rough_trial()];
    let lossy = trials.into_iter().flatten().map(|it| lost(cx, it)).find(|it| !it.is_empty());
    for (name, n_before, n_after) in lossy.unwrap_or_default() {
        let risk = if n_after == 0 { Risk::Critical } else { Risk::High };
        let claim = format!("of {n_before} rows of `{name}`, {n_after} are left");
        sink.whole(name, risk, claim).stake(Stake::Data).proved();
    }
}

/// Tables that have fewer rows, and no statement says so: before and after.
fn lost<'t>(cx: &Cx, trial: &'t Trial) -> Vec<(&'t str, usize, usize)> {
    let Trial { before, after: Ok(after), .. } = trial else { return Vec::new() };
    let mut out = Vec::new();
    for (name, was) in before {
        let Some(now) = after.get(name) else { continue };
        let is_said = cx
            .change
            .steps
            .iter()
            .any(|it| matches!(&it.action, Action::Delete(it) if it.table == *name));
        if now.n_rows < was.n_rows && !is_said {
            out.push((name.as_str(), was.n_rows, now.n_rows));
        }
    }
    out
}
