//! Policies as PostgreSQL enforces them. Needs PostgreSQL 14.
//!
//! A guarded table has row-level security enabled and forced, and one policy a command. Who is
//! asking comes from two settings of the session or transaction, which the data API sets after it
//! has checked a token: `app.user_id` and `app.role`. Missing or empty, they are `NULL`: a guest.
//!
//! ```sql
//! begin;
//! select set_config('app.user_id', $1, true), set_config('app.role', $2, true);
//! ```
//!
//! The role that the API signs in with must not own the tables' functions, be a superuser or have
//! `BYPASSRLS`; the role that migrates must have `BYPASSRLS` ([`MAY_MIGRATE`]), because it writes
//! seeds and owns the functions that look at guarded tables for `exists(…)`. Such a function runs
//! with its owner's rights, so that a policy may look at the very table that it guards without
//! being asked for itself again. Without the right it sees too little: it fails closed.

use super::{Compiled, PolicyError, Single, is_outer, limited, own_list, singles, statement};
use crate::expr::{Cx, Expr, Renderer, Use, kind_sql, quote_ident};
use crate::plan::{Dialect, ObjectId, Part};
use crate::render::Statement;
use crate::schema::{Access, Command, Schema, Table};
use std::cell::RefCell;

/// Returns one row with one boolean: whether the current role may run migrations.
pub const MAY_MIGRATE: &str =
    "select rolsuper or rolbypassrls from pg_roles where rolname = current_user;";

/// All statements that guard the tables of `schema`, to be run after all its tables exist:
/// functions first, then for each table row security, policies and indexes.
///
/// # Errors
/// As [`super::compile`], for all tables together.
pub fn statements(schema: &Schema) -> Result<Vec<Statement>, Vec<PolicyError>> {
    let (mut functions, mut rest, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for table in &schema.tables {
        match of_table(table, schema) {
            Ok(own) => {
                let is_function = |it: &Statement| matches!(it.object.part, Part::Function(_));
                let (first, later): (Vec<_>, Vec<_>) = own.into_iter().partition(is_function);
                functions.extend(first);
                rest.extend(later);
            }
            Err(found) => errors.extend(found),
        }
    }
    rest.extend(super::sqlite::indexes(schema, Dialect::Postgres));
    functions.extend(rest);
    if errors.is_empty() { Ok(functions) } else { Err(errors) }
}

/// The functions, row security and policies of one table; nothing for `public`.
///
/// # Errors
/// As [`super::compile`].
pub fn of_table(table: &Table, schema: &Schema) -> Result<Vec<Statement>, Vec<PolicyError>> {
    if table.access == Access::Public {
        return Ok(Vec::new());
    }
    let singles = singles(table, schema)?;
    let writer = Writer { schema, table, functions: RefCell::default() };
    let policies: Vec<Statement> = singles.iter().map(|it| writer.policy(it)).collect();
    let security = ["enable", "force"].map(|word| {
        let sql = format!("alter table {} {word} row level security;", quote_ident(&table.name));
        let object = ObjectId { table: table.name.clone(), part: Part::RowSecurity };
        statement(sql, object, table.origin)
    });
    let functions = writer.functions.into_inner();
    let mut out: Vec<Statement> = functions.into_iter().map(|it| it.statement).collect();
    out.extend(security);
    out.extend(policies);
    Ok(out)
}

/// The predicate of a compiled rule as a policy has it, for previews; functions that it would
/// need are called by the names that [`of_table`] gives them when they are first used here.
#[must_use]
pub fn preview(table: &Table, schema: &Schema, compiled: &Compiled, command: Command) -> String {
    let writer = Writer { schema, table, functions: RefCell::default() };
    let rule = compiled.rule(command);
    writer.condition(if command == Command::Insert { &rule.check } else { &rule.using })
}

struct Writer<'a> {
    schema: &'a Schema,
    table: &'a Table,
    functions: RefCell<Vec<Function>>,
}

/// A function that looks at a guarded table on behalf of a policy.
struct Function {
    /// All but the name: equal ones are shared.
    body: String,
    name: String,
    statement: Statement,
}

