use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use crate::types::{Conversion, conversion, lossy_using, names_zone};
use model::{Risk, Stake};

declare_rule! {
    /// A column gets a type that holds less than its values may be.
    ///
    /// What does not fit is cut, rounded, or stops the migration. Widen instead, or check first that all values fit.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, note varchar(255));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column note type varchar(50) using left(note, 50);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, note varchar(50));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column note type varchar(255);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, created timestamp);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column created type timestamptz using created at time zone 'UTC';
    /// ```
    pub(super) static RULE = {
        name: "narrowed-type",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: narrowed_type,
    }
}

fn narrowed_type(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::SetType { column, kind, using, .. } = part else { continue };
        let old = table.column(column);
        if old.is_some_and(|it| !cx.change.is_old_column(table.id, it.id)) {
            continue;
        }
        let converted = old.map(|it| conversion(&it.kind, kind));
        let lossy = using.as_ref().and_then(|it| lossy_using(column, it));
        let object = format!("{}.{column}", table.name);
        let from = old
            .map(|it| it.kind.to_string())
            .filter(|it| !it.is_empty())
            .unwrap_or_else(|| "its type".to_owned());
        let (risk, why) = match (converted, lossy) {
            (Some(Conversion::Narrows(why)), _) => (Risk::High, why),
            (_, Some(why)) => (Risk::High, why),
            (Some(Conversion::Zone), _) if using.as_ref().is_none_or(|it| !names_zone(it)) => {
                (Risk::Medium, "what a value means depends on the time zone of the session")
            }
            (Some(Conversion::Zone), _) if kind.base == "timestamp" => {
                (Risk::Medium, "values lose their zone")
            }
            _ => continue,
        };
        let claim = format!("changes `{object}` from `{from}` to `{kind}`: {why}");
        sink.report(step, &object, risk, claim)
            .stake(Stake::Data)
            .fix("Put the new values into a column of their own, and keep the old ones", "");
    }
}
