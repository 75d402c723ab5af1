//! A migration carried out on the schema before it: the steps, and the states between them.

use crate::ddl::{self, Action, AlterPart};
use crate::schema::{Id, Schema, Table};
use crate::simulate;
use crate::sql::{self, NotSql, RawStatement, Token, TokenKind};
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
        let statements = read(subject.dialect, text, part)?;
        let has_base = !subject.text(PartKind::Base).trim().is_empty();
        let mut run = Run::new(before, has_base);
        for raw in statements {
            run.step(raw, text);
        }
        Ok(Self {
            dialect: subject.dialect,
            text: text.to_owned(),
            part: part.to_owned(),
            before: run.before,
            after: Arc::unwrap_or_clone(run.now),
            steps: run.steps,
            has_base,
        })
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
    let statements = match read(subject.dialect, text, "base") {
        Err(_) if subject.dialect == Dialect::Sqlite => sqlite_pieces(text),
        other => other?,
    };
    let mut schema = Schema::default();
    for raw in statements {
        simulate::apply(&mut schema, &ddl::read(&raw));
    }
    Ok(schema)
}

/// The statements that SQLite can read by themselves.
fn sqlite_pieces(text: &str) -> Vec<RawStatement> {
    let pieces = text.split_inclusive(';');
    pieces.filter_map(|it| sql::statements(Dialect::Sqlite, it).ok()).flatten().collect()
}

fn read(dialect: Dialect, text: &str, part: &str) -> Result<Vec<RawStatement>, Unreadable> {
    sql::statements(dialect, text).map_err(|error| Unreadable { part: part.to_owned(), error })
}

struct Run {
    before: Schema,
    now: Arc<Schema>,
    steps: Vec<Step>,
    transaction: Option<u32>,
    n_transactions: u32,
    has_lock_timeout: bool,
    has_base: bool,
}

impl Run {
    fn new(before: Schema, has_base: bool) -> Self {
        Self {
            now: Arc::new(before.clone()),
            before,
            steps: Vec::new(),
            transaction: None,
            n_transactions: 0,
            has_lock_timeout: false,
            has_base,
        }
    }

    fn step(&mut self, raw: RawStatement, text: &str) {
        let action = ddl::read(&raw);
        match &action {
            Action::Begin if self.transaction.is_none() => {
                self.n_transactions += 1;
                self.transaction = Some(self.n_transactions);
            }
            Action::Commit | Action::Rollback => self.transaction = None,
            Action::Set { name, value } if name == "lock_timeout" => {
                let value = value.trim_matches('\'');
                self.has_lock_timeout = !matches!(value, "0" | "default" | "");
            }
            _ => {}
        }
        self.assume(&raw, &action);
        let schema = Arc::clone(&self.now);
        simulate::apply(Arc::make_mut(&mut self.now), &action);
        let bodies = matches!(action, Action::Do).then(|| bodies(&raw, text)).unwrap_or_default();
        self.steps.push(Step {
            action,
            raw,
            schema,
            transaction: self.transaction,
            has_lock_timeout: self.has_lock_timeout,
        });
        for raw in bodies {
            self.step(raw, text);
        }
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
            | Action::CreateTrigger { table, .. }
            | Action::Delete { table, .. } => names.push(table),
            Action::CreateIndex(it) => names.push(&it.table),
            Action::Update(it) => names.push(&it.table),
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
                for it in both.into_iter().flat_map(|it| &mut it.tables).filter(|it| it.id == table)
                {
                    it.columns.push(column.clone());
                }
            }
        }
    }
}

fn has_words(raw: &RawStatement, first: &str, second: &str) -> bool {
    raw.tokens.windows(2).any(|it| it[0].text == first && it[1].text == second)
}

/// The statements within the body of a `do`, as far as they stand there as text.
fn bodies(raw: &RawStatement, text: &str) -> Vec<RawStatement> {
    let Some(body) = raw.tokens.iter().find(|it| it.kind == TokenKind::Text) else {
        return Vec::new();
    };
    let offset = sql::body_offset(text, body);
    embedded(&body.text, offset)
}

/// Statements in a text of PL/pgSQL: those that stand there, and those that are executed as a
/// constant text. `offset` is where the text starts in the migration.
pub(crate) fn embedded(body: &str, offset: usize) -> Vec<RawStatement> {
    const VERBS: [&str; 9] =
        ["alter", "create", "drop", "update", "delete", "truncate", "grant", "revoke", "reindex"];
    let shifted = |it: &Token, by: usize| Token { span: it.span.shift(by), ..it.clone() };
    let mut out = Vec::new();
    for piece in sql::pieces(body) {
        let tokens = &piece.tokens;
        let is_word = |at: usize, word: &str| {
            tokens.get(at).is_some_and(|it| it.kind == TokenKind::Word && it.text == word)
        };
        let starts_here = |at: usize| {
            at == 0 || ["begin", "then", "else", "loop"].iter().any(|it| is_word(at - 1, it))
        };
        let start = (0..tokens.len())
            .find(|at| starts_here(*at) && VERBS.iter().any(|it| is_word(*at, it)));
        if let Some(start) = start {
            let tokens: Vec<Token> = tokens[start..].iter().map(|it| shifted(it, offset)).collect();
            let span = tokens[0].span.cover(tokens[tokens.len() - 1].span);
            out.push(RawStatement { tokens, span });
            continue;
        }
        let executed = (1..tokens.len())
            .find(|at| is_word(at - 1, "execute") && tokens[*at].kind == TokenKind::Text);
        if let Some(at) = executed {
            let start = sql::body_offset(body, &tokens[at]) + offset;
            for inner in sql::pieces(&tokens[at].text) {
                let tokens: Vec<Token> = inner.tokens.iter().map(|it| shifted(it, start)).collect();
                let span = tokens[0].span.cover(tokens[tokens.len() - 1].span);
                out.push(RawStatement { tokens, span });
            }
        }
    }
    out
}
