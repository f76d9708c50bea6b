//! A certificate made up at start, for pages that name their vendors with `https://`.
//!
//! Nothing trusts it: the test browser must be told to accept it. Host names do not matter to such a browser.

use std::io;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Builds the acceptor; an error means the system gave no randomness for a key.
pub fn acceptor() -> io::Result<TlsAcceptor> {
    Ok(acceptor_with_certificate()?.0)
}

fn acceptor_with_certificate() -> io::Result<(TlsAcceptor, CertificateDer<'static>)> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "vendor.test".to_owned()])
        .map_err(io::Error::other)?;
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    // Named here, not taken from a process-wide default that some other dependency may set first.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .map_err(io::Error::other)?;
    Ok((TlsAcceptor::from(Arc::new(config)), certificate))
}

#[cfg(test)]
mod tests {
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;

    #[test]
    fn certificate_trusted_on_purpose_completes_a_handshake() -> Result<(), Box<dyn std::error::Error>> {
        let (acceptor, certificate) = acceptor_with_certificate()?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate)?;
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (near, far) = tokio::io::duplex(16 * 1024);
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(async move {
            let connector = TlsConnector::from(Arc::new(client));
            let there = connector.connect("vendor.test".try_into()?, near);
            let (accepted, connected) = tokio::join!(acceptor.accept(far), there);
            accepted?;
            connected?;
            Ok(())
        })
    }
}
