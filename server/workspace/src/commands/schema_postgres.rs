//! The PostgreSQL side of the commands of the service `schema`.

use super::schema_apply::{self, Input, Output};
use super::{CommandCx, CommandError, ErrorKind, schema};
use migrate::import::Imported;
use migrate::import::postgres::sketch;
use migrate::plan::{Dialect, Plan, Refusal, Renames};
use migrate::postgres::apply::{ApplyError, Session};
use migrate::postgres::catalog::{Catalog, Kind};
use migrate::postgres::dump::Dumper;
use migrate::postgres::live::{declared_renames, obstacles, reproduce};
use migrate::postgres::prove::{ProveError, plan_and_prove};
use migrate::postgres::read;
use migrate::postgres::server::{Server, ServerError};
use migrate::postgres::shadow::{Shadow, ShadowError};
use migrate::schema::Schema;
use model::AbsPath;

/// A proven plan with the catalogs between which it goes.
struct Planned {
    plan: Plan,
    start: Catalog,
    wanted: Catalog,
}

/// A proven plan with what there is to know of it.
pub(super) struct Proposal {
    pub(super) plan: Plan,
    /// What stands in the way among the rows of the live database.
    pub(super) obstacles: Vec<String>,
    /// The tables that are there before it.
    pub(super) tables: Vec<String>,
    /// Both schemas as far as the language can say them.
    pub(super) before: Schema,
    pub(super) after: Schema,
}

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
) -> Result<Result<Proposal, Refusal>, CommandError> {
    let mut live = match url {
        Some(url) => {
            Some(Server::at(url).and_then(|it| it.connect(None)).map_err(|it| no_server(&it))?)
        }
        None => None,
    };
    let servers = servers(cx, url)?;
    let start = match (from, &mut live) {
        (Some(from), _) => Start::Script(from),
        (None, Some(client)) => {
            let read = read::read(client);
            Start::Live(read.map_err(|it| unread("the database", &ShadowError::Read(it)))?)
        }
        (None, None) => {
            let error =
                CommandError::user("plan without a start: neither `from` nor `url` is given");
            return Err(error.hint("an empty file is an empty schema"));
        }
    };
    let planned = match planned(cx, &servers, &start, to, renames)? {
        Ok(planned) => planned,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Planned { plan, start, wanted } = planned;
    let obstacles = live.as_mut().map(|it| obstacles(it, &plan)).unwrap_or_default();
    let tables = start.objects.keys().filter(|it| it.kind == Kind::Table);
    let tables = tables.map(|it| it.object(None).table).collect();
    let (before, after) = (sketch(&start), sketch(&wanted));
    Ok(Ok(Proposal { plan, obstacles, tables, before, after }))
}

/// Where a plan starts.
enum Start<'a> {
    Script(&'a str),
    Live(Catalog),
}

fn planned(
    cx: &CommandCx<'_>,
    servers: &[Server],
    start: &Start<'_>,
    to: &str,
    renames: &Renames,
) -> Result<Result<Planned, Refusal>, CommandError> {
    let wanted = of_script(cx, servers, to)?;
    let mut shadow = shadow(cx, servers)?;
    match start {
        Start::Script(from) => {
            let sql = schema::read_text(cx, from)?;
            shadow.load(&sql).map_err(|it| unread(from, &it))?;
        }
        Start::Live(live) => match reproduce(&mut shadow, live) {
            Err(ProveError::Refused(refusal)) => return Ok(Err(refusal)),
            made => made.map_err(|it| CommandError::user(crate::error_chain(&it)))?,
        },
    }
    let start = shadow.read().map_err(|it| unread("the start", &it))?;
    let mut all = declared_renames(&schema::read_text(cx, to)?, &start, &wanted);
    all.tables.extend(renames.tables.iter().cloned());
    all.columns.extend(renames.columns.iter().cloned());
    match plan_and_prove(&mut shadow, &wanted, &all) {
        Ok(plan) => Ok(Ok(Planned { plan, start, wanted })),
        Err(ProveError::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(CommandError::user(crate::error_chain(&error))),
    }
}

/// What the engine makes of a script.
fn of_script(cx: &CommandCx<'_>, servers: &[Server], path: &str) -> Result<Catalog, CommandError> {
    let sql = schema::read_text(cx, path)?;
    let mut shadow = shadow(cx, servers)?;
    shadow.load(&sql).map_err(|it| unread(path, &it))?;
    shadow.read().map_err(|it| unread(path, &it))
}

/// Runs a plan on the database of `input.url`, under the lock of schema changes from the first look
/// to the last.
///
/// # Errors
/// Before the first step: drift, rows in the way, no backup. After it the message says how far the
/// run came, and how to go on or back.
pub(super) fn apply(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let server = Server::at(&input.url).map_err(|it| no_server(&it))?;
    let printed = schema_apply::printed(cx, input, Dialect::Postgres)?;
    let start_at = first_step(input, printed.is_some())?;
    let mut session = Session::open(&server).map_err(|it| failure(&it, input, None))?;
    let servers = if input.from.is_some() || input.to.is_some() {
        servers(cx, Some(&input.url))?
    } else {
        Vec::new()
    };
    let run = match printed {
        Some(plan) => run_of_printed(cx, &servers, input, plan)?,
        None => run_of_schema(cx, &servers, input, &mut session)?,
    };
    if run.plan.steps.len() <= start_at {
        return Ok(Output { n_steps: 0, backup: None, council: None, checkpoint: None });
    }
    let rest = Plan { dialect: Dialect::Postgres, steps: run.plan.steps[start_at..].to_vec() };
    let start = run.start.filter(|_| start_at == 0);
    let checked = start.map_or(Ok(()), |it| session.check_start(&it));
    checked.and_then(|()| session.check_data(&rest)).map_err(|it| failure(&it, input, None))?;
    // The statements of the database of today are only known where a script makes it.
    let base = input.from.as_deref().map(|it| schema::read_text(cx, it)).transpose()?;
    let council = schema_apply::admit(cx, input, &rest, &base.unwrap_or_default())?;
    let checkpoint = schema_apply::checkpoint(cx, None)?;
    let backup = back_up(cx, &server, input)?;
    let ran = session.run(&run.plan, start_at);
    ran.and_then(|()| run.wanted.map_or(Ok(()), |it| session.check_end(&it)))
        .map_err(|it| failure(&it, input, backup.as_ref()))?;
    let backup = backup.map(|it| it.to_string());
    Ok(Output { n_steps: rest.steps.len(), backup, council: Some(council), checkpoint })
}

/// What is run, and what is known of the schemas before and after it.
struct Run {
    plan: Plan,
    start: Option<Catalog>,
    wanted: Option<Catalog>,
}

fn run_of_printed(
    cx: &CommandCx<'_>,
    servers: &[Server],
    input: &Input,
    plan: Plan,
) -> Result<Run, CommandError> {
    let read = |it: &Option<String>| it.as_deref().map(|it| of_script(cx, servers, it)).transpose();
    Ok(Run { plan, start: read(&input.from)?, wanted: read(&input.to)? })
}

fn run_of_schema(
    cx: &CommandCx<'_>,
    servers: &[Server],
    input: &Input,
    session: &mut Session,
) -> Result<Run, CommandError> {
    let Some(to) = &input.to else { return Err(schema_apply::nothing_given()) };
    let start = match &input.from {
        Some(from) => Start::Script(from),
        None => Start::Live(session.read().map_err(|it| failure(&it, input, None))?),
    };
    let planned = planned(cx, servers, &start, to, &Renames::default())?
        .map_err(|it| CommandError::user(it.to_string()).hint("nothing was changed"))?;
    Ok(Run { plan: planned.plan, start: Some(planned.start), wanted: Some(planned.wanted) })
}

/// The first step to run, counted from 0.
fn first_step(input: &Input, is_printed: bool) -> Result<usize, CommandError> {
    match input.start_at {
        None => Ok(0),
        Some(0) => Err(CommandError::user("start at step 0: steps are counted from 1")),
        Some(_) if !is_printed => {
            let error = CommandError::user("start in the middle: there is no `plan`");
            Err(error.hint("a plan that is made from the database holds what is left to do"))
        }
        Some(n) => Ok(n as usize - 1),
    }
}

fn back_up(
    cx: &CommandCx<'_>,
    server: &Server,
    input: &Input,
) -> Result<Option<AbsPath>, CommandError> {
    if input.accept_no_backup {
        return Ok(None);
    }
    let path = match &input.backup {
        Some(path) => path.clone(),
        None => {
            let model::Timestamp(millis) = cx.system.now();
            format!("specwright-{millis}.dump")
        }
    };
    let path = super::resolve(&cx.cwd, &path)?;
    let major = server.major().map_err(|it| no_server(&it))?;
    let dumped = Dumper::find(cx.system, major).and_then(|it| it.dump(server, path.as_path()));
    dumped.map_err(|it| {
        CommandError::user(crate::error_chain(&it)).hint(
            "nothing was changed; put the `pg_dump` of the server's version on PATH, or give \
             `accept_no_backup` when there is a backup of another kind",
        )
    })?;
    Ok(Some(path))
}

fn failure(error: &ApplyError, input: &Input, backup: Option<&AbsPath>) -> CommandError {
    let unchanged = |it: &str| format!("{it}; nothing was changed");
    let restore = match backup {
        Some(path) => format!("`pg_restore` has the state before in `{path}`"),
        None => "no backup was made".to_owned(),
    };
    let hint = match error {
        ApplyError::Busy => unchanged("wait for the other run"),
        ApplyError::Drift(_) => unchanged("plan again from the database"),
        ApplyError::Data(_) => unchanged("correct these rows first"),
        ApplyError::Start { .. } => unchanged("count the steps of the plan, from 1"),
        ApplyError::PostCheck(_) => format!("the plan was run; {restore}"),
        ApplyError::Step { n_committed, is_uncertain: true, .. } => format!(
            "the first {n_committed} steps are committed, and perhaps those of the transaction \
             whose answer was lost; see with `schema plan --url` what is left; {restore}"
        ),
        ApplyError::Step { n_committed: 0, .. } => format!("nothing was changed; {restore}"),
        ApplyError::Step { n_committed, n_steps, .. } => {
            let on = match &input.to {
                Some(_) => "run with `to` and without `plan` and `from`, which plans what is left"
                    .to_owned(),
                None => format!("run the same plan with `start_at` {}", n_committed + 1),
            };
            format!(
                "of the plan, {n_committed} of {n_steps} steps are committed and no other; to go on, correct \
                 the cause and {on}; to go back, run `down` of steps {n_committed} to 1; {restore}"
            )
        }
        _ => unchanged("check the URL, and what the role may do"),
    };
    let kind = if matches!(error, ApplyError::Busy) { ErrorKind::Busy } else { ErrorKind::User };
    CommandError::new(kind, crate::error_chain(error)).hint(hint)
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
