use crate::BUSY_MS;
use model::AbsPath;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::time::Duration;

/// Marks a SQLite file as a catalog: "SPWR".
const APPLICATION_ID: i64 = 0x5350_5752;

/// Applied in order; an entry is never edited once it was released.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_council.sql"),
    include_str!("../migrations/0003_resources.sql"),
    include_str!("../migrations/0004_resource_entry.sql"),
];

/// Why a catalog is not used. The file is left exactly as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "use the catalog `{path}`: a newer specwright made it (version {found}, this one knows {known})"
    )]
    Newer { path: String, found: i64, known: i64 },
    #[error("use the catalog `{path}`: it is another program's database")]
    NotACatalog { path: String },
    #[error("use the catalog `{path}`: it is damaged ({detail})")]
    Damaged { path: String, detail: String },
    #[error("open the catalog `{path}`: another process has held it for {BUSY_MS} ms")]
    Busy { path: String },
    #[error("open the catalog `{path}`")]
    Sqlite { path: String, source: rusqlite::Error },
}

impl OpenError {
    /// What to do now.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Newer { .. } => "update specwright; until then nothing is recorded".to_owned(),
            Self::NotACatalog { path } => format!("move `{path}` away, then run `specwright init`"),
            Self::Damaged { path, .. } => {
                format!("keep a copy of `{path}`, move it away, then run `specwright init`")
            }
            Self::Busy { .. } => "try again when the other process is done".to_owned(),
            Self::Sqlite { .. } => "check the folder's permissions and the free space".to_owned(),
        }
    }

    fn new(path: &str, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Damaged { path, detail: source.to_string() }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            _ => Self::Sqlite { path, source },
        }
    }
}

pub(crate) fn in_memory() -> Result<Connection, OpenError> {
    let name = ":memory:";
    let mut db = Connection::open_in_memory().map_err(|it| OpenError::new(name, it))?;
    db.pragma_update(None, "foreign_keys", true).map_err(|it| OpenError::new(name, it))?;
    migrate(&mut db, name)?;
    Ok(db)
}

pub(crate) fn open(path: &AbsPath) -> Result<Connection, OpenError> {
    open_with(path, &|_| ())
}

/// Opens with `tap` on the connection before anything is read; tests count its steps.
pub(crate) fn open_with(
    path: &AbsPath,
    tap: &dyn Fn(&mut Connection),
) -> Result<Connection, OpenError> {
    let name = path.to_string();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |it| OpenError::new(&name, it);
    let mut db = Connection::open_with_flags(path.as_path(), flags).map_err(failed)?;
    db.busy_timeout(Duration::from_millis(u64::from(BUSY_MS))).map_err(failed)?;
    tap(&mut db);
    // A catalog that is refused below must not be touched by closing it either.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed)?;
    judge(&db, &name)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(failed)?;
    write_ahead(&db).map_err(failed)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    db.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    migrate(&mut db, &name)?;
    Ok(db)
}

/// Switches to a write-ahead log. Two processes that both make the file may meet here, and SQLite
/// does not wait for this lock by itself.
fn write_ahead(db: &Connection) -> rusqlite::Result<()> {
    const PAUSE_MS: u32 = 10;
    let mut n_left = BUSY_MS / PAUSE_MS;
    loop {
        let done = db.query_row("PRAGMA journal_mode = WAL", (), |row| row.get::<_, String>(0));
        let is_busy =
            |it: &rusqlite::Error| it.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
        match done {
            Err(error) if is_busy(&error) && n_left > 0 => n_left -= 1,
            done => return done.map(drop),
        }
        std::thread::sleep(Duration::from_millis(u64::from(PAUSE_MS)));
    }
}

/// Reads, without writing, whether the file is a sound catalog of a known version, or empty.
fn judge(db: &Connection, name: &str) -> Result<(), OpenError> {
    let failed = |it| OpenError::new(name, it);
    let number = |pragma: &str| -> Result<i64, OpenError> {
        db.query_row(&format!("PRAGMA {pragma}"), (), |row| row.get(0)).map_err(failed)
    };
    let (application, version) = (number("application_id")?, number("user_version")?);
    let n_tables: i64 =
        db.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0)).map_err(failed)?;
    if application == 0 && version == 0 && n_tables == 0 {
        return Ok(());
    }
    let path = name.to_owned();
    if application != APPLICATION_ID {
        return Err(OpenError::NotACatalog { path });
    }
    if version > known_version() {
        return Err(OpenError::Newer { path, found: version, known: known_version() });
    }
    let verdict: String =
        db.query_row("PRAGMA quick_check(1)", (), |row| row.get(0)).map_err(failed)?;
    if verdict != "ok" {
        return Err(OpenError::Damaged { path, detail: verdict });
    }
    Ok(())
}

fn migrate(db: &mut Connection, name: &str) -> Result<(), OpenError> {
    let version = |db: &Connection| -> rusqlite::Result<i64> {
        db.query_row("PRAGMA user_version", (), |row| row.get(0))
    };
    let run = |db: &mut Connection| -> rusqlite::Result<()> {
        if version(db)? == known_version() {
            return Ok(());
        }
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have migrated while this one waited.
        let done = usize::try_from(version(&tx)?).unwrap_or(0);
        for (number, sql) in (1u32..).zip(MIGRATIONS).skip(done) {
            tx.execute_batch(sql)?;
            tx.pragma_update(None, "user_version", number)?;
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.commit()
    };
    run(db).map_err(|it| OpenError::new(name, it))
}

fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("there are few migrations")
}
