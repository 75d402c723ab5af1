//! Policies on SQLite, which has none: predicates for the data API, and views with triggers.
//!
//! Who is asking comes from the functions `auth_uid()` and `auth_role()`, which
//! [`guard`](super::guard) registers; on a connection without them every statement here fails.
//!
//! For each guarded table `posts` there is a view `rls_posts` of the rows that may be seen, whose
//! triggers write to `posts` what may be written. A view knows no defaults: a column that gets
//! `NULL` through it, and has a default, gets the default. `UPSERT` is not possible on a view, and
//! `RETURNING` gives what was asked for, not what was stored: the data API writes to the tables
//! themselves, by [`Api`].

use super::{
    Compiled, PolicyError, compile, foreign_keys, leads_an_index, limited, own_list, statement,
};
use crate::expr::{Cx, Expr, Renderer, Use, default_sql, quote_ident, quote_text};
use crate::plan::{Dialect, ObjectId, Part};
use crate::render::Statement;
use crate::schema::{Access, Column, Command, Schema, Table};

/// The view through which a user sees `table`.
#[must_use]
pub fn view_name(table: &str) -> String {
    limited(format!("rls_{table}"))
}

/// The trigger through which a user writes to the view.
#[must_use]
pub fn trigger_name(table: &str, command: Command) -> String {
    limited(format!("rls_{table}_{}", super::word(command)))
}

/// All views, triggers and indexes that guard the tables of `schema`, to be run after all its
/// tables exist.
///
/// # Errors
/// As [`compile`], for all tables together.
pub fn statements(schema: &Schema) -> Result<Vec<Statement>, Vec<PolicyError>> {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    for table in &schema.tables {
        match of_table(table, schema) {
            Ok(own) => out.extend(own),
            Err(found) => errors.extend(found),
        }
    }
    out.extend(indexes(schema, Dialect::Sqlite));
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

/// Whether users go through a view to `table`: it is guarded, or a foreign key leads from or to a
/// guarded one, at which SQLite would look on the user's own account.
#[must_use]
pub fn has_view(table: &Table, schema: &Schema) -> bool {
    let is_guarded = |it: &Table| it.access != Access::Public;
    let points = |from: &Table, to: &Table| foreign_keys(from).iter().any(|it| it.1 == to.name);
    let is_linked = |it: &Table| points(it, table) || points(table, it);
    is_guarded(table) || schema.tables.iter().any(|it| is_guarded(it) && is_linked(it))
}

/// The view and the triggers of one table; nothing for one without a view.
///
/// # Errors
/// As [`compile`].
pub fn of_table(table: &Table, schema: &Schema) -> Result<Vec<Statement>, Vec<PolicyError>> {
    let compiled = compile(table, schema)?;
    if !has_view(table, schema) {
        return Ok(Vec::new());
    }
    let writer = Writer { table, schema, compiled: &compiled };
    let triggers = [Command::Insert, Command::Update, Command::Delete].map(|command| {
        let sql = match command {
            Command::Insert => Some(writer.insert()),
            Command::Update => writer.update(),
            _ => writer.delete(),
        };
        sql.map(|sql| (sql, Part::Trigger(trigger_name(&table.name, command))))
    });
    let view = (writer.view(), Part::View(view_name(&table.name)));
    let parts = std::iter::once(view).chain(triggers.into_iter().flatten());
    Ok(parts
        .map(|(sql, part)| {
            statement(sql, ObjectId { table: table.name.clone(), part }, table.origin)
        })
        .collect())
}

struct Writer<'a> {
    table: &'a Table,
    schema: &'a Schema,
    compiled: &'a Compiled,
}

