use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::{Action, Delete};
use model::{Risk, Stake};

declare_rule! {
    /// The engine's own tables are written to.
    ///
    /// A slip makes the whole database unreadable, and rows are not checked against what the catalog says now. Use `alter`, or rebuild the table.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n integer check (n > 0));
    /// -- migration
    /// pragma writable_schema = on;
    /// update sqlite_schema set sql = replace(sql, 'check (n > 0)', '') where name = 'p';
    /// ```
    /// ```sql,bad
    /// -- migration
    /// update pg_attribute set attnotnull = false where attname = 'email';
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// pragma user_version = 7;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key autoincrement, n text);
    /// -- migration
    /// create table p_new (id integer primary key autoincrement, n text not null default '');
    /// insert into p_new (id, n) select id, coalesce(n, '') from p;
    /// update sqlite_sequence set seq = (select seq from sqlite_sequence where name = 'p') where name = 'p_new';
    /// drop table p;
    /// alter table p_new rename to p;
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key autoincrement, n text);
    /// -- migration
    /// update sqlite_sequence set seq = 0 where name = 'p';
    /// ```
    pub(super) static RULE = {
        name: "edited-catalog",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: edited_catalog,
    }
}

fn edited_catalog(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let table = match &step.action {
            Action::Pragma { name, value: Some(value) } if name == "writable_schema" => {
                if !matches!(value.as_str(), "off" | "0" | "false" | "no") {
                    let claim = "lets the text of the schema be written by hand";
                    sink.report(step, "schema", Risk::High, claim).stake(Stake::Data);
                }
                continue;
            }
            Action::Update(it) => &it.table,
            Action::Insert { table, .. } | Action::Delete(Delete { table, .. }) => table,
            _ => continue,
        };
        let bare = table.strip_prefix("pg_catalog.").unwrap_or(table);
        if bare == "sqlite_sequence" {
            if carries_on(step) {
                continue;
            }
            let claim = "changes the numbers that rows to come are given; one may be given twice";
            sink.report(step, table, Risk::Medium, claim).stake(Stake::Data);
        } else if bare.starts_with("pg_") || matches!(bare, "sqlite_master" | "sqlite_schema") {
            let claim = format!("writes to `{table}`, which belongs to the engine");
            sink.report(step, table, Risk::High, claim).stake(Stake::Data);
        }
    }
}

/// Whether the numbers of a rebuilt table go on where those of the old one ended.
fn carries_on(step: &Step) -> bool {
    let names = step.raw.tokens.iter().filter(|it| it.text.eq_ignore_ascii_case("sqlite_sequence"));
    !matches!(step.action, Action::Delete(_)) && names.count() > 1
}
