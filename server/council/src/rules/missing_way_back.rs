use super::cx::{Cx, Sink};
use super::support::{dropped_columns, dropped_tables};
use crate::PartKind;
use model::Risk;

declare_rule! {
    /// Data goes, and there is no way back.
    ///
    /// Write one, or say that the backup is it.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, plan text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts drop column plan;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, plan text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column note text;
    /// -- down
    /// set lock_timeout = '2s';
    /// alter table accounts drop column note;
    /// ```
    pub(super) static RULE = {
        name: "missing-way-back",
        group: Reversibility,
        class: DataLoss,
        since: "0.1.0",
        check: missing_way_back,
    }
}

fn missing_way_back(cx: &Cx, sink: &mut Sink<'_>) {
    let loses = dropped_tables(cx).next().is_some() || !dropped_columns(cx).is_empty();
    if loses && cx.subject.text(PartKind::Down).trim().is_empty() {
        sink.whole("migration", Risk::Info, "there is no way back but a backup");
    }
}
