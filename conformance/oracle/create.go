package main

// kubectl create: flags to objects, or the refusal.

import (
	"bytes"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/discovery"
	fakediscovery "k8s.io/client-go/discovery/fake"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/kubectl/pkg/cmd/create"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

type served struct {
	Group      string   `json:"group"`
	Versions   []string `json:"versions"`
	Plural     string   `json:"plural"`
	Singular   string   `json:"singular"`
	Kind       string   `json:"kind"`
	ShortNames []string `json:"shortNames,omitempty"`
	Namespaced bool     `json:"namespaced"`
}

type createCase struct {
	Kind      string      `json:"kind"`
	Arguments []string    `json:"arguments"`
	Flags     [][2]string `json:"flags"`
	Namespace string      `json:"namespace,omitempty"`
	Served    []served    `json:"served"`
	Output    string      `json:"output,omitempty"`
	Warnings  string      `json:"warnings,omitempty"`
	Error     string      `json:"error,omitempty"`
}

var servedTable = []served{
	{"", []string{"v1"}, "pods", "pod", "Pod", []string{"po"}, true},
	{"", []string{"v1"}, "serviceaccounts", "serviceaccount", "ServiceAccount", []string{"sa"}, true},
	{"", []string{"v1"}, "namespaces", "namespace", "Namespace", []string{"ns"}, false},
	{"", []string{"v1"}, "events", "event", "Event", []string{"ev"}, true},
	{"events.k8s.io", []string{"v1"}, "events", "event", "Event", []string{"ev"}, true},
	{"apps", []string{"v1"}, "deployments", "deployment", "Deployment", []string{"deploy"}, true},
	{"apps", []string{"v1"}, "replicasets", "replicaset", "ReplicaSet", []string{"rs"}, true},
	{"extensions", []string{"v1beta1"}, "deployments", "deployment", "Deployment", []string{"deploy"}, true},
	{"policy", []string{"v1"}, "podsecuritypolicies", "podsecuritypolicy", "PodSecurityPolicy", []string{"psp"}, false},
	{"rbac.authorization.k8s.io", []string{"v1"}, "roles", "role", "Role", nil, true},
	{"rbac.authorization.k8s.io", []string{"v1"}, "clusterroles", "clusterrole", "ClusterRole", nil, false},
	{"apps.example.com", []string{"v1"}, "deployments", "deployment", "Deployment", []string{"deploy", "po"}, true},
	{"example.com", []string{"v1"}, "users", "user", "User", nil, false},
}

var createWords = map[string][]string{
	"verb": {"get", "list", "get,list", "*", "list,*", "bind", "escalate", "impersonate", "use", "post", "frob", "", "delete,get,delete", "\"get\"", "\"a,b\",get", "g\"et", "\"get", "é", "get\nlist"},
	"resource": {"pods", "po", "pod", "deploy", "deployments.apps", "deploy.ap", "deployments.extensions/scale", "rs.apps,pods/log", "*", "*.apps", "*/scale", "pods,*,nosuch", "nosuch", "nosuch.example.com",
		"users", "groups", "users.example.com", "userextras.authentication.k8s.io", "userextras/x.authentication.k8s.io", "roles", "clusterroles.rbac.authorization.k8s.io", "psp", "podsecuritypolicies.extensions",
		"", "/scale", ".apps", "PODS", "Pod", "ev", "events.events.k8s.io", "sa", "namespaces/status", "pods.", "pods/", "pods/a/b", "deployments.v1.apps"},
	"resource-name":    {"a", "b", "a,b", "", "a b"},
	"non-resource-url": {"/healthz", "/a,/b", "*", "/a/*", "/*/a", "a", "", "/", "/a*,/a*", "**", "/**"},
	"aggregation-rule": {"a=b", "a=b,c=d", " a = b ", "a", "a=b=c", "", ",", "=", "a=,b=", "a=b,,"},
	"role":             {"r", "", "a:b"},
	"clusterrole":      {"view", "", "cluster-admin"},
	"user":             {"u", "v", "u", "a,b", ""},
	"group":            {"g", "system:masters", "g,h", ""},
	"serviceaccount":   {"ns:x", "default:default", "x", ":x", "ns:", "a:b:c", "", ":", "ns:x,ns:y"},
}

var createFlags = map[string][]string{
	"role":               {"verb", "verb", "resource", "resource", "resource-name"},
	"clusterrole":        {"verb", "verb", "resource", "resource", "resource-name", "non-resource-url", "aggregation-rule"},
	"rolebinding":        {"role", "clusterrole", "user", "group", "serviceaccount"},
	"clusterrolebinding": {"clusterrole", "clusterrole", "user", "group", "serviceaccount"},
	"serviceaccount":     {},
}

func genCreate(seed int64, n int) {
	lines(n, func(i int) any {
		g := newGen(seed, i)
		c := &createCase{Kind: g.pick([]string{"role", "role", "clusterrole", "clusterrole", "rolebinding", "clusterrolebinding", "serviceaccount"}), Arguments: []string{"x"}, Flags: [][2]string{}}
		if g.Intn(20) == 0 {
			c.Arguments = [][]string{{}, {""}, {"x", "y"}, {"é"}}[g.Intn(4)]
		}
		if g.Intn(3) == 0 {
			c.Namespace = g.pick([]string{"default", "ns"})
		}
		names := createFlags[c.Kind]
		for j := 0; len(names) > 0 && j < 1+g.Intn(7); j++ {
			name := g.pick(names)
			if j == 0 {
				name = names[0]
			}
			words := createWords[name]
			if g.Intn(2) == 0 {
				words = words[:min(len(words), 4)]
			}
			c.Flags = append(c.Flags, [2]string{name, g.pick(words)})
		}
		for _, s := range servedTable {
			if g.Intn(2) > 0 {
				c.Served = append(c.Served, s)
			}
		}
		c.answer()
		return c
	})
}

// fatal is what kubectl says before it exits.
type fatal string

func (c *createCase) answer() {
	var out, warnings bytes.Buffer
	c.Output, c.Error = "", ""
	func() {
		defer func() {
			if r := recover(); r != nil {
				text, ok := r.(fatal)
				if !ok {
					panic(r)
				}
				c.Error = string(text)
			}
		}()
		cmdutil.BehaviorOnFatal(func(text string, _ int) { panic(fatal(text)) })
		cmdutil.CheckErr(c.command(genericiooptions.IOStreams{In: &bytes.Buffer{}, Out: &out, ErrOut: &warnings}).Execute())
	}()
	c.Output, c.Warnings = out.String(), warnings.String()
}

func (c *createCase) command(streams genericiooptions.IOStreams) *cobra.Command {
	made := map[string]func(cmdutil.Factory, genericiooptions.IOStreams) *cobra.Command{
		"role": create.NewCmdCreateRole, "clusterrole": create.NewCmdCreateClusterRole, "rolebinding": create.NewCmdCreateRoleBinding,
		"clusterrolebinding": create.NewCmdCreateClusterRoleBinding, "serviceaccount": create.NewCmdCreateServiceAccount,
	}
	arguments := []string{c.Kind, "--dry-run=client", "--output=yaml"}
	for _, flag := range c.Flags {
		arguments = append(arguments, "--"+flag[0]+"="+flag[1])
	}
	factory := cmdutil.NewFactory(c)
	parent := &cobra.Command{Use: "create", SilenceErrors: true, SilenceUsage: true}
	parent.AddCommand(made[c.Kind](factory, streams))
	root := &cobra.Command{Use: "kubectl", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(parent)
	root.SetArgs(append([]string{"create"}, append(arguments, c.Arguments...)...))
	return root
}

// The cluster that the command knows of.

func (c *createCase) ToRESTConfig() (*rest.Config, error) {
	return &rest.Config{Host: "http://localhost"}, nil
}

func (c *createCase) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	return nil, nil
}

func (c *createCase) ToRESTMapper() (meta.RESTMapper, error) {
	var groups []*restmapper.APIGroupResources
	byName := map[string]*restmapper.APIGroupResources{}
	found := &fakediscovery.FakeDiscovery{Fake: &ktesting.Fake{}}
	for _, s := range c.Served {
		version := s.Versions[0]
		resource := metav1.APIResource{Name: s.Plural, SingularName: s.Singular, Kind: s.Kind, ShortNames: s.ShortNames, Namespaced: s.Namespaced}
		group, ok := byName[s.Group]
		if !ok {
			v := metav1.GroupVersionForDiscovery{GroupVersion: strings.TrimPrefix(s.Group+"/"+version, "/"), Version: version}
			group = &restmapper.APIGroupResources{
				Group:              metav1.APIGroup{Name: s.Group, Versions: []metav1.GroupVersionForDiscovery{v}, PreferredVersion: v},
				VersionedResources: map[string][]metav1.APIResource{},
			}
			byName[s.Group] = group
			groups = append(groups, group)
			found.Resources = append(found.Resources, &metav1.APIResourceList{GroupVersion: v.GroupVersion})
		}
		version = group.Group.PreferredVersion.Version
		group.VersionedResources[version] = append(group.VersionedResources[version], resource)
		for _, list := range found.Resources {
			if list.GroupVersion == group.Group.PreferredVersion.GroupVersion {
				list.APIResources = append(list.APIResources, resource)
			}
		}
	}
	return restmapper.NewShortcutExpander(restmapper.NewDiscoveryRESTMapper(groups), found, nil), nil
}

func (c *createCase) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	config := clientcmdapi.NewConfig()
	config.Clusters["c"] = &clientcmdapi.Cluster{Server: "http://localhost"}
	config.Contexts["c"] = &clientcmdapi.Context{Cluster: "c"}
	config.CurrentContext = "c"
	overrides := &clientcmd.ConfigOverrides{}
	overrides.Context.Namespace = c.Namespace
	return clientcmd.NewDefaultClientConfig(*config, overrides)
}
