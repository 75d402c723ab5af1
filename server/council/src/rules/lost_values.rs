use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::trial::Trial;
use model::{Risk, Stake};

declare_rule! {
    /// Values of a column were gone or different after the migration was run, and no `update` of it says so.
    ///
    /// It was run on made-up rows in memory. A rebuild that copies columns in another order does this.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, a text, b text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, b text, a text);
    /// insert into p_new select * from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, a text, b text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, b text, a text);
    /// insert into p_new (id, a, b) select id, a, b from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "lost-values",
        group: Shadow,
        class: DataLoss,
        since: "0.1.0",
        check: lost_values,
    }
}

fn lost_values(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(Trial { before, after: Ok(after), .. }) = cx.trial() else { return };
    for (name, was) in before {
        let Some(now) = after.get(name).filter(|it| it.n_rows >= was.n_rows) else { continue };
        for (column, old) in &was.columns {
            let is_said = cx.change.steps.iter().any(|it| {
                matches!(&it.action, Action::Update(it) if it.table == *name && it.sets.iter().any(|it| it.0 == *column))
            });
            let Some(new) = now.columns.get(column).filter(|new| *new != old && !is_said) else { continue };
            // A new row changes the hash too.
            if now.n_rows > was.n_rows && new.n_present >= old.n_present {
                continue;
            }
            let object = format!("{name}.{column}");
            let claim = if new.n_present < old.n_present {
                format!("of {} values of `{object}`, {} are left", old.n_present, new.n_present)
            } else {
                format!("values of `{object}` are not what they were")
            };
            sink.whole(&object, Risk::High, claim).stake(Stake::Data).proved();
        }
    }
}
