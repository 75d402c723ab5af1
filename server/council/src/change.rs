//! A migration carried out on the schema before it: the steps, and the states between them.

use crate::ddl::{self, Action, AlterPart};
use crate::dynamic::{self, Course, Found, Place};
use crate::home::{at_home, home};
use crate::remarks::remarks;
use crate::schema::{Function, Id, Schema, Table};
use crate::simulate;
use crate::sql::{self, Cursor, NotSql, RawStatement, Token, TokenKind, by_commas};
use crate::{PartKind, Subject};
use migrate::plan::Dialect;
use std::sync::Arc;

/// What a migration does, statement by statement, and in sum.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) dialect: Dialect,
    /// The text of the migration.
    pub(crate) text: String,
    /// Name of the part of the subject that the text is.
    pub(crate) part: String,
    pub(crate) before: Schema,
    pub(crate) after: Schema,
    pub(crate) steps: Vec<Step>,
    /// Whether the base says anything; else all that is used is taken to be there.
    pub(crate) has_base: bool,
}

/// Functions that call each other; deeper ones are not followed.
const CALLS_MAX: usize = 3;

/// A statement, and what was the case when it ran.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) action: Action,
    pub(crate) raw: RawStatement,
    /// The schema before this statement.
    pub(crate) schema: Arc<Schema>,
    /// The explicit transaction that it is in, from 1.
    pub(crate) transaction: Option<u32>,
    /// Whether a limit for waiting for locks is in force.
    pub(crate) has_lock_timeout: bool,
    /// Whether names without a schema lead nowhere: the search path is empty.
    pub(crate) has_no_path: bool,
    /// The code that runs it, where it is no statement of the migration itself.
    pub(crate) code: Option<Course>,
}

/// Why a change cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) part: String,
    pub(crate) error: NotSql,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {} of {} cannot be read: {}",
            self.error.line, self.part, self.error.message
        )
    }
}

impl Change {
    /// Reads base and migration of a subject.
    ///
    /// # Errors
    /// The first place that is not in the dialect.
    pub(crate) fn of(subject: &Subject) -> Result<Self, Unreadable> {
        let migration = subject.part(PartKind::Migration);
        let (text, part) = migration.map_or(("", "migration"), |it| (&it.text, &it.name));
        let before = base(subject)?;
        let bare = at_home(text, before.home.as_deref()).into_owned();
        let statements = read(subject.dialect, &bare, part)?;
        let has_base = !subject.text(PartKind::Base).trim().is_empty();
        let mut run = Run::new(before, has_base);
        run.is_planned = subject.is_planned;
        run.steps(statements, &bare);
        Ok(run.end(subject.dialect, text, part))
    }

    /// Reads the way back of a subject as a change of its own. Only what was there before the
    /// migration, and still is after it, counts as there before.
    ///
    /// # Errors
    /// The first place that is not in the dialect.
    pub(crate) fn back(&self, subject: &Subject) -> Result<Self, Unreadable> {
        let (text, part) = (subject.text(PartKind::Down), PartKind::Down.word());
        let bare = at_home(text, self.before.home.as_deref());
        let statements = read(self.dialect, &bare, part)?;
        let mut run = Run::new(survivors(&self.before, &self.after), self.has_base);
        run.now = Arc::new(self.after.clone());
        run.is_planned = subject.is_planned;
        run.steps(statements, &bare);
        Ok(run.end(self.dialect, text, part))
    }

    /// Whether the table was there before the migration, whatever it was called.
    pub(crate) fn is_old(&self, table: &Table) -> bool {
        self.before.table_of(table.id).is_some()
    }

    /// The table that a step names, if it was there before the migration.
    pub(crate) fn old_table<'s>(&self, step: &'s Step, name: &str) -> Option<&'s Table> {
        step.schema.table(name).filter(|it| self.is_old(it))
    }

    /// Whether the column was there before the migration.
    pub(crate) fn is_old_column(&self, table: Id, column: Id) -> bool {
        self.before.table_of(table).is_some_and(|it| it.column_of(column).is_some())
    }

    /// Each part of each `alter table` of an old table.
    pub(crate) fn alterations(&self) -> impl Iterator<Item = (&Step, &Table, &AlterPart)> {
        self.steps.iter().flat_map(|step| {
            let (table, parts) = match &step.action {
                Action::AlterTable { table, parts } => (self.old_table(step, table), &parts[..]),
                _ => (None, &[][..]),
            };
            let pairs = table.into_iter().flat_map(|table| parts.iter().map(move |it| (table, it)));
            pairs.map(move |(table, part)| (step, table, part))
        })
    }
}

