//! Frames on the wire: a header with a length, then that many bytes of JSON.
//!
//! A broken frame costs itself and nothing behind it: the reader skips to the next
//! `Content-Length`. That is why the framework's own codec is not used: it stops reading for good
//! after the first frame that it cannot decode.

use serde_json::Value;
use std::io::{self, BufRead, Read as _};
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

/// A longer frame is skipped unread; VS Code's own limit for a document is 50 MB.
pub const FRAME_BYTES_MAX: u64 = 512 << 20;
const HEADER_LINE_BYTES_MAX: u64 = 8 << 10;
/// A longer batch of bytes is read in steps, so that a length alone reserves no memory.
const RESERVE_BYTES_MAX: u64 = 1 << 20;
const LENGTH: &str = "content-length:";

/// What one frame held.
#[derive(Debug)]
pub enum Incoming {
    Request(Request),
    Response(Response),
    /// No message; the error is what the client is told, the id is its own where it could be read.
    Malformed(Id, Error),
}

/// Reads the next message; `None` at the end of the stream.
///
/// # Errors
/// Whatever the stream says; broken frames are no errors, see [`Incoming::Malformed`].
pub fn read(stream: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let length = match read_header(stream)? {
        Header::End => return Ok(None),
        Header::Malformed(message) => return Ok(Some(malformed(message))),
        Header::Length(length) => length,
    };
    if length > FRAME_BYTES_MAX {
        io::copy(&mut stream.take(length), &mut io::sink())?;
        return Ok(Some(malformed(format!(
            "the message has {length} bytes; at most {FRAME_BYTES_MAX} are read"
        ))));
    }
    let mut body = Vec::with_capacity(usize::try_from(length.min(RESERVE_BYTES_MAX)).unwrap_or(0));
    stream.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(decode(&body)))
}

/// Reads one message from its JSON.
#[must_use]
pub fn decode(body: &[u8]) -> Incoming {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return malformed(format!("the message is not JSON: {error}")),
    };
    let Value::Object(mut object) = value else {
        return invalid(Id::Null, "a message is one JSON object; batches are not part of LSP");
    };
    let id = match object.remove("id") {
        None => None,
        Some(id) => match serde_json::from_value::<Id>(id) {
            Ok(id) => Some(id),
            Err(_) => return invalid(Id::Null, "an id is an integer or a string"),
        },
    };
    if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return invalid(id.unwrap_or(Id::Null), "`jsonrpc` must be \"2.0\"");
    }
    match object.remove("method") {
        Some(Value::String(method)) => {
            Incoming::Request(request(method, id, object.remove("params")))
        }
        Some(_) => invalid(id.unwrap_or(Id::Null), "`method` must be a string"),
        None => response(id, object),
    }
}

fn request(method: String, id: Option<Id>, params: Option<Value>) -> Request {
    let mut request = Request::build(method);
    // Clients of the lsp4j family send `params: null` where the protocol has none.
    if let Some(params) = params.filter(|it| !it.is_null()) {
        request = request.params(params);
    }
    match id {
        Some(id) => request.id(id).finish(),
        None => request.finish(),
    }
}

fn response(id: Option<Id>, mut object: serde_json::Map<String, Value>) -> Incoming {
    let Some(id) = id else {
        return invalid(Id::Null, "a message has a `method` or an `id`");
    };
    if let Some(error) = object.remove("error") {
        let error = serde_json::from_value(error).unwrap_or_else(|_| Error::internal_error());
        return Incoming::Response(Response::from_error(id, error));
    }
    match object.remove("result") {
        Some(result) => Incoming::Response(Response::from_ok(id, result)),
        None => invalid(id, "a message has a `method`, a `result` or an `error`"),
    }
}

fn malformed(message: String) -> Incoming {
    let mut error = Error::parse_error();
    error.message = message.into();
    Incoming::Malformed(Id::Null, error)
}

fn invalid(id: Id, message: &'static str) -> Incoming {
    let mut error = Error::invalid_request();
    error.message = message.into();
    Incoming::Malformed(id, error)
}

enum Header {
    Length(u64),
    Malformed(String),
    End,
}

