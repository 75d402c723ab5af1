use super::cx::{Cx, Sink};
use super::support::children;
use crate::ddl::{Action, OnConflict};
use crate::schema::OnDelete;
use crate::simulate::sources;
use model::{Risk, Stake};

declare_rule! {
    /// SQLite's `replace` deletes the rows that collide with what it writes, and rows of other tables go with them.
    ///
    /// `replace into`, `insert or replace` and `update or replace` delete first and write then: `on delete` runs, and what the new row does not name is gone. Use `on conflict … do update`.
    ///
    /// ```sqlite,bad
    /// create table tags (id integer primary key, label text unique);
    /// create table uses (id integer primary key, tag_id integer references tags (id) on delete cascade);
    /// -- migration
    /// replace into tags (id, label) values (1, 'work');
    /// ```
    /// ```sqlite,bad
    /// create table tags (id integer primary key, label text unique);
    /// -- migration
    /// update or replace tags set label = lower(label) where label <> lower(label);
    /// ```
    /// ```sqlite,good
    /// create table units (code text primary key, label text);
    /// -- migration
    /// insert or replace into units (code, label) values ('kg', 'kilogram');
    /// ```
    pub(super) static RULE = {
        name: "replacing-write",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: replacing_write,
    }
}

fn replacing_write(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let (table, is_update) = match &step.action {
            Action::Insert { table, on_conflict: Some(OnConflict::Replace) } => (table, false),
            Action::Update(it) if it.on_conflict == Some(OnConflict::Replace) => (&it.table, true),
            _ => continue,
        };
        let Some(old) = cx.change.old_table(step, table) else { continue };
        let felt = children(cx, &old.name).find(|it| it.1.on_delete != OnDelete::Refuse);
        let is_own = is_update || sources(&step.raw.tokens).contains(table);
        let effect = match felt {
            Some((child, _)) => {
                format!("rows of `{}` that refer to them go or lose their reference", child.name)
            }
            None if is_own => "of rows that become alike one is left".to_owned(),
            None => continue,
        };
        let claim = format!("deletes rows of `{table}` that collide with what it writes: {effect}");
        sink.report(step, table, Risk::High, claim)
            .stake(Stake::Data)
            .fix("Use `on conflict … do update`", "");
    }
}
