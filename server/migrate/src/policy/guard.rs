//! A connection to SQLite that speaks for a user: base tables are denied to it.
//!
//! [`guard`] registers `auth_uid()` and `auth_role()` and installs an authorizer. From then on a
//! guarded table is read and written only by the views and triggers of
//! [`sqlite::statements`](super::sqlite::statements), told by their exact names and held against
//! their exact text; tables with `public` access are open. Whatever could get around that is
//! denied: other databases, temporary objects, changes of the schema, settings.
//!
//! What a foreign key does when a row goes (`on delete cascade`), SQLite does without saying on
//! whose behalf. It is allowed when the same statement has deleted the row through a trigger of
//! ours, and only that; a `returning`, which could read the key's column meanwhile, is refused.
//!
//! It is defence in depth for consoles and for SQL of agents. It does not limit time or memory.

use super::sqlite::{has_view, of_table, trigger_name, view_name};
use super::{Compiled, PolicyError, compile, foreign_keys};
use crate::expr::{Expr, Value};
use crate::plan::Part;
use crate::schema::{Access, Action, Command, ConstraintKind, Schema, Table};
use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, Params, Statement};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Who is asking; the default is a guest. Empty text is no user and no role, as on PostgreSQL.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Identity {
    /// [`Value::Int`] or [`Value::Text`], as the key of the table of users is.
    pub user: Option<Value>,
    pub role: Option<String>,
}

/// Why a connection could not be guarded; nothing was changed on it but the functions.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    #[error("guard a connection: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Policy(Vec<PolicyError>),
    #[error("guard a connection: `{name}` is missing or not what the policies say")]
    Object { name: String },
    #[error("guard a connection: it has temporary objects or other databases, such as `{name}`")]
    Foreign { name: String },
    #[error("guard a connection: {what}")]
    Sqlite { what: &'static str, source: rusqlite::Error },
}

/// Registers `auth_uid()` and `auth_role()` for `identity`, in place of earlier ones.
///
/// # Errors
/// SQLite's, while a statement that uses them runs.
pub fn sign_in(db: &Connection, identity: &Identity) -> Result<(), rusqlite::Error> {
    // The answer is one for a whole statement, which may therefore use an index on it.
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    let user = match &identity.user {
        Some(Value::Int(it)) => rusqlite::types::Value::Integer(*it),
        Some(Value::Text(it)) if !it.is_empty() => rusqlite::types::Value::Text(it.clone()),
        _ => rusqlite::types::Value::Null,
    };
    db.create_scalar_function("auth_uid", 0, flags, move |_| Ok(ToSqlOutput::Owned(user.clone())))?;
    let role = identity.role.clone().filter(|it| !it.is_empty());
    db.create_scalar_function("auth_role", 0, flags, move |_| Ok(role.clone()))
}

/// A connection that does for a user what the policies let it do; dropped, it is as it was, with
/// nobody signed in.
#[derive(Debug)]
pub struct Guarded<'db> {
    db: &'db mut Connection,
    /// What foreign keys do in the statement that is being prepared.
    effects: Effects,
}

/// Shared with the authorizer.
type Effects = Arc<Mutex<BTreeSet<Effect>>>;

/// Table, command and column; no column for a deletion.
type Effect = (String, Command, String);

impl Guarded<'_> {
    /// Prepares one statement of the user's.
    ///
    /// # Errors
    /// SQLite's, with `SQLITE_AUTH` for what is denied.
    pub fn prepare(&self, sql: &str) -> rusqlite::Result<Statement<'_>> {
        if has_returning(sql) {
            let what = "`returning` is not possible here: select the row from the view afterwards";
            return Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_AUTH),
                Some(what.to_owned()),
            ));
        }
        self.effects.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.db.prepare(sql)
    }

    /// Runs one statement of the user's that returns no rows.
    ///
    /// # Errors
    /// As [`Guarded::prepare`]; and what a trigger says when the policies refuse a write.
    pub fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.prepare(sql)?.execute(params)
    }
}

impl Drop for Guarded<'_> {
    fn drop(&mut self) {
        // Should it fail, the authorizer stays, which denies too much and not too little.
        let _ = reset(self.db);
    }
}

