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

/// Characters of a text that is not a label.
const LONG: usize = 200;

fn lost_values(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(Trial { before, after: Ok(after), .. }) = cx.trial() else { return };
    for (name, was) in before {
        let Some(now) = after.get(name).filter(|it| it.n_rows >= was.n_rows) else { continue };
        for (column, old) in &was.columns {
            let is_said = is_said(cx, name, column);
            let Some(new) = now.columns.get(column).filter(|new| *new != old && !is_said) else {
                continue;
            };
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
    cut_values(cx, sink);
}

/// Long texts that come out shorter.
fn cut_values(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(Trial { before, after: Ok(after), .. }) = cx.rough_trial() else { return };
    for (name, was) in before {
        let Some(now) = after.get(name).filter(|it| it.n_rows >= was.n_rows) else { continue };
        for (column, old) in &was.columns {
            let Some(new) = now.columns.get(column) else { continue };
            if old.n_longest > LONG && new.n_longest < old.n_longest && !is_said(cx, name, column) {
                let object = format!("{name}.{column}");
                let claim = format!("values of `{object}` are cut to {} characters", new.n_longest);
                sink.whole(&object, Risk::High, claim).stake(Stake::Data).proved();
            }
        }
    }
}

/// Whether an `update` says that the column changes.
fn is_said(cx: &Cx, table: &str, column: &str) -> bool {
    cx.change.steps.iter().any(|it| {
        matches!(&it.action, Action::Update(it) if it.table == table && it.sets.iter().any(|it| it.0 == column))
    })
}