impl Writer<'_> {
    /// The condition on a row that is called `row`; bare columns without.
    fn condition(&self, expr: &Expr, row: Option<&str>) -> String {
        condition(expr, self.table, self.schema, row)
    }

    fn base(&self) -> String {
        quote_ident(&self.table.name)
    }

    fn columns(&self) -> String {
        let names = self.table.columns.iter().map(|it| quote_ident(&it.name));
        names.collect::<Vec<_>>().join(", ")
    }

    fn view(&self) -> String {
        let (view, base) = (quote_ident(&view_name(&self.table.name)), self.base());
        let (columns, visible) = (self.columns(), self.visible());
        format!("create view {view} as select {columns} from {base} where {visible};")
    }

    /// The condition of the view. SQLite tells its authorizer on whose behalf it reads a column,
    /// but not so for a query that needs none besides the key: the view always needs one.
    fn visible(&self) -> String {
        let using = folded(&self.compiled.select.using);
        let condition = self.condition(&using, None);
        let is_key = |name: &str| self.table.primary_key.iter().any(|it| it == name);
        let other = self.table.columns.iter().find(|it| !is_key(&it.name));
        let Some(other) = other.filter(|_| !needs_column(&using, &is_key)) else {
            return condition;
        };
        let name = quote_ident(&other.name);
        match using {
            Expr::Bool(true) => format!("{name} is {name}"),
            Expr::Bool(false) => format!("{name} is not {name}"),
            _ => format!("({condition}) and {name} is {name}"),
        }
    }

    fn trigger(&self, command: Command, body: &str) -> String {
        let name = quote_ident(&trigger_name(&self.table.name, command));
        let view = quote_ident(&view_name(&self.table.name));
        let word = super::word(command);
        format!("create trigger {name} instead of {word} on {view} begin {body} end;")
    }

    /// The row that a write asks for, with defaults for what an insert leaves out.
    fn new_row(&self, with_defaults: bool) -> String {
        let value = |it: &Column| {
            let name = quote_ident(&it.name);
            let default = it.default.as_ref().filter(|_| with_defaults);
            match default.and_then(|default| default_sql(default, &it.kind, Dialect::Sqlite)) {
                Some(default) => format!("coalesce(NEW.{name}, {default}) as {name}"),
                None => format!("NEW.{name} as {name}"),
            }
        };
        let values = self.table.columns.iter().map(value).collect::<Vec<_>>();
        format!("(select {}) as \"new\"", values.join(", "))
    }

    fn refuse(&self, command: Command) -> String {
        let word = super::word(command);
        let message = format!("the policies of {} refuse this {word}", self.table.name);
        format!("raise(abort, {})", quote_text(&message))
    }

    fn insert(&self) -> String {
        let (base, columns) = (self.base(), self.columns());
        let check = self.condition(&self.compiled.insert.check, Some("\"new\""));
        let (refuse, row) = (self.refuse(Command::Insert), self.new_row(true));
        self.trigger(
            Command::Insert,
            &format!(
                "select {refuse} from {row} where ({check}) is not true; \
                 insert into {base} ({columns}) select {columns} from {row};"
            ),
        )
    }

    /// `None` where no key says which row it is.
    fn update(&self) -> Option<String> {
        let at = self.key()?;
        let using = self.condition(&self.compiled.update.using, Some("OLD"));
        let check = self.condition(&self.compiled.update.check, Some("\"new\""));
        let (base, refuse, row) = (self.base(), self.refuse(Command::Update), self.new_row(false));
        let set = self.table.columns.iter().map(|it| {
            let name = quote_ident(&it.name);
            format!("{name} = NEW.{name}")
        });
        let set = set.collect::<Vec<_>>().join(", ");
        Some(self.trigger(
            Command::Update,
            &format!(
                "select {refuse} from {row} where ({using}) and ({check}) is not true; \
                 update {base} set {set} where {at} and ({using});"
            ),
        ))
    }

    fn delete(&self) -> Option<String> {
        let at = self.key()?;
        let using = self.condition(&self.compiled.delete.using, Some("OLD"));
        let base = self.base();
        let body = format!("delete from {base} where {at} and ({using});");
        Some(self.trigger(Command::Delete, &body))
    }

    fn key(&self) -> Option<String> {
        let columns = self.table.primary_key.iter().map(|it| {
            let name = quote_ident(it);
            format!("{}.{name} = OLD.{name}", self.base())
        });
        let parts = columns.collect::<Vec<_>>();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }
}