/// Whether the word is in a statement, outside of text, names in quotes and comments.
fn has_returning(sql: &str) -> bool {
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let len = match first {
            '\'' | '"' | '`' => rest[1..].find(first).map_or(rest.len(), |it| it + 2),
            '[' => rest.find(']').map_or(rest.len(), |it| it + 1),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |it| it + 2),
            _ if first == '_' || first.is_alphanumeric() => {
                let is_part = |it: char| it == '_' || it == '$' || it.is_alphanumeric();
                let end = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
                if rest[..end].eq_ignore_ascii_case("returning") {
                    return true;
                }
                end
            }
            _ => first.len_utf8(),
        };
        rest = &rest[len..];
    }
    false
}

/// Signs `identity` in and denies the connection everything but what the policies of `schema` let
/// it do. The database must already have the views and triggers.
///
/// # Errors
/// [`GuardError::Object`] when a view or trigger is not the one that the policies make: apply the
/// schema again. [`GuardError::Foreign`]: open a new connection.
pub fn guard<'db>(
    db: &'db mut Connection,
    schema: &Schema,
    identity: &Identity,
) -> Result<Guarded<'db>, GuardError> {
    let wrap = |what| move |source| GuardError::Sqlite { what, source };
    reset(db).map_err(wrap("reset it"))?;
    refuse_foreign(db)?;
    verify(db, schema)?;
    sign_in(db, identity).map_err(wrap("register the functions"))?;
    let allowed = Allowed::new(schema).map_err(GuardError::Policy)?;
    let effects = Effects::default();
    let shared = Arc::clone(&effects);
    db.authorizer(Some(move |cx: AuthContext<'_>| allowed.decide(&cx, &shared)))
        .map_err(wrap("install the authorizer"))?;
    Ok(Guarded { db, effects })
}

/// Takes the authorizer away, and signs out.
fn reset(db: &mut Connection) -> rusqlite::Result<()> {
    db.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
    sign_in(db, &Identity::default())
}

/// What was made before the guard stood could look like something of ours.
fn refuse_foreign(db: &Connection) -> Result<(), GuardError> {
    let query = "select name from sqlite_temp_schema union all \
                 select name from pragma_database_list where name not in ('main', 'temp')";
    let mut found = db
        .prepare(query)
        .map_err(|source| GuardError::Sqlite { what: "list other databases", source })?;
    let name = found.query_row([], |row| row.get::<_, String>(0));
    match name {
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
        Ok(name) => Err(GuardError::Foreign { name }),
        Err(source) => Err(GuardError::Sqlite { what: "list other databases", source }),
    }
}

fn verify(db: &Connection, schema: &Schema) -> Result<(), GuardError> {
    let mut stored: BTreeMap<String, String> = BTreeMap::new();
    let query = "select name, sql from main.sqlite_schema where type in ('view', 'trigger')";
    let read = || {
        let mut statement = db.prepare(query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            stored.insert(row.get(0)?, row.get(1)?);
        }
        Ok(())
    };
    let mut read = read;
    read().map_err(|source| GuardError::Sqlite { what: "read its views", source })?;
    for table in &schema.tables {
        for it in of_table(table, schema).map_err(GuardError::Policy)? {
            let (Part::View(name) | Part::Trigger(name)) = it.object.part else { continue };
            let wanted = normal(&it.sql);
            if stored.get(&name).is_none_or(|it| normal(it) != wanted) {
                return Err(GuardError::Object { name });
            }
        }
    }
    Ok(())
}

/// The text as SQLite keeps it: it writes the first words in upper case and drops the semicolon.
fn normal(sql: &str) -> String {
    let sql = sql.trim().trim_end_matches(';');
    let head = sql.find('"').unwrap_or(sql.len());
    sql[..head].to_ascii_lowercase() + &sql[head..]
}

/// What each view or trigger may do.
#[derive(Default)]
struct Allowed {
    /// Lower-case names of guarded tables.
    guarded: BTreeSet<String>,
    /// Tables that are open to everyone.
    open: BTreeSet<String>,
    /// Guarded tables that have nothing but a key. Their number of rows is not kept secret: SQLite
    /// does not say on whose behalf it reads a key alone.
    countable: BTreeSet<String>,
    /// Our views.
    views: BTreeSet<String>,
    /// Accessor, table, command.
    accesses: BTreeSet<(String, String, Command)>,
    /// What foreign keys do when rows of a table go, or their key changes.
    effects: BTreeMap<String, BTreeSet<Effect>>,
}

impl Allowed {
    fn new(schema: &Schema) -> Result<Self, Vec<PolicyError>> {
        let mut out = Self::default();
        for table in &schema.tables {
            let effects = effects(table, schema);
            out.effects.insert(table.name.to_ascii_lowercase(), effects);
            let is_open = table.access == Access::Public;
            let set = if is_open { &mut out.open } else { &mut out.guarded };
            set.insert(table.name.to_ascii_lowercase());
            if !has_view(table, schema) {
                continue;
            }
            if table.columns.iter().all(|it| table.primary_key.contains(&it.name)) {
                out.countable.insert(table.name.to_ascii_lowercase());
            }
            let view = view_name(&table.name);
            out.views.insert(view.clone());
            let compiled = compile(table, schema)?;
            out.reads(&view, table, &compiled.select.using);
            for command in [Command::Insert, Command::Update, Command::Delete] {
                out.trigger(table, schema, &compiled, command);
            }
        }
        Ok(out)
    }

    fn reads(&mut self, accessor: &str, table: &Table, expr: &Expr) {
        let mut allow = |table: &str| {
            let table = table.to_ascii_lowercase();
            self.accesses.insert((accessor.to_owned(), table, Command::Select));
        };
        allow(&table.name);
        expr.walk(&mut |it| {
            if let Expr::Exists { table, .. } = it {
                allow(table);
            }
        });
    }

    fn trigger(&mut self, table: &Table, schema: &Schema, compiled: &Compiled, command: Command) {
        let accessor = trigger_name(&table.name, command);
        let rule = compiled.rule(command);
        self.reads(&accessor, table, &rule.using);
        self.reads(&accessor, table, &rule.check);
        let own = table.name.to_ascii_lowercase();
        self.accesses.insert((accessor.clone(), own, command));
        // The engine looks at the other side of each foreign key on the trigger's account.
        for (_, parent, _) in foreign_keys(table) {
            let parent = parent.to_ascii_lowercase();
            self.accesses.insert((accessor.clone(), parent, Command::Select));
        }
        for child in &schema.tables {
            if foreign_keys(child).iter().any(|it| it.1 == table.name) {
                let child = child.name.to_ascii_lowercase();
                self.accesses.insert((accessor.clone(), child, Command::Select));
            }
        }
    }

    fn decide(&self, cx: &AuthContext<'_>, effects: &Effects) -> Authorization {
        let in_main = cx.database_name.is_none_or(|it| it.eq_ignore_ascii_case("main"));
        let mut effects = effects.lock().unwrap_or_else(PoisonError::into_inner);
        if self.allows(&cx.action, cx.accessor, in_main, &mut effects) {
            Authorization::Allow
        } else {
            Authorization::Deny
        }
    }

    fn allows(
        &self,
        action: &AuthAction<'_>,
        accessor: Option<&str>,
        in_main: bool,
        effects: &mut BTreeSet<Effect>,
    ) -> bool {
        let (table, command, column) = match *action {
            AuthAction::Select
            | AuthAction::Recursive
            | AuthAction::Transaction { .. }
            | AuthAction::Savepoint { .. } => return true,
            AuthAction::Function { function_name } => return is_harmless(function_name),
            AuthAction::Read { table_name, column_name } => {
                (table_name, Command::Select, column_name)
            }
            AuthAction::Insert { table_name } => (table_name, Command::Insert, ""),
            AuthAction::Update { table_name, column_name } => {
                (table_name, Command::Update, column_name)
            }
            AuthAction::Delete { table_name } => (table_name, Command::Delete, ""),
            _ => return false,
        };
        let lower = table.to_ascii_lowercase();
        let is_count = command == Command::Select && column.is_empty();
        if !in_main || (is_count && self.countable.contains(&lower)) {
            return in_main;
        }
        if !self.guarded.contains(&lower) {
            // A row source such as a common table expression has no table.
            let is_nameless = command == Command::Select && lower.is_empty();
            let known = self.open.contains(&lower) || self.views.contains(table);
            if accessor.is_some_and(|it| self.is_ours(it, &lower, command)) {
                effects.extend(self.effects.get(&lower).into_iter().flatten().cloned());
            }
            return known || is_nameless;
        }
        match accessor {
            Some(accessor) if self.is_ours(accessor, &lower, command) => {
                if matches!(command, Command::Update | Command::Delete) {
                    effects.extend(self.effects.get(&lower).into_iter().flatten().cloned());
                }
                true
            }
            Some(_) => false,
            None => effects.contains(&(lower, command, column.to_ascii_lowercase())),
        }
    }

    fn is_ours(&self, accessor: &str, table: &str, command: Command) -> bool {
        self.accesses.contains(&(accessor.to_owned(), table.to_owned(), command))
    }
}

/// What foreign keys to `table` do, and what the engine looks at for it.
fn effects(table: &Table, schema: &Schema) -> BTreeSet<Effect> {
    let mut out = BTreeSet::new();
    let mut reached = vec![table.name.as_str()];
    let mut at = 0;
    while let Some(parent) = reached.get(at).copied() {
        at += 1;
        for child in &schema.tables {
            for (column, target, action) in actions(child, parent) {
                let [of, column, parent, target] =
                    [&child.name, column, parent, target].map(str::to_ascii_lowercase);
                out.insert((of.clone(), Command::Select, column.clone()));
                out.insert((parent, Command::Select, target));
                // A write looks at the other side of every key of its table.
                for (_, table, target) in foreign_keys(child) {
                    let [table, target] = [table, target].map(|it| it.to_ascii_lowercase());
                    out.insert((table, Command::Select, target));
                }
                match action {
                    Action::NoAction | Action::Restrict => {}
                    Action::Cascade => {
                        out.insert((of.clone(), Command::Delete, String::new()));
                        out.insert((of, Command::Update, column));
                        if !reached.contains(&child.name.as_str()) {
                            reached.push(&child.name);
                        }
                    }
                    Action::SetNull | Action::SetDefault => {
                        out.insert((of, Command::Update, column));
                    }
                }
            }
        }
    }
    out
}

/// Foreign keys of `child` to `parent`: column, column there, and the stronger of its actions.
fn actions<'a>(child: &'a Table, parent: &str) -> Vec<(&'a str, &'a str, Action)> {
    let stronger = |a: Action, b: Action| if b == Action::Cascade { b } else { a };
    let mut out = Vec::new();
    for column in &child.columns {
        if let Some(to) = column.references.as_ref().filter(|it| it.table == parent) {
            let action = stronger(to.on_delete, to.on_update);
            out.push((column.name.as_str(), to.column.as_str(), action));
        }
    }
    for constraint in &child.constraints {
        let ConstraintKind::ForeignKey { columns, table, target, on_delete, on_update } =
            &constraint.kind
        else {
            continue;
        };
        if table == parent {
            let action = stronger(*on_delete, *on_update);
            let pairs = columns.iter().zip(target);
            out.extend(pairs.map(|(column, to)| (column.as_str(), to.as_str(), action)));
        }
    }
    out
}

