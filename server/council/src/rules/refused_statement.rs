use super::cx::{Cx, Sink};
use super::support::new_keys;
use crate::change::Step;
use crate::ddl::{Action, AlterPart, CreateIndex};
use crate::schema::{Constraint, ConstraintKind, Schema, Table, TableKind, View};
use crate::sql::Cursor;
use crate::types::{has_cast, is_comparable};
use model::Risk;

declare_rule! {
    /// The server refuses the statement for what is there, and the migration fails.
    ///
    /// Told are: several indexes dropped at once `concurrently`; a materialized view refreshed `concurrently` that has no unique index over columns; a foreign key to columns that are not unique, or of a type that cannot be compared; `not valid` for a foreign key of a partitioned table (before PostgreSQL 18); a unique key of a partitioned table without the columns that it is parted by; a type to which the old one, or the default, is not cast by itself; another order or other names of a view's columns in `create or replace view`; counting in a column that may be null or has a default; a second primary key; `using index` of an index that is not unique, or not of all rows; a name without a schema when the search path is empty.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, note text);
    /// create index a on orders (note);
    /// create index b on orders (id, note);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop index concurrently a, b;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, note text);
    /// create materialized view notes as select note from orders;
    /// create index notes_note on notes (note);
    /// -- migration
    /// refresh materialized view concurrently notes;
    /// ```
    /// ```sql,bad
    /// create table people (id bigint primary key, email text not null, org_id bigint not null, unique (org_id, email));
    /// create table mails (id bigint primary key, email text);
    /// create index mails_email on mails (email);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table mails add constraint mails_person foreign key (email) references people (email) not valid;
    /// ```
    /// ```sql,bad
    /// create type plan as enum ('free', 'paid');
    /// create table orgs (id bigint primary key, plan text not null default 'free');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orgs alter column plan type plan using plan::plan;
    /// ```
    /// ```sql,good
    /// create table people (id bigint primary key, email text not null unique, org_id bigint not null);
    /// create table mails (id bigint primary key, email text);
    /// create index mails_email on mails (email);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table mails add constraint mails_person foreign key (email) references people (email) not valid;
    /// drop index concurrently if exists mails_old;
    /// ```
    pub(super) static RULE = {
        name: "refused-statement",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: refused_statement,
    }
}

fn refused_statement(cx: &Cx, sink: &mut Sink<'_>) {
    // SQLite runs what is written, and says so itself.
    if !cx.is_postgres() {
        return;
    }
    for step in &cx.change.steps {
        let found = match &step.action {
            Action::AlterTable { table, parts } => step.schema.table(table).and_then(|it| {
                let why = parts.iter().find_map(|part| of_part(&step.schema, it, part, parts))?;
                Some((table.clone(), why))
            }),
            _ => of_statement(step),
        };
        if let Some((object, why)) = found {
            sink.report(step, &object, Risk::High, format!("the server refuses it: {why}"));
        }
    }
    for (table, key) in new_keys(cx) {
        if let Some(why) = of_key(&cx.change.after, table, key) {
            let claim = format!("the server refuses the key of `{}`: {why}", table.name);
            sink.whole(&table.name, Risk::High, claim);
        }
    }
}

/// Why a statement that is no `alter table` fails, with what it is about.
fn of_statement(step: &Step) -> Option<(String, String)> {
    match &step.action {
        Action::Drop(it) if it.kind == "index" && it.concurrently => {
            let is_refused = it.names.len() > 1 || it.cascade;
            let why = "`concurrently` drops one index, and nothing that depends on it";
            is_refused.then(|| (it.names[0].clone(), why.to_owned()))
        }
        Action::Refresh { view, concurrently: true } => {
            let known = step.schema.view(view).filter(|it| !it.assumed)?;
            let why = "no unique index over columns of the view tells its rows apart";
            (!has_unique_index(known)).then(|| (view.clone(), why.to_owned()))
        }
        Action::CreateView(it) if it.or_replace && !it.is_materialized => {
            let old = step.schema.view(&it.name)?.columns.as_ref()?;
            let mut schema = (*step.schema).clone();
            crate::simulate::apply(&mut schema, &step.action);
            let new = schema.view(&it.name)?.columns.clone()?;
            let why = "columns of a view keep their names and their places; new ones come last";
            // Fewer columns are told as dropped ones.
            let is_moved = new.len() >= old.len() && !new.starts_with(old);
            is_moved.then(|| (it.name.clone(), why.to_owned()))
        }
        Action::CreateIndex(CreateIndex { table, index, .. }) if index.is_unique => {
            let table = step.schema.table(table)?;
            let why = lacks_partition_key(table, &index.keys)?;
            Some((table.name.clone(), why))
        }
        Action::CreateTable(it) => {
            let is_bare = it.kind != TableKind::Temporary && is_unqualified(step);
            let why = "the search path is empty, and the name has no schema";
            if step.has_no_path && is_bare {
                return Some((it.name.clone(), why.to_owned()));
            }
            let mut schema = (*step.schema).clone();
            crate::simulate::apply(&mut schema, &step.action);
            let table = schema.table(&it.name)?;
            let keys = table.constraints.iter().filter(|it| is_unique(it.kind));
            let why = keys.into_iter().find_map(|it| lacks_partition_key(table, &it.columns))?;
            Some((it.name.clone(), why))
        }
        _ => None,
    }
}