/// Without constants within `and`, `or` and `not`, which SQLite would fold away with the columns
/// beside them.
fn folded(expr: &Expr) -> Expr {
    match expr {
        Expr::And(parts) => Expr::all(parts.iter().map(folded)),
        Expr::Or(parts) => Expr::any(parts.iter().map(folded)),
        Expr::Not(inner) => match folded(inner) {
            Expr::Bool(it) => Expr::Bool(!it),
            other => Expr::Not(Box::new(other)),
        },
        other => other.clone(),
    }
}

/// Whether a column of the row at hand besides the key decides.
fn needs_column(expr: &Expr, is_key: &dyn Fn(&str) -> bool) -> bool {
    match expr {
        Expr::Column { name, .. } => !is_key(name),
        Expr::Exists { filter, .. } => {
            filter.contains(|it| matches!(it, Expr::Column { name, outer: true } if !is_key(name)))
        }
        other => other.children().into_iter().any(|it| needs_column(it, is_key)),
    }
}

fn condition(expr: &Expr, table: &Table, schema: &Schema, row: Option<&str>) -> String {
    let cx = Cx { schema, table, purpose: Use::Policy };
    let dialect = Dialect::Sqlite;
    let renderer = Renderer { cx: &cx, dialect, row, outer: None, exists: None, inner: Vec::new() };
    searched(expr, &renderer)
}

/// A condition of which only the truth matters: unknown may be written as false, so that groups of
/// the user's are a list, for which an index is used.
fn searched(expr: &Expr, renderer: &Renderer<'_>) -> String {
    let joined = |parts: &[Expr], word: &str| {
        let part = |it: &Expr| match it {
            Expr::And(_) | Expr::Or(_) | Expr::Between { .. } => {
                format!("({})", searched(it, renderer))
            }
            _ => searched(it, renderer),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(word)
    };
    match expr {
        Expr::And(parts) => joined(parts, " and "),
        Expr::Or(parts) => joined(parts, " or "),
        Expr::Exists { table, filter } => match own_list(filter) {
            Some((inner, outer, rest)) => {
                let within = renderer.enter(table);
                format!(
                    "{} in (select {} from {} as {} where {})",
                    renderer.any_value(outer),
                    within.any_value(inner),
                    quote_ident(table),
                    within.alias(),
                    within.condition(&rest),
                )
            }
            None => renderer.condition(expr),
        },
        other => renderer.condition(other),
    }
}

/// Statements of the data API on the base tables, for a connection that has `auth_uid()` and
/// `auth_role()`.
///
/// Whether a row may result is asked before it is written, as PostgreSQL does, so that a new row
/// never vouches for itself.
#[derive(Debug, Clone)]
pub struct Api<'a> {
    table: &'a Table,
    schema: &'a Schema,
    compiled: Compiled,
}

impl<'a> Api<'a> {
    /// # Errors
    /// As [`compile`].
    pub fn new(table: &'a Table, schema: &'a Schema) -> Result<Self, Vec<PolicyError>> {
        Ok(Self { table, schema, compiled: compile(table, schema)? })
    }

    /// Which rows `command` may see, change or delete, for a `where` on the bare table.
    #[must_use]
    pub fn using(&self, command: Command) -> String {
        condition(&self.compiled.rule(command).using, self.table, self.schema, None)
    }

    /// Whether a row called `new` may result from `command`.
    fn check(&self, command: Command) -> String {
        let check = &self.compiled.rule(command).check;
        condition(check, self.table, self.schema, Some("\"new\""))
    }

    /// Inserts one row, whose values are the parameters `?1`, `?2` … in the order of `columns`.
    /// No row is inserted when the policies refuse it: then this is an error to the user.
    #[must_use]
    pub fn insert(&self, columns: &[&str]) -> String {
        let value = |it: &Column| {
            let name = quote_ident(&it.name);
            let given = columns.iter().position(|column| *column == it.name);
            let written = match (given, &it.default) {
                (Some(idx), _) => format!("?{}", idx + 1),
                (None, Some(default)) => {
                    default_sql(default, &it.kind, Dialect::Sqlite).unwrap_or_else(|| "null".into())
                }
                (None, None) => "null".to_owned(),
            };
            format!("{written} as {name}")
        };
        let values = self.table.columns.iter().map(value).collect::<Vec<_>>().join(", ");
        let names = self.table.columns.iter().map(|it| quote_ident(&it.name));
        let names = names.collect::<Vec<_>>().join(", ");
        format!(
            "insert into {} ({names}) select {names} from (select {values}) as \"new\" where {};",
            quote_ident(&self.table.name),
            self.check(Command::Insert),
        )
    }

