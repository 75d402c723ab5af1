use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// A statement ran on good rows, and failed on rows that the schema lets in too: nulls, twins, texts of any length.
    ///
    /// It was run on made-up rows in memory. Look for such rows first, and say what becomes of them.
    ///
    /// ```sqlite,bad
    /// create table people (id integer primary key, phone text);
    /// -- migration
    /// create unique index people_phone on people (phone);
    /// ```
    /// ```sqlite,bad
    /// create table people (id integer primary key, phone text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table people_new (id integer primary key, phone text not null);
    /// insert into people_new select id, phone from people;
    /// drop table people;
    /// alter table people_new rename to people;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table people (id integer primary key, phone text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table people_new (id integer primary key, phone text not null default '');
    /// insert into people_new select id, coalesce(phone, '') from people;
    /// drop table people;
    /// alter table people_new rename to people;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "fails-on-some-rows",
        group: Shadow,
        class: Availability,
        since: "0.1.0",
        check: fails_on_some_rows,
    }
}

fn fails_on_some_rows(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(Err(failure)) = cx.rough_trial().map(|it| &it.after) else { return };
    if let Some(step) = cx.change.steps.get(failure.statement) {
        let claim = format!("fails on rows that the schema lets in: {}", failure.message);
        sink.report(step, "migration", Risk::Medium, claim)
            .stake(Stake::Service)
            .proved()
            .trigger("a table that has such a row");
    }
}
