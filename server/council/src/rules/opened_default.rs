use super::cx::{Cx, Sink};
use super::shown::shown;
use super::support::{kept_columns, literal, literal_of, successor};
use crate::logic::{conjuncts, disjuncts};
use crate::schema::{Policy, Schema, Table, View, policy_object};
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// What a row says that says nothing lets more people at it: a policy asks the column whose default changes.
    ///
    /// Each row that a client writes without the column is open from now on, or gives its owner more rights. Let the client say so.
    ///
    /// ```sql,bad
    /// create table albums (id bigint primary key, owner uuid, shared boolean not null default false);
    /// alter table albums enable row level security;
    /// create policy readable on albums for select using (shared or owner = (select auth.uid()));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table albums alter column shared set default true;
    /// ```
    /// ```sqlite,bad
    /// create table books (id integer primary key, title text, status text not null default 'draft');
    /// create view shelf as select id, title from books where status = 'public';
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// drop view shelf;
    /// create table books_new (id integer primary key, title text, status text not null default 'public');
    /// insert into books_new (id, title, status) select id, title, status from books;
    /// drop table books;
    /// alter table books_new rename to books;
    /// create view shelf as select id, title from books where status = 'public';
    /// pragma foreign_key_check;
    /// commit;
    /// pragma foreign_keys = on;
    /// ```
    /// ```sql,good
    /// create table albums (id bigint primary key, owner uuid, shared boolean not null default true);
    /// alter table albums enable row level security;
    /// create policy readable on albums for select using (shared or owner = (select auth.uid()));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table albums alter column shared set default false;
    /// ```
    pub(super) static RULE = {
        name: "opened-default",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: opened_default,
    }
}

fn opened_default(cx: &Cx, sink: &mut Sink<'_>) {
    for (old, was, now) in kept_columns(cx) {
        let Some(value) = now.default.as_deref().and_then(literal) else { continue };
        if was.default == now.default {
            continue;
        }
        let before = was.default.as_deref().and_then(literal);
        let Some(table) = successor(cx, old) else { continue };
        let object = format!("{}.{}", table.name, now.name);
        let opens = |it: &&Policy| {
            // Whoever writes a row may give it any value that a check lets by.
            it.is_permissive
                && it
                    .using
                    .as_deref()
                    .is_some_and(|it| opens(it, &now.name, &value, before.as_deref()))
        };
        if let Some(policy) = table.policies.iter().find(opens) {
            let claim = format!(
                "a row of `{}` that says nothing of `{}` is open by `{}`",
                table.name,
                now.name,
                policy_object(&policy.name, &table.name)
            );
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Access);
        } else if let Some(policy) = asker(&cx.change.after, table, &now.name, &value)
            .filter(|_| before.as_deref() != Some(value.as_str()))
        {
            let claim = format!(
                "whoever is added to `{}` has `{value}` in `{}`, which {policy} asks for",
                table.name, now.name
            );
            sink.whole(&object, Risk::High, claim).stake(Stake::Access);
        } else if let Some(view) =
            shower(&cx.change.after, table, &now.name, &value, before.as_deref())
        {
            let claim = format!(
                "a row of `{}` that says nothing of `{}` is shown by `{view}`",
                table.name, now.name
            );
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Access);
        }
    }
}

/// A view that shows a row because it is called public, and would not have.
fn shower<'s>(
    schema: &'s Schema,
    table: &Table,
    column: &str,
    value: &str,
    was: Option<&str>,
) -> Option<&'s str> {
    const WORDS: [&str; 7] =
        ["public", "published", "visible", "approved", "verified", "live", "listed"];
    let is_called = WORDS.contains(&value) || column.split('_').any(|it| WORDS.contains(&it));
    let shows = |it: &&View| {
        it.reads.contains(&table.name)
            && shown(it)
                .is_some_and(|it| it.conditions.iter().any(|it| opens(it, column, value, was)))
    };
    schema
        .views
        .iter()
        .filter(|_| is_called && was.is_some())
        .find(shows)
        .map(|it| it.name.as_str())
}

/// Whether a part of a condition holds for the new value, and did not for the old one.
fn opens(condition: &str, column: &str, now: &str, was: Option<&str>) -> bool {
    let parts = disjuncts(condition).into_iter().flat_map(conjuncts);
    parts.into_iter().any(|it| {
        holds(it, column, now) == Some(true)
            && was.is_none_or(|was| holds(it, column, was) == Some(false))
    })
}

/// Whether a condition on a column alone holds for a value; `None` where it asks for something else.
pub(super) fn holds(part: &str, column: &str, value: &str) -> Option<bool> {
    let bare = part.rsplit_once('.').filter(|it| it.1.starts_with(column)).map_or(part, |it| it.1);
    let is_true = matches!(value, "true" | "t" | "1");
    if bare == column || bare == format!("{column} is true") {
        return Some(is_true);
    }
    if let Some(inner) = part.strip_prefix("not ") {
        return holds(inner, column, value).map(|it| !it);
    }
    if bare == format!("{column} is false") {
        return Some(!is_true);
    }
    let rest = bare.strip_prefix(column)?;
    if let Some(wanted) = rest.strip_prefix(" = ") {
        if let Some(list) = wanted.strip_prefix("any(") {
            return Some(quoted(list).any(|it| it == value));
        }
        return Some(literal_of(wanted)? == value);
    }
    if let Some(wanted) = rest.strip_prefix(" <> ").or_else(|| rest.strip_prefix(" != ")) {
        return Some(literal_of(wanted)? != value);
    }
    rest.strip_prefix(" in(").map(|list| quoted(list).any(|it| it == value))
}

/// The texts in a condition.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('\'').skip(1).step_by(2)
}

/// What asks for a value of the column before it lets somebody at rows of another table.
fn asker(schema: &Schema, table: &Table, column: &str, value: &str) -> Option<String> {
    let asks = |text: &str| quoted(text).any(|it| it == value);
    let reads = |text: &str| mentions(text, &table.name) && mentions(text, column);
    let functions: Vec<&str> =
        schema.functions.iter().filter(|it| reads(&it.body)).map(|it| it.name.as_str()).collect();
    schema.tables.iter().find_map(|of| {
        let policy = of.policies.iter().find(|it| {
            it.using.iter().chain(&it.check).any(|text| {
                asks(text)
                    && (reads(text) && of.id != table.id
                        || functions.iter().any(|it| mentions(text, it)))
            })
        })?;
        Some(format!("`{}`", policy_object(&policy.name, &of.name)))
    })
}