/// The schema before a subject's migration.
///
/// # Errors
/// The first place that is not PostgreSQL. What is not SQLite is left out of a base for SQLite,
/// which may have been written for both.
pub(crate) fn base(subject: &Subject) -> Result<Schema, Unreadable> {
    let text = subject.text(PartKind::Base);
    let (statements, text) = match read(subject.dialect, text, "base") {
        // Their places are not those of the text.
        Err(_) if subject.dialect == Dialect::Sqlite => (sqlite_pieces(text), ""),
        other => (other?, text),
    };
    let mut schema = Schema::default();
    schema.home = home(&statements);
    let bare = at_home(text, schema.home.as_deref());
    let statements = match schema.home {
        Some(_) => read(subject.dialect, &bare, "base")?,
        None => statements,
    };
    for raw in statements {
        let action = ddl::read(&raw);
        simulate::apply(&mut schema, &action);
        if let Action::CreateTable(it) = &action {
            for (column, said) in remarks(&bare, &raw, it) {
                simulate::note(&mut schema, &it.name, column.as_deref(), Some(&said));
            }
        }
        let (found, _) = body_of(&raw, &action, &bare).unwrap_or_default();
        for it in found {
            if let Found::Statement(it) = it {
                simulate::apply(&mut schema, &ddl::read(&it));
            }
        }
    }
    Ok(schema)
}

/// What the body of a `do` runs, and how; nothing of another statement.
fn body_of(raw: &RawStatement, action: &Action, text: &str) -> Option<(Vec<Found>, Course)> {
    let body = raw.tokens.iter().find(|it| it.kind == TokenKind::Text);
    body.filter(|_| *action == Action::Do).map(|it| {
        let place = Place::At(sql::body_offset(text, it));
        (dynamic::statements(&it.text, place), dynamic::course(&it.text))
    })
}

/// The statements that SQLite can read by themselves.
fn sqlite_pieces(text: &str) -> Vec<RawStatement> {
    let pieces = text.split_inclusive(';');
    pieces.filter_map(|it| sql::statements(Dialect::Sqlite, it).ok()).flatten().collect()
}

fn read(dialect: Dialect, text: &str, part: &str) -> Result<Vec<RawStatement>, Unreadable> {
    sql::statements(dialect, text).map_err(|error| Unreadable { part: part.to_owned(), error })
}

/// What was there before and is there after, as it was before.
fn survivors(before: &Schema, after: &Schema) -> Schema {
    let mut out = before.clone();
    out.tables.retain(|it| after.table_of(it.id).is_some());
    for table in out.tables.iter_mut_where(|_| true) {
        let Some(now) = after.table_of(table.id) else { continue };
        table.columns.retain(|it| now.column_of(it.id).is_some());
        table.policies.retain(|it| now.policies.iter().any(|of| of.id == it.id));
    }
    out.views.retain(|it| after.views.iter().any(|of| of.id == it.id));
    out.functions.retain(|it| after.functions.iter().any(|of| of.id == it.id));
    out
}

/// What a session is set to, as far as reviewers ask.
#[derive(Debug, Clone, Copy, Default)]
struct Session {
    has_lock_timeout: bool,
    has_no_path: bool,
}

impl Session {
    fn set(&mut self, name: &str, value: &str) {
        match name {
            "lock_timeout" => self.has_lock_timeout = is_limit(value),
            "search_path" => self.has_no_path = matches!(value, "" | "''" | "pg_catalog"),
            "all" => *self = Self::default(),
            _ => {}
        }
    }
}

/// The longest wait for a lock that is still a limit, in milliseconds: who queues up behind it waits
/// as long.
const LOCK_TIMEOUT_MS_MAX: f64 = 60_000.0;

/// Whether a value of `lock_timeout` ends a wait in time. A bare number counts milliseconds.
fn is_limit(value: &str) -> bool {
    let value = value.trim_matches('\'').trim();
    let end = value.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let unit = match unit.trim() {
        "" | "ms" => 1.0,
        "us" => 0.001,
        "s" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return false,
    };
    let ms = number.parse::<f64>().map_or(0.0, |it| it * unit);
    ms > 0.0 && ms <= LOCK_TIMEOUT_MS_MAX
}

struct Run {
    before: Schema,
    now: Arc<Schema>,
    steps: Vec<Step>,
    transaction: Option<u32>,
    n_transactions: u32,
    session: Session,
    /// What `set local` makes of it until the transaction ends.
    local: Option<Session>,
    /// What it was when the transaction began, which a rollback gives back.
    at_begin: Session,
    has_base: bool,
    /// See [`Subject::is_planned`].
    is_planned: bool,
    code: Option<Course>,
    /// Bodies of functions within each other that are being read.
    depth: usize,
}

