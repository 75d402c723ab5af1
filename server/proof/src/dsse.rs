//! The envelope: signed bytes with their type, as DSSE v1 defines it.
//!
//! Source: the DSSE protocol and envelope documents of secure-systems-lab, version 1.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catalog::SealKey;
use serde::{Deserialize, Serialize};

/// The type of in-toto statements in an envelope.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// Signed bytes, or bytes that nobody has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub payload: Vec<u8>,
    /// Empty where there was no key.
    pub signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The public key in hexadecimal. It says which key to try, and is not signed itself.
    pub key: String,
    pub bytes: Vec<u8>,
}

/// Why a text is no envelope.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("it is no DSSE envelope")]
    Json(#[from] serde_json::Error),
    #[error("its payload is of the type `{found}`")]
    Type { found: String },
    #[error("its {what} is not base64")]
    Base64 { what: &'static str },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    payload_type: String,
    payload: String,
    signatures: Vec<JsonSignature>,
}

#[derive(Serialize, Deserialize)]
struct JsonSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// The bytes that are signed: a type can never be taken for a payload, nor one length for another.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    pub(crate) fn new(payload: &[u8], key: Option<&SealKey>) -> Self {
        let signed = pae(PAYLOAD_TYPE, payload);
        let sign = |key: &SealKey| Signature {
            key: catalog::hex(&key.public()),
            bytes: key.sign(&signed).to_vec(),
        };
        Self { payload: payload.to_vec(), signatures: key.map(sign).into_iter().collect() }
    }

    /// Whether a signature is one of these bytes, by the key that it names.
    #[must_use]
    pub fn is_signed_by(&self, signature: &Signature) -> bool {
        let signed = pae(PAYLOAD_TYPE, &self.payload);
        let bytes = <&[u8; 64]>::try_from(signature.bytes.as_slice()).ok();
        let key = catalog::unhex::<32>(&signature.key);
        key.zip(bytes).is_some_and(|(key, bytes)| catalog::is_signed(&key, &signed, bytes))
    }

    /// # Errors
    /// [`EnvelopeError`]
    pub fn read(json: &str) -> Result<Self, EnvelopeError> {
        let json: Json = serde_json::from_str(json)?;
        if json.payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeError::Type { found: json.payload_type });
        }
        let bytes =
            |text: &str, what| STANDARD.decode(text).map_err(|_| EnvelopeError::Base64 { what });
        let signatures = json
            .signatures
            .iter()
            .map(|it| Ok(Signature { key: it.keyid.clone(), bytes: bytes(&it.sig, "signature")? }));
        let signatures: Result<Vec<Signature>, EnvelopeError> = signatures.collect();
        Ok(Self { payload: bytes(&json.payload, "payload")?, signatures: signatures? })
    }

    /// JSON, as other tools read it.
    #[must_use]
    pub fn to_json(&self) -> String {
        let signatures = self
            .signatures
            .iter()
            .map(|it| JsonSignature { keyid: it.key.clone(), sig: STANDARD.encode(&it.bytes) });
        let json = Json {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: STANDARD.encode(&self.payload),
            signatures: signatures.collect(),
        };
        serde_json::to_string_pretty(&json).expect("keys are strings") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SealKey {
        SealKey::from_seed(&[7; 32])
    }

    #[test]
    fn what_is_signed_is_the_example_of_the_protocol() {
        let bytes = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(bytes, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn an_envelope_is_read_as_it_was_written() {
        for key in [None, Some(key())] {
            let envelope = Envelope::new(b"{\"a\": 1}\n", key.as_ref());
            let read = Envelope::read(&envelope.to_json()).expect("it is one");
            assert_eq!(read, envelope);
            assert!(read.signatures.iter().all(|it| read.is_signed_by(it)));
            assert_eq!(read.signatures.len(), usize::from(key.is_some()));
        }
        let other = "{\"payloadType\": \"text/plain\", \"payload\": \"\", \"signatures\": []}";
        let error = Envelope::read(other).expect_err("it is of another type");
        assert_eq!(error.to_string(), "its payload is of the type `text/plain`");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_byte_of_a_signed_payload_can_change(at in 0usize..64, with in any::<u8>()) {
            let mut envelope = Envelope::new(&[3; 64], Some(&key()));
            prop_assume!(with != 3);
            envelope.payload[at] = with;
            prop_assert!(!envelope.is_signed_by(&envelope.signatures[0]));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
            prop_assert!(Envelope::read(&text).is_err());
        }
    }
}
