//! The schema that a base is written from: after `set search_path = app` its `orders` is what a
//! migration calls `app.orders`.

use crate::ddl::{self, Action};
use crate::sql::RawStatement;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The schema that every `set search_path` of a base names first; `None` where they differ, and for
/// what is left out of names anyway.
pub(crate) fn home(statements: &[RawStatement]) -> Option<String> {
    let first = |raw: &RawStatement| match ddl::read(raw) {
        Action::Set { name, value, .. } if name == "search_path" => {
            let first = value.split(',').next().unwrap_or_default();
            Some(first.trim().trim_matches('\'').to_owned())
        }
        _ => None,
    };
    let is_own = |it: &String| {
        let is_name = it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
        let is_left_out = matches!(it.as_str(), "public" | "pg_catalog" | "pg_temp" | "default");
        !it.is_empty() && is_name && !is_left_out
    };
    let mut all: BTreeSet<String> = statements.iter().filter_map(first).collect();
    all.retain(is_own);
    let one = all.pop_first();
    one.filter(|_| all.is_empty())
}

/// The text with the names of things in `home` bare: blanks are in the place of the schema, so that
/// all else stays where it is.
pub(crate) fn at_home<'t>(text: &'t str, home: Option<&str>) -> Cow<'t, str> {
    let Some(home) = home else { return Cow::Borrowed(text) };
    let lower = text.to_ascii_lowercase();
    let prefix = format!("{home}.");
    let is_part = |it: char| it.is_alphanumeric() || "_.\"/@-$\\".contains(it);
    let is_start = |it: char| it.is_alphabetic() || "_\"%".contains(it);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in lower.match_indices(&prefix) {
        let end = at + prefix.len();
        if at >= from && !text[..at].ends_with(is_part) && text[end..].starts_with(is_start) {
            out.push_str(&text[from..at]);
            out.extend(std::iter::repeat_n(' ', prefix.len()));
            from = end;
        }
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use migrate::plan::Dialect;

    fn check(base: &str, text: &str, expect: Expect) {
        let statements = crate::sql::statements(Dialect::Postgres, base).expect("it is SQL");
        let home = home(&statements);
        expect.assert_eq(&format!("{home:?} {}", at_home(text, home.as_deref())));
    }

    #[test]
    fn names_of_the_home_schema_are_bare_and_nothing_moves() {
        check(
            "set search_path = app, public; create table t (id int);",
            "drop table App.t; select myapp.x, 'https://app.example', app.f() from \"app\".t",
            expect![[
                r#"Some("app") drop table     t; select myapp.x, 'https://app.example',     f() from "app".t"#
            ]],
        );
        check(
            "set search_path = app; do $$ begin execute format('alter table app.%I add x int', 't'); end $$;",
            "app.t",
            expect![[r#"Some("app")     t"#]],
        );
        check("set search_path = a; set search_path = b;", "a.t b.t", expect!["None a.t b.t"]);
        check("set search_path = \"$user\", public;", "public.t", expect!["None public.t"]);
    }
}