/// Reads up to the blank line; garbage before a `Content-Length` is skipped and reported once.
fn read_header(stream: &mut impl BufRead) -> io::Result<Header> {
    let mut length = None;
    let mut fault = None;
    let mut n_fields = 0;
    loop {
        let mut line = Vec::new();
        if stream.take(HEADER_LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(fault.map_or(Header::End, Header::Malformed));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if line.is_empty() {
            match (length, fault.take()) {
                (Some(length), _) => return Ok(Header::Length(length)),
                (None, Some(fault)) => return Ok(Header::Malformed(fault)),
                (None, None) if n_fields > 0 => {
                    return Ok(Header::Malformed("the header has no Content-Length".to_owned()));
                }
                // Blank lines between frames mean nothing.
                (None, None) => continue,
            }
        }
        n_fields += 1;
        // The rest of a body that was longer than its length may stand before the next header.
        let at = line.to_ascii_lowercase().rfind(LENGTH);
        if let Some(value) = at.map(|at| line[at + LENGTH.len()..].trim()) {
            match value.parse() {
                Ok(it) => length = Some(it),
                Err(_) => fault = Some(format!("`Content-Length: {value}` is no number")),
            }
        } else if !is_field(line) {
            fault = Some("the header of a message could not be read".to_owned());
        }
    }
}

fn is_field(line: &str) -> bool {
    let Some((name, _)) = line.split_once(':') else { return false };
    !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use std::fmt::Write as _;

    fn check(wire: &[u8], expect: Expect) {
        let mut stream = wire;
        let mut out = String::new();
        while let Some(incoming) = read(&mut stream).expect("a slice cannot fail") {
            match incoming {
                Incoming::Request(it) => writeln!(out, "request {it}"),
                Incoming::Response(it) => writeln!(out, "response to {}", it.id()),
                Incoming::Malformed(id, it) => writeln!(out, "{id} {} {}", it.code, it.message),
            }
            .expect("a string cannot fail");
        }
        expect.assert_eq(&out);
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn requests_and_responses_are_told_apart() {
        let wire = [
            r#"{"jsonrpc":"2.0","id":1,"method":"shutdown","params":null}"#,
            r#"{"jsonrpc":"2.0","id":"a","result":null}"#,
            r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"no"}}"#,
            r#"{"jsonrpc":"2.0","method":"exit"}"#,
        ];
        check(
            wire.map(framed).concat().as_bytes(),
            expect![[r#"
                request {"jsonrpc":"2.0","method":"shutdown","id":1}
                response to "a"
                response to 2
                request {"jsonrpc":"2.0","method":"exit"}
            "#]],
        );
    }

    #[test]
    fn a_broken_frame_costs_only_itself() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        let mut wire = Vec::new();
        for broken in [
            framed("{").into_bytes(),
            framed("[]").into_bytes(),
            framed("{}").into_bytes(),
            framed(r#"{"jsonrpc":"2.0","id":[],"method":"x"}"#).into_bytes(),
            framed(r#"{"jsonrpc":"1.0","id":7,"method":"x"}"#).into_bytes(),
            b"Content-Length: 2\r\n\r\n\xff\xfe".to_vec(),
            b"Content-Length: many\r\n\r\n".to_vec(),
            b"Content-Length: 0\r\n\r\n".to_vec(),
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            b"Content-Length: 2\r\n\r\n{} and more".to_vec(),
        ] {
            wire.extend(broken);
            wire.extend(good.as_bytes());
        }
        check(
            &wire,
            expect![[r#"
            null -32700 the message is not JSON: EOF while parsing an object at line 1 column 1
            request {"jsonrpc":"2.0","method":"exit"}
            null -32600 a message is one JSON object; batches are not part of LSP
            request {"jsonrpc":"2.0","method":"exit"}
            null -32600 `jsonrpc` must be "2.0"
            request {"jsonrpc":"2.0","method":"exit"}
            null -32600 an id is an integer or a string
            request {"jsonrpc":"2.0","method":"exit"}
            7 -32600 `jsonrpc` must be "2.0"
            request {"jsonrpc":"2.0","method":"exit"}
            null -32700 the message is not JSON: expected value at line 1 column 1
            request {"jsonrpc":"2.0","method":"exit"}
            null -32700 `Content-Length: many` is no number
            request {"jsonrpc":"2.0","method":"exit"}
            null -32700 the message is not JSON: EOF while parsing a value at line 1 column 0
            request {"jsonrpc":"2.0","method":"exit"}
            null -32700 the header of a message could not be read
            request {"jsonrpc":"2.0","method":"exit"}
            null -32600 `jsonrpc` must be "2.0"
            request {"jsonrpc":"2.0","method":"exit"}
        "#]],
        );
    }

    #[test]
    fn a_deep_message_is_refused() {
        let body = "[".repeat(100_000);
        check(
            framed(&body).as_bytes(),
            expect![[r#"
            null -32700 the message is not JSON: recursion limit exceeded at line 1 column 128
        "#]],
        );
    }

    #[test]
    fn a_header_of_another_client_is_understood() {
        let body = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let wire = format!(
            "content-length: {}\nContent-Type: application/vscode-jsonrpc; charset=utf-8\n\n{body}",
            body.len()
        );
        check(
            wire.as_bytes(),
            expect![[r#"
            request {"jsonrpc":"2.0","method":"exit"}
        "#]],
        );
    }

    #[test]
    fn a_frame_cut_by_the_end_is_no_message() {
        check(b"Content-Length: 9\r\n\r\n{", expect![[r#""#]]);
    }
}
