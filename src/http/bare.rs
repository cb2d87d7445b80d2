//! What `cardamom bench` compares with: async-graphql behind poem with nothing in between, and a constant answer
//! behind everything that is in front of GraphQL.

use std::{io, sync::LazyLock};

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use bytes::Bytes;
use poem::{
    Endpoint, Request, Response, Route, Server,
    endpoint::make,
    http::{StatusCode, header},
    listener::TcpAcceptor,
};
use tokio::net::TcpListener;

/// A schema in which there is one thing to ask.
struct Query;

/// The same question that is asked of the product.
#[Object]
impl Query {
    /// Who is asking.
    async fn viewer(&self) -> Option<Viewer> {
        Some(Viewer)
    }
}

/// Nobody in particular.
struct Viewer;

/// Nobody in particular.
#[Object]
impl Viewer {
    /// Nothing.
    async fn permissions(&self) -> Vec<&'static str> {
        Vec::new()
    }
}

fn graphql() -> impl Endpoint {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    make(move |mut request: Request| {
        let schema = schema.clone();
        async move {
            let body = request.take_body().into_bytes().await?;
            let asked: async_graphql::Request = serde_json::from_slice(&body)
                .map_err(|_| poem::Error::from_status(StatusCode::BAD_REQUEST))?;
            let answer = serde_json::to_vec(&schema.execute(asked).await)
                .map_err(|_| poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
            let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
            Ok::<_, poem::Error>(response.body(answer))
        }
    })
}

/// Serves it at `/graphql` until `shutdown` resolves.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    let route = Route::new().at("/graphql", graphql());
    Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(route, shutdown, None).await
}

/// The longest constant answer.
const CONSTANT: usize = 1 << 20;

/// Routes beside GraphQL's: with `constant`, `/bench/constant/{length}` reads a request whole and answers so many
/// bytes, always the same ones.
pub fn beside(constant: bool) -> Route {
    static BYTES: LazyLock<Bytes> = LazyLock::new(|| vec![b'x'; CONSTANT].into());
    if !constant {
        return Route::new();
    }
    let answer = make(|mut request: Request| async move {
        let length = request.raw_path_param("length").and_then(|text| text.parse::<usize>().ok());
        let length = length.filter(|length| *length <= CONSTANT);
        let length = length.ok_or_else(|| poem::Error::from_status(StatusCode::NOT_FOUND))?;
        request.take_body().into_bytes().await?;
        let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
        Ok::<_, poem::Error>(response.body(BYTES.slice(..length)))
    });
    Route::new().at("/bench/constant/:length", answer)
}
