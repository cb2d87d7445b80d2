//! The edge from outside, in front of a toy schema: every limit has a test that fails without it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::format_collect, reason = "documents are written out plainly")]

mod http;
mod limits;
mod overload;
mod server;
mod socket;
mod stream;
mod toy;

/// Serves the toy for the audits in `tests/conformance`, until it is killed:
/// `EDGE_AT=127.0.0.1:4700 cargo test --test edge -- --ignored serve_the_toy`.
#[tokio::test]
#[ignore = "serves until it is killed"]
async fn serve_the_toy() {
    let at = std::env::var("EDGE_AT").unwrap();
    let listener = tokio::net::TcpListener::bind(at).await.unwrap();
    let limits = cardamom::http::Limits {
        sockets_per_address: 5_000,
        connections_per_address: 8_000,
        ..Default::default()
    };
    let edge = cardamom::http::Edge::new(toy::Toy::new(), limits).unwrap();
    edge.serve(listener, std::future::pending()).await.unwrap();
}