    /// Counts the rows which the update of [`Api::update`] must not write; any is an error to the
    /// user. Run it first, in the same transaction.
    #[must_use]
    pub fn refused_updates(&self, set: &[&str], filter: &str) -> String {
        let value = |it: &Column| {
            let name = quote_ident(&it.name);
            match set.iter().position(|column| *column == it.name) {
                Some(idx) => format!("?{} as {name}", idx + 1),
                None => name,
            }
        };
        let values = self.table.columns.iter().map(value).collect::<Vec<_>>().join(", ");
        format!(
            "select count(*) from (select {values} from {} where ({filter}) and ({})) as \"new\" \
             where ({}) is not true;",
            quote_ident(&self.table.name),
            self.using(Command::Update),
            self.check(Command::Update),
        )
    }

    /// Changes the rows for which `filter`, SQL of the API, holds and that may be changed; the
    /// values are the parameters `?1`, `?2` … in the order of `set`.
    #[must_use]
    pub fn update(&self, set: &[&str], filter: &str) -> String {
        let set = (1..).zip(set).map(|(n, it)| format!("{} = ?{n}", quote_ident(it)));
        format!(
            "update {} set {} where ({filter}) and ({});",
            quote_ident(&self.table.name),
            set.collect::<Vec<_>>().join(", "),
            self.using(Command::Update),
        )
    }

    /// Deletes the rows for which `filter` holds and that may be deleted.
    #[must_use]
    pub fn delete(&self, filter: &str) -> String {
        let (table, using) = (quote_ident(&self.table.name), self.using(Command::Delete));
        format!("delete from {table} where ({filter}) and ({using});")
    }
}

/// Indexes that the accesses of `schema` need and that no index of a table stands in for.
///
/// A flag gets a whole index on SQLite, which uses no partial one for `or`, and a partial one on
/// PostgreSQL. Named policies and expressions get none: what they need is for the author to say.
#[must_use]
pub fn indexes(schema: &Schema, dialect: Dialect) -> Vec<Statement> {
    let mut out: Vec<Statement> = Vec::new();
    for table in &schema.tables {
        for (of, column, is_flag) in needed_indexes(table, schema) {
            if leads_an_index(of, &column) {
                continue;
            }
            let name = limited(format!("rls_{}_{column}_idx", of.name));
            let (on, key) = (quote_ident(&of.name), quote_ident(&column));
            let partial = is_flag && dialect == Dialect::Postgres;
            let filter = if partial { format!(" where {key}") } else { String::new() };
            let sql = format!("create index {} on {on} ({key}){filter};", quote_ident(&name));
            let object = ObjectId { table: of.name.clone(), part: Part::Index(name) };
            if !out.iter().any(|it| it.object == object) {
                out.push(statement(sql, object, table.origin));
            }
        }
    }
    out
}

