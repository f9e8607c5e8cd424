//! What is answered at which path, and within which bounds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::answer::{Refused, answer};
use crate::metrics::Metrics;
use crate::policy::Watched;

/// The largest body that is read. A review is a few hundred bytes; one with thousands of groups stays below it.
pub const BODY_LIMIT: usize = 1 << 20;
/// How long a review may take with the reading of its body. An API server waits 30 s at most.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Shared {
    watched: Arc<Watched>,
    metrics: Arc<Metrics>,
}

/// `POST /authorize`.
pub fn reviews(watched: Arc<Watched>, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/authorize", post(authorize))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
        .with_state(Shared { watched, metrics })
}

/// `GET /healthz`, `/readyz` and `/metrics`. A server that answers has a policy: it does not start without one.
pub fn health(watched: Arc<Watched>, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { "ok" }))
        .route("/metrics", get(tell))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
        .with_state(Shared { watched, metrics })
}

async fn authorize(State(shared): State<Shared>, body: Bytes) -> Response {
    let started = Instant::now();
    match answer(&shared.watched.current(), &body) {
        Ok((review, allowed)) => {
            shared.metrics.answered(allowed, started.elapsed());
            axum::Json(review).into_response()
        }
        Err(refused) => {
            shared.metrics.refused();
            match refused {
                Refused::Unreadable(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
                Refused::Invalid(message) => (StatusCode::UNPROCESSABLE_ENTITY, message).into_response(),
            }
        }
    }
}

async fn tell(State(shared): State<Shared>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], shared.metrics.text())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    const POLICY: &str = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"reader"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}
---
{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"jane"}]}
"#;
    const REVIEW: &str = r#"{"spec":{"user":"jane","resourceAttributes":{"verb":"get","resource":"pods"}}}"#;

    fn shared(name: &str, policy: &str) -> (Arc<Watched>, Arc<Metrics>, std::path::PathBuf) {
        let path = std::env::temp_dir().join(format!("webhook-{}-{name}.yaml", std::process::id()));
        std::fs::write(&path, policy).unwrap();
        let metrics = Arc::new(Metrics::default());
        (Arc::new(Watched::read(vec![path.clone()], Arc::clone(&metrics)).unwrap()), metrics, path)
    }

    async fn told(router: Router, request: Request<Body>) -> (StatusCode, String) {
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        (status, String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
    }

    fn review(body: impl Into<Body>) -> Request<Body> {
        Request::post("/authorize").header("content-type", "application/json").body(body.into()).unwrap()
    }

    #[tokio::test]
    async fn a_review_is_answered_and_counted() {
        let (watched, metrics, path) = shared("counted", POLICY);
        let (status, body) = told(reviews(Arc::clone(&watched), Arc::clone(&metrics)), review(REVIEW)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains(r#""allowed":true"#), "{body}");
        let (_, text) = told(health(watched, metrics), Request::get("/metrics").body(Body::empty()).unwrap()).await;
        assert!(text.contains("webhook_reviews_total{answer=\"allowed\"} 1\n"), "{text}");
        assert!(text.contains("webhook_policy_objects 2\n"), "{text}");
        std::fs::remove_file(path).unwrap();
    }

    #[tokio::test]
    async fn what_is_too_large_or_no_review_is_refused() {
        let (watched, metrics, path) = shared("refused", POLICY);
        let router = reviews(watched, metrics);
        assert_eq!(told(router.clone(), review(vec![b' '; BODY_LIMIT + 1])).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(told(router.clone(), review("nonsense")).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(told(router.clone(), review("{}")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            told(router.clone(), Request::get("/authorize").body(Body::empty()).unwrap()).await.0,
            StatusCode::METHOD_NOT_ALLOWED
        );
        assert_eq!(told(router, Request::post("/").body(Body::empty()).unwrap()).await.0, StatusCode::NOT_FOUND);
        std::fs::remove_file(path).unwrap();
    }

    #[tokio::test]
    async fn a_broken_file_leaves_the_policy_and_a_good_one_replaces_it() {
        let (watched, metrics, path) = shared("renewed", POLICY);
        std::fs::write(&path, "kind: [").unwrap();
        watched.renew();
        assert_eq!(watched.current().policy().len(), 2);
        assert!(metrics.text().contains("webhook_policy_failures_total 1\n"));
        std::fs::write(&path, "").unwrap();
        watched.renew();
        let (_, body) = told(reviews(watched, metrics), review(REVIEW)).await;
        assert!(body.contains(r#""allowed":false"#), "{body}");
        std::fs::remove_file(path).unwrap();
    }
}
