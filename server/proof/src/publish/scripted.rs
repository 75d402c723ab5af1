//! What a scripted peer answers that stands for the services.

use peer::scripted::Peer;
use serde_json::Value;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

/// What the peer does with a request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Answer {
        status: u16,
        headers: String,
        body: Value,
    },
    /// The request is read, and nothing comes.
    Silence,
    /// The head of a yes, and then nothing.
    HalfOpen,
    /// The connection ends within the answer.
    Cut,
}

pub(super) fn start(act: Act) -> Peer {
    Peer::start(move |_, stream| answer(stream, &act))
}

fn answer(stream: &mut TcpStream, act: &Act) -> std::io::Result<()> {
    match act {
        Act::Answer { status, headers, body } => {
            let body = body.to_string();
            let n = body.len();
            write!(stream, "HTTP/1.1 {status} So\r\n{headers}content-type: application/json\r\n")?;
            write!(stream, "content-length: {n}\r\nconnection: close\r\n\r\n{body}")
        }
        Act::Silence => {
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        }
        Act::HalfOpen => {
            write!(stream, "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{{\"html_url\"")?;
            stream.flush()?;
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        }
        Act::Cut => write!(stream, "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{{\"ht"),
    }
}
