//! The story as a function of its data: every answer is computed from the manifests and the cluster.

use std::error::Error;
use std::fmt::Write;

use k8s_rbac::authorize::server;
use k8s_rbac::identity::UserInfo;
use k8s_rbac::kubectl::line;
use k8s_rbac::load::Loader;
use k8s_rbac::model::{Object, ObjectKey};
use k8s_rbac::{Attributes, Authorizer, KubeVersion, Policy};

/// What the story is told of: a cluster, and the manifests that are applied to it one after the other.
#[derive(Debug, Clone)]
pub struct Story {
    /// The objects of the cluster before the story begins.
    pub cluster: String,
    /// The ServiceAccount whose requests are made.
    pub account: String,
    /// What grants it a role in the whole cluster.
    pub cluster_wide: String,
    /// What grants it a role in one namespace.
    pub namespaced: String,
    /// A namespace that the last grant is not in.
    pub other_namespace: String,
    /// The version of the cluster and of kubectl.
    pub version: KubeVersion,
}

impl Story {
    /// The story with the data that lies beside the example.
    pub fn sample() -> Self {
        Self {
            cluster: include_str!("../data/cluster-1.37.yaml").to_owned(),
            account: include_str!("../data/sample-serviceaccount.yaml").to_owned(),
            cluster_wide: include_str!("../data/sample-clusterrolebinding.yaml").to_owned(),
            namespaced: include_str!("../data/sample-rolebinding.yaml").to_owned(),
            other_namespace: "kube-system".to_owned(),
            version: KubeVersion::V1_37,
        }
    }

    /// Tells the story.
    pub fn tell(&self) -> Result<String, Box<dyn Error>> {
        let policy: Policy = objects("the cluster", &self.cluster)?.into_iter().collect();
        let mut told = Told { rbac: Authorizer::new(policy), version: self.version, text: String::new() };
        let account = told.apply("serviceaccount.yaml", &self.account)?;
        let account = account.first().ok_or("the manifest holds no account")?;
        let user = UserInfo::service_account(&account.namespace, &account.name);
        let pods = Attributes::resource("list", "pods").by(&user);

        told.say("A service account may do nothing but what everybody may:")?;
        told.ask(&pods.in_namespace(&account.namespace))?;

        told.say("A role that is bound in the whole cluster counts at once, nothing is restarted:")?;
        let grants = told.apply("clusterrolebinding.yaml", &self.cluster_wide)?;
        told.ask(&pods.in_namespace(&account.namespace))?;

        told.say("The same grant in one namespace does not count in another:")?;
        told.delete(&grants)?;
        told.apply("rolebinding.yaml", &self.namespaced)?;
        told.ask(&pods.in_namespace(&account.namespace))?;
        told.ask(&pods.in_namespace(&self.other_namespace))?;
        Ok(told.text)
    }
}

fn objects(name: &str, text: &str) -> Result<Vec<Object>, Box<dyn Error>> {
    let located = Loader::new().read_str(name, text).into_result()?;
    Ok(located.into_iter().map(|object| object.into_inner()).collect())
}

/// The cluster as it has become, and what was told so far.
struct Told {
    rbac: Authorizer,
    version: KubeVersion,
    text: String,
}

impl Told {
    fn say(&mut self, remark: &str) -> std::fmt::Result {
        writeln!(self.text, "\n# {remark}")
    }

    fn apply(&mut self, file: &str, manifest: &str) -> Result<Vec<ObjectKey>, Box<dyn Error>> {
        writeln!(self.text, "$ kubectl apply -f {file}")?;
        let mut keys = Vec::new();
        for object in objects(file, manifest)? {
            let operation = if self.rbac.policy().get_object(&object.key()).is_some() { "configured" } else { "created" };
            self.text.push_str(&line::done(&object, operation, self.version));
            keys.push(object.key());
            self.rbac.insert_object(object);
        }
        Ok(keys)
    }

    fn delete(&mut self, keys: &[ObjectKey]) -> Result<(), Box<dyn Error>> {
        for key in keys {
            let Some(object) = self.rbac.policy().get_object(key) else { continue };
            let deleted = line::deleted(&object, self.version);
            writeln!(self.text, "$ kubectl delete {} {}", key.kind.to_lowercase(), key.name)?;
            self.text.push_str(&deleted);
            self.rbac.remove_object(key);
        }
        Ok(())
    }

    /// Asks as the API server does, and tells its answer: the refusal, or the reason.
    fn ask(&mut self, request: &Attributes<'_>) -> std::fmt::Result {
        let (user, namespace) = (request.username(), request.namespace);
        writeln!(self.text, "$ kubectl get {} -n {namespace} --as={user}", request.resource)?;
        let verdict = server::authorize(&self.rbac, request);
        let reason = verdict.reason(self.version).to_string();
        if verdict.is_allowed() {
            return writeln!(self.text, "# {reason}");
        }
        self.text.push_str(&line::from_server("Forbidden", &request.forbidden(reason, self.version).to_string()));
        Ok(())
    }
}
