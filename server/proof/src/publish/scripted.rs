//! A scripted peer: a server on this machine that speaks HTTP as the services do, and answers as it
//! is told.

use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

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

#[derive(Debug, Clone)]
pub(super) struct Heard {
    /// With its names in lower case.
    pub(super) head: String,
    pub(super) body: String,
}

pub(super) struct Peer {
    pub(super) url: Url,
    pub(super) heard: Arc<Mutex<Vec<Heard>>>,
}

impl Peer {
    pub(super) fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of this machine");
        let address = listener.local_addr().expect("it is bound");
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let all = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (act, all) = (act.clone(), Arc::clone(&all));
                std::thread::spawn(move || serve(stream, act, &all));
            }
        });
        Self { url: Url::parse(&format!("http://{address}")).expect("a URL"), heard }
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("nobody panicked").clone()
    }
}

fn serve(mut stream: TcpStream, act: Act, all: &Mutex<Vec<Heard>>) {
    let Some(heard) = read(&mut stream) else { return };
    all.lock().expect("nobody panicked").push(heard);
    // The client may be gone: that is what some tests are about.
    let _ = answer(&mut stream, act);
    let _ = stream.shutdown(Shutdown::Both);
}

fn read(stream: &mut TcpStream) -> Option<Heard> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    let head_end = loop {
        let n = stream.read(&mut chunk).ok().filter(|it| *it > 0)?;
        bytes.extend_from_slice(&chunk[..n]);
        if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_lowercase();
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "))?;
    let length: usize = length.trim().parse().ok()?;
    while bytes.len() < head_end + length {
        let n = stream.read(&mut chunk).ok().filter(|it| *it > 0)?;
        bytes.extend_from_slice(&chunk[..n]);
    }
    Some(Heard { head, body: String::from_utf8_lossy(&bytes[head_end..]).into_owned() })
}

fn answer(stream: &mut TcpStream, act: Act) -> std::io::Result<()> {
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
