//! How connections to a server are encrypted: libpq's `sslmode` and `sslrootcert`, carried out by
//! rustls.

use super::server::ServerError;
use ::postgres::Config;
use ::postgres::config::{Host, SslMode};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What a URL says of encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    /// Nothing until it is known where the server is.
    mode: Option<Mode>,
    /// A file of certificates to trust, in the place of the system's.
    roots: Option<PathBuf>,
}

/// The words of `sslmode`, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Disable,
    /// Encrypted where the server can, by whomever it is.
    Prefer,
    /// Encrypted; who the server is, is only looked at where certificates to trust are named.
    Require,
    /// By a server that a trusted authority knows.
    VerifyCa,
    /// By the very host that the URL names.
    VerifyFull,
}

const WORDS: [(&str, Mode); 6] = [
    ("disable", Mode::Disable),
    // Plain text first and encryption on demand is no better than the other way round.
    ("allow", Mode::Prefer),
    ("prefer", Mode::Prefer),
    ("require", Mode::Require),
    ("verify-ca", Mode::VerifyCa),
    ("verify-full", Mode::VerifyFull),
];

/// Options of libpq that would change who is trusted, if they were understood.
const UNKNOWN: [&str; 9] = [
    "gssencmode",
    "passfile",
    "requirepeer",
    "service",
    "sslcert",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslpassword",
];

impl Tls {
    /// No encryption: a socket of this machine.
    pub(super) const NONE: Self = Self { mode: Some(Mode::Disable), roots: None };

    /// Takes what is about encryption out of a URL or a list of `key=value`; the rest is for
    /// [`Config`].
    ///
    /// # Errors
    /// [`ServerError::SslMode`] on a word that is none, [`ServerError::Option`] on what libpq knows
    /// and this client does not.
    pub(super) fn split(url: &str) -> Result<(Self, String), ServerError> {
        let mut tls = Self { mode: None, roots: None };
        let (head, options, gap) = match url.split_once('?') {
            Some((head, query)) if url.contains("://") => (format!("{head}?"), query, '&'),
            _ if url.contains("://") => return Ok((tls, url.to_owned())),
            // A value in quotes may hold spaces; the keys in question never need any.
            _ => (String::new(), url, ' '),
        };
        let mut rest = Vec::new();
        for option in options.split(gap) {
            let key = option.split('=').next().unwrap_or_default();
            if let Some(key) = UNKNOWN.iter().find(|it| **it == key) {
                return Err(ServerError::Option(key));
            }
            match option.split_once('=') {
                Some(("sslmode", word)) => {
                    let known = WORDS.iter().find(|it| it.0 == word);
                    tls.mode = Some(known.ok_or(ServerError::SslMode)?.1);
                }
                Some(("sslrootcert", path)) if gap == '&' => tls.roots = Some(decoded(path).into()),
                Some(("sslrootcert", path)) => tls.roots = Some(path.into()),
                _ => rest.push(option),
            }
        }
        let rest = head + &rest.join(&gap.to_string());
        Ok((tls, rest.trim_end_matches('?').to_owned()))
    }

    /// Tells a configuration. Sockets of this machine are never encrypted; where the URL says
    /// nothing, a server elsewhere has to prove that it is the host of the URL.
    pub(super) fn set(&mut self, config: &mut Config) {
        let is_elsewhere = is_elsewhere(config);
        let mode = match (is_elsewhere, self.mode) {
            (None, _) => Mode::Disable,
            (Some(_), Some(mode)) => mode,
            (Some(true), None) => Mode::VerifyFull,
            (Some(false), None) => Mode::Prefer,
        };
        self.mode = Some(mode);
        config.ssl_mode(match mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
    }

    fn mode(&self) -> Mode {
        self.mode.unwrap_or(Mode::VerifyFull)
    }

    /// Whether connections may be encrypted at all.
    pub(super) fn is_on(&self) -> bool {
        self.mode() != Mode::Disable
    }

    /// What makes the encrypted connections.
    ///
    /// # Errors
    /// [`ServerError::Roots`] when the certificates to trust cannot be read.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, ServerError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match self.verified() {
            None => Arc::new(Unverified(Arc::clone(&provider))),
            Some(mode) => {
                let roots = Arc::new(self.roots()?);
                let inner =
                    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider));
                let inner = inner.build().map_err(|it| self.unread(it.to_string()))?;
                if mode == Mode::VerifyFull { inner } else { Arc::new(AnyName(inner)) }
            }
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has what the default versions need")
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }

    /// How far the server's certificate is looked at; not at all where no certificates are trusted.
    fn verified(&self) -> Option<Mode> {
        match self.mode() {
            mode @ (Mode::VerifyCa | Mode::VerifyFull) => Some(mode),
            Mode::Prefer | Mode::Require if self.roots.is_some() => Some(Mode::VerifyCa),
            _ => None,
        }
    }

    fn roots(&self) -> Result<RootCertStore, ServerError> {
        let mut store = RootCertStore::empty();
        let found = match self.roots.as_deref().filter(|it| *it != Path::new(SYSTEM)) {
            None => rustls_native_certs::load_native_certs().certs,
            Some(file) => CertificateDer::pem_file_iter(file)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|it| self.unread(it.to_string()))?,
        };
        store.add_parsable_certificates(found);
        if store.is_empty() {
            return Err(self.unread("it holds none".to_owned()));
        }
        Ok(store)
    }

    fn unread(&self, why: String) -> ServerError {
        let from = match &self.roots {
            Some(file) if file != Path::new(SYSTEM) => format!("`{}`", file.display()),
            _ => "the system's store".to_owned(),
        };
        ServerError::Roots { from, why }
    }

    /// How libpq of a major version is told the same.
    pub(super) fn environment(&self, major: u32) -> Vec<(&'static str, OsString)> {
        let mode = self.mode();
        let word = WORDS.iter().rev().find(|it| it.1 == mode).expect("every mode has a word");
        let mut out = vec![("PGSSLMODE", OsString::from(word.0))];
        // libpq looks for a file of its own where no other is named.
        let is_system = self.roots.as_deref().is_none_or(|it| it == Path::new(SYSTEM));
        let roots = match &self.roots {
            Some(file) if !is_system => Some(file.clone()),
            _ if mode < Mode::VerifyCa && self.roots.is_none() => None,
            _ if major >= SYSTEM_SINCE => Some(SYSTEM.into()),
            _ => BUNDLES.iter().map(PathBuf::from).find(|it| it.is_file()),
        };
        out.extend(roots.map(|it| ("PGSSLROOTCERT", it.into_os_string())));
        out
    }
}

