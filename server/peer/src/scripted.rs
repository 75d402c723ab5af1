//! A scripted peer, for tests: a server on this machine that speaks true HTTP, keeps what it heard
//! and answers as it is told.

use std::io::{self, Read as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use url::Url;

/// A request, as the peer heard it.
#[derive(Debug, Clone)]
pub struct Heard {
    /// In lower case.
    pub head: String,
    pub body: String,
}

/// It ends with the process.
#[derive(Debug)]
pub struct Peer {
    /// Its root.
    pub url: Url,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Peer {
    /// Starts one on a free port. `answer` gets each request and the way back to who asked; the
    /// connection is closed behind it. Requests of several connections are answered at the same time.
    ///
    /// # Panics
    /// Where this machine has no free port.
    pub fn start(
        answer: impl Fn(&Heard, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of this machine");
        let address = listener.local_addr().expect("it is bound");
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (answer, all) = (Arc::new(answer), Arc::clone(&heard));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (answer, all) = (Arc::clone(&answer), Arc::clone(&all));
                std::thread::spawn(move || {
                    let Some(request) = read(&mut stream) else { return };
                    all.lock().expect("nobody panicked").push(request.clone());
                    // The client may be gone: that is what some tests are about.
                    let _ = answer(&request, &mut stream);
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { url: Url::parse(&format!("http://{address}")).expect("a URL"), heard }
    }

    /// All requests up to now, in the order in which they were heard out.
    ///
    /// # Panics
    /// When an answer panicked.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("nobody panicked").clone()
    }
}

/// One request; `None` when the other side ended before it did.
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
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
    let length: usize = length.map_or(Some(0), |it| it.trim().parse().ok())?;
    while bytes.len() < head_end + length {
        let n = stream.read(&mut chunk).ok().filter(|it| *it > 0)?;
        bytes.extend_from_slice(&chunk[..n]);
    }
    Some(Heard { head, body: String::from_utf8_lossy(&bytes[head_end..]).into_owned() })
}
