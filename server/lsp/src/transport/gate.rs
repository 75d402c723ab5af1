//! Order and isolation around the framework's service.
//!
//! The framework builds a future for each message and leaves the order of their first steps, the
//! order of everything after an `await`, and panics to whoever polls them. The gate polls each
//! future once, in wire order, before the next byte is read: document sync is complete by then, and
//! a request has taken its snapshot, which holds exactly the changes that came before it. Whatever
//! is left of a request runs on the runtime; a cancel never waits behind it.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tower::Service;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

type Reply<E> = Result<Option<Response>, E>;

/// A service whose `call` has effect before it returns.
pub(crate) struct Gate<S> {
    inner: S,
    runtime: Handle,
}

/// What became of a message by the time that `call` returned.
pub(crate) enum Answer<E> {
    /// `None` for notifications.
    Ready(Option<Response>),
    Later(Option<Id>, JoinHandle<Reply<E>>),
}

impl<S> Gate<S> {
    pub(crate) fn new(inner: S, runtime: Handle) -> Self {
        Self { inner, runtime }
    }
}

impl<S, E> Service<Request> for Gate<S>
where
    S: Service<Request, Response = Option<Response>, Error = E>,
    S::Future: Future<Output = Reply<E>> + Unpin + Send + 'static,
    E: Send + 'static,
{
    type Response = Option<Response>;
    type Error = E;
    type Future = Answer<E>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Answer<E> {
        let id = request.id().cloned();
        let method = request.method().to_owned();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let mut future = self.inner.call(request);
            // The runtime polls what is spawned, so the waker of this first poll may be deaf.
            match Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(reply) => Ok(reply),
                Poll::Pending => Err(future),
            }
        }));
        match polled {
            Ok(Ok(reply)) => Answer::Ready(complete(id, reply)),
            Ok(Err(future)) => Answer::Later(id, self.runtime.spawn(future)),
            Err(panic) => {
                tracing::error!("`{method}` panicked: {}", panic_message(&*panic));
                Answer::Ready(complete::<E>(id.clone(), panicked(id)))
            }
        }
    }
}

impl<E> Future for Answer<E> {
    type Output = Reply<E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(response) => Poll::Ready(Ok(response.take())),
            Self::Later(id, task) => Pin::new(task).poll(cx).map(|joined| {
                let reply = joined.unwrap_or_else(|error| {
                    tracing::error!("a request was given up: {error}");
                    panicked(id.clone())
                });
                Ok(complete(id.take(), reply))
            }),
        }
    }
}

/// Makes sure that a request is answered, whatever the service made of it.
fn complete<E>(id: Option<Id>, reply: Reply<E>) -> Option<Response> {
    let id = id?;
    match reply {
        Ok(Some(response)) => Some(response),
        // The framework drops unknown methods that start with `$/`, requests too.
        Ok(None) => Some(Response::from_error(id, Error::method_not_found())),
        Err(_) => Some(Response::from_error(id, Error::invalid_request())),
    }
}

fn panicked<E>(id: Option<Id>) -> Reply<E> {
    let mut error = Error::new(ErrorCode::InternalError);
    error.message = "the server failed to answer; its log says why".into();
    Ok(id.map(|id| Response::from_error(id, error)))
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
