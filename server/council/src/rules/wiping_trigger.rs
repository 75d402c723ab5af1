use super::cx::{Cx, Sink};
use super::self_comparison::own_body;
use crate::change::Step;
use crate::ddl::{self, Action};
use crate::dynamic::{self, Found, Place};
use crate::logic::is_always_true_of;
use crate::schema::Table;
use crate::sql::{RawStatement, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// A trigger deletes or overwrites all rows of a table each time it runs.
    ///
    /// Its condition is missing, or holds for every row. Say which rows: those that belong to `new` or `old`.
    ///
    /// ```sqlite,bad
    /// create table loans (id integer primary key, reader text);
    /// create table history (id integer primary key, what text);
    /// -- migration
    /// create trigger tidy after insert on loans begin delete from history; end;
    /// ```
    /// ```sql,bad
    /// create table loans (id bigint primary key, reader text);
    /// create table history (id bigint primary key, what text);
    /// -- migration
    /// create function tidy() returns trigger language plpgsql set search_path = '' as $$ begin delete from history; return new; end $$;
    /// ```
    /// ```sqlite,good
    /// create table loans (id integer primary key, reader text);
    /// create table history (id integer primary key, loan_id integer, what text);
    /// -- migration
    /// create trigger tidy after delete on loans begin delete from history where loan_id = old.id; end;
    /// ```
    pub(super) static RULE = {
        name: "wiping-trigger",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: wiping_trigger,
    }
}

fn wiping_trigger(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let (name, run) = match &step.action {
            Action::CreateTrigger { trigger, .. } => (&trigger.name, own_body(&step.raw)),
            Action::CreateFunction(it, _) if it.returns == "trigger" => {
                let found = dynamic::statements(&it.body, Place::CalledBy(step.raw.span));
                let known = found.into_iter().filter_map(|it| match it {
                    Found::Statement(raw) => Some(raw),
                    Found::Unread { .. } => None,
                });
                (&it.name, known.collect())
            }
            _ => continue,
        };
        let wiped = run.iter().find_map(|raw| Some((wiped(cx, step, raw)?, raw)));
        if let Some((table, raw)) = wiped {
            let verb = if raw.tokens[0].text == "update" { "overwrites" } else { "deletes" };
            let claim = format!("`{name}` {verb} all rows of `{}` each time it runs", table.name);
            sink.report(step, name, Risk::High, claim)
                .stake(Stake::Data)
                .fix("Say which rows: those that belong to `new` or `old`", "");
        }
    }
}

/// The table that was there and of which a statement leaves no row as it is.
fn wiped<'a>(cx: &'a Cx, step: &'a Step, raw: &RawStatement) -> Option<&'a Table> {
    let (name, filter) = match ddl::read(raw) {
        Action::Delete(it) => (it.table, it.filter),
        Action::Update(it) => (it.table, it.filter),
        Action::Truncate { tables, .. } => (tables.first()?.clone(), None),
        _ => return None,
    };
    let table = cx.change.old_table(step, &name)?;
    let is_all = filter.is_none_or(|it| is_always_true_of(&spelt(&it), table));
    is_all.then_some(table)
}
