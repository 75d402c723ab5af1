//! Which database a command is for: a file, a URL, or the name of an environment.
//!
//! A repository may say where the URL of a name is found, and never the URL: it then chooses no
//! endpoint, and no password is in a file.

use super::migrations::{self, Specs, Target};
use super::proofs::gather;
use super::{CommandCx, CommandError, ErrorKind, schema_postgres, store};
use catalog::Act;
use council::models::{KEYRING_SERVICE, KeySource};
use migrate::run::postgres::{Promoter, Purpose};
use migrate::run::{Entry, Ledger, RunError, Status};

/// The workspace's own database.
const OWN: &str = "dev";

/// A database that migrations are run on.
pub(super) enum Database {
    Sqlite(Target),
    Postgres(Remote),
}

impl Database {
    /// The workspace's own database, a SQLite file, the URL of a PostgreSQL server, or what an
    /// environment of the settings names.
    ///
    /// # Errors
    /// When the URL of an environment is not where the settings say.
    pub(super) fn new(cx: &CommandCx<'_>, word: Option<&str>) -> Result<Self, CommandError> {
        let Some(word) = word else { return Ok(Self::Sqlite(Target::new(cx, None)?)) };
        if schema_postgres::is_url(word) {
            return Ok(Self::Postgres(Remote::at(word)));
        }
        match url_of(cx, word)? {
            Some(url) if schema_postgres::is_url(&url) => {
                Ok(Self::Postgres(Remote { name: word.to_owned(), url }))
            }
            Some(path) if path.contains("://") && !path.starts_with("sqlite:") => {
                let message = format!("use the environment `{word}`: it is no URL of PostgreSQL");
                Err(CommandError::user(message)
                    .hint("write `postgresql://user@host/name`, or the path of a SQLite file"))
            }
            Some(path) => Ok(Self::Sqlite(Target::new(cx, Some(&path))?)),
            None if word == OWN => Ok(Self::Sqlite(Target::new(cx, None)?)),
            None => Ok(Self::Sqlite(Target::new(cx, Some(word))?)),
        }
    }

    /// Refuses `accept_no_backup` where it would mean nothing.
    pub(super) fn check_backup(&self, accept_no_backup: bool) -> Result<(), CommandError> {
        if accept_no_backup && matches!(self, Self::Sqlite(_)) {
            let error = CommandError::user("use `accept_no_backup` on SQLite");
            return Err(error.hint("leave it out: there a backup is always made"));
        }
        Ok(())
    }

    pub(super) fn ledger(&self) -> Result<Ledger, CommandError> {
        match self {
            Self::Sqlite(it) => it.ledger(),
            Self::Postgres(it) => it.ledger(),
        }
    }
}

/// The URL that a name has: by the settings, or by the variable `SPECWRIGHT_URL_NAME`.
pub(super) fn url_of(cx: &CommandCx<'_>, name: &str) -> Result<Option<String>, CommandError> {
    let Some(source) = cx.settings.environments.0.get(name) else {
        return Ok(cx.system.env(&variable(name)).filter(|it| !it.is_empty()));
    };
    let key = source.read(cx.system).map_err(|_| {
        let place = match source {
            KeySource::Env(it) => format!("the variable {it} is not set"),
            KeySource::Keyring(it) => {
                format!("the keyring has no entry {it} (service `{KEYRING_SERVICE}`)")
            }
            KeySource::None => "no place is named".to_owned(),
        };
        CommandError::new(ErrorKind::Config, format!("find the URL of `{name}`: {place}"))
            .hint("set it to the URL of the database, such as postgresql://user@host/name")
    })?;
    Ok(key.map(|it| it.reveal().to_owned()))
}

fn variable(name: &str) -> String {
    let plain = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_uppercase() } else { '_' };
    format!("SPECWRIGHT_URL_{}", name.chars().map(plain).collect::<String>())
}