impl Run {
    fn new(before: Schema, has_base: bool) -> Self {
        Self {
            now: Arc::new(before.clone()),
            before,
            steps: Vec::new(),
            transaction: None,
            n_transactions: 0,
            session: Session::default(),
            local: None,
            at_begin: Session::default(),
            has_base,
            is_planned: false,
            code: None,
            depth: 0,
        }
    }

    fn steps(&mut self, statements: Vec<RawStatement>, text: &str) {
        for raw in statements {
            let action = ddl::read(&raw);
            self.step(raw, action, text);
        }
    }

    fn end(self, dialect: Dialect, text: &str, part: &str) -> Change {
        Change {
            dialect,
            text: text.to_owned(),
            part: part.to_owned(),
            before: self.before,
            after: Arc::unwrap_or_clone(self.now),
            steps: self.steps,
            has_base: self.has_base,
        }
    }

    fn step(&mut self, raw: RawStatement, action: Action, text: &str) {
        self.turn(&action);
        self.assume(&raw, &action);
        let schema = Arc::clone(&self.now);
        simulate::apply(Arc::make_mut(&mut self.now), &action);
        let (bodies, code) = self.bodies(&raw, &action, text);
        let session = self.local.unwrap_or(self.session);
        self.steps.push(Step {
            action,
            raw,
            schema,
            transaction: self.transaction,
            has_lock_timeout: session.has_lock_timeout,
            has_no_path: session.has_no_path,
            code: self.code,
        });
        if bodies.is_empty() {
            return;
        }
        // Code runs in one transaction, unless it ends it itself.
        let around = (self.code, self.transaction);
        self.code = Some(code);
        if self.transaction.is_none() && !code.commits {
            self.n_transactions += 1;
            self.transaction = Some(self.n_transactions);
        }
        self.depth += 1;
        for found in bodies {
            match found {
                Found::Statement(raw) => {
                    let action = ddl::read(&raw);
                    self.step(raw, action, text);
                }
                Found::Unread { verb, raw } => self.step(raw, Action::Unread { verb }, text),
            }
        }
        self.depth -= 1;
        (self.code, self.transaction) = around;
    }

    /// Keeps up with transactions and settings.
    fn turn(&mut self, action: &Action) {
        match action {
            // Code has its own, which the server keeps.
            Action::Begin | Action::Commit | Action::Rollback if self.depth > 0 => {}
            Action::Begin if self.transaction.is_none() => {
                self.n_transactions += 1;
                self.transaction = Some(self.n_transactions);
                self.at_begin = self.session;
            }
            Action::Commit => (self.transaction, self.local) = (None, None),
            Action::Rollback => {
                if self.transaction.is_some() {
                    self.session = self.at_begin;
                }
                (self.transaction, self.local) = (None, None);
            }
            Action::Set { name, value, is_local: true } if self.is_planned => {
                self.session.set(name, value);
            }
            // Outside of a transaction it holds for nothing.
            Action::Set { name, value, is_local: true } if self.transaction.is_some() => {
                let mut local = self.local.unwrap_or(self.session);
                local.set(name, value);
                self.local = Some(local);
            }
            Action::Set { name, value, is_local: false } => {
                self.session.set(name, value);
                if let Some(local) = &mut self.local {
                    local.set(name, value);
                }
            }
            _ => {}
        }
    }

    /// What a statement runs besides itself, and how: the body of a `do`, and of functions that it
    /// calls.
    fn bodies(&self, raw: &RawStatement, action: &Action, text: &str) -> (Vec<Found>, Course) {
        if *action == Action::Do {
            return body_of(raw, action, text).unwrap_or_default();
        }
        let calls = ["select", "perform", "call"].contains(&raw.tokens[0].text.as_str());
        let (mut found, mut course) = (Vec::new(), Course::default());
        if !calls || self.depth >= CALLS_MAX {
            return (found, course);
        }
        for it in self.called(raw) {
            let run = dynamic::statements(&it.body, Place::CalledBy(raw.span)).into_iter();
            found.extend(run.map(|run| with_arguments(run, it, raw)));
            let own = dynamic::course(&it.body);
            course.loops |= own.loops;
            course.commits |= own.commits;
        }
        (found, course)
    }

    /// Functions whose source is known and that a statement calls.
    fn called<'a>(&'a self, raw: &'a RawStatement) -> impl Iterator<Item = &'a Function> {
        let named = |it: &Function| {
            let name = it.name.rsplit('.').next().unwrap_or(&it.name);
            raw.tokens.windows(2).any(|pair| {
                pair[0].text == name && pair[0].kind != TokenKind::Text && pair[1].text == "("
            })
        };
        self.now
            .functions
            .iter()
            .filter(move |it| matches!(it.language.as_str(), "sql" | "plpgsql") && named(it))
    }

