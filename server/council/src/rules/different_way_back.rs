use super::cx::{Cx, Sink};
use crate::schema::Table;
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// The way back does not lead back: what it leaves is not what was there.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, plan text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column note text;
    /// -- down
    /// select 1;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, plan text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column note text;
    /// -- down
    /// alter table accounts drop column note;
    /// ```
    pub(super) static RULE = {
        name: "different-way-back",
        group: Reversibility,
        class: Compatibility,
        since: "0.1.0",
        check: different_way_back,
    }
}

fn different_way_back(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(back) = cx.back() else { return };
    for old in cx.change.before.tables.iter().filter(|it| !it.assumed) {
        let Some(now) = back.table(&old.name) else {
            sink.whole(&old.name, Risk::Medium, format!("the way back leaves no `{}`", old.name));
            continue;
        };
        let names =
            |it: &Table| it.columns.iter().map(|it| it.name.clone()).collect::<BTreeSet<_>>();
        let (was, is) = (names(old), names(now));
        let differing: Vec<String> =
            was.symmetric_difference(&is).map(|it| format!("`{it}`")).collect();
        if !differing.is_empty() {
            let claim =
                format!("the way back leaves `{}` different: {}", old.name, differing.join(", "));
            sink.whole(&old.name, Risk::Medium, claim);
        } else if old.row_security && !now.row_security {
            let claim = format!("the way back leaves `{}` without row security", old.name);
            sink.whole(&old.name, Risk::High, claim).stake(Stake::Access);
        }
    }
    let is_new = |it: &&Table| cx.change.before.table(&it.name).is_none() && !it.assumed;
    for new in back.tables.iter().filter(is_new) {
        sink.whole(&new.name, Risk::Low, format!("the way back leaves `{}`", new.name));
    }
}