impl Writer<'_> {
    fn policy(&self, single: &Single) -> Statement {
        let table = quote_ident(&self.table.name);
        let mut sql = format!(
            "create policy {} on {table} for {} to public",
            quote_ident(&single.name),
            super::word(single.command)
        );
        if let Some(using) = &single.using {
            sql += &format!(" using ({})", self.condition(using));
        }
        if let Some(check) = &single.check {
            sql += &format!(" with check ({})", self.condition(check));
        }
        let part = Part::Policy(single.name.clone());
        let object = ObjectId { table: self.table.name.clone(), part };
        statement(sql + ";", object, single.origin)
    }

    /// A condition of which only the truth matters: unknown may be written as false.
    fn condition(&self, expr: &Expr) -> String {
        let joined = |parts: &[Expr], word: &str| {
            let part = |it: &Expr| match it {
                Expr::And(_) | Expr::Or(_) | Expr::Between { .. } => {
                    format!("({})", self.condition(it))
                }
                _ => self.condition(it),
            };
            parts.iter().map(part).collect::<Vec<_>>().join(word)
        };
        let cx = Cx { schema: self.schema, table: self.table, purpose: Use::Policy };
        match expr {
            Expr::And(parts) => joined(parts, " and "),
            Expr::Or(parts) => joined(parts, " or "),
            Expr::Exists { table, filter } if self.is_guarded(table) => {
                let renderer = renderer(&cx);
                self.by_list(table, filter, &renderer)
                    .unwrap_or_else(|| self.by_row(table, filter, &renderer))
            }
            _ => {
                let exists = |table: &str, filter: &Expr, at: &Renderer<'_>| {
                    self.is_guarded(table).then(|| self.by_row(table, filter, at))
                };
                Renderer { exists: Some(&exists), ..renderer(&cx) }.condition(expr)
            }
        }
    }

    fn is_guarded(&self, table: &str) -> bool {
        let own = (self.table.name == table).then_some(self.table);
        self.schema.table(table).or(own).is_none_or(|it| it.access != Access::Public)
    }

    /// `column = any (list)`, where the list is made once a statement: for rows of the user's own
    /// that match the row at hand in one column. An index on the column is used.
    fn by_list(&self, table: &str, filter: &Expr, renderer: &Renderer<'_>) -> Option<String> {
        let (inner, outer, rest) = own_list(filter)?;
        let within = renderer.enter(table);
        let list = kind_sql(inner, &within)?;
        let body = format!(
            "() returns {list}[] language sql stable security definer set search_path = pg_catalog, pg_temp \
             return array(select {} from {} as {} where {})",
            within.any_value(inner),
            quote_ident(table),
            within.alias(),
            self.inner_condition(&within, &rest),
        );
        let name = self.function(&body);
        let outer = renderer.any_value(outer);
        Some(format!("{outer} = any ((select {name}())::{list}[])"))
    }

    /// A call with what of the row at hand the filter needs.
    fn by_row(&self, table: &str, filter: &Expr, renderer: &Renderer<'_>) -> String {
        let mut used: Vec<&Expr> = Vec::new();
        filter.walk(&mut |it| {
            if is_outer(it) && !used.contains(&it) {
                used.push(it);
            }
        });
        let within = renderer.enter(table);
        let kinds: Vec<&str> =
            used.iter().map(|it| kind_sql(it, &within).unwrap_or("text")).collect();
        let arguments: Vec<String> = used.iter().map(|it| renderer.any_value(it)).collect();
        let numbered: Vec<(String, String)> = (1..)
            .zip(&used)
            .filter_map(|(n, it)| match it {
                Expr::Column { name, .. } => Some((name.clone(), format!("${n}"))),
                _ => None,
            })
            .collect();
        let within = Renderer { outer: Some(&numbered), ..within };
        let body = format!(
            "({}) returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp \
             return exists (select 1 from {} as {} where {})",
            kinds.join(", "),
            quote_ident(table),
            within.alias(),
            self.inner_condition(&within, filter),
        );
        let name = self.function(&body);
        let call = format!("{name}({})", arguments.join(", "));
        if arguments.is_empty() { format!("(select {call})") } else { call }
    }

    /// Within a function all tables are open: an `exists` in it is a plain query.
    fn inner_condition(&self, within: &Renderer<'_>, filter: &Expr) -> String {
        Renderer { exists: None, ..within.clone() }.condition(filter)
    }

    fn function(&self, body: &str) -> String {
        let mut functions = self.functions.borrow_mut();
        if let Some(known) = functions.iter().find(|it| it.body == body) {
            return quote_ident(&known.name);
        }
        let name = limited(format!("rls_{}_{}", self.table.name, functions.len() + 1));
        let sql = format!("create function {}{body};", quote_ident(&name));
        let part = Part::Function(name.clone());
        let object = ObjectId { table: self.table.name.clone(), part };
        let statement = statement(sql, object, self.table.origin);
        functions.push(Function { body: body.to_owned(), name: name.clone(), statement });
        quote_ident(&name)
    }
}

