//! What guards a table is planned like everything else: from every access to every other.

use super::script;
use super::testing::{policy, schema};
use crate::expr::parse;
use crate::plan::{Dialect, Renames};
use crate::schema::{Access, Command, Schema, Type};
use crate::{postgres, sqlite};

fn worlds() -> Vec<Schema> {
    let own = || "owner_id".to_owned();
    let team = || Access::MemberOf { table: "members".to_owned(), via: "team_id".to_owned() };
    let best = "not exists(posts where owner_id = row.owner_id and score > row.score)";
    let accesses = [
        Access::Public,
        Access::Deny,
        Access::OwnRow { column: own() },
        Access::OwnOrPublic { column: own(), flag: Some("flag".to_owned()) },
        team(),
        Access::Role("admin".to_owned()),
        Access::Expr(parse(best).expect("it parses")),
    ];
    let with = |access: Access| {
        let mut out = schema(&Type::Uuid);
        out.tables[2].access = team();
        out.tables[3].access = access;
        out
    };
    let mut out: Vec<Schema> = accesses.into_iter().map(with).collect();
    let mut named = with(Access::Deny);
    named.tables[3].policies = vec![policy("open ones", &[Command::Select], "flag", "")];
    out.push(named);
    let mut wider = with(team());
    wider.tables[3].columns.remove(4);
    out.push(wider);
    out
}

#[test]
fn sqlite_plans_views_and_triggers() {
    let engine = sqlite::Capabilities::bundled();
    let catalogs: Vec<_> = worlds()
        .iter()
        .map(|it| {
            let sql = script(it, Dialect::Sqlite).expect("the policies compile").sql();
            sqlite::catalog_of_sql(&sql).expect("the script is right")
        })
        .collect();
    for (a, from) in catalogs.iter().enumerate() {
        for (b, to) in catalogs.iter().enumerate() {
            let plan = sqlite::plan(from, to, &Renames::default(), engine)
                .unwrap_or_else(|it| panic!("{a} to {b}: {it}"));
            assert_eq!(plan.steps.is_empty(), a == b, "{a} to {b}");
            sqlite::prove(from, to, &plan, engine).unwrap_or_else(|it| panic!("{a} to {b}: {it}"));
        }
    }
}

#[test]
fn postgres_plans_policies_and_functions() {
    let scripts: Vec<String> = worlds()
        .iter()
        .map(|it| script(it, Dialect::Postgres).expect("the policies compile").sql())
        .collect();
    for (a, from) in scripts.iter().enumerate() {
        // Each to the next two is enough to make and drop everything.
        for b in [a, (a + 1) % scripts.len(), (a + 2) % scripts.len()] {
            let Some(planned) = postgres::testing::planned(from, &scripts[b], &Renames::default())
            else {
                return;
            };
            let plan = planned.unwrap_or_else(|it| panic!("{a} to {b}: {it}"));
            let n_changes = plan.steps.iter().filter(|it| !it.changes.is_empty()).count();
            assert_eq!(n_changes == 0, a == b, "{a} to {b}");
        }
    }
}
