//! An API server of rooms of the crate: who asks is authorized, what is written is held against what its writer holds, and then stored.

use k8s_rbac::authorize::server;
use k8s_rbac::cluster::{Cluster, Error, Report};
use k8s_rbac::escalation::{Refusal, check_create};
use k8s_rbac::identity::UserInfo;
use k8s_rbac::model::{Located, Object, ObjectKey};
use k8s_rbac::resources::Catalogue;
use k8s_rbac::validation::defaulted;
use k8s_rbac::{Attributes, Authorizer, KubeVersion};

/// What the server answers when it refuses.
pub struct Refused {
    pub reason: &'static str,
    pub message: String,
    /// What kubectl makes of an object that is invalid.
    pub invalid: Option<String>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let invalid = error.as_invalid().map(|invalid| format!("{}\n", invalid.as_kubectl()));
        Self { reason: error.reason(), message: error.to_string(), invalid }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let reason = if refusal.status() == 404 { "NotFound" } else { "Forbidden" };
        Self { reason, message: refusal.to_string(), invalid: None }
    }
}

pub type Answer<T> = Result<T, Refused>;

pub struct Server {
    pub cluster: Cluster,
    version: KubeVersion,
}

impl Server {
    pub fn new(cluster: Cluster) -> Self {
        Self { version: cluster.settings().version, cluster }
    }

    pub fn rbac(&self) -> Authorizer {
        Authorizer::new(self.cluster.policy().clone())
    }

    /// Whether the user may do this at all.
    pub fn authorize(&self, request: &Attributes<'_>, user: &UserInfo) -> Answer<()> {
        let rbac = self.rbac();
        let request = request.by(user);
        let verdict = server::authorize(&rbac, &request);
        if verdict.is_allowed() {
            return Ok(());
        }
        let message = request.forbidden(verdict.reason(self.version).to_string(), self.version).to_string();
        Err(Refused { reason: "Forbidden", message, invalid: None })
    }

    /// The same of a request about objects of a kind, by any of the kind's names.
    pub fn authorize_kind(&self, verb: &str, kind: &str, namespace: Option<&str>, name: &str, user: &UserInfo) -> Answer<()> {
        let catalogue = Catalogue::built_in();
        let resource = catalogue.find(kind).unwrap();
        // A namespace is asked for as if it lived in itself.
        let namespace = match (resource.plural.as_str(), resource.namespaced) {
            ("namespaces", _) => name,
            (_, true) => namespace.unwrap_or_default(),
            _ => "",
        };
        let request = Attributes::resource(verb, &resource.plural).in_group(&resource.group).named(name);
        self.authorize(&request.in_namespace(namespace), user)
    }

    pub fn create(&mut self, object: Object, user: &UserInfo) -> Answer<Report> {
        let object = defaulted(Located::from(object)).into_inner();
        self.authorize_kind("create", &object.kind().to_lowercase(), Some(&object.metadata().namespace), "", user)?;
        check_create(&self.rbac(), user, &object)?;
        Ok(self.cluster.create(object)?)
    }

    pub fn get(&self, kind: &str, namespace: &str, name: &str, user: &UserInfo) -> Answer<Object> {
        self.authorize_kind("get", kind, Some(namespace), name, user)?;
        let found = self.cluster.policy().objects().map(Located::into_inner);
        let mut found = found.filter(|object| is_of(&object.key(), kind, namespace, name));
        found.next().ok_or_else(|| {
            let resource = Catalogue::built_in().find(kind).unwrap().qualified();
            Refused { reason: "NotFound", message: format!("{resource} \"{name}\" not found"), invalid: None }
        })
    }

    pub fn delete(&mut self, kind: &str, namespace: &str, name: &str, user: &UserInfo) -> Answer<Object> {
        self.authorize_kind("delete", kind, Some(namespace), name, user)?;
        let object = self.get(kind, namespace, name, user)?;
        let _ = self.cluster.delete(&object.key())?;
        Ok(object)
    }
}

fn is_of(key: &ObjectKey, kind: &str, namespace: &str, name: &str) -> bool {
    key.kind.to_lowercase() == kind && key.name == name && (key.namespace.is_empty() || key.namespace == namespace)
}
