//! A server on the way to a server, which cuts a connection at a statement.

use crate::postgres::server::Server;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// On which side of the server's work the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// The server never hears the statement.
    Before,
    /// The server runs it, and nobody hears of that.
    After,
}

pub(super) struct Proxy {
    port: u16,
    user: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_armed: AtomicBool,
    was_cut: AtomicBool,
}

impl Proxy {
    /// Listens on the loopback; the first connection ends at statement `limit`, from 1, of
    /// those after [`Proxy::arm`].
    pub(super) fn start(server: &Server, cut: Cut, limit: u64) -> Option<Self> {
        let url = server.url()?;
        let (user, folder) = url.strip_prefix("postgresql://")?.split_once('@')?;
        let folder = folder.split('/').next()?.replace("%2F", "/");
        let socket = PathBuf::from(folder).join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(State::default());
        let told = Arc::clone(&state);
        // It ends when its one client and the server are gone.
        std::thread::spawn(move || {
            let Ok((client, _)) = listener.accept() else { return };
            let Ok(server) = UnixStream::connect(&socket) else { return };
            pass(client, server, cut, limit, &told);
        });
        Some(Self { port, user: user.to_owned(), state })
    }

    pub(super) fn url(&self, database: &str) -> String {
        format!("postgresql://{}@127.0.0.1:{}/{database}?sslmode=disable", self.user, self.port)
    }

    /// From now on statements are counted.
    pub(super) fn arm(&self) {
        self.state.is_armed.store(true, Ordering::SeqCst);
    }

    pub(super) fn was_cut(&self) -> bool {
        self.state.was_cut.load(Ordering::SeqCst)
    }
}

fn pass(mut client: TcpStream, mut server: UnixStream, cut: Cut, limit: u64, state: &State) {
    let (Ok(mut from), Ok(mut to)) = (server.try_clone(), client.try_clone()) else { return };
    let back = std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut n_seen = 0;
    let mut is_first = true;
    // The first message has no letter.
    while let Some((letter, bytes)) = message(&mut client, is_first) {
        is_first = false;
        // `Query`, and `Execute` of a prepared statement.
        let counts = matches!(letter, b'Q' | b'E');
        n_seen += u64::from(counts && state.is_armed.load(Ordering::SeqCst));
        let is_last = counts && n_seen == limit;
        if is_last {
            state.was_cut.store(true, Ordering::SeqCst);
        }
        if is_last && cut == Cut::Before {
            break;
        }
        let sent = server.write_all(&bytes);
        if is_last {
            // The rest of what belongs to it is on the way already, or is left out.
            let _ = client.shutdown(Shutdown::Both);
        }
        if sent.is_err() || is_last {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(if cut == Cut::Before { Shutdown::Both } else { Shutdown::Write });
    let _ = back.join();
}

fn message(from: &mut impl Read, is_first: bool) -> Option<(u8, Vec<u8>)> {
    let mut out = vec![0; if is_first { 4 } else { 5 }];
    from.read_exact(&mut out).ok()?;
    let length = u32::from_be_bytes(out[out.len() - 4..].try_into().expect("four bytes"));
    let letter = if is_first { 0 } else { out[0] };
    let start = out.len();
    out.resize(start + length as usize - 4, 0);
    from.read_exact(&mut out[start..]).ok()?;
    Some((letter, out))
}
