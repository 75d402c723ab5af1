//! The change, really run on PostgreSQL: in a database that is made for it and dropped again.
//!
//! The server is one that the user names for this. What reaches beyond a database is not run there,
//! every statement has a limit of time, and nothing is run by a role that may do more than make
//! databases: where the URL's role may, as the superuser of a server for development does, it makes
//! a role for the trial, which then logs in by itself. A role that is only put on could be put off
//! again by what is tried.

use super::{ColumnValues, Failure, Snapshot, TableRows, Trial};
use crate::change::Change;
use crate::sql::{self, RawStatement};
use crate::{PartKind, Subject};
use migrate::plan::Dialect;
use migrate::postgres::server::{Error, Server, ServerError};
use migrate::postgres::shadow::{Shadow, told};
use std::collections::BTreeMap;
use system::System;

/// Made-up rows of each table.
const N_ROWS: usize = 3;
/// How long one statement may take, and wait for a lock.
const LIMITS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '2s'";
/// How values are written, so that they can be compared.
const FORMATS: &str = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'";

/// A PostgreSQL server on which databases may be made and dropped.
pub struct Ground<'a> {
    /// As the role that the URL names.
    admin: Server,
    /// As the one that changes are tried with.
    server: Server,
    /// That one's name, where it was made for this; it goes with this value.
    made: Option<String>,
    system: &'a dyn System,
}

/// Why a server cannot be had, in its own words.
fn unreached(error: &ServerError) -> String {
    match error {
        ServerError::Connect(it) => format!("{error}: {}", told(it)),
        other => other.to_string(),
    }
}

/// Whether the role of a connection may do to others what a trial must not.
const IS_MIGHTY: &str = "SELECT rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls \
                         FROM pg_roles WHERE rolname = current_user";

impl<'a> Ground<'a> {
    /// The server at `url`, and a role for the trial where the URL's own may do too much.
    ///
    /// # Errors
    /// When it does not answer, or does not let the role for the trial in.
    pub fn at(url: &str, system: &'a dyn System) -> Result<Self, String> {
        let admin = Server::at(url).map_err(|it| unreached(&it))?;
        let mut client = admin.connect(None).map_err(|it| unreached(&it))?;
        let is_mighty = client.query_one(IS_MIGHTY, &[]).map_err(|it| told(&it))?;
        if !is_mighty.get::<_, bool>(0) {
            let server = Server::at(url).map_err(|it| unreached(&it))?;
            return Ok(Self { admin, server, made: None, system });
        }
        let name = format!("specwright_trial_{:016x}", system.random() as u64);
        let password = format!("{:032x}", system.random());
        let made = client
            .batch_execute(&format!("CREATE ROLE {name} LOGIN CREATEDB PASSWORD '{password}'"));
        made.map_err(|it| format!("make a role for the trial: {}", told(&it)))?;
        let server = admin.with_role(&name, &password);
        // From here it goes again, also when it cannot log in.
        let ground = Self { admin, server, made: Some(name), system };
        ground.server.connect(None).map_err(|it| {
            format!("log in as the role that was made for the trial: {}", unreached(&it))
        })?;
        Ok(ground)
    }

    /// Runs a change.
    ///
    /// # Errors
    /// Why it was not run.
    pub(crate) fn run(&self, subject: &Subject, change: &Change) -> Result<Trial, String> {
        if let Some(table) = change.before.tables.iter().find(|it| it.assumed) {
            return Err(super::missing_table(&table.name));
        }
        let base = statements(subject, PartKind::Base)?;
        let down = statements(subject, PartKind::Down)?;
        let all = base.iter().chain(change.steps.iter().map(|it| &it.raw)).chain(&down);
        if let Some(word) = all.filter_map(reaches_out).next() {
            return Err(format!("`{word}` reaches beyond a database of its own"));
        }
        let mut roles = Roles { names: Vec::new(), ground: self };
        let shadow = Shadow::new(&self.server, self.system).map_err(|it| it.to_string())?;
        let mut database = Database { shadow, roles: &mut roles };
        // The database goes before its roles, whose things are in it.
        database.run(subject, change, (&base, &down))
    }
}

fn statements(subject: &Subject, kind: PartKind) -> Result<Vec<RawStatement>, String> {
    sql::statements(Dialect::Postgres, subject.text(kind))
        .map_err(|it| format!("line {} of the {} cannot be read", it.line, kind.word()))
}

