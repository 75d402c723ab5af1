use crate::seal_key::SealKey;
use crate::{Catalog, CatalogError, audit};
use ed25519_dalek::{Signature, VerifyingKey};
use model::Timestamp;
use rusqlite::OptionalExtension as _;
use std::fmt::{self, Display, Formatter, Write as _};
use std::str::FromStr;

/// The first line of a seal; a change of the format changes it.
const HEADER: &str = "specwright-seal/v1";

/// Where an audit chain stood at one moment. Kept elsewhere, it shows later that entries were cut
/// off or the whole chain was computed anew, which the chain alone cannot show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The hash of the first entry, which tells chains apart.
    pub chain: [u8; 32],
    /// How many entries there were.
    pub size: i64,
    /// The hash of the last of them.
    pub head: [u8; 32],
    pub at: Timestamp,
}

/// A seal with its signature, which was checked under the key that it names. Whether that key is to
/// be trusted is for the caller to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedSeal {
    pub seal: Seal,
    /// The public key.
    pub key: [u8; 32],
    signature: [u8; 64],
}

/// Why a text is no seal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("it is no seal: line {line} is not `{expected} …`")]
    Malformed { line: usize, expected: &'static str },
    #[error("its signature does not fit its text")]
    Forged,
}

/// How a chain is not the one that was sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    #[error("the chain has {found} entries, but {sealed} were sealed: its end was cut off")]
    Truncated { sealed: i64, found: i64 },
    #[error("entry {seq} is not the one that was sealed: the chain was computed anew")]
    Rewritten { seq: i64 },
    #[error("the first entry is not the sealed one: another chain, or the whole was computed anew")]
    OtherChain,
}

impl Seal {
    #[must_use]
    pub fn sign(self, key: &SealKey) -> SignedSeal {
        let public = key.public();
        let signature = key.sign(self.text(&public).as_bytes());
        SignedSeal { seal: self, key: public, signature }
    }

    /// What is signed, byte by byte.
    fn text(&self, key: &[u8; 32]) -> String {
        let Self { chain, size, head, at: Timestamp(at) } = self;
        let (chain, head, key) = (hex(chain), hex(head), hex(key));
        format!("{HEADER}\nchain {chain}\nsize {size}\nhead {head}\ntime {at}\nkey {key}\n")
    }
}

impl Display for SignedSeal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}signature {}", self.seal.text(&self.key), hex(&self.signature))
    }
}

impl FromStr for SignedSeal {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        let mut lines = text.lines().map(str::trim_end);
        if lines.next() != Some(HEADER) {
            return Err(SealError::Malformed { line: 1, expected: HEADER });
        }
        let mut line = 1;
        let mut field = |expected: &'static str| {
            line += 1;
            let found = lines.next().and_then(|it| it.strip_prefix(expected)?.strip_prefix(' '));
            (found, SealError::Malformed { line, expected })
        };
        let bytes =
            |(found, error): (Option<&str>, SealError)| found.and_then(unhex::<32>).ok_or(error);
        let number = |(found, error): (Option<&str>, SealError)| {
            found.and_then(|it| it.parse::<i64>().ok()).ok_or(error)
        };
        let chain = bytes(field("chain"))?;
        let size = number(field("size"))?;
        let head = bytes(field("head"))?;
        let at = Timestamp(number(field("time"))?);
        let key = bytes(field("key"))?;
        let (found, error) = field("signature");
        let signature = found.and_then(unhex::<64>).ok_or(error)?;
        let out = Self { seal: Seal { chain, size, head, at }, key, signature };
        let text = out.seal.text(&key);
        is_signed(&key, text.as_bytes(), &signature).then_some(out).ok_or(SealError::Forged)
    }
}

impl Catalog {
    /// Where the chain stands now; `None` before the first entry.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn seal(&self) -> Result<Option<Seal>, CatalogError> {
        let at = self.system.now();
        let read = || {
            let tx = self.db.unchecked_transaction()?;
            let (size, head) = audit::head(&tx)?;
            Ok(hash_at(&tx, 1)?.map(|chain| Seal { chain, size, head, at }))
        };
        read().map_err(|source| CatalogError::new("read the end of the audit chain", source))
    }

    /// Holds the chain against a seal. That the entries follow each other is for
    /// [`Catalog::verify`] to say; only both together prove that none was changed.
    ///
    /// # Errors
    /// [`CatalogError`] when the chain cannot be read.
    pub fn judge(&self, seal: &Seal) -> Result<Result<(), Unsealed>, CatalogError> {
        let judge = || {
            let tx = self.db.unchecked_transaction()?;
            let sql = "SELECT count(*) FROM audit";
            let found: i64 = tx.query_row(sql, (), |row| row.get(0))?;
            if found > 0 && hash_at(&tx, 1)? != Some(seal.chain) {
                return Ok(Err(Unsealed::OtherChain));
            }
            if found < seal.size {
                return Ok(Err(Unsealed::Truncated { sealed: seal.size, found }));
            }
            if hash_at(&tx, seal.size)? != Some(seal.head) {
                return Ok(Err(Unsealed::Rewritten { seq: seal.size }));
            }
            Ok(Ok(()))
        };
        judge().map_err(|source| CatalogError::new("hold the audit chain against a seal", source))
    }
}

