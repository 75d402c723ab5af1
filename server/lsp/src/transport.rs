//! Between the wire and the framework's service: frames, order, output, the end.
//!
//! The framework (tower-lsp in its community line) routes messages, tracks cancels and
//! server-to-client requests, and knows the protocol's states. Its `Server`, which would read and
//! write, is not used: it ends at the first frame that is not JSON, stops reading when the client
//! stops, and polls handlers in an order of its own. Three parts stand in for it: [`frame`] reads,
//! [`gate`] keeps order and isolates panics, [`pump`] writes. Reading is a thread of its own, so
//! that no amount of work on the runtime delays a change or a cancel.

pub mod frame;
mod gate;
mod parent;
pub mod pump;

pub(crate) use crate::transport::parent::watch as watch_parent;

use crate::transport::frame::Incoming;
use crate::transport::gate::{Answer, Gate};
use crate::transport::pump::Pump;
use futures_util::{Sink as _, StreamExt as _};
use std::future::Future;
use std::io::{self, BufReader, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use tokio::runtime::Handle;
use tower::Service;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{ClientSocket, ExitedError};

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client said `exit`; `after_shutdown` when it had said `shutdown` before.
    Exit { after_shutdown: bool },
    /// The input ended or broke.
    Eof,
    /// The process that the client named as its own is gone.
    ParentGone,
}

impl Ended {
    /// What the process should end with: 0 after an orderly shutdown, else 1.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        u8::from(self != Self::Exit { after_shutdown: true })
    }
}

/// Tells whether more has been received than was handled: then what is known now is old already.
#[derive(Debug, Clone, Default)]
pub struct Behind(Arc<AtomicBool>);

impl Behind {
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

const INPUT_BUFFER_BYTES: usize = 64 << 10;

/// Serves one connection on a thread of its own, which tells `ended` when it is over.
///
/// # Errors
/// When no thread can be started.
pub fn serve<S>(
    service: S,
    socket: ClientSocket,
    input: impl Read + Send + 'static,
    pump: Pump,
    behind: Behind,
    runtime: Handle,
    ended: Sender<Ended>,
) -> io::Result<()>
where
    S: Service<Request, Response = Option<Response>, Error = ExitedError> + Send + 'static,
    S::Future: Future<Output = Result<Option<Response>, ExitedError>> + Unpin + Send + 'static,
{
    let (mut to_client, mut from_client) = socket.split();
    let requests = pump.clone();
    runtime.spawn(async move {
        while let Some(request) = to_client.next().await {
            requests.send(&request);
        }
    });
    let mut gate = Gate::new(service, runtime.clone());
    let read = move || {
        let mut input = BufReader::with_capacity(INPUT_BUFFER_BYTES, input);
        let mut after_shutdown = false;
        let end = loop {
            let message = frame::read(&mut input);
            behind.0.store(!input.buffer().is_empty(), Ordering::Relaxed);
            match message {
                Ok(Some(Incoming::Request(request))) => match request.method() {
                    "exit" => break Ended::Exit { after_shutdown },
                    method => {
                        after_shutdown |= method == "shutdown";
                        answer(&mut gate, request, &pump, &runtime);
                    }
                },
                Ok(Some(Incoming::Response(response))) => {
                    // Fails only after `exit`, which ends this loop.
                    let _ = Pin::new(&mut from_client).start_send(response);
                }
                Ok(Some(Incoming::Malformed(id, error))) => {
                    tracing::warn!("refused a message: {}", error.message);
                    pump.send(&Response::from_error(id, error));
                }
                Ok(None) => break Ended::Eof,
                Err(error) => {
                    tracing::warn!("read from the client: {error}");
                    break Ended::Eof;
                }
            }
        };
        // The receiver is gone only when the server already ends.
        let _ = ended.send(end);
    };
    std::thread::Builder::new().name("lsp-input".to_owned()).spawn(read)?;
    Ok(())
}

fn answer<S>(gate: &mut Gate<S>, request: Request, pump: &Pump, runtime: &Handle)
where
    S: Service<Request, Response = Option<Response>, Error = ExitedError>,
    S::Future: Future<Output = Result<Option<Response>, ExitedError>> + Unpin + Send + 'static,
{
    match gate.call(request) {
        Answer::Ready(response) => {
            if let Some(response) = response {
                pump.send(&response);
            }
        }
        later @ Answer::Later(..) => {
            let pump = pump.clone();
            runtime.spawn(async move {
                if let Ok(Some(response)) = later.await {
                    pump.send(&response);
                }
            });
        }
    }
}
