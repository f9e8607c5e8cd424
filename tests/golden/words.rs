//! A command of kubectl taken apart.

use k8s_rbac::identity::UserInfo;
use k8s_rbac::kubectl::create::{self, BindingFlags, RoleFlags};

/// The words of a command, its flags with their values, and what it reads from standard input.
pub struct Words<'a> {
    pub plain: Vec<&'a str>,
    pub input: &'a str,
    flags: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    pub fn parse(command: &'a str) -> Self {
        let (line, rest) = command.split_once('\n').unwrap_or((command, ""));
        let (mut plain, mut flags) = (Vec::new(), Vec::new());
        let mut words = line.split(' ').skip(1).peekable();
        while let Some(word) = words.next() {
            match word {
                "-f" | "-n" | "-o" | "--raw" => flags.push((word, words.next().unwrap())),
                "<<EOF" => {}
                _ if word.starts_with('-') => flags.push(word.split_once('=').unwrap_or((word, ""))),
                _ => plain.push(word),
            }
        }
        Self { plain, input: rest.strip_suffix("EOF").unwrap_or(rest), flags }
    }

    pub fn all(&self, flag: &str) -> Vec<String> {
        self.flags.iter().filter(|(name, _)| *name == flag).map(|(_, value)| (*value).to_owned()).collect()
    }

    pub fn get(&self, flag: &str) -> Option<&'a str> {
        self.flags.iter().find(|(name, _)| *name == flag).map(|(_, value)| *value)
    }

    pub fn has(&self, flag: &str) -> bool {
        self.get(flag).is_some()
    }

    pub fn namespace(&self) -> &'a str {
        self.get("-n").unwrap_or("default")
    }

    /// Who asks: the administrator, or whom it impersonates.
    pub fn user(&self) -> UserInfo {
        match self.get("--as") {
            Some(name) => UserInfo::impersonated(name, [] as [&str; 0]),
            None => UserInfo { uid: "1".to_owned(), ..UserInfo::authenticated("admin", [UserInfo::MASTERS]) },
        }
    }

    pub fn role_flags(&self, name: &str) -> RoleFlags {
        let split = |flag: &str| create::split(flag, &self.all(flag)).unwrap();
        RoleFlags {
            name: name.to_owned(),
            verbs: split("--verb"),
            resources: split("--resource"),
            resource_names: self.all("--resource-name"),
            non_resource_urls: split("--non-resource-url"),
            aggregation_rule: self.all("--aggregation-rule"),
            namespace: self.get("-n").map(str::to_owned),
        }
    }

    pub fn binding_flags(&self, name: &str) -> BindingFlags {
        BindingFlags {
            name: name.to_owned(),
            role: self.get("--role").map(str::to_owned),
            cluster_role: self.get("--clusterrole").map(str::to_owned),
            users: self.all("--user"),
            groups: self.all("--group"),
            service_accounts: self.all("--serviceaccount"),
            namespace: self.get("-n").map(str::to_owned),
        }
    }
}
