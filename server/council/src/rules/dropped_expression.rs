use super::cx::{Cx, Sink};
use super::support::{client_risk, kept_columns};
use model::{Risk, Stake};

declare_rule! {
    /// A column is no longer computed: it keeps the values of today, and no writer knows that it must write it now.
    ///
    /// Let writers fill the column first, by a trigger or in the program.
    ///
    /// ```sql,bad
    /// create table items (id bigint primary key, net numeric, gross numeric generated always as (net * 1.19) stored);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table items alter column gross drop expression;
    /// ```
    /// ```sql,good
    /// create table items (id bigint primary key, net numeric, gross numeric generated always as (net * 1.19) stored);
    /// -- migration
    /// set lock_timeout = '2s';
    /// comment on column items.gross is 'computed';
    /// ```
    pub(super) static RULE = {
        name: "dropped-expression",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_expression,
    }
}

fn dropped_expression(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, was, now) in kept_columns(cx) {
        let has_writer = cx
            .change
            .after
            .table(&table.name)
            .is_some_and(|it| it.triggers.len() > table.triggers.len());
        let object = format!("{}.{}", table.name, was.name);
        if was.generated.is_some() && now.generated.is_none() && !has_writer {
            let claim = format!("`{object}` is no longer computed, and goes stale");
            sink.whole(&object, client_risk(cx, Risk::High), claim).stake(Stake::Data);
        }
        if was.generated.is_none() && now.generated.is_some() {
            let claim = format!("writers that give `{object}` a value fail: it is computed now");
            sink.whole(&object, client_risk(cx, Risk::High), claim).stake(Stake::Service);
        }
        let is_changed =
            was.generated.is_some() && now.generated.is_some() && was.expression != now.expression;
        if is_changed && was.expression.is_some() {
            let claim = format!("`{object}` is computed in another way");
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Data);
        }
    }
}
