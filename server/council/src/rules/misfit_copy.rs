use super::cx::{Cx, Sink};
use crate::ddl::{Action, read};
use crate::dynamic::{Found, Place, statements};
use crate::schema::{Function, Schema, Table};
use crate::sql::spelt;
use model::{Risk, Span, Stake};

declare_rule! {
    /// Code copies whole rows of one table into another, and the two no longer have the same columns.
    ///
    /// `insert into archive select * from orders` fails as soon as `orders` has a column more, and puts values into the wrong columns when the order differs. Add the column to both, or name the columns.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, total integer);
    /// create table orders_archive (id bigint, total integer);
    /// create function archive() returns void language sql as $$ insert into orders_archive select * from orders where id < 100 $$;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column note text;
    /// ```
    /// ```sqlite,bad
    /// create table loans (id integer primary key);
    /// create table log (id integer primary key, what text);
    /// create trigger loans_log after insert on loans begin insert into log values (null, 'loan'); end;
    /// -- migration
    /// alter table log add column who text;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, total integer);
    /// create table orders_archive (id bigint, total integer);
    /// create function archive() returns void language sql as $$ insert into orders_archive select * from orders where id < 100 $$;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders_archive add column note text;
    /// alter table orders add column note text;
    /// ```
    pub(super) static RULE = {
        name: "misfit-copy",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: misfit_copy,
    }
}

fn misfit_copy(cx: &Cx, sink: &mut Sink<'_>) {
    misfit_rows(cx, sink);
    let (before, after) = (&cx.change.before, &cx.change.after);
    for function in &after.functions {
        for (into, from) in copies(after, function) {
            let fails = |schema: &Schema| {
                let tables = schema.table(&into).zip(schema.table(&from));
                tables.and_then(|(into, from)| misfit(into, from))
            };
            let Some(why) = fails(after).filter(|_| fails(before).is_none()) else { continue };
            let claim =
                format!("`{}` copies rows of `{from}` into `{into}`: {why}", function.object());
            sink.whole(&from, Risk::High, claim)
                .stake(Stake::Service)
                .fix("Give both tables the column, or name the columns in the copy", "");
        }
    }
}

/// Triggers of SQLite that give a table another number of values than it has columns.
fn misfit_rows(cx: &Cx, sink: &mut Sink<'_>) {
    let fits = |schema: &Schema, (into, n_values): &(String, usize)| {
        schema.table(into).is_none_or(|it| it.assumed || it.columns.len() == *n_values)
    };
    let (before, after) = (&cx.change.before, &cx.change.after);
    for table in after.tables.iter().filter(|_| !cx.is_postgres()) {
        for trigger in &table.triggers {
            let broken = trigger.unnamed.iter().find(|it| !fits(after, it) && fits(before, it));
            let Some((into, n_values)) = broken else { continue };
            let claim = format!(
                "writes of `{}` fail: `{}` gives `{into}` {n_values} values, and it has another number of columns",
                table.name, trigger.name
            );
            sink.whole(into, Risk::High, claim)
                .stake(Stake::Service)
                .fix("Make the trigger again, with the names of the columns", "");
        }
    }
}

/// Tables that a function copies whole rows into, and those that it takes them from.
fn copies(schema: &Schema, function: &Function) -> Vec<(String, String)> {
    let run = statements(&function.body, Place::CalledBy(Span::new(0, 0)));
    let mut out = Vec::new();
    for it in run {
        let Found::Statement(raw) = it else { continue };
        let Action::Insert { table: into, .. } = read(&raw) else { continue };
        let text = spelt(&raw.tokens);
        let Some((head, rest)) = text.split_once(" select ") else { continue };
        let rest = rest.replace(". *", ".*");
        if head.ends_with(')') {
            continue;
        }
        if let Some(from) = rest.strip_prefix("* from ") {
            let name = from.split([' ', ';']).next().unwrap_or_default();
            out.push((into, name.trim_start_matches("public.").to_owned()));
        } else if rest.starts_with("new.*") || rest.starts_with("old.*") {
            let runs = |it: &&Table| {
                it.triggers.iter().any(|it| it.function.as_ref() == Some(&function.name))
            };
            let tables = schema.tables.iter().filter(runs);
            // What is listed behind the row stands behind its columns.
            let is_alone = !rest.starts_with("new.*,") && !rest.starts_with("old.*,");
            out.extend(tables.filter(|_| is_alone).map(|it| (into.clone(), it.name.clone())));
        }
    }
    out
}

/// Why the rows of a table do not fit into another one.
fn misfit(into: &Table, from: &Table) -> Option<String> {
    if into.assumed || from.assumed {
        return None;
    }
    if from.columns.len() > into.columns.len() {
        return Some("it fails, as they have more columns".to_owned());
    }
    let mut pairs = into.columns.iter().zip(&from.columns);
    let misplaced = pairs.find(|(a, b)| a.name != b.name && into.column(&b.name).is_some())?;
    Some(format!("`{}` goes into `{}`", misplaced.1.name, misplaced.0.name))
}
