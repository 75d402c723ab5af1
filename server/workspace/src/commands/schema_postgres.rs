//! The PostgreSQL side of the commands of the service `schema`.

use super::{CommandCx, CommandError, schema};
use migrate::import::Imported;
use migrate::plan::{Plan, Refusal, Renames};
use migrate::postgres::live::{declared_renames, obstacles, reproduce};
use migrate::postgres::prove::{ProveError, plan_and_prove};
use migrate::postgres::read;
use migrate::postgres::server::{Server, ServerError};
use migrate::postgres::shadow::{Shadow, ShadowError};

/// Plans and proves from a script, or from the database of `url`, to another script; with it comes
/// what stands in the way among the rows of that database.
///
/// # Errors
/// When no server can be had or a script does not run. What cannot be planned is in the inner one.
pub(super) fn plan(
    cx: &CommandCx<'_>,
    from: Option<&str>,
    to: &str,
    url: Option<&str>,
    renames: &Renames,
) -> Result<Result<(Plan, Vec<String>), Refusal>, CommandError> {
    let mut live = match url {
        Some(url) => {
            Some(Server::at(url).and_then(|it| it.connect(None)).map_err(|it| no_server(&it))?)
        }
        None => None,
    };
    let servers = servers(cx, url)?;
    let to_sql = schema::read_text(cx, to)?;
    let wanted = {
        let mut shadow = shadow(cx, &servers)?;
        shadow.load(&to_sql).map_err(|it| unread(to, &it))?;
        shadow.read().map_err(|it| unread(to, &it))?
    };
    let mut shadow = shadow(cx, &servers)?;
    match (from, &mut live) {
        (Some(from), _) => {
            let sql = schema::read_text(cx, from)?;
            shadow.load(&sql).map_err(|it| unread(from, &it))?;
        }
        (None, Some(client)) => {
            let start =
                read::read(client).map_err(|it| unread("the database", &ShadowError::Read(it)))?;
            match reproduce(&mut shadow, &start) {
                Err(ProveError::Refused(refusal)) => return Ok(Err(refusal)),
                made => made.map_err(|it| CommandError::user(crate::error_chain(&it)))?,
            }
        }
        (None, None) => {
            let error =
                CommandError::user("plan without a start: neither `from` nor `url` is given");
            return Err(error.hint("an empty file is an empty schema"));
        }
    }
    let start = shadow.read().map_err(|it| unread("the start", &it))?;
    let mut all = declared_renames(&to_sql, &start, &wanted);
    all.tables.extend(renames.tables.iter().cloned());
    all.columns.extend(renames.columns.iter().cloned());
    let plan = match plan_and_prove(&mut shadow, &wanted, &all) {
        Ok(plan) => plan,
        Err(ProveError::Refused(refusal)) => return Ok(Err(refusal)),
        Err(error) => return Err(CommandError::user(crate::error_chain(&error))),
    };
    let found = live.as_mut().map(|it| obstacles(it, &plan)).unwrap_or_default();
    Ok(Ok((plan, found)))
}

/// Whether a text is the URL of a PostgreSQL server.
pub(super) fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// Imports the database of a URL, or what a dump makes.
///
/// # Errors
/// When no server can be had, or the dump does not run.
pub(super) fn import(
    cx: &CommandCx<'_>,
    from: &str,
    migration: &str,
) -> Result<Imported, CommandError> {
    let url = Some(from).filter(|it| is_url(it));
    let servers = servers(cx, url)?;
    let mut shadow = shadow(cx, &servers)?;
    let catalog = match url {
        Some(url) => {
            let live = Server::at(url).and_then(|it| it.connect(None));
            let mut live = live.map_err(|it| no_server(&it))?;
            read::read(&mut live).map_err(|it| unread("the database", &ShadowError::Read(it)))?
        }
        None => {
            shadow.load(&schema::read_text(cx, from)?).map_err(|it| unread(from, &it))?;
            let catalog = shadow.read().map_err(|it| unread(from, &it))?;
            shadow = self::shadow(cx, &servers)?;
            catalog
        }
    };
    migrate::import::postgres::import(&catalog, &mut shadow, migration)
        .map_err(|it| CommandError::user(crate::error_chain(&it)))
}

/// Where shadows may be made: the live server, whose version and extensions count, then any other.
fn servers(cx: &CommandCx<'_>, url: Option<&str>) -> Result<Vec<Server>, CommandError> {
    let at = url.map(Server::at).transpose().map_err(|it| no_server(&it))?;
    let other = Server::find(cx.system);
    match (at, other) {
        (Some(at), Ok(other)) => Ok(vec![at, other]),
        (Some(at), Err(_)) => Ok(vec![at]),
        (None, other) => Ok(vec![other.map_err(|it| no_server(&it))?]),
    }
}

fn shadow(cx: &CommandCx<'_>, servers: &[Server]) -> Result<Shadow, CommandError> {
    let mut last = None;
    for server in servers {
        match Shadow::new(server, cx.system) {
            Ok(shadow) => return Ok(shadow),
            Err(error) => last = Some(error),
        }
    }
    let error = last.expect("there is at least one server");
    Err(CommandError::user(crate::error_chain(&error)))
}

fn no_server(error: &ServerError) -> CommandError {
    CommandError::user(crate::error_chain(error))
        .hint("install PostgreSQL, or set SPECWRIGHT_POSTGRES_URL to a server to try schemas on")
}

fn unread(path: &str, error: &ShadowError) -> CommandError {
    CommandError::user(format!("read the schema `{path}`: {}", crate::error_chain(error)))
        .hint("the text must run in an empty PostgreSQL database as it is")
}