    /// Takes tables that are used but unknown to be there.
    fn assume(&mut self, raw: &RawStatement, action: &Action) {
        let mut names: Vec<&str> = Vec::new();
        let read = simulate::sources(&raw.tokens);
        match action {
            // Where rows are copied from; a name of `with` is none.
            Action::Insert { .. } if !raw.tokens.iter().any(|it| it.text == "with") => {
                names.extend(read.iter().map(String::as_str));
            }
            Action::AlterTable { table, .. }
            | Action::CreatePolicy { table, .. }
            | Action::AlterPolicy { table, .. }
            | Action::CreateTrigger { table, .. } => names.push(table),
            Action::Delete(it) => names.push(&it.table),
            Action::CreateIndex(it) => names.push(&it.table),
            Action::Update(it) => names.push(&it.table),
            Action::Merge { table } => names.push(table),
            Action::Truncate { tables, .. } => names.extend(tables.iter().map(String::as_str)),
            Action::Rename { kind: "table", name, .. }
            | Action::SetSchema { kind: "table", name, .. } => names.push(name),
            Action::Rename { kind: "column", name, .. } => {
                names.extend(name.rsplit_once('.').map(|it| it.0));
            }
            Action::Drop(it) if it.kind == "table" => {
                // One that may not be there, of which nothing is known, was not.
                let is_sure = !has_words(raw, "if", "exists") || !self.has_base;
                names.extend(it.names.iter().map(String::as_str).filter(|_| is_sure));
            }
            _ => {}
        }
        self.assume_views(raw, action);
        for name in names {
            if self.now.table(name).is_none() && self.now.view(name).is_none() {
                let id = Arc::make_mut(&mut self.now).id();
                let table = simulate::assumed(id, name);
                self.before.tables.push(table.clone());
                Arc::make_mut(&mut self.now).tables.push(table);
            }
        }
        self.assume_columns(action);
    }

    /// Takes views that are dropped but unknown to be there.
    fn assume_views(&mut self, raw: &RawStatement, action: &Action) {
        let Action::Drop(it) = action else { return };
        let is_view = matches!(it.kind, "view" | "materialized view");
        if !is_view || (has_words(raw, "if", "exists") && self.has_base) {
            return;
        }
        for name in it.names.iter().filter(|it| self.now.view(it).is_none()).collect::<Vec<_>>() {
            let now = Arc::make_mut(&mut self.now);
            let view = simulate::assumed_view(now.id(), name, it.kind != "view");
            self.before.views.push(view.clone());
            now.views.push(view);
        }
    }

    /// Takes columns of such tables to be there when they are changed.
    fn assume_columns(&mut self, action: &Action) {
        let Action::AlterTable { table, parts } = action else { return };
        for part in parts {
            let (AlterPart::DropColumn { column, .. } | AlterPart::SetType { column, .. }) = part
            else {
                continue;
            };
            let it = self.now.table(table).filter(|it| it.assumed && it.column(column).is_none());
            if let Some(table) = it.map(|it| it.id) {
                let column = simulate::plain_column(Arc::make_mut(&mut self.now).id(), column);
                let both = [&mut self.before, Arc::make_mut(&mut self.now)];
                for state in both {
                    for it in state.tables.iter_mut_where(|it| it.id == table) {
                        it.columns.push(column.clone());
                    }
                }
            }
        }
    }
}

/// What a function runs, with what it is called with in the place of its parameters.
fn with_arguments(run: Found, function: &Function, call: &RawStatement) -> Found {
    let Found::Statement(mut raw) = run else { return run };
    let bare = function.name.rsplit('.').next().unwrap_or(&function.name);
    let calls = |it: &[Token]| it[0].text == bare && it[1].text == "(";
    let Some(at) = call.tokens.windows(2).position(calls) else { return Found::Statement(raw) };
    let given = Cursor::new(&call.tokens[at + 1..]).group().map(by_commas).unwrap_or_default();
    for token in &mut raw.tokens {
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::Name);
        let place = function.parameters.iter().position(|it| is_name && *it == token.text);
        // Only constants: what is computed is not known here.
        if let Some([one]) = place.and_then(|it| given.get(it)) {
            (token.kind, token.text) = (one.kind, one.text.clone());
        }
    }
    Found::Statement(raw)
}

fn has_words(raw: &RawStatement, first: &str, second: &str) -> bool {
    raw.tokens.windows(2).any(|it| it[0].text == first && it[1].text == second)
}