/// The first words of a statement that touches more than its database.
fn reaches_out(raw: &RawStatement) -> Option<String> {
    const OBJECTS: [&str; 9] = [
        "database",
        "role",
        "user",
        "group",
        "tablespace",
        "system",
        "subscription",
        "server",
        "publication",
    ];
    let word = |at: usize| raw.tokens.get(at).map_or("", |it| it.text.as_str());
    let is_out = match word(0) {
        "create" | "alter" | "drop" => OBJECTS.contains(&word(1)),
        "copy" | "load" | "reassign" | "vacuum" | "cluster" => true,
        _ => false,
    };
    is_out.then(|| format!("{} {}", word(0), word(1)).trim_end().to_owned())
}

/// Roles that were made so that policies and grants load; they go again.
struct Roles<'a> {
    names: Vec<String>,
    ground: &'a Ground<'a>,
}

impl Roles<'_> {
    /// Makes a role that the one of the trial may act for; without a role of its own that one makes
    /// none, and says so.
    fn make(&mut self, role: &str) -> Result<(), Complaint> {
        let name = quoted(role);
        let whom = self.ground.made.as_deref().unwrap_or("CURRENT_USER");
        let mut client = self
            .ground
            .admin
            .connect(None)
            .map_err(|it| Complaint { message: unreached(&it), code: String::new() })?;
        let sql = format!("CREATE ROLE {name} NOLOGIN; GRANT {name} TO {whom}");
        client.batch_execute(&sql).map_err(|it| Complaint::of(&it))?;
        self.names.push(role.to_owned());
        Ok(())
    }
}

impl Drop for Roles<'_> {
    fn drop(&mut self) {
        self.ground.drop_roles(&self.names);
    }
}

impl Ground<'_> {
    fn drop_roles(&self, names: &[String]) {
        if names.is_empty() {
            return;
        }
        let Ok(mut client) = self.admin.connect(None) else { return };
        for it in names {
            // One that another run uses stays until that one drops it.
            let _ = client.batch_execute(&format!("DROP ROLE IF EXISTS {}", quoted(it)));
        }
    }
}

impl Drop for Ground<'_> {
    fn drop(&mut self) {
        let made: Vec<String> = self.made.take().into_iter().collect();
        self.drop_roles(&made);
    }
}

struct Database<'r, 's> {
    shadow: Shadow,
    roles: &'r mut Roles<'s>,
}

/// A server's complaint.
struct Complaint {
    message: String,
    /// Of SQLSTATE; empty when the connection is lost.
    code: String,
}

impl Complaint {
    fn of(error: &Error) -> Self {
        let code = error.code().map(|it| it.code().to_owned()).unwrap_or_default();
        Self { message: told(error), code }
    }
}

/// Rows of each table, with the type of each column.
type Typed = BTreeMap<String, (TableRows, BTreeMap<String, String>)>;

impl Database<'_, '_> {
    fn run(
        &mut self,
        subject: &Subject,
        change: &Change,
        (base, down): (&[RawStatement], &[RawStatement]),
    ) -> Result<Trial, String> {
        self.start().map_err(|it| it.message)?;
        self.script(subject.text(PartKind::Base), base.iter())
            .map_err(|(_, it)| format!("the base does not run: {}", it.message))?;
        self.fill()?;
        let before = self.snapshot()?;
        let views = self.working_views()?;
        let ran = self.script(&change.text, change.steps.iter().map(|it| &it.raw));
        if let Err((statement, complaint)) = ran {
            if is_of_the_server(&complaint.code) {
                return Err(format!("the server cannot run it: {}", complaint.message));
            }
            if is_of_the_rows(&complaint.code) {
                return Err(format!("it does not fit made-up rows: {}", complaint.message));
            }
            let after = Err(Failure { statement, message: complaint.message });
            let (before, orphans) = (rows(before), BTreeMap::new());
            return Ok(Trial { before, after, back: None, broken: Vec::new(), orphans });
        }
        let mut after = self.snapshot()?;
        keep_comparable(&before, &mut after);
        let broken = self.broken_views(&views)?;
        let back = (!down.is_empty()).then(|| self.way_back(subject.text(PartKind::Down), down));
        // No row of PostgreSQL refers to nothing.
        let orphans = BTreeMap::new();
        Ok(Trial { before: rows(before), after: Ok(rows(after)), back, broken, orphans })
    }