/// Functions with an effect outside of the statement.
fn is_harmless(name: &str) -> bool {
    const HARMFUL: [&str; 8] = [
        "load_extension",
        "readfile",
        "writefile",
        "edit",
        "fts3_tokenizer",
        "eval",
        "sqlite_dbpage",
        "sqlite_rename_table",
    ];
    !HARMFUL.iter().any(|it| it.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::statements;
    use super::super::testing::{ddl, schema};
    use super::*;
    use crate::plan::Dialect;
    use crate::schema::Type;
    use expect_test::{Expect, expect};

    const ROWS: &str = "insert into users values (1), (2); insert into teams values (1);
        insert into posts (id, owner_id, title) values (1, 1, 'mine'), (2, 2, 'theirs');";

    fn open() -> (Connection, Schema) {
        let mut schema = schema(&Type::BigInt);
        schema.tables[0].access = Access::OwnRow { column: "id".to_owned() };
        let mut extra = Table { name: "notes".to_owned(), ..Table::default() };
        extra.columns = vec![super::super::testing::column("body", Type::Text)];
        extra.access = Access::Public;
        schema.tables.push(extra);
        let db = Connection::open_in_memory().expect("a database in memory");
        let policies = statements(&schema).expect("the policies compile");
        let policies: String = policies.into_iter().map(|it| it.sql).collect();
        let sql = ddl(&schema, Dialect::Sqlite) + &policies + ROWS;
        db.execute_batch(&sql).expect("good statements");
        (db, schema)
    }

    fn user() -> Identity {
        Identity { user: Some(Value::Int(1)), role: None }
    }

    /// The first column of each row, or why there is none.
    fn run(db: &Guarded<'_>, sql: &str) -> String {
        let all = || -> rusqlite::Result<Vec<String>> {
            let mut statement = db.prepare(sql)?;
            let mut rows = statement.query([])?;
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                out.push(format!("{:?}", row.get::<_, rusqlite::types::Value>(0)?));
            }
            Ok(out)
        };
        all().map_or_else(|it| it.to_string(), |it| format!("[{}]", it.join(", ")))
    }

    fn check(statements: &[&str], expect: Expect) {
        let (mut db, schema) = open();
        let guarded = guard(&mut db, &schema, &user()).expect("it is guarded");
        let lines = statements.iter().map(|it| format!("{it}\n  {}\n", run(&guarded, it)));
        expect.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn views_are_open_to_their_rows() {
        check(
            &[
                "select title from rls_posts",
                "select count(*) from rls_posts",
                "update rls_posts set title = 'new' where id in (1, 2)",
                "select title from rls_posts",
                "update rls_posts set owner_id = 2 where id = 1",
                "insert into rls_posts (id, owner_id) values (3, 2)",
                "insert into rls_posts (id, owner_id) values (3, 1)",
                "delete from rls_posts",
                "select count(*) from rls_posts",
                "insert into notes values ('for all')",
                "select body from notes",
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select i from n",
            ],
            expect![[r#"
                select title from rls_posts
                  [Text("mine")]
                select count(*) from rls_posts
                  [Integer(1)]
                update rls_posts set title = 'new' where id in (1, 2)
                  []
                select title from rls_posts
                  [Text("new")]
                update rls_posts set owner_id = 2 where id = 1
                  the policies of posts refuse this update
                insert into rls_posts (id, owner_id) values (3, 2)
                  the policies of posts refuse this insert
                insert into rls_posts (id, owner_id) values (3, 1)
                  []
                delete from rls_posts
                  []
                select count(*) from rls_posts
                  [Integer(0)]
                insert into notes values ('for all')
                  []
                select body from notes
                  [Text("for all")]
                with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select i from n
                  [Integer(1), Integer(2), Integer(3)]
            "#]],
        );
    }

    #[test]
    fn there_is_no_way_around() {
        check(
            &[
                "select title from posts",
                "select count(*) from posts",
                "select rowid from posts",
                "select 1 from main.posts",
                "select (select title from posts limit 1) from rls_posts",
                "select title from rls_posts where exists (select 1 from posts where posts.title > 'a')",
                "insert into posts (id, owner_id) values (3, 2)",
                "update posts set title = 'x'",
                "delete from posts",
                "insert into notes select title from posts",
                "create view rls_posts_2 as select * from posts",
                "create temp view rls_posts as select * from posts",
                "create temp trigger t instead of insert on rls_posts begin select 1; end",
                "create temp table t as select * from posts",
                "create table t (a)",
                "drop view rls_posts",
                "alter table posts rename to p",
                "attach ':memory:' as other",
                "pragma writable_schema = on",
                "pragma foreign_keys = off",
                "pragma table_info(posts)",
                "select * from pragma_table_info('posts')",
                "select sql from sqlite_schema",
                "update sqlite_schema set sql = ''",
                "vacuum",
                "reindex",
                "analyze",
                "select load_extension('x')",
                "explain query plan select * from posts",
                "delete from rls_posts returning (select title from posts)",
                "select 1; select title from posts",
            ],
            expect![[r#"
                select title from posts
                  access to posts.title is prohibited
                select count(*) from posts
                  not authorized
                select rowid from posts
                  access to posts.ROWID is prohibited
                select 1 from main.posts
                  not authorized
                select (select title from posts limit 1) from rls_posts
                  access to posts.title is prohibited
                select title from rls_posts where exists (select 1 from posts where posts.title > 'a')
                  access to posts.title is prohibited
                insert into posts (id, owner_id) values (3, 2)
                  not authorized
                update posts set title = 'x'
                  not authorized
                delete from posts
                  not authorized
                insert into notes select title from posts
                  access to posts.title is prohibited
                create view rls_posts_2 as select * from posts
                  not authorized
                create temp view rls_posts as select * from posts
                  not authorized
                create temp trigger t instead of insert on rls_posts begin select 1; end
                  not authorized
                create temp table t as select * from posts
                  not authorized
                create table t (a)
                  not authorized
                drop view rls_posts
                  not authorized
                alter table posts rename to p
                  not authorized
                attach ':memory:' as other
                  not authorized
                pragma writable_schema = on
                  not authorized
                pragma foreign_keys = off
                  not authorized
                pragma table_info(posts)
                  not authorized
                select * from pragma_table_info('posts')
                  access to pragma_table_info.cid is prohibited
                select sql from sqlite_schema
                  access to sqlite_master.sql is prohibited
                update sqlite_schema set sql = ''
                  table sqlite_master may not be modified
                vacuum
                  authorization denied
                reindex
                  not authorized
                analyze
                  not authorized
                select load_extension('x')
                  not authorized to use function: load_extension in select load_extension('x') at offset 7
                explain query plan select * from posts
                  access to posts.id is prohibited
                delete from rls_posts returning (select title from posts)
                  `returning` is not possible here: select the row from the view afterwards
                select 1; select title from posts
                  access to posts.title is prohibited
            "#]],
        );
    }

    #[test]
    fn what_a_foreign_key_may_do_is_forgotten() {
        check(
            &["delete from rls_members", "update posts set team_id = null", "delete from posts"],
            expect![[r#"
                delete from rls_members
                  []
                update posts set team_id = null
                  not authorized
                delete from posts
                  not authorized
            "#]],
        );
    }

    #[test]
    fn without_its_functions_a_view_shows_nothing() {
        let (db, _) = open();
        let found = db.query_row("select count(*) from rls_posts", [], |row| row.get::<_, i64>(0));
        expect!["no such function: auth_uid"].assert_eq(
            &found
                .expect_err("nobody is known")
                .to_string()
                .replace(" in select count(*) from rls_posts at offset 0", ""),
        );
    }

    #[test]
    fn a_dropped_guard_leaves_nobody_signed_in() {
        let (mut db, schema) = open();
        drop(guard(&mut db, &schema, &user()).expect("it is guarded"));
        let count = |table: &str| {
            let query = format!("select count(*) from {table}");
            db.query_row(&query, [], |row| row.get::<_, i64>(0)).expect("it is open again")
        };
        assert_eq!((count("posts"), count("rls_posts")), (2, 0));
    }

    #[test]
    fn refuses_a_connection_that_was_prepared() {
        for (sql, message) in [
            (
                "drop view rls_posts; create view rls_posts as select * from posts",
                "guard a connection: `rls_posts` is missing or not what the policies say",
            ),
            (
                "drop trigger rls_posts_insert",
                "guard a connection: `rls_posts_insert` is missing or not what the policies say",
            ),
            (
                "create temp view rls_posts as select * from main.posts",
                "guard a connection: it has temporary objects or other databases, such as `rls_posts`",
            ),
            (
                "attach ':memory:' as other",
                "guard a connection: it has temporary objects or other databases, such as `other`",
            ),
        ] {
            let (mut db, schema) = open();
            db.execute_batch(sql).expect("a good statement");
            let error = guard(&mut db, &schema, &user()).expect_err("it is refused");
            assert_eq!(error.to_string(), message);
        }
    }
}
