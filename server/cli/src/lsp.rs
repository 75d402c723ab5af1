//! `specwright lsp`: the language server for one editor.

use anyhow::Context as _;
use lsp::{Listen, Options};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

/// Arguments of `specwright lsp`.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Args {
    /// Appends what the server does to FILE; the variable SPECWRIGHT_LOG filters it
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Waits for one client at a TCP address instead of standard input
    #[arg(long, value_name = "ADDRESS", conflicts_with = "socket")]
    tcp: Option<std::net::SocketAddr>,
    /// Waits for one client at a new Unix socket instead of standard input
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Serves standard input and output, which is the default; some editors pass it
    #[arg(long, conflicts_with_all = ["tcp", "socket"])]
    stdio: bool,
}

/// Serves until the editor ends it, and returns the exit code.
pub(crate) fn run(args: Args) -> anyhow::Result<u8> {
    if let Some(path) = &args.log {
        log_to(path)?;
    }
    let listen = match (args.tcp, args.socket) {
        (Some(address), _) => Listen::Tcp(address),
        (None, Some(path)) => Listen::Socket(path),
        (None, None) => Listen::Stdio,
    };
    Ok(lsp::run(&Options { listen })?.exit_code())
}

fn log_to(path: &Path) -> anyhow::Result<()> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    let file = opened.with_context(|| format!("open the log `{}`", path.display()))?;
    let filter = tracing_subscriber::EnvFilter::try_from_env("SPECWRIGHT_LOG");
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")))
        .with_writer(file)
        .with_ansi(false)
        .init();
    Ok(())
}
