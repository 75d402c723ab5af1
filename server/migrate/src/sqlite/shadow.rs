use crate::sqlite::catalog::Catalog;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use std::sync::Arc;

/// Pages of 4 KiB that a loaded text may fill: 256 MiB.
const PAGES_MAX: u32 = 65_536;
/// The longest single value, in bytes.
const VALUE_BYTES_MAX: i32 = 64 << 20;
/// Steps of the engine's machine before a text is taken for endless, in thousands.
const THOUSAND_STEPS_MAX: u32 = 500_000;

/// Tells whether work that runs is no longer wanted; asked often, and from any thread.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// Why SQL text could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("open a database in memory")]
    Open(#[source] rusqlite::Error),
    #[error("run statement {index} of the schema: {message}")]
    Statement { index: usize, message: String },
}

/// Runs SQL text in an engine in memory, which forgets it when it is dropped.
///
/// The text reaches no file: `ATTACH`, `VACUUM INTO` and changes of `sqlite_schema` are refused, and
/// so is what does not end or fills the memory. Foreign keys are not enforced while it runs.
///
/// # Errors
/// [`LoadError::Statement`] names the first statement that the engine refuses, counted from 1.
pub fn load(sql: &str) -> Result<Connection, LoadError> {
    let mut db = guarded().map_err(LoadError::Open)?;
    run(&db, sql)?;
    if !db.is_autocommit() {
        run(&db, "COMMIT")?;
    }
    release(&mut db).map_err(LoadError::Open)?;
    Ok(db)
}

fn run(db: &Connection, sql: &str) -> Result<(), LoadError> {
    use sqlite3_parser::FallibleIterator as _;
    let mut batch = rusqlite::Batch::new(db, sql);
    let mut index = 0;
    loop {
        index += 1;
        let failed =
            |error: &rusqlite::Error| LoadError::Statement { index, message: message(error) };
        let Some(mut statement) = batch.next().map_err(|it| failed(&it))? else { return Ok(()) };
        let mut rows = statement.raw_query();
        while rows.next().map_err(|it| failed(&it))?.is_some() {}
    }
}

/// The engine's own words, without the text of the statement.
pub(crate) fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

fn guarded() -> rusqlite::Result<Connection> {
    guarded_until(Arc::new(|| false))
}

fn guarded_until(stop: Stop) -> rusqlite::Result<Connection> {
    let mut db = Connection::open_in_memory()?;
    db.pragma_update(None, "foreign_keys", false)?;
    db.pragma_update(None, "max_page_count", PAGES_MAX)?;
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)?;
    db.authorizer(Some(judge))?;
    let mut n_thousands = 0;
    db.progress_handler(
        1000,
        Some(move || {
            n_thousands += 1;
            n_thousands > THOUSAND_STEPS_MAX || stop()
        }),
    )?;
    Ok(db)
}

/// What loaded the text may do no longer holds back what plans with it.
fn release(db: &mut Connection) -> rusqlite::Result<()> {
    db.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
    db.progress_handler(0, None::<fn() -> bool>)?;
    db.pragma_update(None, "foreign_keys", false)
}

fn judge(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, .. }
            if ["writable_schema", "max_page_count", "temp_store_directory"]
                .iter()
                .any(|it| pragma_name.eq_ignore_ascii_case(it)) =>
        {
            Authorization::Deny
        }
        AuthAction::Function { function_name }
            if function_name.eq_ignore_ascii_case("load_extension") =>
        {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

/// Opens a database file without ever writing to it.
///
/// # Errors
/// When there is no such file, or it is no database.
pub fn open_read_only(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.pragma_update(None, "query_only", true)?;
    // Else a key without a target would make triggers look broken.
    db.pragma_update(None, "foreign_keys", false)?;
    db.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))?;
    Ok(db)
}

/// A database in memory with the schema of `catalog` and no rows.
///
/// # Errors
/// When the engine refuses a definition that it gave: one that names what is missing.
pub fn shadow_of(catalog: &Catalog) -> rusqlite::Result<Connection> {
    let db = Connection::open_in_memory()?;
    db.pragma_update(None, "foreign_keys", false)?;
    fill(&db, catalog)?;
    Ok(db)
}

fn fill(db: &Connection, catalog: &Catalog) -> rusqlite::Result<()> {
    db.execute_batch(&format!("BEGIN;\n{}COMMIT;", ddl(catalog)))
}

/// The same, for statements that nobody has agreed to run: they reach no file, fill no memory, and
/// end when `stop` says so.
pub(crate) fn guarded_shadow_of(catalog: &Catalog, stop: Stop) -> rusqlite::Result<Connection> {
    let db = guarded_until(stop)?;
    fill(&db, catalog)?;
    Ok(db)
}

/// The statements that make a catalog, as the engine keeps them.
pub(crate) fn ddl(catalog: &Catalog) -> String {
    definitions(catalog).map(|it| format!("{it};\n")).collect()
}

/// The same one by one, without semicolons.
pub(super) fn definitions(catalog: &Catalog) -> impl Iterator<Item = &str> {
    let tables = catalog.tables.iter().map(|it| &it.sql.0);
    let opaque = catalog.opaque.iter().map(|it| &it.sql.0);
    let indexes = catalog.tables.iter().flat_map(|it| it.indexes.iter().map(|it| &it.sql.0));
    let views = catalog.views.iter().map(|it| &it.sql.0);
    let triggers = catalog.triggers.iter().map(|it| &it.sql.0);
    tables.chain(opaque).chain(indexes).chain(views).chain(triggers).map(String::as_str)
}