fn hash_at(db: &rusqlite::Connection, seq: i64) -> rusqlite::Result<Option<[u8; 32]>> {
    let sql = "SELECT hash FROM audit WHERE seq = ?1";
    db.prepare_cached(sql)?.query_row([seq], |row| row.get(0)).optional()
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for it in bytes {
        let _ = write!(out, "{it:02x}");
    }
    out
}

/// Whether `signature` is one of `bytes` by the public key `key`.
#[must_use]
pub fn is_signed(key: &[u8; 32], bytes: &[u8], signature: &[u8; 64]) -> bool {
    let signature = Signature::from_bytes(signature);
    VerifyingKey::from_bytes(key).is_ok_and(|it| it.verify_strict(bytes, &signature).is_ok())
}

/// The bytes of a text in hexadecimal, of exactly this length.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 || !text.is_ascii() {
        return None;
    }
    let mut out = [0; N];
    for (index, it) in out.iter_mut().enumerate() {
        *it = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::{catalog, tamper};
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn key() -> SealKey {
        SealKey::from_seed(&[7; 32])
    }

    fn sealed(catalog: &Catalog) -> SignedSeal {
        catalog.seal().expect("read").expect("there are entries").sign(&key())
    }

    /// Seals three entries, does `sql` to the file, and judges.
    fn check(sql: &str, expect: Expect) {
        let catalog = catalog(3);
        let seal = sealed(&catalog).seal;
        tamper(&catalog, sql);
        let verdict = match catalog.judge(&seal).expect("read") {
            Ok(()) => "as it was sealed".to_owned(),
            Err(error) => error.to_string(),
        };
        expect.assert_eq(&verdict);
    }

    #[test]
    fn a_seal_shows_what_the_chain_alone_cannot() {
        check("SELECT 1", expect!["as it was sealed"]);
        let cut = "DELETE FROM audit WHERE seq = 3;
                   UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 2)";
        let catalog = catalog(3);
        tamper(&catalog, cut);
        assert_eq!(catalog.verify().expect("read"), Ok(2), "the chain alone holds");
        check(cut, expect!["the chain has 2 entries, but 3 were sealed: its end was cut off"]);
        check(
            "DELETE FROM audit",
            expect!["the chain has 0 entries, but 3 were sealed: its end was cut off"],
        );
    }

    #[test]
    fn a_chain_that_was_computed_anew_is_not_the_sealed_one() {
        let original = catalog(3);
        let seal = sealed(&original).seal;
        // The same beginning, another end, and every hash as it should be.
        let mut forged = catalog(2);
        forged.set_rule("other", None, Some("off")).expect("it is written");
        forged.set_rule("more", None, Some("off")).expect("it is written");
        assert_eq!(forged.verify().expect("read"), Ok(4));
        assert_eq!(forged.judge(&seal).expect("read"), Err(Unsealed::Rewritten { seq: 3 }));
        let mut other = catalog(0);
        other.set_rule("other", None, Some("off")).expect("it is written");
        assert_eq!(other.judge(&seal).expect("read"), Err(Unsealed::OtherChain));
    }

    #[test]
    fn a_chain_that_went_on_still_fits() {
        let mut catalog = catalog(3);
        let seal = sealed(&catalog).seal;
        catalog.set_rule("more", None, Some("off")).expect("it is written");
        assert_eq!(catalog.judge(&seal).expect("read"), Ok(()));
    }

    #[test]
    fn an_empty_chain_has_no_seal() {
        assert_eq!(catalog(0).seal().expect("read"), None);
    }

    #[test]
    fn a_seal_is_a_text_that_survives_mail() {
        let signed = sealed(&catalog(1));
        let text = signed.to_string();
        expect![[r#"
            specwright-seal/v1
            chain 4de3a5d6269bdc8784ec0da267f253e1f3f2e169781fe96b1c52b56bee11bb8e
            size 1
            head 4de3a5d6269bdc8784ec0da267f253e1f3f2e169781fe96b1c52b56bee11bb8e
            time 981173107000
            key ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
            signature b9f32dec1b9f2407c168499ce0752373201b6e6182ec2ae1d94f327ed7f6a03d05944a178416eb042cd29131d684665815d56721836d1622292d932fa270820e
        "#]].assert_eq(&text);
        assert_eq!(text.parse(), Ok(signed.clone()));
        assert_eq!(text.replace('\n', " \r\n").parse(), Ok(signed));
        let error = "hello".parse::<SignedSeal>().expect_err("it is none");
        assert_eq!(error.to_string(), "it is no seal: line 1 is not `specwright-seal/v1 …`");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_letter_of_a_seal_can_change(at in 0usize..400, with in "[0-9a-f]") {
            let text = sealed(&catalog(2)).to_string();
            let at = at % text.len();
            let mut other = text.clone();
            other.replace_range(at..=at, &with);
            prop_assume!(other != text);
            prop_assert!(other.parse::<SignedSeal>().is_err());
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            prop_assert!(text.parse::<SignedSeal>().is_err());
            let text = format!("{HEADER}\nchain {text}");
            prop_assert!(text.parse::<SignedSeal>().is_err());
        }
    }
}