fn renderer<'a>(cx: &'a Cx<'a>) -> Renderer<'a> {
    Renderer {
        cx,
        dialect: Dialect::Postgres,
        row: None,
        outer: None,
        exists: None,
        inner: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{policy, schema};
    use super::*;
    use crate::schema::{Policy, Type};
    use expect_test::{Expect, expect};

    fn check(access: Access, policies: Vec<Policy>, expect: Expect) {
        let mut schema = schema(&Type::BigInt);
        schema.tables[2].access =
            Access::MemberOf { table: "members".to_owned(), via: "team_id".to_owned() };
        schema.tables[3].access = access;
        schema.tables[3].policies = policies;
        let table = &schema.tables[3];
        let mut out = String::new();
        match of_table(table, &schema) {
            Ok(statements) => {
                let all = super::super::sqlite::indexes(&schema, Dialect::Postgres);
                let indexes = all.into_iter().filter(|it| it.object.table == "posts");
                statements
                    .into_iter()
                    .chain(indexes)
                    .for_each(|it| out += &format!("{}\n", it.sql));
            }
            Err(errors) => {
                for it in errors {
                    out += &format!("{it}\n  hint: {}\n", it.hint.as_deref().unwrap_or_default());
                }
            }
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn a_public_table_is_left_alone() {
        check(Access::Public, Vec::new(), expect![]);
    }

    #[test]
    fn a_denied_table_has_no_policy_at_all() {
        check(
            Access::Deny,
            Vec::new(),
            expect![[r#"
            alter table "posts" enable row level security;
            alter table "posts" force row level security;
        "#]],
        );
    }

    #[test]
    fn owners_write_and_others_read_what_is_open() {
        let access =
            Access::OwnOrPublic { column: "owner_id".to_owned(), flag: Some("flag".to_owned()) };
        check(
            access,
            Vec::new(),
            expect![[r#"
            alter table "posts" enable row level security;
            alter table "posts" force row level security;
            create policy "posts_select" on "posts" for select to public using ("owner_id" = (select nullif(current_setting('app.user_id', true), '')::bigint) or "flag");
            create policy "posts_insert" on "posts" for insert to public with check ("owner_id" = (select nullif(current_setting('app.user_id', true), '')::bigint));
            create policy "posts_update" on "posts" for update to public using ("owner_id" = (select nullif(current_setting('app.user_id', true), '')::bigint)) with check ("owner_id" = (select nullif(current_setting('app.user_id', true), '')::bigint));
            create policy "posts_delete" on "posts" for delete to public using ("owner_id" = (select nullif(current_setting('app.user_id', true), '')::bigint));
            create index "rls_posts_owner_id_idx" on "posts" ("owner_id");
            create index "rls_posts_flag_idx" on "posts" ("flag") where "flag";
        "#]],
        );
    }

    #[test]
    fn members_are_listed_once_a_statement() {
        let access = Access::MemberOf { table: "members".to_owned(), via: "team_id".to_owned() };
        check(
            access,
            Vec::new(),
            expect![[r#"
            create function "rls_posts_1"() returns bigint[] language sql stable security definer set search_path = pg_catalog, pg_temp return array(select "inner_1"."team_id" from "members" as "inner_1" where "inner_1"."owner_id" = (select nullif(current_setting('app.user_id', true), '')::bigint));
            alter table "posts" enable row level security;
            alter table "posts" force row level security;
            create policy "posts_select" on "posts" for select to public using ("team_id" = any ((select "rls_posts_1"())::bigint[]));
            create policy "posts_insert" on "posts" for insert to public with check ("team_id" = any ((select "rls_posts_1"())::bigint[]));
            create policy "posts_update" on "posts" for update to public using ("team_id" = any ((select "rls_posts_1"())::bigint[])) with check ("team_id" = any ((select "rls_posts_1"())::bigint[]));
            create policy "posts_delete" on "posts" for delete to public using ("team_id" = any ((select "rls_posts_1"())::bigint[]));
            create index "rls_posts_team_id_idx" on "posts" ("team_id");
        "#]],
        );
    }

    #[test]
    fn rows_of_guarded_tables_are_looked_at_through_functions() {
        let text = "not exists(posts where owner_id = row.owner_id and score > row.score)";
        check(
            Access::Deny,
            vec![policy("best", &[Command::Select], text, "")],
            expect![[r#"
            create function "rls_posts_1"(bigint, bigint) returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp return exists (select 1 from "posts" as "inner_1" where "inner_1"."owner_id" = $1 and "inner_1"."score" > $2);
            alter table "posts" enable row level security;
            alter table "posts" force row level security;
            create policy "best" on "posts" for select to public using (not ("rls_posts_1"("owner_id", "score")));
        "#]],
        );
        let text = "exists(teams where id = row.team_id)";
        check(
            Access::Deny,
            vec![policy("teams", &[Command::Select], text, "")],
            expect![[r#"
            alter table "posts" enable row level security;
            alter table "posts" force row level security;
            create policy "teams" on "posts" for select to public using (exists (select 1 from "teams" as "inner_1" where "inner_1"."id" = "posts"."team_id"));
        "#]],
        );
    }

    #[test]
    fn a_policy_needs_what_its_commands_need() {
        let lacking = policy("open", &[Command::Insert, Command::Update], "", "flag");
        check(
            Access::Deny,
            vec![lacking],
            expect![[r#"
            compile the policies of `posts`: policy `open` for update has no `using`
              hint: say for which rows it is: `using: user_id = currentUser()`
        "#]],
        );
        let wrong = policy("open", &[Command::Select], "owner_id = 'a'", "");
        check(
            Access::OwnRow { column: "owner".to_owned() },
            vec![wrong],
            expect![[r#"
            compile the policies of `posts`: no column `owner` in `posts`
              hint: it has id, owner_id, team_id, flag, title, score, made
            compile the policies of `posts`: 'a' is not an integer
              hint: numbers and booleans are written without quotes
        "#]],
        );
        let access = Access::MemberOf { table: "users".to_owned(), via: "id".to_owned() };
        check(
            access,
            Vec::new(),
            expect![[r#"
            compile the policies of `posts`: which column of `users` is the user is not clear
              hint: it needs exactly one foreign key to the table of users
        "#]],
        );
    }
}
