//! The story as a function of its data: every answer is computed from the manifests and the cluster.
//!
//! Where the notes of 2019 contradict themselves, this follows what the code of that time does: the Pod that is shown is the one that was
//! applied, the Secret that is mounted is the account's first, and the last list shows the Pod that asks.

use k8s_rbac::identity::UserInfo;
use k8s_rbac::kubectl::age::Timestamp;
use k8s_rbac::model::{Located, Object, ObjectKey, Secret};
use k8s_rbac::{KubeVersion, Policy, bootstrap};

#[path = "shell.rs"]
mod shell;

use shell::{Result, Shell, objects};

/// What the story is told of: a cluster, and the manifests that are applied to it one after the other.
#[derive(Debug, Clone)]
pub struct Story {
    /// The version of the cluster.
    pub server: KubeVersion,
    /// The version of kubectl.
    pub client: KubeVersion,
    /// The objects of the cluster before the story begins.
    pub cluster: Policy,
    /// Since when the cluster runs.
    pub born: Timestamp,
    /// When the story begins.
    pub begins: Timestamp,
    /// The ServiceAccount whose requests are made.
    pub account: String,
    /// The Pod that runs as the account.
    pub pod: String,
    /// The preset role that is looked at.
    pub preset: String,
    /// What grants the account a role in the whole cluster.
    pub cluster_wide: String,
    /// What grants it a role in one namespace.
    pub namespaced: String,
    /// A namespace that the last grant is not in.
    pub other_namespace: String,
    /// What the files are called that the account, the Pod, and the two grants are read from.
    pub files: [&'static str; 4],
}

const ACCOUNT: &str = include_str!("../data/sample-serviceaccount.yaml");
const POD: &str = include_str!("../data/sample-kubectl.yaml");
const CLUSTER_WIDE: &str = include_str!("../data/sample-clusterrolebinding.yaml");
const NAMESPACED: &str = include_str!("../data/sample-rolebinding.yaml");

impl Story {
    /// The story on a cluster of 1.37, with a kubectl of the same version.
    pub fn now() -> Result<Self> {
        let cluster: Policy = objects("the cluster", include_str!("../data/cluster-1.37.yaml"))?.into_iter().collect();
        let files = ["sa.yaml", "pod.yaml", "crb.yaml", "rb.yaml"];
        Self::on(KubeVersion::V1_37, KubeVersion::V1_37, cluster, ["2026-11-23T23:54:40Z", "2026-11-23T23:55:47Z"], files)
    }

    /// The story on a managed cluster of 1.11, with the kubectl of 1.10 that it was first told with.
    pub fn then() -> Result<Self> {
        let times = ["2018-12-20T12:00:00Z", "2019-01-05T21:07:40Z"];
        let mut all: Vec<Object> = bootstrap::policy(KubeVersion::V1_11).objects().map(Located::into_inner).collect();
        all.extend(objects("the platform", include_str!("../data/platform-1.11.yaml"))?.into_iter().map(Located::into_inner));
        for object in &mut all {
            object.metadata_mut().creation_timestamp = Some(times[0].to_owned());
        }
        let files =
            ["sample-serviceaccount.yaml", "sample-kubectl.yaml", "sample-clusterrolebinding.yaml", "sample-rolebinding.yaml"];
        Self::on(KubeVersion::V1_11, KubeVersion::new(1, 10), all.into_iter().collect(), times, files)
    }

