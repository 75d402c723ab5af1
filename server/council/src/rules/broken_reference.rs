use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// Rows referred to what is not there after the migration was run.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// pragma foreign_keys = off;
    /// delete from p where id > 1;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// pragma foreign_keys = on;
    /// delete from p where n = 'old' and id > 1;
    /// ```
    pub(super) static RULE = {
        name: "broken-reference",
        group: Shadow,
        class: DataLoss,
        since: "0.1.0",
        check: broken_reference,
    }
}

fn broken_reference(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(trial) = cx.trial() else { return };
    for (table, n_rows) in &trial.orphans {
        let claim = format!("{n_rows} rows of `{table}` refer to what is not there");
        sink.whole(table, Risk::High, claim).stake(Stake::Data).proved();
    }
    // A new key over values that nothing held to it: real rows may have such values, or not.
    for (table, n_rows) in cx.rough_trial().into_iter().flat_map(|it| &it.orphans) {
        if !trial.orphans.contains_key(table) {
            let claim = format!(
                "{n_rows} rows of `{table}` refer to what is not there, of rows that the schema lets in"
            );
            sink.whole(table, Risk::Medium, claim).stake(Stake::Data).proved();
        }
    }
}