/// A PostgreSQL database.
pub(super) struct Remote {
    /// How it is called in reports and in the audit chain: by the name of the environment, or by its
    /// URL without the password.
    pub(super) name: String,
    url: String,
}

impl Remote {
    fn at(url: &str) -> Self {
        Self { name: migrations::shown(url), url: url.to_owned() }
    }

    /// The PostgreSQL database that `word` is or names.
    ///
    /// # Errors
    /// When it is neither.
    pub(super) fn named(cx: &CommandCx<'_>, word: &str) -> Result<Self, CommandError> {
        if schema_postgres::is_url(word) {
            return Ok(Self::at(word));
        }
        let known = cx.settings.environments.0.keys().cloned().collect::<Vec<_>>().join(", ");
        match url_of(cx, word)? {
            Some(url) if schema_postgres::is_url(&url) => Ok(Self { name: word.to_owned(), url }),
            Some(_) => {
                let message = format!("promote to `{word}`: it is no PostgreSQL database");
                Err(CommandError::user(message)
                    .hint("`specwright migrate apply --url` applies to a SQLite file"))
            }
            None if word.contains("://") => {
                let message = format!("promote to `{}`: it is no URL", migrations::shown(word));
                Err(CommandError::user(message).hint("write `postgresql://user@host/name`"))
            }
            None => {
                let others =
                    if known.is_empty() { String::new() } else { format!("; known: {known}") };
                let hint = format!(
                    "say in `specwright.toml` where its URL is, `[environments]` and \
                     `{word} = \"env:DATABASE_URL\"`, or set the variable {}{others}",
                    variable(word)
                );
                Err(CommandError::user(format!(
                    "promote to `{word}`: there is no such environment"
                ))
                .hint(hint))
            }
        }
    }

    pub(super) fn ledger(&self) -> Result<Ledger, CommandError> {
        migrate::run::postgres::ledger(&self.url).map_err(|it| migrations::failure(&it))
    }

    /// Connects, and lets `act` look or change.
    pub(super) fn connected<T>(
        &self,
        cx: &CommandCx<'_>,
        specs: &Specs,
        (purpose, accept_no_backup): (Purpose, bool),
        act: impl FnOnce(&mut Promoter<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let files = specs.files();
        Target::new(cx, None)?.with_options(cx, |options| {
            let made = Promoter::new(&self.url, &files, purpose, accept_no_backup, options);
            act(&mut made.map_err(|it| migrations::failure(&it))?)
        })
    }

    /// Runs `act` between its intent and its outcome in the catalog, which never hears a password.
    /// Each row that the server's ledger got is told too: proofs are made where no server is asked.
    pub(super) fn recorded<'a, T>(
        &self,
        cx: &CommandCx<'_>,
        promoter: &mut Promoter<'a>,
        (name, intent): (&str, String),
        act: impl FnOnce(&mut Promoter<'a>) -> Result<(T, String), RunError>,
    ) -> Result<T, CommandError> {
        let mut catalog = store::acting(cx)?;
        migrations::reconcile(&mut catalog, &self.name, || self.ledger())?;
        let record = Act { name: name.to_owned(), subject: self.name.clone(), detail: intent };
        let finished = |ledger: &Ledger| -> Vec<Entry> {
            ledger.entries.iter().filter(|it| it.status == Status::Done).cloned().collect()
        };
        let before = finished(promoter.ledger());
        migrations::between(&mut catalog, record, |catalog| {
            let done = act(promoter);
            for row in finished(promoter.ledger()).iter().filter(|it| !before.contains(it)) {
                let row = gather::row(row, Some(self.name.clone()));
                let text = serde_json::to_string(&row).expect("a row has string keys");
                // What was done is done: the outcome is told all the same.
                if let Err(error) = catalog.tell(gather::SERVER_ROW, &self.name, &text) {
                    tracing::warn!("tell of a row of the ledger: {}", crate::error_chain(&error));
                }
            }
            done
        })
    }
}
