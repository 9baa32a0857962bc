//! TLS 1.3 with a raw public key (RFC 7250). A certificate would say nothing: who the server is, its
//! evidence says.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring as provider, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, ServerConfig, ServerConnection,
    SignatureScheme, StreamOwned,
};

use crate::failure::{Done, Failure};

fn fault(error: impl core::fmt::Display) -> Failure {
    Failure::build(format!("no TLS session: {error}"))
}

/// The key of one connection. It is made here and goes with the connection.
#[derive(Debug)]
pub struct Identity {
    key: Arc<CertifiedKey>,
    public: Vec<u8>,
}

impl Identity {
    /// A new key.
    ///
    /// # Errors
    /// [`Failure`] where there are no random numbers.
    pub fn new() -> Done<Self> {
        let random = SystemRandom::new();
        let secret = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).map_err(fault)?;
        let secret = PrivatePkcs8KeyDer::from(secret.as_ref().to_vec());
        let key = provider::default_provider().key_provider.load_private_key(secret.into()).map_err(fault)?;
        let public = key.public_key().ok_or_else(|| fault("the key has no public half"))?.to_vec();
        let chain = vec![CertificateDer::from(public.clone())];
        Ok(Self { key: Arc::new(CertifiedKey::new(chain, key)), public })
    }

    /// Its public half: the DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// The server's side of a connection.
    ///
    /// # Errors
    /// [`Failure`] where the handshake fails.
    pub fn accept(&self, mut tcp: TcpStream) -> Done<StreamOwned<ServerConnection, TcpStream>> {
        let config = ServerConfig::builder_with_provider(Arc::new(provider::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(fault)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(Arc::clone(&self.key))));
        let mut connection = ServerConnection::new(Arc::new(config)).map_err(fault)?;
        connection.complete_io(&mut tcp).map_err(fault)?;
        Ok(StreamOwned::new(connection, tcp))
    }
}

/// The client's side of a connection, and the server's key. That the server has the key is proven here;
/// whose key it is, isn't: nothing may be sent before evidence has said so.
///
/// # Errors
/// [`Failure`] where the handshake fails.
pub fn client(mut tcp: TcpStream) -> Done<(StreamOwned<ClientConnection, TcpStream>, Vec<u8>)> {
    let provider = Arc::new(provider::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(fault)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(WhoeverHasTheKey(provider)))
        .with_no_client_auth();
    let name = ServerName::try_from("kettle-attest.invalid").map_err(fault)?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(fault)?;
    connection.complete_io(&mut tcp).map_err(fault)?;
    let key = match connection.peer_certificates() {
        Some([key]) => key.as_ref().to_vec(),
        _ => return Err(fault(io::Error::other("the server shows no key"))),
    };
    Ok((StreamOwned::new(connection, tcp), key))
}

/// Takes every server that proves to have the key that it shows.
#[derive(Debug)]
struct WhoeverHasTheKey(Arc<CryptoProvider>);

impl ServerCertVerifier for WhoeverHasTheKey {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken here".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        verify_tls13_signature_with_raw_key(message, &key, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
