//! A stand-in for every third party: one local server that answers any host and path, sets cookies like the
//! vendors do, and remembers who asked for what.
//!
//! Point a browser's resolver at it and "nothing third-party was requested before the choice" becomes
//! [`Vendor::requests`] being empty. It runs on a thread and runtime of its own, so that synchronous tests and
//! tools can hold it.

mod answers;
mod assets;
mod hits;
#[cfg(feature = "tls")]
mod tls;

pub use hits::Hit;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use hits::Hits;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// First byte of a TLS handshake record; no HTTP method starts with it.
const TLS_HANDSHAKE: u8 = 0x16;

/// A running vendor server; it stops when dropped.
#[derive(Debug)]
pub struct Vendor {
    address: SocketAddr,
    hits: Arc<Hits>,
    connections: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Vendor {
    /// Binds 127.0.0.1 at `port` (0: any free one) and serves until the value is dropped.
    ///
    /// An error means that nothing was started: the port is taken, or the system refuses a socket or thread.
    pub fn start(port: u16) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let acceptor = Acceptor::new()?;
        let hits = Arc::new(Hits::default());
        let router = answers::router(Arc::clone(&hits));
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("vendor".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept_forever(listener, router, acceptor, &counted) => {}
                    // Also when the sender is gone: nobody is left to ask for anything.
                    _ = stopped => {}
                }
            });
            // Dropping the runtime cuts the connections that browsers like to keep open.
        })?;
        Ok(Self { address, hits, connections, stop: Some(stop), thread: Some(thread) })
    }

    /// The origin it answers at, e.g. `http://127.0.0.1:8788`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every request since the start or the last [`Vendor::reset`], oldest first; only the last
    /// [`Vendor::REMEMBERED`] are kept.
    #[must_use]
    pub fn requests(&self) -> Vec<Hit> {
        self.hits.all()
    }

    /// How many remembered requests went to a host, or to a path and query, that starts with `prefix`.
    #[must_use]
    pub fn count_for(&self, prefix: &str) -> usize {
        self.hits.count_for(prefix)
    }

    /// Forgets every request so far.
    pub fn reset(&self) {
        self.hits.reset();
    }

    /// How many connections were opened since the start, those that nothing was asked by included.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// How many requests are remembered before the oldest is forgotten.
    pub const REMEMBERED: usize = hits::REMEMBERED;
}

impl Drop for Vendor {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already; then there is nothing to stop.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept_forever(
    listener: TcpListener,
    router: Router,
    acceptor: Acceptor,
    connections: &AtomicUsize,
) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(acceptor.clone().serve(stream, router.clone()));
            }
            // Out of file descriptors or a connection reset in the queue: wait for better times.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Tells plain connections from encrypted ones, so that one port answers `http://` and `https://`.
#[derive(Clone)]
struct Acceptor {
    #[cfg(feature = "tls")]
    tls: tokio_rustls::TlsAcceptor,
}

impl Acceptor {
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(feature = "tls")]
            tls: tls::acceptor()?,
        })
    }

    async fn serve(self, stream: TcpStream, router: Router) {
        let mut first = [0];
        match stream.peek(&mut first).await {
            Ok(1) if first == [TLS_HANDSHAKE] => self.serve_encrypted(stream, router).await,
            Ok(1) => serve_http(stream, router).await,
            // A connection opened ahead of need and closed unused.
            _ => {}
        }
    }

    #[cfg(feature = "tls")]
    async fn serve_encrypted(self, stream: TcpStream, router: Router) {
        if let Ok(stream) = self.tls.accept(stream).await {
            serve_http(stream, router).await;
        }
    }

    /// Without the `tls` feature the connection is closed, which a browser reports as an SSL error.
    #[cfg(not(feature = "tls"))]
    async fn serve_encrypted(self, _stream: TcpStream, _router: Router) {}
}

async fn serve_http<S>(stream: S, router: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router);
    // A browser that goes away in the middle of an answer is everyday business.
    let _ =
        Builder::new(TokioExecutor::new()).http1_only().serve_connection(TokioIo::new(stream), service).await;
}
