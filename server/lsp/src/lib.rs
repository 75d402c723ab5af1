//! The language server: translates between LSP and `workspace`, and decides nothing.
//!
//! A message is read by [`transport`], applied or started in wire order, and answered from the
//! moment at which it was read. Changes go to the one [`workspace::Workspace`]; a thread of its own
//! publishes what they did to the diagnostics.

pub mod aggregator;
mod council;
mod folders;
mod from_proto;
mod handlers;
mod health;
mod late;
mod profile;
mod progress;
mod publisher;
mod server;
mod session;
mod tasks;
mod to_proto;
pub mod transport;
mod watch;

use crate::server::Server;
use crate::session::Session;
use crate::transport::Behind;
pub use crate::transport::Ended;
use crate::transport::pump::Pump;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;
use tower_lsp::LspService;

/// Where the client is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Listen {
    /// Standard input and output, as editors start servers.
    #[default]
    Stdio,
    /// Waits for one client, for debugging.
    Tcp(SocketAddr),
    /// Waits for one client at a new Unix socket, for debugging.
    Socket(PathBuf),
}

/// How to run a server.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub listen: Listen,
}

/// Why a server could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("listen at {address}")]
    Tcp { address: SocketAddr, source: io::Error },
    #[error("listen at the socket `{}`", path.display())]
    Socket { path: PathBuf, source: io::Error },
    #[error("sockets in the file system are not supported on this platform; use --tcp")]
    NoSockets,
    #[error("start the server's threads")]
    Threads(#[source] io::Error),
}

const WORKER_THREADS: usize = 2;
const COMPUTE_THREADS_MAX: usize = 4;
/// How long a client may take to read its last answers.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves one client and returns how it ended; [`Ended::exit_code`] is what the process should end
/// with. End it by `std::process::exit`: a thread may still wait for input that never comes.
///
/// # Errors
/// [`RunError`]: the server could not be started; nothing was read.
pub fn run(options: &Options) -> Result<Ended, RunError> {
    match &options.listen {
        Listen::Stdio => serve(io::stdin(), io::stdout()).map_err(RunError::Threads),
        Listen::Tcp(address) => {
            let failed = |source| RunError::Tcp { address: *address, source };
            let listener = TcpListener::bind(address).map_err(failed)?;
            tracing::info!("listening at {}", listener.local_addr().map_err(failed)?);
            let (stream, _) = listener.accept().map_err(failed)?;
            // Answers are small and waited for.
            stream.set_nodelay(true).map_err(failed)?;
            serve(stream.try_clone().map_err(failed)?, stream).map_err(RunError::Threads)
        }
        Listen::Socket(path) => listen_at_socket(path),
    }
}

#[cfg(unix)]
fn listen_at_socket(path: &std::path::Path) -> Result<Ended, RunError> {
    let failed = |source| RunError::Socket { path: path.to_owned(), source };
    let listener = std::os::unix::net::UnixListener::bind(path).map_err(failed)?;
    let (stream, _) = listener.accept().map_err(failed)?;
    let ended = serve(stream.try_clone().map_err(failed)?, stream).map_err(RunError::Threads);
    // It was made here, and the next server could not bind it.
    std::fs::remove_file(path).map_err(failed)?;
    ended
}

#[cfg(not(unix))]
fn listen_at_socket(_path: &std::path::Path) -> Result<Ended, RunError> {
    Err(RunError::NoSockets)
}

/// Serves the client behind a pair of streams until it ends.
///
/// # Errors
/// When a thread cannot be started.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .max_blocking_threads(COMPUTE_THREADS_MAX)
        .thread_name("lsp-worker")
        .enable_time()
        .build()?;
    let pump = Pump::start(output)?;
    let behind = Behind::default();
    let (tell_end, end) = mpsc::channel();
    let handle = runtime.handle().clone();
    let (service, socket) = LspService::build(|client| {
        let session = Session::new(client, pump.clone(), behind.clone(), handle.clone());
        Server::new(session, tell_end.clone())
    })
    .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
    .custom_method("$/setTrace", Server::set_trace)
    .finish();
    transport::serve(service, socket, input, pump.clone(), behind, handle, tell_end)?;
    // The senders live as long as the connection, so an error would be an end too.
    let ended = end.recv().unwrap_or(Ended::Eof);
    tracing::info!("the connection ended: {ended:?}");
    pump.finish(LAST_WORDS);
    runtime.shutdown_background();
    Ok(ended)
}