/// Whether the table that is made is named without a schema.
fn is_unqualified(step: &Step) -> bool {
    let mut cursor = Cursor::new(&step.raw.tokens);
    cursor.find("table");
    cursor.eat("if not exists");
    cursor.next();
    !cursor.sees(".")
}

fn is_unique(kind: ConstraintKind) -> bool {
    matches!(kind, ConstraintKind::Primary | ConstraintKind::Unique)
}

fn has_unique_index(view: &View) -> bool {
    let is_column = |it: &String| it.chars().all(|it| it.is_alphanumeric() || it == '_');
    let fits = |it: &crate::schema::Index| {
        it.is_unique && it.filter.is_none() && it.keys.iter().all(is_column)
    };
    view.indexes.iter().any(fits)
}

fn lacks_partition_key(table: &Table, keys: &[String]) -> Option<String> {
    let missing = table.partition_key.iter().find(|it| !keys.contains(it))?;
    let is_column = table.column(missing).is_some() && table.kind == TableKind::Partitioned;
    is_column.then(|| format!("a unique key of `{}` must contain `{missing}`", table.name))
}

/// Why one part of an `alter table` fails.
fn of_part(schema: &Schema, table: &Table, part: &AlterPart, all: &[AlterPart]) -> Option<String> {
    match part {
        AlterPart::AddConstraint(it) => of_constraint(table, it),
        AlterPart::SetType { column, kind, using, .. } => {
            let was = table.column(column).filter(|it| !it.kind.base.is_empty())?;
            let drops_default = all.contains(&AlterPart::DropDefault { column: column.clone() });
            let is_plain = |it: &crate::schema::Type| !schema.has_other("domain", &it.base);
            if has_cast(&was.kind, kind) || !is_plain(&was.kind) || !is_plain(kind) {
                return None;
            }
            let has_default = was.default.as_deref().is_some_and(|it| it != "null");
            match using {
                None => Some(format!("`{}` is not cast to `{kind}` by itself", was.kind)),
                Some(_) if has_default && !drops_default => Some(format!(
                    "the default of `{column}` is not cast to `{kind}`; drop it first"
                )),
                Some(_) => None,
            }
        }
        AlterPart::AddIdentity { column } => {
            let was = table.column(column).filter(|_| !table.assumed)?;
            let sets = all.iter().any(|it| *it == AlterPart::SetNotNull { column: column.clone() });
            let drops = all.contains(&AlterPart::DropDefault { column: column.clone() });
            match () {
                () if !was.not_null && !sets => Some(format!("`{column}` may be null")),
                () if was.default.is_some() && !drops => Some(format!("`{column}` has a default")),
                () if was.is_identity => Some(format!("`{column}` counts already")),
                () => None,
            }
        }
        _ => None,
    }
}

fn of_constraint(table: &Table, it: &Constraint) -> Option<String> {
    if it.kind == ConstraintKind::Foreign
        && !it.is_validated
        && table.kind == TableKind::Partitioned
    {
        return Some("a foreign key of a partitioned table cannot be `not valid`".to_owned());
    }
    if it.kind == ConstraintKind::Primary && table.primary_key().is_some() {
        return Some(format!("`{}` has a primary key", table.name));
    }
    if it.uses_index && is_unique(it.kind) {
        let index = table.indexes.iter().find(|of| of.name == it.name)?;
        let why = "`using index` asks for a unique index of all rows";
        return (!index.is_unique || index.filter.is_some()).then(|| why.to_owned());
    }
    is_unique(it.kind).then(|| lacks_partition_key(table, &it.columns)).flatten()
}

/// Why a foreign key fails.
fn of_key(schema: &Schema, table: &Table, key: &Constraint) -> Option<String> {
    let target = key.target.as_ref()?;
    let parent = schema.table(&target.table).filter(|it| is_known(it))?;
    let names = match &target.columns[..] {
        [] => &parent.primary_key()?.columns,
        _ => &target.columns,
    };
    for (own, of) in key.columns.iter().zip(names) {
        let (own, of) = (table.column(own)?, parent.column(of)?);
        if !is_comparable(&own.kind, &of.kind) {
            return Some(format!(
                "`{}` is `{}`, and `{}` is `{}`",
                own.name, own.kind, of.name, of.kind
            ));
        }
    }
    let same =
        |keys: &[String]| keys.len() == names.len() && names.iter().all(|it| keys.contains(it));
    let by_constraint = parent.constraints.iter().any(|it| is_unique(it.kind) && same(&it.columns));
    let by_index =
        parent.indexes.iter().any(|it| it.is_unique && it.filter.is_none() && same(&it.keys));
    let told = format!("`{}` of `{}` is not unique", names.join(", "), parent.name);
    (!by_constraint && !by_index).then_some(told)
}

/// Whether all of a table is known: what it takes from others may be unique there.
fn is_known(table: &Table) -> bool {
    !table.assumed
        && table.partition_of.is_none()
        && !table.columns.is_empty()
        && table.columns.iter().all(|it| !it.kind.base.is_empty())
}
