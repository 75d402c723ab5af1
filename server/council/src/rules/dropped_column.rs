use super::cx::{Cx, Sink};
use super::support::{copied_to, dropped_columns, likely_rename};
use super::told::risk_of_disused;
use model::{Risk, Stake};

declare_rule! {
    /// A column is gone with its values.
    ///
    /// Stop using it first, and keep a copy of what may be missed. A way back that adds the column again adds it empty.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts drop column plan;
    /// -- down
    /// alter table accounts add column plan text;
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text, m text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, n text);
    /// insert into p_new select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column note text;
    /// alter table accounts drop column note;
    /// ```
    pub(super) static RULE = {
        name: "dropped-column",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: dropped_column,
    }
}

fn dropped_column(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, column) in dropped_columns(cx) {
        if likely_rename(cx, table, column).is_some() {
            continue;
        }
        let object = format!("{}.{}", table.name, column.name);
        if column.generated.is_some() {
            let claim = format!("drops the computed column `{object}`: readers that name it fail");
            sink.whole(&object, Risk::Medium, claim);
            continue;
        }
        let (risk, claim) = match copied_to(cx, table, column) {
            Some(to) => (
                Risk::Medium,
                format!("drops `{object}`, whose values were copied to `{to}`: its readers fail"),
            ),
            None => {
                let risk = risk_of_disused(cx, column.id).unwrap_or(Risk::High);
                (risk, format!("drops `{object}` with its values"))
            }
        };
        sink.whole(&object, risk, claim)
            .stake(Stake::Data)
            .trigger("a way back can only add it empty")
            .fix("Stop using it, and drop it in a later migration", "");
    }
}
