//! A database that lives as long as a question: schemas are loaded into it, and plans tried on it.

use super::catalog::Catalog;
use super::read;
use super::script::statements;
use super::server::{Server, ServerError};
use crate::plan::{Plan, Transaction};
use ::postgres::Client;
use ::postgres::error::SqlState;
use std::ops::Range;
use system::System;

/// Why a shadow database could not be had or used.
#[derive(Debug, thiserror::Error)]
pub enum ShadowError {
    #[error("get a PostgreSQL server for the shadow database: {0}")]
    Server(#[from] ServerError),
    #[error(
        "create a shadow database: the role may not create databases; \
         grant it CREATEDB, or name another server in SPECWRIGHT_POSTGRES_URL"
    )]
    MayNotCreate,
    #[error("create a shadow database: {}", told(.0))]
    Create(#[source] postgres::Error),
    #[error("read the catalog: {}", told(.0))]
    Read(#[source] postgres::Error),
    #[error("run `{sql}`: {message}")]
    Statement {
        /// Where the statement stands in the script.
        span: Range<usize>,
        sql: String,
        message: String,
        /// Where in the script the server saw the fault, when it says.
        position: Option<usize>,
    },
}

/// A server's message with its detail and hint; `Display` of the error alone hides them.
#[must_use]
pub fn told(error: &postgres::Error) -> String {
    let Some(db) = error.as_db_error() else { return error.to_string() };
    let mut out = db.message().to_owned();
    for more in [db.detail(), db.hint()].into_iter().flatten() {
        out += &format!(" ({more})");
    }
    out
}

/// A throw-away database; it is dropped with this value.
pub struct Shadow {
    client: Option<Client>,
    server: Server,
    name: String,
    may_make_roles: bool,
}

impl Shadow {
    /// Makes an empty database of a random name.
    ///
    /// # Errors
    /// [`ShadowError::MayNotCreate`] when the role of the server's URL has no right to.
    pub fn new(server: &Server, system: &dyn System) -> Result<Self, ShadowError> {
        let name = format!("specwright_shadow_{:016x}", system.random() as u64);
        let mut admin = server.connect(None)?;
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).map_err(
            |it| {
                if it.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
                    ShadowError::MayNotCreate
                } else {
                    ShadowError::Create(it)
                }
            },
        )?;
        let mut shadow = Self {
            client: None,
            server: server.borrowed(),
            name: name.clone(),
            may_make_roles: server.is_throw_away(),
        };
        shadow.client = Some(server.connect(Some(&name))?);
        shadow.open_public()?;
        Ok(shadow)
    }

    /// Lets every role own things in `public`, as dumps ask for; what everyone may do there is not
    /// compared.
    fn open_public(&mut self) -> Result<(), ShadowError> {
        self.reset()?;
        let grant = "GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC";
        self.client().batch_execute(grant).map_err(ShadowError::Create)
    }

    /// Empties it, which is much cheaper than another database; `false` when something stayed, and
    /// another database is needed.
    ///
    /// # Errors
    /// [`ShadowError::Read`] with what the server said.
    pub fn clear(&mut self) -> Result<bool, ShadowError> {
        self.abandon();
        self.reset()?;
        if self.client().batch_execute(CLEAR).is_err() {
            self.abandon();
            return Ok(false);
        }
        self.open_public()?;
        let catalog = self.read()?;
        Ok(catalog.objects.len() == 1 && catalog.unplanned.is_empty())
    }

    /// A connection to it.
    ///
    /// # Panics
    /// Never: the connection is only taken away when the value is dropped.
    pub fn client(&mut self) -> &mut Client {
        self.client.as_mut().expect("it is taken in `drop` only")
    }

    /// Reads what is in it.
    ///
    /// # Errors
    /// [`ShadowError::Read`] with what the server said.
    pub fn read(&mut self) -> Result<Catalog, ShadowError> {
        read::read(self.client()).map_err(ShadowError::Read)
    }

    /// Runs a script: as one batch, or by statement where one of them cannot run in a transaction.
    ///
    /// On a throw-away server, roles that the script only mentions are made, so that its policies
    /// and grants load.
    ///
    /// # Errors
    /// [`ShadowError::Statement`] names the statement at fault.
    pub fn load(&mut self, sql: &str) -> Result<(), ShadowError> {
        let spans = statements(sql);
        let mut missing = Vec::new();
        loop {
            let loaded = self.load_once(sql, &spans);
            let Err((role, error)) = loaded else { return Ok(()) };
            match role.filter(|it| self.may_make_roles && !missing.contains(it)) {
                Some(role) => {
                    self.make_role(&role)?;
                    missing.push(role);
                }
                None => return Err(error),
            }
        }
    }

    fn load_once(
        &mut self,
        sql: &str,
        spans: &[Range<usize>],
    ) -> Result<(), (Option<String>, ShadowError)> {
        let is_batch = !spans.iter().any(|it| is_alone(&sql[it.clone()]));
        if is_batch {
            let batch: Vec<&str> = spans.iter().map(|it| &sql[it.clone()]).collect();
            if self.client().batch_execute(&batch.join(";\n")).is_ok() {
                return self.reset().map_err(|it| (None, it));
            }
            self.abandon();
        }
        // One by one, to learn which it is; a statement that ends a transaction of its own may.
        if is_batch {
            let _ = self.client().batch_execute("BEGIN");
        }
        for span in spans {
            let statement = &sql[span.clone()];
            if let Err(error) = self.client().batch_execute(statement) {
                self.abandon();
                return Err((missing_role(&error), at(error, span, statement)));
            }
        }
        if is_batch {
            let _ = self.client().batch_execute("COMMIT");
        }
        self.reset().map_err(|it| (None, it))
    }

    fn abandon(&mut self) {
        // Outside a transaction this only warns.
        let _ = self.client().batch_execute("ROLLBACK");
    }

    /// Gives back the session's settings, which a script may have changed.
    fn reset(&mut self) -> Result<(), ShadowError> {
        self.client()
            .batch_execute("RESET ALL; RESET ROLE; SET client_min_messages = error")
            .map_err(ShadowError::Create)
    }

    fn make_role(&mut self, role: &str) -> Result<(), ShadowError> {
        let role = super::catalog::quoted_always(role);
        // Another shadow may have made it meanwhile; membership lets objects be given to it.
        let _ = self.client().batch_execute(&format!("CREATE ROLE {role}"));
        let grant = format!("GRANT {role} TO CURRENT_USER");
        self.client().batch_execute(&grant).map_err(ShadowError::Create)
    }

    /// Runs all steps of a plan: segments in transactions, the rest outside.
    ///
    /// # Errors
    /// [`ShadowError::Statement`] names the step's SQL at fault.
    pub fn run(&mut self, plan: &Plan) -> Result<(), ShadowError> {
        let steps = plan.steps.iter().map(|it| (it.transaction, it.sql.as_str()));
        self.run_parts(steps)
    }

    /// Runs pieces of SQL; neighbours of one segment share a transaction.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_parts<'a>(
        &mut self,
        parts: impl Iterator<Item = (Transaction, &'a str)>,
    ) -> Result<(), ShadowError> {
        let mut open = None;
        for (transaction, sql) in parts {
            if open != Some(transaction) || transaction == Transaction::Outside {
                self.turn(open, transaction)?;
                open = Some(transaction);
            }
            if let Err(error) = self.client().batch_execute(sql) {
                self.abandon();
                return Err(at(error, &(0..sql.len()), sql));
            }
        }
        self.turn(open, Transaction::Outside)
    }

    /// Ends what ran in `old` and starts what is to run in `new`.
    fn turn(&mut self, old: Option<Transaction>, new: Transaction) -> Result<(), ShadowError> {
        for (is_due, sql) in [
            (matches!(old, Some(Transaction::Segment(_))), "COMMIT"),
            (matches!(new, Transaction::Segment(_)), "BEGIN"),
        ] {
            if is_due && let Err(error) = self.client().batch_execute(sql) {
                return Err(at(error, &(0..0), sql));
            }
        }
        Ok(())
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        drop(self.client.take());
        if let Ok(mut admin) = self.server.connect(None) {
            // What cannot be dropped now stays behind under a name that says what it was.
            let _ =
                admin.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// Drops everything in the database.
const CLEAR: &str = "DO $$
DECLARE it record;
BEGIN
    FOR it IN SELECT quote_ident(extname) AS name FROM pg_extension WHERE oid >= 16384 LOOP
        EXECUTE 'DROP EXTENSION IF EXISTS ' || it.name || ' CASCADE';
    END LOOP;
    FOR it IN SELECT quote_ident(nspname) AS name FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
        EXECUTE 'DROP SCHEMA ' || it.name || ' CASCADE';
    END LOOP;
END $$;
CREATE SCHEMA public;
COMMENT ON SCHEMA public IS 'standard public schema'";

/// Whether PostgreSQL runs the statement outside transactions only.
fn is_alone(statement: &str) -> bool {
    let words: Vec<String> =
        statement.split_whitespace().take(4).map(str::to_ascii_lowercase).collect();
    let is = |at: usize, word: &str| words.get(at).is_some_and(|it| it == word);
    words.iter().any(|it| it == "concurrently")
        || is(0, "vacuum")
        || (is(0, "alter") && is(1, "system"))
        || (is(0, "alter") && is(1, "type") && statement.to_ascii_lowercase().contains("add value"))
}

fn missing_role(error: &postgres::Error) -> Option<String> {
    let db = error.as_db_error().filter(|it| it.code() == &SqlState::UNDEFINED_OBJECT)?;
    let name = db.message().strip_prefix("role \"")?.strip_suffix("\" does not exist")?;
    Some(name.to_owned())
}

fn at(error: postgres::Error, span: &Range<usize>, sql: &str) -> ShadowError {
    use postgres::error::ErrorPosition;
    let position = error.as_db_error().and_then(|it| it.position()).and_then(|it| match it {
        // Counted in characters, from one.
        ErrorPosition::Original(n) => {
            let n = usize::try_from(*n).unwrap_or(1).saturating_sub(1);
            sql.char_indices().nth(n).map(|it| span.start + it.0)
        }
        ErrorPosition::Internal { .. } => None,
    });
    let message = told(&error);
    ShadowError::Statement { span: span.clone(), sql: sql.to_owned(), message, position }
}
