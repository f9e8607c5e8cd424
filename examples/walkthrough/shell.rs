//! A terminal at a cluster: each command is told with what kubectl prints and what it exits with.

use std::error::Error;
use std::fmt::Write;

use k8s_rbac::authorize::server::{self, Verdict};
use k8s_rbac::cluster::Cluster;
use k8s_rbac::controller::{Counted, Settings};
use k8s_rbac::identity::UserInfo;
use k8s_rbac::kubectl::age::Timestamp;
use k8s_rbac::kubectl::can_i::{self, Flags, Question};
use k8s_rbac::kubectl::{apply, describe, get, line, print};
use k8s_rbac::load::Loader;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Located, Object, ObjectKey, Pod, PolicyRule, ServiceAccount};
use k8s_rbac::query::rules_for;
use k8s_rbac::resources::Catalogue;
use k8s_rbac::{Attributes, Authorizer, KubeVersion, Policy};

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The cluster as it has become, the kubectl in front of it, and what was told so far.
pub struct Shell {
    cluster: Cluster,
    client: KubeVersion,
    now: Timestamp,
    namespace: String,
    text: String,
}

/// The objects of a manifest.
pub fn objects(name: &str, text: &str) -> Result<Vec<Located<Object>>> {
    Ok(Loader::new().read_str(name, text).into_result()?)
}

