use super::cx::{Cx, Sink};
use super::told::comment_before;
use crate::ddl::AlterPart;
use crate::sql::spelt;
use model::{Risk, Stake};

declare_rule! {
    /// Times without a zone are read in another zone than their comment names: each is hours off afterwards.
    ///
    /// ```sql,bad
    /// create table stops (id bigint primary key, eta timestamp not null);
    /// comment on column stops.eta is 'UTC';
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table stops alter column eta type timestamptz using eta at time zone 'Europe/Berlin';
    /// ```
    /// ```sql,good
    /// create table stops (id bigint primary key);
    /// -- migration
    /// create table halts (id bigint primary key, eta timestamptz not null);
    /// ```
    pub(super) static RULE = {
        name: "misread-zone",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: misread_zone,
    }
}

fn misread_zone(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::SetType { column, using: Some(using), .. } = part else { continue };
        let text = spelt(using).to_lowercase();
        let Some((_, zone)) = text.split_once("at time zone '") else { continue };
        let zone = zone.split('\'').next().unwrap_or_default();
        let comment =
            table.column(column).and_then(|it| comment_before(cx, it.id)).unwrap_or_default();
        let is_utc = |it: &str| ["utc", "gmt", "z"].contains(&it.trim_start_matches("etc/"));
        let mut words = comment.split(|it: char| !(it.is_alphanumeric() || it == '/' || it == '_'));
        let says_utc = words.clone().any(is_utc);
        let says_place = words.any(|it| it.contains('/') && it.len() > 6);
        if says_utc && !is_utc(zone) || says_place && !comment.contains(zone) {
            let object = format!("{}.{column}", table.name);
            let claim = format!("`{object}` is read as `{zone}`, and its comment says `{comment}`");
            sink.report(step, &object, Risk::High, claim)
                .stake(Stake::Data)
                .fix("Name the zone that the values are in", "");
        }
    }
}
