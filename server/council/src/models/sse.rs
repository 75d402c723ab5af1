/// The longest event that is read, in bytes: 4 MiB.
const EVENT_BYTES_MAX: usize = 4 << 20;

/// One server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Empty when the server named none.
    pub(crate) name: String,
    /// Lines are joined by `\n`.
    pub(crate) data: String,
}

/// The event is longer than any that a model's answer needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Cuts a stream of bytes into events, wherever the network cut it.
///
/// Source: "Server-sent events" of the HTML standard, section "Interpreting an event stream".
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    line: Vec<u8>,
    /// The last byte was `\r`: a `\n` after it ends no further line.
    after_return: bool,
    name: String,
    data: Option<String>,
}

impl Decoder {
    /// Takes the next bytes and gives the events that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut out = Vec::new();
        for &byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => out.extend(self.end_line()),
                _ => self.line.push(byte),
            }
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > EVENT_BYTES_MAX {
                return Err(TooLong);
            }
        }
        Ok(out)
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
        let line = line.trim_start_matches('\u{feff}');
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            return self.data.take().map(|data| Event { name, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // Comments start with a colon; ids and retry times are for streams that are resumed.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STREAM: &str =
        ": hello\nevent: a\r\ndata: 1\r\ndata: 2\n\ndata:é\r\r\nid: 7\n\nevent: lost\n\ndata\n\n";

    fn decode(chunks: &[&[u8]]) -> Vec<(String, String)> {
        let mut decoder = Decoder::default();
        let events = chunks.iter().flat_map(|it| decoder.push(it).expect("it is short"));
        events.map(|it| (it.name, it.data)).collect()
    }

    #[test]
    fn events_have_names_and_joined_lines() {
        let expected = [("a", "1\n2"), ("", "é"), ("", "")];
        let expected = expected.map(|(name, data)| (name.to_owned(), data.to_owned()));
        assert_eq!(decode(&[STREAM.as_bytes()]), expected);
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut decoder = Decoder::default();
        let megabyte = vec![b'x'; 1 << 20];
        let refused = (0..5).any(|_| decoder.push(&megabyte) == Err(TooLong));
        assert!(refused);
    }

    proptest! {
        #[test]
        fn where_the_network_cuts_makes_no_difference(cuts in prop::collection::vec(0..STREAM.len(), 0..6)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let (mut chunks, mut from) = (Vec::new(), 0);
            for cut in cuts {
                chunks.push(&STREAM.as_bytes()[from..cut]);
                from = cut;
            }
            chunks.push(&STREAM.as_bytes()[from..]);
            prop_assert_eq!(decode(&chunks), decode(&[STREAM.as_bytes()]));
        }
    }
}