    fn on(
        server: KubeVersion,
        client: KubeVersion,
        cluster: Policy,
        [born, begins]: [&str; 2],
        files: [&'static str; 4],
    ) -> Result<Self> {
        Ok(Self {
            server,
            client,
            cluster,
            born: born.parse()?,
            begins: begins.parse()?,
            account: ACCOUNT.to_owned(),
            pod: POD.to_owned(),
            preset: "view".to_owned(),
            cluster_wide: CLUSTER_WIDE.to_owned(),
            namespaced: NAMESPACED.to_owned(),
            other_namespace: "kube-system".to_owned(),
            files,
        })
    }

    /// Tells the story.
    pub fn tell(&self) -> Result<String> {
        let mut shell = Shell::new(self.client, self.server, self.cluster.clone(), self.born, "default")?;
        shell.wait_until(self.begins);
        let [account_file, pod_file, cluster_wide_file, namespaced_file] = self.files;
        let account = shell.apply(account_file, &self.account)?.pop().ok_or("the manifest holds no account")?;
        let user = UserInfo::service_account(&account.namespace, &account.name);
        self.meet_account(&mut shell, &account)?;
        let pod = shell.apply(pod_file, &self.pod)?.pop().ok_or("the manifest holds no Pod")?;
        shell.get_yaml(&pod)?;
        let scene = Scene { user, account, pod, modern: self.client >= KubeVersion::new(1, 24) };
        if !scene.modern {
            shell.list_token_folder(&scene.pod)?;
        }
        scene.ask(&mut shell, &scene.account.namespace)?;
        shell.get_cluster_roles()?;
        shell.describe_cluster_role(&self.preset)?;
        let bindings = shell.apply(cluster_wide_file, &self.cluster_wide)?;
        scene.look_at_binding(&mut shell, bindings.first())?;
        shell.say_reason(&scene.user, &scene.account.namespace)?;

        shell.say("The same grant by a Role and a RoleBinding acts in their namespace only:")?;
        for binding in &bindings {
            shell.delete(binding)?;
        }
        let _ = shell.apply(namespaced_file, &self.namespaced)?;
        scene.ask(&mut shell, &scene.account.namespace)?;
        shell.say_reason(&scene.user, &scene.account.namespace)?;
        scene.ask(&mut shell, &self.other_namespace)?;
        Ok(shell.told())
    }

    /// Looks at the account and at the Secrets that it may have got.
    fn meet_account(&self, shell: &mut Shell, account: &ObjectKey) -> Result<()> {
        shell.get_accounts()?;
        shell.get_yaml(account)?;
        shell.get_secrets()?;
        let secrets = shell.account(account).ok_or("the account is gone")?.secrets;
        for secret in secrets {
            let metadata = k8s_rbac::model::ObjectMeta::namespaced(&account.namespace, &secret.name);
            shell.get_yaml(&ObjectKey::of(&Secret { metadata, ..Secret::default() }))?;
        }
        shell.wait(1);
        Ok(())
    }
}

/// Who is in the story, and whether kubectl has the questions that it has got since.
struct Scene {
    user: UserInfo,
    account: ObjectKey,
    pod: ObjectKey,
    modern: bool,
}

impl Scene {
    /// Asks for the Pods of a namespace as the account.
    fn ask(&self, shell: &mut Shell, namespace: &str) -> Result<()> {
        if !self.modern {
            return shell.get_pods_inside(&self.pod, &self.user, namespace);
        }
        shell.get_pods_as(&self.user, namespace)?;
        if namespace == self.account.namespace { shell.can_i_list_pods(&self.user) } else { Ok(()) }
    }

    /// Looks at the binding and at what it changed; nothing was restarted.
    fn look_at_binding(&self, shell: &mut Shell, binding: Option<&ObjectKey>) -> Result<()> {
        if let Some(binding) = binding {
            shell.describe_binding(binding)?;
        }
        if !self.modern {
            return shell.get_pods_inside(&self.pod, &self.user, &self.account.namespace);
        }
        shell.can_i_list_pods(&self.user)?;
        shell.get_pods_as(&self.user, &self.account.namespace)?;
        shell.can_i_list(&self.user)?;
        shell.wait(1);
        if let Some(binding) = binding {
            shell.get_binding_wide(binding)?;
        }
        shell.get_role_bindings_everywhere()?;
        shell.describe_account(&self.account)
    }
}
