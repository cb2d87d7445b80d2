//! A way to the database that can be cut, stalled, slowed and closed: one for each server.

use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::JoinHandle,
};

/// What happens to bytes on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// They pass.
    Open,
    /// They pass this much later, each piece of them.
    Slow(Duration),
    /// They wait, with their connections open.
    Stalled,
    /// New connections are closed at once; those that are there go on.
    Closed,
}

/// Listens on a port of 127.0.0.1 and passes on to a socket of PostgreSQL.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    way: watch::Sender<Way>,
    // Raised to cut every connection that there is.
    cuts: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// An open one. The socket's file may come and go.
    pub async fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (way, cuts) = (watch::Sender::new(Way::Open), watch::Sender::new(0));
        let (ways, cut) = (way.subscribe(), cuts.subscribe());
        let socket = Arc::new(socket);
        let task = tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else { continue };
                let (ways, cut) = (ways.clone(), cut.clone());
                tokio::spawn(connection(client, Arc::clone(&socket), ways, cut));
            }
        });
        Self { port, way, cuts, task }
    }

    /// From now on bytes go that way.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Resets every connection that there is.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

async fn connection(
    mut client: TcpStream,
    socket: Arc<PathBuf>,
    ways: watch::Receiver<Way>,
    mut cut: watch::Receiver<u64>,
) {
    cut.mark_unchanged();
    let _ = client.set_nodelay(true);
    if *ways.borrow() != Way::Closed
        && let Ok(mut server) = UnixStream::connect(socket.as_path()).await
    {
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        tokio::select! {
            () = async {
                tokio::join!(
                    pass(&mut from_client, &mut to_server, ways.clone()),
                    pass(&mut from_server, &mut to_client, ways.clone()),
                );
            } => return,
            // Of the proxy itself, too: nothing of it outlives it.
            _ = cut.changed() => {}
        }
    }
    // A reset, not a polite end.
    let _ = client.set_zero_linger();
}

async fn pass(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    mut ways: watch::Receiver<Way>,
) {
    let mut piece = vec![0; 16 << 10];
    while let Ok(count) = from.read(&mut piece).await {
        let way = *ways.borrow_and_update();
        if let Way::Slow(late) = way {
            tokio::time::sleep(late).await;
        }
        if ways.wait_for(|way| *way != Way::Stalled).await.is_err() || count == 0 {
            break;
        }
        if to.write_all(&piece[..count]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

#[tokio::test]
async fn a_proxy_passes_stalls_cuts_and_closes() {
    let folder = crate::support::folder("proxy");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("echo");
    let echo = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = echo.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    let proxy = Proxy::to(path).await;
    let call = async |stream: &mut TcpStream, text: &[u8]| {
        stream.write_all(text).await.unwrap();
        let mut heard = vec![0; text.len()];
        stream.read_exact(&mut heard).await.map(|_| heard)
    };
    let mut first = TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap();
    assert_eq!(call(&mut first, b"open").await.unwrap(), b"open");
    proxy.set(Way::Slow(Duration::from_millis(20)));
    assert_eq!(call(&mut first, b"slow").await.unwrap(), b"slow");
    proxy.set(Way::Stalled);
    first.write_all(b"wait").await.unwrap();
    let mut heard = [0; 4];
    let waited = tokio::time::timeout(Duration::from_millis(200), first.read_exact(&mut heard)).await;
    assert!(waited.is_err(), "it was stalled");
    proxy.set(Way::Open);
    first.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"wait");
    proxy.cut();
    assert_eq!(first.read(&mut heard).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    proxy.set(Way::Closed);
    let mut second = TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap();
    assert!(!matches!(second.read(&mut heard).await, Ok(1..)), "nobody is behind it");
    std::fs::remove_dir_all(folder).unwrap();
}