/// Table, column, and whether the column is a flag.
fn needed_indexes<'a>(table: &'a Table, schema: &'a Schema) -> Vec<(&'a Table, String, bool)> {
    match &table.access {
        Access::OwnRow { column } => vec![(table, column.clone(), false)],
        Access::OwnOrPublic { column, flag } => {
            let own = (table, column.clone(), false);
            let flag = flag.iter().map(|it| (table, it.clone(), true));
            std::iter::once(own).chain(flag).collect()
        }
        Access::MemberOf { table: members, via } => {
            let own = (table.name == *members).then_some(table);
            let Some(members) = schema.table(members).or(own) else { return Vec::new() };
            let user = super::user_column(members, schema).map(|it| (members, it, false));
            let via = super::own_column(table, members, via).map(|it| (table, it, false));
            user.into_iter().chain(via).collect()
        }
        Access::Public | Access::Deny | Access::Role(_) | Access::Expr(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::schema;
    use super::*;
    use crate::expr::parse;
    use crate::schema::{DefaultValue, Type};
    use expect_test::{Expect, expect};

    fn check(access: Access, expect: Expect) {
        let mut schema = schema(&Type::Uuid);
        schema.tables[3].access = access;
        schema.tables[3].columns.retain(|it| ["id", "owner_id", "flag"].contains(&&*it.name));
        schema.tables[3].columns[2].default =
            Some(DefaultValue::Expr(parse("false").expect("it parses")));
        let table = &schema.tables[3];
        let mut out = String::new();
        for it in of_table(table, &schema).expect("the policies compile") {
            out += &format!("{}\n", it.sql);
        }
        for it in indexes(&schema, Dialect::Sqlite).iter().filter(|it| it.object.table == "posts") {
            out += &format!("{}\n", it.sql);
        }
        let api = Api::new(table, &schema).expect("the policies compile");
        out += &format!("insert: {}\n", api.insert(&["id", "owner_id"]));
        out += &format!("update: {}\n", api.update(&["flag"], "id = ?2"));
        out += &format!("refused: {}\n", api.refused_updates(&["flag"], "id = ?2"));
        out += &format!("delete: {}\n", api.delete("id = ?1"));
        expect.assert_eq(&out);
    }

    #[test]
    fn a_view_shows_and_its_triggers_write() {
        let flag = Some("flag".to_owned());
        check(
            Access::OwnOrPublic { column: "owner_id".to_owned(), flag },
            expect![[r#"
            create view "rls_posts" as select "id", "owner_id", "flag" from "posts" where "owner_id" = auth_uid() or "flag" = 1;
            create trigger "rls_posts_insert" instead of insert on "rls_posts" begin select raise(abort, 'the policies of posts refuse this insert') from (select NEW."id" as "id", NEW."owner_id" as "owner_id", coalesce(NEW."flag", 0) as "flag") as "new" where ("new"."owner_id" = auth_uid()) is not true; insert into "posts" ("id", "owner_id", "flag") select "id", "owner_id", "flag" from (select NEW."id" as "id", NEW."owner_id" as "owner_id", coalesce(NEW."flag", 0) as "flag") as "new"; end;
            create trigger "rls_posts_update" instead of update on "rls_posts" begin select raise(abort, 'the policies of posts refuse this update') from (select NEW."id" as "id", NEW."owner_id" as "owner_id", NEW."flag" as "flag") as "new" where (OLD."owner_id" = auth_uid()) and ("new"."owner_id" = auth_uid()) is not true; update "posts" set "id" = NEW."id", "owner_id" = NEW."owner_id", "flag" = NEW."flag" where "posts"."id" = OLD."id" and (OLD."owner_id" = auth_uid()); end;
            create trigger "rls_posts_delete" instead of delete on "rls_posts" begin delete from "posts" where "posts"."id" = OLD."id" and (OLD."owner_id" = auth_uid()); end;
            create index "rls_posts_owner_id_idx" on "posts" ("owner_id");
            create index "rls_posts_flag_idx" on "posts" ("flag");
            insert: insert into "posts" ("id", "owner_id", "flag") select "id", "owner_id", "flag" from (select ?1 as "id", ?2 as "owner_id", 0 as "flag") as "new" where "new"."owner_id" = auth_uid();
            update: update "posts" set "flag" = ?1 where (id = ?2) and ("owner_id" = auth_uid());
            refused: select count(*) from (select "id", "owner_id", ?1 as "flag" from "posts" where (id = ?2) and ("owner_id" = auth_uid())) as "new" where ("new"."owner_id" = auth_uid()) is not true;
            delete: delete from "posts" where (id = ?1) and ("owner_id" = auth_uid());
        "#]],
        );
    }

    #[test]
    fn a_role_needs_no_column_but_the_view_names_one() {
        check(
            Access::Role("admin".to_owned()),
            expect![[r#"
            create view "rls_posts" as select "id", "owner_id", "flag" from "posts" where (auth_role() = 'admin') and "owner_id" is "owner_id";
            create trigger "rls_posts_insert" instead of insert on "rls_posts" begin select raise(abort, 'the policies of posts refuse this insert') from (select NEW."id" as "id", NEW."owner_id" as "owner_id", coalesce(NEW."flag", 0) as "flag") as "new" where (auth_role() = 'admin') is not true; insert into "posts" ("id", "owner_id", "flag") select "id", "owner_id", "flag" from (select NEW."id" as "id", NEW."owner_id" as "owner_id", coalesce(NEW."flag", 0) as "flag") as "new"; end;
            create trigger "rls_posts_update" instead of update on "rls_posts" begin select raise(abort, 'the policies of posts refuse this update') from (select NEW."id" as "id", NEW."owner_id" as "owner_id", NEW."flag" as "flag") as "new" where (auth_role() = 'admin') and (auth_role() = 'admin') is not true; update "posts" set "id" = NEW."id", "owner_id" = NEW."owner_id", "flag" = NEW."flag" where "posts"."id" = OLD."id" and (auth_role() = 'admin'); end;
            create trigger "rls_posts_delete" instead of delete on "rls_posts" begin delete from "posts" where "posts"."id" = OLD."id" and (auth_role() = 'admin'); end;
            insert: insert into "posts" ("id", "owner_id", "flag") select "id", "owner_id", "flag" from (select ?1 as "id", ?2 as "owner_id", 0 as "flag") as "new" where auth_role() = 'admin';
            update: update "posts" set "flag" = ?1 where (id = ?2) and (auth_role() = 'admin');
            refused: select count(*) from (select "id", "owner_id", ?1 as "flag" from "posts" where (id = ?2) and (auth_role() = 'admin')) as "new" where (auth_role() = 'admin') is not true;
            delete: delete from "posts" where (id = ?1) and (auth_role() = 'admin');
        "#]],
        );
    }

    /// How the engine would look for the rows of a user.
    fn check_search(access: Access, expect: Expect) {
        let mut schema = schema(&Type::Uuid);
        schema.tables[3].access = access;
        let script = super::super::script(&schema, Dialect::Sqlite).expect("the policies compile");
        let db = rusqlite::Connection::open_in_memory().expect("a database in memory");
        db.execute_batch(&script.sql()).expect("good statements");
        super::super::guard::sign_in(&db, &Default::default()).expect("nothing runs");
        let mut statement =
            db.prepare("explain query plan select title from rls_posts").expect("a good statement");
        let lines = statement.query_map([], |row| row.get::<_, String>(3)).expect("no parameters");
        let lines: Vec<String> = lines.map(|it| it.expect("a line")).collect();
        expect.assert_eq(&(lines.join("\n") + "\n"));
    }

    #[test]
    fn views_are_searched_by_index() {
        let own = || "owner_id".to_owned();
        check_search(
            Access::OwnRow { column: own() },
            expect![[r#"
            SEARCH posts USING INDEX rls_posts_owner_id_idx (owner_id=?)
        "#]],
        );
        let flag = Some("flag".to_owned());
        check_search(
            Access::OwnOrPublic { column: own(), flag },
            expect![[r#"
            MULTI-INDEX OR
            INDEX 1
            SEARCH posts USING INDEX rls_posts_owner_id_idx (owner_id=?)
            INDEX 2
            SEARCH posts USING INDEX rls_posts_flag_idx (flag=?)
        "#]],
        );
        let members = "members".to_owned();
        check_search(
            Access::MemberOf { table: members, via: "team_id".to_owned() },
            expect![[r#"
                SEARCH posts USING INDEX rls_posts_team_id_idx (team_id=?)
                LIST SUBQUERY 3
                SEARCH inner_1 USING INDEX rls_members_owner_id_idx (owner_id=?)
            "#]],
        );
    }

    #[test]
    fn long_names_stay_apart() {
        let long = |end: &str| view_name(&format!("{}{end}", "ä".repeat(40)));
        assert!(long("a").len() <= 63, "{}", long("a"));
        assert_ne!(long("a"), long("b"));
    }
}
