//! The four watches, each feeding its mirror.

use std::fmt::Debug;
use std::sync::Arc;

use futures::StreamExt;
use futures::future::join4;
use k8s_openapi::api::rbac::v1 as api;
use k8s_rbac::authorize::Live;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use k8s_rbac::policy::PolicyObject;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;
use tokio::sync::watch::Sender;

use crate::mirror::Mirror;

/// Keeps `live` in step with the cluster for as long as it is polled, and sends a word after every change. A watch that fails is told on
/// standard error and tried again, after longer and longer pauses; the answers stay those of what was last known.
pub async fn follow(client: Client, live: Arc<Live>, changed: Sender<()>) {
    join4(
        kind::<api::ClusterRole, ClusterRole>(&client, &live, &changed),
        kind::<api::ClusterRoleBinding, ClusterRoleBinding>(&client, &live, &changed),
        kind::<api::Role, Role>(&client, &live, &changed),
        kind::<api::RoleBinding, RoleBinding>(&client, &live, &changed),
    )
    .await;
}

async fn kind<A, T>(client: &Client, live: &Arc<Live>, changed: &Sender<()>)
where
    A: Resource<DynamicType: Default> + Clone + DeserializeOwned + Debug + Send + 'static,
    T: PolicyObject + From<A>,
{
    let mut mirror = Mirror::<T>::new(Arc::clone(live));
    let mut events = watcher(Api::<A>::all(client.clone()), watcher::Config::default()).default_backoff().boxed();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                mirror.take(event);
                changed.send_replace(());
            }
            Err(error) => eprintln!("{}: {error}", T::PLURAL),
        }
    }
}