    fn way_back(&mut self, text: &str, down: &[RawStatement]) -> Result<Snapshot, Failure> {
        let ran = self.script(text, down.iter());
        ran.map_err(|(statement, it)| Failure { statement, message: it.message })?;
        let found = self.snapshot().map_err(|message| Failure { statement: 0, message })?;
        Ok(rows(found))
    }

    /// Runs statements one by one, in the transactions that they open; the error says which failed.
    fn script<'t>(
        &mut self,
        text: &str,
        statements: impl Iterator<Item = &'t RawStatement>,
    ) -> Result<(), (usize, Complaint)> {
        let mut end = 0;
        for (index, raw) in statements.enumerate() {
            // What a body runs stands within its statement, which has run it.
            if raw.span.start < end {
                continue;
            }
            end = raw.span.end;
            let sql = text.get(raw.span.range()).unwrap_or_default();
            // The statement before may have set others.
            let mut ran = self.execute(LIMITS).and_then(|()| self.execute(sql));
            while let Err(complaint) = &ran
                && let Some(role) = self.missing_role(complaint)
            {
                self.make_role(&role).map_err(|it| (index, it))?;
                ran = self.execute(sql);
            }
            if let Err(complaint) = ran {
                // Outside a transaction this only warns.
                let _ = self.execute("ROLLBACK");
                return Err((index, complaint));
            }
        }
        let _ = self.execute("COMMIT");
        let _ = self.execute("RESET ALL; RESET ROLE");
        let _ = self.start();
        Ok(())
    }

    fn start(&mut self) -> Result<(), Complaint> {
        self.execute(LIMITS)?;
        self.execute(FORMATS)
    }

    fn execute(&mut self, sql: &str) -> Result<(), Complaint> {
        self.shadow.client().batch_execute(sql).map_err(|it| Complaint::of(&it))
    }

    /// A role that a statement has asked for in vain.
    fn missing_role(&self, complaint: &Complaint) -> Option<String> {
        let name = complaint.message.strip_prefix("role \"")?.strip_suffix("\" does not exist")?;
        Some(name.to_owned()).filter(|it| !self.roles.names.contains(it))
    }

    fn make_role(&mut self, role: &str) -> Result<(), Complaint> {
        // A transaction that failed has to be over before anything else is done.
        let _ = self.execute("ROLLBACK");
        self.roles.make(role)
    }

    /// The first column of each row.
    fn texts(&mut self, sql: &str) -> Result<Vec<String>, String> {
        let rows = self.shadow.client().query(sql, &[]).map_err(|it| told(&it))?;
        Ok(rows.iter().map(|it| it.get::<_, Option<String>>(0).unwrap_or_default()).collect())
    }

    /// Tables with rows of their own: the name that findings use, and that of SQL.
    fn tables(&mut self) -> Result<Vec<(String, String)>, String> {
        let rows = self.shadow.client().query(TABLES, &[]).map_err(|it| told(&it))?;
        Ok(rows.iter().map(|it| (it.get(0), it.get(1))).collect())
    }

    /// Puts a few rows into each table, targets of foreign keys first; one that lets none in stays
    /// empty.
    fn fill(&mut self) -> Result<(), String> {
        let mut waiting = self.tables()?;
        while !waiting.is_empty() {
            let mut free = 0;
            for (index, (_, table)) in waiting.iter().enumerate() {
                let targets = self.targets(table)?;
                let waits = |it: &String| it != table && waiting.iter().any(|of| of.1 == *it);
                if !targets.iter().any(waits) {
                    free = index;
                    break;
                }
            }
            // In a ring any of them is as good as another.
            let (_, table) = waiting.remove(free);
            self.fill_table(&table)?;
        }
        Ok(())
    }

    fn targets(&mut self, table: &str) -> Result<Vec<String>, String> {
        let sql = "SELECT confrelid::regclass::text FROM pg_constraint \
                   WHERE contype = 'f' AND conrelid = $1::text::regclass";
        let rows = self.shadow.client().query(sql, &[&table]).map_err(|it| told(&it))?;
        Ok(rows.iter().map(|it| it.get(0)).collect())
    }

    fn fill_table(&mut self, table: &str) -> Result<(), String> {
        let columns = self.shadow.client().query(COLUMNS, &[&table]).map_err(|it| told(&it))?;
        let names: Vec<String> = columns.iter().map(|it| it.get(0)).collect();
        if names.is_empty() {
            return Ok(());
        }
        let values: Vec<String> = columns.iter().map(|it| it.get(1)).collect();
        let words = self.shadow.client().query(WORDS, &[&table]).map_err(|it| told(&it))?;
        let words: Vec<String> = words.iter().map(|it| it.get(0)).collect();
        let list = names.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
        // The expressions are made of names that the server has quoted; words go as parameters.
        let insert = format!(
            "INSERT INTO {table} ({list}) SELECT {} FROM (SELECT $1::int AS n, $2::text AS word) it",
            values.join(", ")
        );
        for n in (1_i32..).take(N_ROWS) {
            // A check may want one of the texts in it.
            let is_in = (0..=words.len()).any(|attempt| {
                let word = attempt.checked_sub(1).and_then(|it| words.get(it));
                self.shadow.client().execute(&*insert, &[&n, &word]).is_ok()
            });
            if !is_in {
                break;
            }
        }
        Ok(())
    }

    fn snapshot(&mut self) -> Result<Typed, String> {
        let tables = self.tables()?.into_iter();
        tables.map(|(name, table)| Ok((name, self.rows_of(&table)?))).collect()
    }

    fn rows_of(&mut self, table: &str) -> Result<(TableRows, BTreeMap<String, String>), String> {
        let sql = "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute \
                   WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped \
                   ORDER BY attnum";
        let found = self.shadow.client().query(sql, &[&table]).map_err(|it| told(&it))?;
        let types: Vec<(String, String)> = found.iter().map(|it| (it.get(0), it.get(1))).collect();
        // The key tells values of different rows apart, where there is one.
        let has_key = types.iter().any(|it| it.0 == "id");
        let key = if has_key { "coalesce(\"id\"::text, '')" } else { "''" };
        let mut parts = vec!["count(*)::text".to_owned()];
        for (column, _) in &types {
            let column = quoted(column);
            let value = format!("{key} || chr(31) || coalesce({column}::text, chr(1))");
            let all = format!("string_agg({value}, chr(30) ORDER BY {value})");
            parts.push(format!("count({column})::text"));
            parts.push(format!("md5(coalesce({all}, ''))"));
        }
        let sql = format!("SELECT ARRAY[{}] FROM {table}", parts.join(", "));
        let row = self.shadow.client().query_one(&*sql, &[]).map_err(|it| told(&it))?;
        let cells: Vec<String> = row.get(0);
        let number = |it: &str| it.parse::<usize>().unwrap_or(0);
        let (n_rows, cells) = cells.split_first().map_or((0, &[][..]), |(n, it)| (number(n), it));
        let values = cells.chunks(2).map(|it| ColumnValues {
            n_present: it.first().map_or(0, |it| number(it)),
            hash: it.last().cloned().unwrap_or_default(),
            // Only rows that are made up rough have long values.
            n_longest: 0,
        });
        let columns = types.iter().map(|it| it.0.clone()).zip(values).collect();
        Ok((TableRows { n_rows, columns }, types.into_iter().collect()))
    }

    fn working_views(&mut self) -> Result<Vec<String>, String> {
        let mut all = self.texts(VIEWS)?;
        all.retain(|it| self.execute(&format!("SELECT * FROM {it} LIMIT 1")).is_ok());
        Ok(all)
    }

    fn broken_views(&mut self, worked: &[String]) -> Result<Vec<(String, String)>, String> {
        let mut out = Vec::new();
        for view in self.texts(VIEWS)?.into_iter().filter(|it| worked.contains(it)) {
            if let Err(complaint) = self.execute(&format!("SELECT * FROM {view} LIMIT 1")) {
                out.push((view, complaint.message));
            }
        }
        Ok(out)
    }
}

