//! The output: accepts every message at once and writes it from a thread of its own.
//!
//! A client that writes without reading would otherwise stop the server from reading, and both
//! would wait for ever. What waits here is bounded by what the client asked for; whoever sends
//! unasked (the publisher) first looks at [`Pump::wait_below_mark`].

use serde::Serialize;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// From here on, nothing is sent that the client has not asked for.
pub const HIGH_WATER_BYTES: usize = 1 << 20;

/// A way to the client; clones write to the same stream, in the order of their calls.
#[derive(Debug, Clone)]
pub struct Pump {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    frames: Vec<Vec<u8>>,
    /// Bytes of `frames` and of what the writer holds.
    queued_bytes: usize,
    queued_bytes_max: usize,
    /// Nothing is accepted any more: the server ends, or the stream broke.
    closed: bool,
}

impl Pump {
    /// Starts the thread that writes to `stream`; it ends when the pump is closed and empty.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(stream: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let writer = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("lsp-output".to_owned())
            .spawn(move || writer.write_all(stream))?;
        Ok(Self { shared })
    }

    /// Queues a message; never waits for the client.
    pub fn send(&self, message: &impl Serialize) {
        let body = serde_json::to_vec(message).expect("messages have string keys only");
        let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        frame.extend(body);
        let mut queue = self.shared.lock();
        if queue.closed {
            return;
        }
        queue.queued_bytes += frame.len();
        queue.queued_bytes_max = queue.queued_bytes_max.max(queue.queued_bytes);
        queue.frames.push(frame);
        drop(queue);
        self.shared.changed.notify_all();
    }

    /// How much the client has yet to read.
    #[must_use]
    pub fn queued_bytes(&self) -> usize {
        self.shared.lock().queued_bytes
    }

    /// The most that ever waited.
    #[must_use]
    pub fn queued_bytes_max(&self) -> usize {
        self.shared.lock().queued_bytes_max
    }

    /// Waits until less than [`HIGH_WATER_BYTES`] wait; `false` when the pump was closed meanwhile.
    #[must_use]
    pub fn wait_below_mark(&self) -> bool {
        let queue = self.shared.lock();
        let above = |it: &mut Queue| !it.closed && it.queued_bytes >= HIGH_WATER_BYTES;
        let queue = self.shared.changed.wait_while(queue, above);
        !queue.unwrap_or_else(PoisonError::into_inner).closed
    }

    /// Accepts nothing more and gives the client at most `timeout` to read what waits.
    pub fn finish(&self, timeout: Duration) {
        let mut queue = self.shared.lock();
        queue.closed = true;
        self.shared.changed.notify_all();
        let waits = |it: &mut Queue| it.queued_bytes > 0;
        drop(self.shared.changed.wait_timeout_while(queue, timeout, waits));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all(&self, mut stream: impl Write) {
        while let Some(frames) = self.next_frames() {
            for frame in frames {
                let written = stream.write_all(&frame).and_then(|()| stream.flush());
                let mut queue = self.lock();
                queue.queued_bytes -= frame.len();
                if let Err(error) = written {
                    tracing::warn!("write to the client: {error}");
                    queue.closed = true;
                    queue.queued_bytes = 0;
                    queue.frames.clear();
                    self.changed.notify_all();
                    return;
                }
                drop(queue);
                self.changed.notify_all();
            }
        }
    }

    /// Waits for frames; `None` when the pump is closed and nothing is left.
    fn next_frames(&self) -> Option<Vec<Vec<u8>>> {
        let empty = |it: &mut Queue| it.frames.is_empty() && !it.closed;
        let queue = self.changed.wait_while(self.lock(), empty);
        let mut queue = queue.unwrap_or_else(PoisonError::into_inner);
        let frames = std::mem::take(&mut queue.frames);
        (!frames.is_empty()).then_some(frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_reads_nothing_stops_nobody() {
        let (reader, writer) = io::pipe().expect("a pipe");
        let pump = Pump::start(writer).expect("a thread");
        for _ in 0..100 {
            pump.send(&"x".repeat(100_000));
        }
        assert!(pump.queued_bytes() > HIGH_WATER_BYTES);
        assert!(pump.queued_bytes_max() >= pump.queued_bytes());
        pump.finish(Duration::from_millis(1));
        assert!(!pump.wait_below_mark(), "closed");
        drop(reader);
    }

    #[test]
    fn a_stream_that_breaks_closes_the_pump() {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let pump = Pump::start(writer).expect("a thread");
        pump.send(&"x".repeat(HIGH_WATER_BYTES));
        assert!(!pump.wait_below_mark());
        assert_eq!(pump.queued_bytes(), 0);
    }
}
