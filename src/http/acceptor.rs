//! Connections: how many, and how long one may do nothing useful.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use poem::{
    http::uri::Scheme,
    listener::Acceptor,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep, sleep},
};

use super::{
    limits::Limits,
    shared::{Slot, Slots},
};

/// How long a connection that is being closed still takes what its client sends: to close on unread bytes resets
/// the connection, and a reset takes the answer away from whoever is still sending.
const LINGER: Duration = Duration::from_secs(3);
/// It is over sooner when nothing has come for this long.
const LINGER_QUIET: Duration = Duration::from_millis(500);

/// The requests of one connection.
#[derive(Default)]
struct Requests {
    running: AtomicUsize,
    begun: AtomicUsize,
}

/// Which connections are inside a request, known by their peer.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<HashMap<SocketAddr, Arc<Requests>>>>);

/// A request in progress on a connection.
pub(crate) struct Busy(Option<Arc<Requests>>);

impl Connections {
    pub(crate) fn enter(&self, peer: SocketAddr) -> Option<Busy> {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&peer)?.clone();
        requests.begun.fetch_add(1, Relaxed);
        requests.running.fetch_add(1, Relaxed);
        Some(Busy(Some(requests)))
    }
}

impl Busy {
    /// The connection has become a socket: it is never idle again.
    pub(crate) fn for_good(mut self) {
        self.0 = None;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(requests) = &self.0 {
            requests.running.fetch_sub(1, Relaxed);
        }
    }
}

/// Accepts within the limits; those over the limit of their address are closed at once.
pub(crate) struct Guarded {
    pub(crate) listener: TcpListener,
    pub(crate) connections: Connections,
    pub(crate) slots: Slots,
    pub(crate) header_time: Duration,
    pub(crate) idle_time: Duration,
    pub(crate) write_time: Duration,
}

impl Guarded {
    pub(crate) fn new(listener: TcpListener, connections: Connections, limits: &Limits) -> Self {
        Self {
            listener,
            connections,
            slots: Slots::new(limits.connections, limits.connections_per_address),
            header_time: limits.header_time,
            idle_time: limits.idle_time,
            write_time: limits.write_time,
        }
    }
}

impl Acceptor for Guarded {
    type Io = Connection;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.listener.local_addr().map(|address| LocalAddr(address.into())).into_iter().collect()
    }

    async fn accept(&mut self) -> io::Result<(Connection, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            let (stream, peer) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors, most likely: asking again at once would only burn time.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Some(slot) = self.slots.take(Some(peer.ip())) else { continue };
            let local = stream.local_addr()?;
            let _ = stream.set_nodelay(true);
            let requests = Arc::<Requests>::default();
            let mut known = self.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(peer, requests.clone());
            drop(known);
            let now = Instant::now();
            let connection = Connection {
                stream,
                peer,
                connections: self.connections.clone(),
                requests,
                begun: 0,
                _slot: slot,
                header_time: self.header_time,
                idle_time: self.idle_time,
                write_time: self.write_time,
                active: now,
                headers_since: None,
                framed: false,
                first: true,
                wake: Box::pin(sleep(self.header_time.min(self.idle_time))),
                write_by: None,
                linger: None,
            };
            return Ok((connection, LocalAddr(local.into()), RemoteAddr(peer.into()), Scheme::HTTP));
        }
    }
}

/// A connection that ends itself when its client is idle, too slow with headers, or does not read.
pub(crate) struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    connections: Connections,
    requests: Arc<Requests>,
    /// How many requests had begun when this was last looked at.
    begun: usize,
    _slot: Slot,
    header_time: Duration,
    idle_time: Duration,
    write_time: Duration,
    active: Instant,
    /// When the first byte came that no request has taken up.
    headers_since: Option<Instant>,
    /// HTTP/2, whose bytes between requests are no headers.
    framed: bool,
    first: bool,
    wake: Pin<Box<Sleep>>,
    write_by: Option<Pin<Box<Sleep>>>,
    linger: Option<Linger>,
}

/// Our side is closed; what still comes is thrown away until then.
struct Linger {
    end: Instant,
    wake: Pin<Box<Sleep>>,
}

impl Connection {
    /// Whether a request is being answered. One that has begun has taken up the bytes before it.
    fn in_request(&mut self) -> bool {
        let begun = self.requests.begun.load(Relaxed);
        if begun != self.begun {
            self.begun = begun;
            self.headers_since = None;
        }
        self.requests.running.load(Relaxed) > 0
    }

    /// When this connection has waited long enough, as things stand.
    fn deadline(&mut self) -> Option<Instant> {
        if self.in_request() {
            self.active = Instant::now();
            return None;
        }
        match self.headers_since.filter(|_| !self.framed) {
            Some(since) => Some(since + self.header_time),
            None => Some(self.active + self.idle_time),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        if let Poll::Ready(done) = Pin::new(&mut this.stream).poll_read(context, buffer) {
            let now = Instant::now();
            this.active = now;
            if this.first {
                this.first = false;
                this.framed = buffer.filled()[before..].starts_with(b"PRI");
            }
            if !this.in_request() {
                this.headers_since.get_or_insert(now);
            }
            return Poll::Ready(done);
        }
        loop {
            let deadline = this.deadline();
            let now = Instant::now();
            if deadline.is_some_and(|deadline| now >= deadline) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            // Looked at again at least this often: a request may have begun or ended meanwhile.
            let latest = now + this.header_time;
            ready!(this.wake.as_mut().poll(context));
            this.wake.as_mut().reset(deadline.map_or(latest, |deadline| deadline.min(latest)));
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if let Poll::Ready(done) = Pin::new(&mut this.stream).poll_write(context, bytes) {
            this.write_by = None;
            this.active = Instant::now();
            return Poll::Ready(done);
        }
        let write_time = this.write_time;
        let by = this.write_by.get_or_insert_with(|| Box::pin(sleep(write_time)));
        ready!(by.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.linger.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            let end = Instant::now() + LINGER;
            this.linger = Some(Linger { end, wake: Box::pin(sleep(LINGER_QUIET)) });
        }
        let Some(linger) = &mut this.linger else { return Poll::Ready(Ok(())) };
        let mut scratch = [0; 8 << 10];
        loop {
            let mut unread = ReadBuf::new(&mut scratch);
            match Pin::new(&mut this.stream).poll_read(context, &mut unread) {
                Poll::Ready(Ok(())) if !unread.filled().is_empty() => {
                    let now = Instant::now();
                    if now >= linger.end {
                        return Poll::Ready(Ok(()));
                    }
                    linger.wake.as_mut().reset((now + LINGER_QUIET).min(linger.end));
                }
                // The client has closed too, or is gone.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return linger.wake.as_mut().poll(context).map(Ok),
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut known = self.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The peer may have come back on the same port already.
        if known.get(&self.peer).is_some_and(|requests| Arc::ptr_eq(requests, &self.requests)) {
            known.remove(&self.peer);
        }
    }
}