fn rows(of: Typed) -> Snapshot {
    of.into_iter().map(|(name, (rows, _))| (name, rows)).collect()
}

/// A value of another type is spelled otherwise, and may be the same still: only its presence counts.
fn keep_comparable(before: &Typed, after: &mut Typed) {
    for (name, (now, types)) in after {
        let Some((was, old_types)) = before.get(name) else { continue };
        for (column, values) in &mut now.columns {
            let is_retyped = old_types.get(column) != types.get(column);
            if let Some(old) = was.columns.get(column).filter(|_| is_retyped) {
                values.hash.clone_from(&old.hash);
            }
        }
    }
}

/// Whether a statement failed for what this server lacks, and not for what it says.
///
/// Source: PostgreSQL's documentation, appendix A: feature not supported, insufficient privilege,
/// undefined object (an extension, a role), undefined file, insufficient resources, operator
/// intervention, and a lost connection.
fn is_of_the_server(code: &str) -> bool {
    const CODES: [&str; 5] = ["0A000", "42501", "42704", "58P01", ""];
    CODES.contains(&code) || code.starts_with("53") || code.starts_with("57")
}

/// Whether a statement failed for values that were made up, and may pass on true ones: a check, or a
/// text that is no number, date or document.
fn is_of_the_rows(code: &str) -> bool {
    ["23514", "22P02", "22007", "22008", "22003"].contains(&code)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names of tables: as findings say them, and as SQL does.
const TABLES: &str = "
SELECT CASE nspname WHEN 'public' THEN relname::text ELSE nspname || '.' || relname END,
       c.oid::regclass::text
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname !~ '^pg_'
ORDER BY 2";

const VIEWS: &str = "
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'v' AND nspname <> 'information_schema' AND nspname !~ '^pg_' ORDER BY 1";

/// Columns of a table that take values, each with an expression for the value of row `it.n`; `it.word`
/// is a text that a check may ask for.
const COLUMNS: &str = r"
SELECT a.attname::text,
  CASE
    WHEN f.target IS NOT NULL THEN
      format('(SELECT %I FROM %s ORDER BY 1 OFFSET it.n - 1 LIMIT 1)', f.target_column, f.target)
    WHEN b.typtype = 'e' THEN
      format('(SELECT enumlabel FROM pg_enum WHERE enumtypid = %s ORDER BY enumsortorder LIMIT 1)::text::%s', b.oid, s.type)
    WHEN b.typcategory = 'A' THEN format('%L::%s', '{}', s.type)
    WHEN b.typname = 'bool' THEN '(it.n % 2 = 1)'
    WHEN b.typcategory = 'N' THEN format('it.n::%s', s.type)
    WHEN b.typname = 'uuid' THEN format('md5(%L || it.n)::uuid', a.attname)
    WHEN b.typname IN ('json', 'jsonb') THEN format('%L::%s', '{}', s.type)
    WHEN b.typcategory = 'D' THEN
      format('(timestamp %L + it.n * interval %L)::%s', '2024-01-01 12:00', '1 day', s.type)
    WHEN b.typcategory = 'T' THEN format('(it.n * interval %L)::%s', '1 hour', s.type)
    WHEN b.typcategory = 'I' THEN format('(%L || it.n)::%s', '10.0.0.', s.type)
    WHEN b.typname = 'bytea' THEN 'convert_to(it.n::text, ''utf8'')'
    WHEN b.typcategory = 'S' AND a.atttypmod > 4 THEN
      format('left(coalesce(it.word, it.n || %L), %s)::%s', ' ' || a.attname, a.atttypmod - 4, s.type)
    ELSE format('coalesce(it.word, it.n || %L)::%s', ' ' || a.attname, s.type)
  END
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
CROSS JOIN LATERAL (SELECT format_type(a.atttypid, a.atttypmod) AS type) s
LEFT JOIN LATERAL (
  SELECT confrelid::regclass::text AS target,
         (SELECT x.attname FROM pg_attribute x
          WHERE x.attrelid = confrelid AND x.attnum = confkey[array_position(conkey, a.attnum)])
           AS target_column
  FROM pg_constraint WHERE contype = 'f' AND conrelid = a.attrelid AND a.attnum = ANY (conkey) LIMIT 1
) f ON true
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attgenerated = '' AND a.attidentity <> 'a'
ORDER BY a.attnum";

/// Texts in a table's checks.
const WORDS: &str = "
SELECT DISTINCT m[1] FROM pg_constraint,
  regexp_matches(pg_get_constraintdef(oid), '''([^'']*)''', 'g') m
WHERE contype = 'c' AND conrelid = $1::text::regclass LIMIT 16";
