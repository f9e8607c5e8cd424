//! Connections: how many, how long, and how they end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal as listen};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// Connections at once; the next one waits in the backlog. An API server keeps a few.
const CONNECTIONS: usize = 512;
/// How long a client has for its handshake, and for the head of each request.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long requests that have begun may go on when the server is to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Ends when the process is told to.
pub async fn signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt())) else {
        // Without handlers the signals end the process at once.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Serves over TLS until the server is to stop.
pub async fn https(listener: TcpListener, acceptor: TlsAcceptor, routes: Router, stopping: watch::Receiver<bool>) {
    serve(listener, stopping, move |stream, watcher| {
        let (acceptor, routes) = (acceptor.clone(), routes.clone());
        async move {
            if let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await {
                connection(stream, routes, watcher).await;
            }
        }
    })
    .await;
}

/// Serves without TLS until the server is to stop.
pub async fn http(listener: TcpListener, routes: Router, stopping: watch::Receiver<bool>) {
    serve(listener, stopping, move |stream, watcher| connection(stream, routes.clone(), watcher)).await;
}

async fn serve<F, C>(listener: TcpListener, mut stopping: watch::Receiver<bool>, converse: F)
where
    F: Fn(TcpStream, Watcher) -> C,
    C: Future<Output = ()> + Send + 'static,
{
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, as a rule: others must end first.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let conversation = converse(stream, graceful.watcher());
        tokio::spawn(async move {
            conversation.await;
            drop(place);
        });
    }
    drop(listener);
    // What is not done by then is cut off.
    timeout(GRACE, graceful.shutdown()).await.ok();
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, routes: Router, watcher: Watcher) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(64 << 10);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PATIENCE)
        .keep_alive_timeout(PATIENCE)
        .max_concurrent_streams(128);
    let served = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes)).into_owned();
    // A connection that breaks is the client's affair.
    watcher.watch(served).await.ok();
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    async fn serving(routes: Router) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = watch::channel(false);
        (address, stop, tokio::spawn(http(listener, routes, stopping)))
    }

    #[tokio::test]
    async fn a_request_that_has_begun_is_answered_before_the_end_and_no_other_begins() {
        let (begun, may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (begins, ends) = (Arc::clone(&begun), Arc::clone(&may_end));
        let slow = move || async move {
            begins.notify_one();
            ends.notified().await;
            "done"
        };
        let (address, stop, server) = serving(Router::new().route("/", get(slow))).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        begun.notified().await;
        stop.send(true).unwrap();
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!server.is_finished());
        may_end.notify_one();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("done"), "{answer}");
        server.await.unwrap();
    }

    /// The clock of the test runs ahead whenever nothing is left to do.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_finish_its_head_is_let_go() {
        let (address, _stop, _server) = serving(Router::new()).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost").await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
    }
}
