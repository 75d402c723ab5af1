use super::cx::{Cx, Sink};
use model::Risk;

declare_rule! {
    /// A view or trigger could not be read after the migration was run: it names what is gone.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// create view v as select n from p;
    /// -- migration
    /// pragma foreign_keys = off;
    /// pragma legacy_alter_table = on;
    /// begin;
    /// alter table p rename column n to m;
    /// commit;
    /// drop view v;
    /// create view v as select n from p;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// create view v as select n from p;
    /// -- migration
    /// alter table p add column m text;
    /// ```
    pub(super) static RULE = {
        name: "broken-view",
        group: Shadow,
        class: Compatibility,
        since: "0.1.0",
        check: broken_view,
    }
}

fn broken_view(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(trial) = cx.trial() else { return };
    let (before, after) = (&cx.change.before, &cx.change.after);
    // A new one may read what the base does not tell of.
    let is_there = |name: &String| after.table(name).is_some() || after.view(name).is_some();
    let is_known = |name: &str| {
        before.view(name).is_some()
            || after.view(name).is_some_and(|it| it.reads.iter().all(is_there))
    };
    for (name, why) in trial.broken.iter().filter(|it| is_known(&it.0)) {
        sink.whole(name, Risk::High, format!("`{name}` cannot be read: {why}")).proved();
    }
}