impl Shell {
    /// A terminal in the namespace of a cluster that has had these objects since it was born.
    pub fn new(client: KubeVersion, server: KubeVersion, policy: Policy, born: Timestamp, namespace: &str) -> Result<Self> {
        let settings = Settings::new(server, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
        let cluster = Cluster::started(settings, Counted::default(), policy, Some(born.to_string()))?;
        Ok(Self { cluster, client, now: born, namespace: namespace.to_owned(), text: String::new() })
    }

    pub fn told(self) -> String {
        self.text
    }

    pub fn wait(&mut self, seconds: i64) {
        self.wait_until(Timestamp::from_unix(self.now.unix() + seconds));
    }

    pub fn wait_until(&mut self, time: Timestamp) {
        self.now = time;
        self.cluster.set_time(time.to_string());
    }

    /// A remark between the commands.
    pub fn say(&mut self, remark: &str) -> Result<()> {
        Ok(writeln!(self.text, "# {remark}\n")?)
    }

    pub fn account(&self, key: &ObjectKey) -> Option<ServiceAccount> {
        self.cluster.get::<ServiceAccount>(&key.namespace, &key.name).map(|found| (***found).clone())
    }

    fn tell(&mut self, command: &str, output: &str, code: u8) -> Result<()> {
        Ok(write!(self.text, "$ kubectl {command}\n{output}[exit {code}]\n\n")?)
    }

    fn options(&self) -> get::Options {
        get::Options::new(self.client, self.now)
    }

    fn server(&self) -> KubeVersion {
        self.cluster.settings().version
    }

    fn authorizer(&self) -> Authorizer {
        Authorizer::new(self.cluster.policy().clone())
    }

    /// `kubectl apply -f`, with what became of each object.
    pub fn apply(&mut self, file: &str, manifest: &str) -> Result<Vec<ObjectKey>> {
        let (mut keys, mut lines) = (Vec::new(), String::new());
        for object in objects(file, manifest)? {
            let sent = apply::sent(object, &self.namespace, self.client);
            let report = self.cluster.apply(sent.clone())?;
            lines.push_str(&line::done(&sent, &report.outcome.to_string(), self.client));
            keys.push(report.key);
        }
        self.tell(&format!("apply -f {file}"), &lines, 0)?;
        Ok(keys)
    }

    pub fn delete(&mut self, key: &ObjectKey) -> Result<()> {
        let object = self.cluster.policy().get_object(key).ok_or("the object is gone already")?.into_inner();
        let _ = self.cluster.delete(key)?;
        self.tell(&format!("delete {} {}", key.kind.to_lowercase(), key.name), &line::deleted(&object, self.client), 0)
    }

    pub fn get_accounts(&mut self) -> Result<()> {
        let here = self.cluster.policy().service_accounts().iter().filter(|object| object.metadata.namespace == self.namespace);
        let table = get::service_accounts(here.map(|object| &***object), &self.options())?;
        self.tell("get serviceaccount", &table, 0)
    }

    pub fn get_secrets(&mut self) -> Result<()> {
        let here = self.cluster.policy().secrets().iter().filter(|object| object.metadata.namespace == self.namespace);
        let mut table = get::secrets(here.map(|object| &***object), &self.options())?;
        if table.is_empty() {
            table = get::nothing_found(Some(&self.namespace), self.client);
        }
        self.tell("get secret", &table, 0)
    }

    pub fn get_yaml(&mut self, key: &ObjectKey) -> Result<()> {
        let object = self.cluster.policy().get_object(key).ok_or("there is no such object")?.into_inner();
        self.tell(&format!("get {} {} -o yaml", key.kind.to_lowercase(), key.name), &print::yaml(&object, self.client), 0)
    }

    pub fn get_cluster_roles(&mut self) -> Result<()> {
        let table = get::cluster_roles(self.cluster.policy().cluster_roles().iter().map(|object| &***object), &self.options())?;
        self.tell("get clusterrole", &table, 0)
    }

    pub fn get_binding_wide(&mut self, key: &ObjectKey) -> Result<()> {
        let binding = self.cluster.get::<ClusterRoleBinding>("", &key.name).ok_or("there is no such binding")?;
        let table = get::cluster_role_bindings([&***binding], &get::Options { wide: true, ..self.options() })?;
        self.tell(&format!("get clusterrolebinding {} -o wide", key.name), &table, 0)
    }

    pub fn get_role_bindings_everywhere(&mut self) -> Result<()> {
        let options = get::Options { wide: true, all_namespaces: true, ..self.options() };
        let table = get::role_bindings(self.cluster.policy().role_bindings().iter().map(|object| &***object), &options)?;
        self.tell("get rolebindings -A -o wide", &table, 0)
    }

    pub fn describe_cluster_role(&mut self, name: &str) -> Result<()> {
        let role = self.cluster.get::<ClusterRole>("", name).ok_or("there is no such role")?;
        let page = describe::cluster_role(role, self.client)?;
        self.tell(&format!("describe clusterrole {name}"), &page, 0)
    }

    pub fn describe_binding(&mut self, key: &ObjectKey) -> Result<()> {
        let binding = self.cluster.get::<ClusterRoleBinding>("", &key.name).ok_or("there is no such binding")?;
        let page = describe::cluster_role_binding(binding, self.client)?;
        self.tell(&format!("describe clusterrolebinding {}", key.name), &page, 0)
    }

    pub fn describe_account(&mut self, key: &ObjectKey) -> Result<()> {
        let account = self.account(key).ok_or("there is no such account")?;
        let page = describe::service_account(&account, None, true, self.client)?;
        self.tell(&format!("describe serviceaccount {}", key.name), &page, 0)
    }

    /// `kubectl get pods`, asked by the user from outside.
    pub fn get_pods_as(&mut self, user: &UserInfo, namespace: &str) -> Result<()> {
        let elsewhere = if namespace == self.namespace { String::new() } else { format!(" -n {namespace}") };
        let (output, code) = self.pods(user, namespace)?;
        self.tell(&format!("get pods{elsewhere} --as={}", user.username), &output, code)
    }

    /// `kubectl get pods`, asked from inside of a Pod with the account that it runs as.
    pub fn get_pods_inside(&mut self, pod: &ObjectKey, user: &UserInfo, namespace: &str) -> Result<()> {
        let elsewhere = if namespace == self.namespace { String::new() } else { format!(" -n {namespace}") };
        let (mut output, code) = self.pods(user, namespace)?;
        if code != 0 {
            output.push_str(&line::terminated(code));
        }
        self.tell(&format!("exec {} kubectl get pods{elsewhere}", pod.name), &output, code)
    }

    /// The list, or the server's refusal.
    fn pods(&self, user: &UserInfo, namespace: &str) -> Result<(String, u8)> {
        let rbac = self.authorizer();
        let request = Attributes::resource("list", "pods").in_namespace(namespace).by(user);
        let verdict = server::authorize(&rbac, &request);
        if !verdict.is_allowed() {
            let message = request.forbidden(verdict.reason(self.server()).to_string(), self.server()).to_string();
            return Ok((line::from_server("Forbidden", &message), 1));
        }
        let here = rbac.policy().pods().iter().filter(|pod| pod.metadata.namespace == namespace);
        let table = get::pods(here.map(|pod| &***pod), &self.options())?;
        let nothing = get::nothing_found(Some(namespace), self.client);
        Ok((if table.is_empty() { nothing } else { table }, 0))
    }

    /// The reason that the API server writes into its audit log.
    pub fn say_reason(&mut self, user: &UserInfo, namespace: &str) -> Result<()> {
        let rbac = self.authorizer();
        let request = Attributes::resource("list", "pods").in_namespace(namespace).by(user);
        match server::authorize(&rbac, &request) {
            Verdict::Allowed(grant) => self.say(&grant.reason().to_string()),
            _ => Ok(()),
        }
    }

    /// `kubectl auth can-i list pods`.
    pub fn can_i_list_pods(&mut self, user: &UserInfo) -> Result<()> {
        let flags = Flags { namespace: &self.namespace, ..Flags::default() };
        let question = Question::new(&["list", "pods"], flags, &Catalogue::built_in(), self.client)?;
        let rbac = self.authorizer();
        let request = question.attributes(user);
        let verdict = server::authorize(&rbac, &request);
        let allowed = verdict.is_allowed();
        let answer = can_i::answer(allowed, &verdict.reason(self.server()).to_string(), "");
        let code = can_i::exit_code(allowed, false, self.client);
        self.tell(&format!("auth can-i list pods --as={}", user.username), &answer, code)
    }

    pub fn can_i_list(&mut self, user: &UserInfo) -> Result<()> {
        let rbac = self.authorizer();
        let found = rules_for(&rbac, user, &self.namespace);
        let rules: Vec<PolicyRule> = found.rules().cloned().collect();
        let table = can_i::list(&rules, false, self.client)?;
        self.tell(&format!("auth can-i --list --as={}", user.username), &table, 0)
    }

    /// What lies in the folder where a Pod finds its token: the keys of the Secret that is mounted there.
    pub fn list_token_folder(&mut self, key: &ObjectKey) -> Result<()> {
        let pod: &Pod = self.cluster.get::<Pod>(&key.namespace, &key.name).ok_or("there is no such Pod")?;
        let container = pod.spec.containers.first().ok_or("the Pod has no container")?;
        let mount = container.volume_mounts.first().ok_or("nothing is mounted")?;
        let volume = pod.spec.volumes.iter().find(|volume| volume.name == mount.name).ok_or("the volume is not there")?;
        let source = volume.secret.as_ref().ok_or("the volume is no Secret")?;
        let secret = self.cluster.policy().secrets().get(&key.namespace, &source.secret_name).ok_or("the Secret is not there")?;
        let files: String = secret.data.keys().map(|file| format!("{file}\n")).collect();
        let command = format!("exec {} ls {}", key.name, mount.mount_path);
        self.tell(&command, &files, 0)
    }
}