/// What `sslrootcert` says for the certificates that the operating system trusts.
const SYSTEM: &str = "system";
/// The first libpq that knows the word.
const SYSTEM_SINCE: u32 = 16;
/// Where operating systems keep the certificates that they trust.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Whether a server is on another machine; `None` when only sockets lead to it.
fn is_elsewhere(config: &Config) -> Option<bool> {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return Some(!addresses.iter().all(IpAddr::is_loopback));
    }
    let mut out = None;
    for it in config.get_hosts() {
        match it {
            Host::Tcp(name) => {
                let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
                let is_here = name.eq_ignore_ascii_case("localhost")
                    || address.is_ok_and(|it| it.is_loopback());
                out = Some(out.unwrap_or(false) || !is_here);
            }
            #[cfg(unix)]
            Host::Unix(_) => {}
        }
    }
    out
}

/// A value of a URL without its percent signs.
fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match code.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Takes every certificate, as `sslmode=require` says.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Takes a certificate that a trusted authority gave, to whatever name.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        match self.0.verify_server_cert(certificate, chain, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                NotValidForName | NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// What holds for a URL: the mode, what is trusted, and what is left of the URL.
    fn check(url: &str, expect: Expect) {
        let told = Tls::split(url).map(|(mut tls, rest)| {
            let mut config: Config = rest.parse().expect("the rest is understood");
            tls.set(&mut config);
            let roots = tls.roots.as_ref().map(|it| it.display().to_string());
            format!("{:?} {} {rest}", tls.mode(), roots.unwrap_or_default())
        });
        expect.assert_eq(&told.unwrap_or_else(|it| it.to_string()));
    }

    #[test]
    fn a_server_elsewhere_has_to_prove_who_it_is() {
        check(
            "postgres://u:p@db.example.com/x",
            expect!["VerifyFull  postgres://u:p@db.example.com/x"],
        );
        check("host=db.example.com user=u", expect!["VerifyFull  host=db.example.com user=u"]);
        check(
            "postgres://u@localhost,db.example.com/x",
            expect!["VerifyFull  postgres://u@localhost,db.example.com/x"],
        );
        check(
            "postgres://u@localhost/x?hostaddr=192.0.2.1",
            expect!["VerifyFull  postgres://u@localhost/x?hostaddr=192.0.2.1"],
        );
    }

    #[test]
    fn this_machine_is_not_asked_for_a_certificate() {
        check("postgres://u@localhost/x", expect!["Prefer  postgres://u@localhost/x"]);
        check("postgres://u@127.0.0.1:5433/x", expect!["Prefer  postgres://u@127.0.0.1:5433/x"]);
        check("postgres://u@%2Ftmp/x?sslmode=require", expect!["Disable  postgres://u@%2Ftmp/x"]);
    }

    #[test]
    fn the_url_says_otherwise() {
        check(
            "postgres://u@db.example.com/x?sslmode=require&application_name=a",
            expect!["Require  postgres://u@db.example.com/x?application_name=a"],
        );
        check(
            "postgres://u@db.example.com/x?sslrootcert=%2Fa%20b.pem",
            expect!["VerifyFull /a b.pem postgres://u@db.example.com/x"],
        );
        check(
            "postgres://u@db.example.com/x?sslmode=yes",
            expect![
                "read the URL of a PostgreSQL server: `sslmode` is `disable`, `prefer`, `require`, `verify-ca` or `verify-full`"
            ],
        );
        check(
            "postgres://u@db.example.com/x?sslkey=k",
            expect!["read the URL of a PostgreSQL server: the option `sslkey` is not supported"],
        );
    }
}

#[cfg(test)]
#[cfg(unix)]
mod live;
