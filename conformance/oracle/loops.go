package main

// One run of the loop of each controller: what it writes, for what has just happened and what is there. The loops are not exported.

import (
	"context"
	"encoding/json"
	"sort"
	"time"
	_ "unsafe"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	loops "k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/controlplane/controller/legacytokentracking"
	"k8s.io/kubernetes/pkg/serviceaccount"
	clocks "k8s.io/utils/clock/testing"

	jwt "gopkg.in/go-jose/go-jose.v2/jwt"
)

//go:linkname queueAccount k8s.io/kubernetes/pkg/controller/serviceaccount.(*TokensController).queueServiceAccountSync
func queueAccount(*loops.TokensController, any)

//go:linkname syncAccount k8s.io/kubernetes/pkg/controller/serviceaccount.(*TokensController).syncServiceAccount
func syncAccount(*loops.TokensController, context.Context)

//go:linkname queueSecret k8s.io/kubernetes/pkg/controller/serviceaccount.(*TokensController).queueSecretSync
func queueSecret(*loops.TokensController, any)

//go:linkname syncSecret k8s.io/kubernetes/pkg/controller/serviceaccount.(*TokensController).syncSecret
func syncSecret(*loops.TokensController, context.Context)

//go:linkname syncAccounts k8s.io/kubernetes/pkg/controller/serviceaccount.(*ServiceAccountsController).syncNamespace
func syncAccounts(*loops.ServiceAccountsController, context.Context, string) error

//go:linkname clean k8s.io/kubernetes/pkg/controller/serviceaccount.(*LegacySATokenCleaner).evaluateSATokens
func clean(*loops.LegacySATokenCleaner, context.Context)

//go:linkname publish k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher.(*Publisher).syncNamespace
func publish(*rootcacertpublisher.Publisher, context.Context, string) error

//go:linkname aggregate k8s.io/kubernetes/pkg/controller/clusterroleaggregation.(*ClusterRoleAggregationController).syncClusterRole
func aggregate(*clusterroleaggregation.ClusterRoleAggregationController, context.Context, string) error

type loopCase struct {
	// Which loop: account, secret, accounts, ca, clean, aggregate.
	Run string `json:"run"`
	// What happened to whom: the account or the Secret, which may be gone, or the namespace or role that is looked at.
	Account *corev1.ServiceAccount `json:"account,omitempty"`
	Secret  *corev1.Secret         `json:"secret,omitempty"`
	Name    string                 `json:"name,omitempty"`
	Now     int64                  `json:"now,omitempty"`
	Period  int64                  `json:"period,omitempty"`
	// What is there.
	Namespaces   []corev1.Namespace      `json:"namespaces,omitempty"`
	Accounts     []corev1.ServiceAccount `json:"accounts,omitempty"`
	Secrets      []corev1.Secret         `json:"secrets,omitempty"`
	ConfigMaps   []corev1.ConfigMap      `json:"configMaps,omitempty"`
	Pods         []corev1.Pod            `json:"pods,omitempty"`
	ClusterRoles []rbacv1.ClusterRole    `json:"clusterRoles,omitempty"`
	Writes       []written               `json:"writes"`
	Error        string                  `json:"error,omitempty"`
}

// written is a write: create and update have the object, delete what must be true of it, label the label, apply the rules.
type written struct {
	Verb            string              `json:"verb"`
	Kind            string              `json:"kind"`
	Namespace       string              `json:"namespace,omitempty"`
	Name            string              `json:"name"`
	Object          any                 `json:"object,omitempty"`
	UID             *types.UID          `json:"uid,omitempty"`
	ResourceVersion *string             `json:"resourceVersion,omitempty"`
	Labels          map[string]string   `json:"labels,omitempty"`
	Rules           []rbacv1.PolicyRule `json:"rules,omitempty"`
}

const rootCA = "PEM"

// claimed is a token that shows its claims, sorted.
type claimed struct{}

func (claimed) GenerateToken(_ context.Context, claims *jwt.Claims, private any) (string, error) {
	text, err := json.Marshal(private)
	must(err)
	all := map[string]string{}
	must(json.Unmarshal(text, &all))
	all["sub"] = claims.Subject
	text, err = json.Marshal(all)
	return string(text), err
}

func (c *loopCase) there() (all []runtime.Object) {
	for i := range c.Namespaces {
		all = append(all, &c.Namespaces[i])
	}
	for i := range c.Accounts {
		all = append(all, &c.Accounts[i])
	}
	for i := range c.Secrets {
		all = append(all, &c.Secrets[i])
	}
	for i := range c.ConfigMaps {
		all = append(all, &c.ConfigMaps[i])
	}
	for i := range c.Pods {
		all = append(all, &c.Pods[i])
	}
	for i := range c.ClusterRoles {
		all = append(all, &c.ClusterRoles[i])
	}
	return all
}

// answer runs the loop on a cluster whose caches hold what is there. Two objects of one key are no cluster.
func (c *loopCase) answer() bool {
	there := c.there()
	seen := map[string]bool{}
	var copies []runtime.Object
	for _, object := range there {
		m := object.(metav1.Object)
		key := nameOf(object) + m.GetNamespace() + "/" + m.GetName()
		if seen[key] || m.GetName() == "" {
			return false
		}
		seen[key] = true
		copies = append(copies, object.DeepCopyObject())
	}
	client := fake.NewSimpleClientset(copies...)
	factory := informers.NewSharedInformerFactory(client, 0)
	for _, object := range there {
		must(cacheOf(factory, object).Add(object.DeepCopyObject()))
	}
	c.Error = ""
	if err := c.run(client, factory); err != nil {
		c.Error = err.Error()
	}
	c.Writes = []written{}
	for _, action := range client.Actions() {
		if w := write1(action); w != nil {
			c.Writes = append(c.Writes, *w)
			c.Error = ""
		}
	}
	// The caches are maps: writes of one loop come in their random order.
	key := func(w written) string { return w.Namespace + "/" + w.Name }
	sort.SliceStable(c.Writes, func(i, j int) bool { return key(c.Writes[i]) < key(c.Writes[j]) })
	return true
}

func nameOf(object runtime.Object) string {
	switch object.(type) {
	case *corev1.Namespace:
		return "Namespace"
	case *corev1.ServiceAccount:
		return "ServiceAccount"
	case *corev1.Secret:
		return "Secret"
	case *corev1.ConfigMap:
		return "ConfigMap"
	case *corev1.Pod:
		return "Pod"
	}
	return "ClusterRole"
}

type adder interface{ Add(any) error }

func cacheOf(factory informers.SharedInformerFactory, object runtime.Object) adder {
	core := factory.Core().V1()
	switch nameOf(object) {
	case "Namespace":
		return core.Namespaces().Informer().GetStore()
	case "ServiceAccount":
		return core.ServiceAccounts().Informer().GetStore()
	case "Secret":
		return core.Secrets().Informer().GetStore()
	case "ConfigMap":
		return core.ConfigMaps().Informer().GetStore()
	case "Pod":
		return core.Pods().Informer().GetStore()
	}
	return factory.Rbac().V1().ClusterRoles().Informer().GetStore()
}

func (c *loopCase) run(client *fake.Clientset, factory informers.SharedInformerFactory) error {
	ctx, core := context.Background(), factory.Core().V1()
	switch c.Run {
	case "account", "secret":
		options := loops.TokensControllerOptions{TokenGenerator: claimed{}, RootCA: []byte(rootCA)}
		tokens, err := loops.NewTokensController(klog.Background(), core.ServiceAccounts(), core.Secrets(), client, options)
		must(err)
		if c.Run == "account" && c.Account != nil {
			queueAccount(tokens, c.Account)
			syncAccount(tokens, ctx)
		}
		if c.Run == "secret" && c.Secret != nil && c.Secret.Type == corev1.SecretTypeServiceAccountToken {
			queueSecret(tokens, c.Secret)
			syncSecret(tokens, ctx)
		}
	case "accounts":
		accounts, err := loops.NewServiceAccountsController(klog.Background(), core.ServiceAccounts(), core.Namespaces(), client, loops.DefaultServiceAccountsControllerOptions())
		must(err)
		return syncAccounts(accounts, ctx, c.Name)
	case "ca":
		publisher, err := rootcacertpublisher.NewPublisher(core.ConfigMaps(), core.Namespaces(), client, []byte(rootCA))
		must(err)
		return publish(publisher, ctx, c.Name)
	case "clean":
		clock := clocks.NewFakeClock(time.Unix(c.Now, 0))
		options := loops.LegacySATokenCleanerOptions{CleanUpPeriod: time.Duration(c.Period) * time.Second, SyncInterval: time.Hour}
		cleaner, err := loops.NewLegacySATokenCleaner(core.ServiceAccounts(), core.Secrets(), core.Pods(), client, clock, options)
		if err != nil {
			return err
		}
		clean(cleaner, ctx)
	case "aggregate":
		return aggregate(clusterroleaggregation.NewClusterRoleAggregation(factory.Rbac().V1().ClusterRoles(), client.RbacV1()), ctx, c.Name)
	}
	return nil
}

func write1(action ktesting.Action) *written {
	namespace := action.GetNamespace()
	switch a := action.(type) {
	case ktesting.CreateActionImpl:
		return writtenObject("create", namespace, a.Object)
	case ktesting.UpdateActionImpl:
		return writtenObject("update", namespace, a.Object)
	case ktesting.DeleteActionImpl:
		w := &written{Verb: "delete", Kind: "Secret", Namespace: namespace, Name: a.Name}
		if p := a.DeleteOptions.Preconditions; p != nil {
			w.UID, w.ResourceVersion = p.UID, p.ResourceVersion
		}
		return w
	case ktesting.PatchActionImpl:
		if a.PatchType == types.ApplyPatchType || a.PatchType == types.ApplyYAMLPatchType {
			role := rbacv1.ClusterRole{}
			must(json.Unmarshal(a.Patch, &role))
			return &written{Verb: "apply", Kind: "ClusterRole", Name: a.Name, Rules: role.Rules}
		}
		secret := corev1.Secret{}
		must(json.Unmarshal(a.Patch, &secret))
		return &written{Verb: "label", Kind: "Secret", Namespace: namespace, Name: a.Name, Labels: secret.Labels}
	}
	return nil
}

// writtenObject is the write of an object, in the namespace of the request.
func writtenObject(verb, namespace string, object runtime.Object) *written {
	object = object.DeepCopyObject()
	m, err := meta.Accessor(object)
	must(err)
	m.SetNamespace(namespace)
	return &written{Verb: verb, Kind: nameOf(object), Namespace: namespace, Name: m.GetName(), Object: object}
}

func genLoops(seed int64, n int) {
	lines(n, func(i int) any {
		g := newGen(seed, i)
		c := &loopCase{Run: g.pick([]string{"account", "secret", "secret", "accounts", "ca", "clean", "clean", "aggregate", "aggregate"})}
		switch c.Run {
		case "aggregate":
			c.ClusterRoles = g.aggregated()
			c.Name = g.pick([]string{"r0", "r1", "r9"})
		case "accounts", "ca":
			c.Name = g.pick([]string{"ns", "other"})
			c.Namespaces = g.namespaces()
			c.Accounts = g.loopAccounts()
			c.ConfigMaps = g.certificates()
		default:
			c.Accounts, c.Secrets, c.Pods = g.loopAccounts(), g.loopSecrets(), g.loopPods()
			account, secret := g.loopAccount(), g.loopSecret("s0")
			c.Account, c.Secret = &account, &secret
			if len(c.Accounts) > 0 && g.Intn(2) == 0 {
				c.Account = &c.Accounts[g.Intn(len(c.Accounts))]
			}
			if len(c.Secrets) > 0 && g.Intn(2) == 0 {
				c.Secret = &c.Secrets[g.Intn(len(c.Secrets))]
			}
			// A Secret that is there is the one that something happened to.
			for j := range c.Secrets {
				if s := &c.Secrets[j]; s.Namespace == c.Secret.Namespace && s.Name == c.Secret.Name {
					c.Secret = s
				}
			}
			if c.Run == "clean" {
				c.Account, c.Secret = nil, nil
				c.Now = loopDays + int64(g.Intn(60))*43200
				c.Period = int64(1+g.Intn(8)) * 86400
				c.ConfigMaps = g.tracking()
			}
		}
		if !c.answer() {
			return nil
		}
		return c
	})
}

// loopDays is about when everything happens: 2026-01-01.
const loopDays = 1767225600

func (g *gen) day() string {
	if g.Intn(8) == 0 {
		return g.pick([]string{"", "2026-1-1", "soon", "2026-02-30", "2025-12-31T00:00:00Z"})
	}
	return time.Unix(loopDays+int64(g.Intn(24)-8)*86400, 0).UTC().Format("2006-01-02")
}

func (g *gen) tracking() []corev1.ConfigMap {
	if g.Intn(10) == 0 {
		return nil
	}
	m := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: legacytokentracking.ConfigMapName}}
	if g.Intn(10) > 0 {
		m.Data = map[string]string{"since": time.Unix(loopDays-int64(g.Intn(12))*86400, 0).UTC().Format("2006-01-02")}
	}
	if g.Intn(10) == 0 {
		m.Data = map[string]string{"since": g.day()}
	}
	return []corev1.ConfigMap{m}
}

func (g *gen) namespaces() []corev1.Namespace {
	if g.Intn(4) == 0 {
		return nil
	}
	phases := []string{"", "Active", "Active", "active", "Terminating"}
	return []corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "ns"}, Status: corev1.NamespaceStatus{Phase: corev1.NamespacePhase(g.pick(phases))}}}
}

func (g *gen) certificates() []corev1.ConfigMap {
	if g.Intn(3) == 0 {
		return nil
	}
	m := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: rootcacertpublisher.RootCACertConfigMapName, Labels: g.marks(false)}}
	for _, key := range []string{"ca.crt", "x"} {
		if g.Intn(3) > 0 {
			if m.Data == nil {
				m.Data = map[string]string{}
			}
			m.Data[key] = g.pick([]string{rootCA, rootCA, "other", ""})
		}
	}
	if g.Intn(2) == 0 {
		delete(m.Data, "x")
	}
	if g.Intn(2) == 0 {
		m.Annotations = map[string]string{rootcacertpublisher.DescriptionAnnotation: g.pick([]string{"", "mine", rootcacertpublisher.Description}), "a": "1"}
	}
	return []corev1.ConfigMap{m}
}

func (g *gen) loopNamespace() string {
	return g.pick([]string{"ns", "ns", "ns", "ns", "ns", "other"})
}

func (g *gen) loopAccount() corev1.ServiceAccount {
	a := corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: g.loopNamespace(), Name: g.pick([]string{"a", "a", "a", "default", "a\"b"}), UID: types.UID(g.pick([]string{"u1", "u1", "u2"}))}}
	for _, name := range g.some([]string{"s0", "s1", "s2", "s0", "gone"}, 4) {
		a.Secrets = append(a.Secrets, corev1.ObjectReference{Name: name})
	}
	return a
}

func (g *gen) loopAccounts() (all []corev1.ServiceAccount) {
	for range g.Intn(3) {
		all = append(all, g.loopAccount())
	}
	return all
}

func (g *gen) loopSecret(name string) corev1.Secret {
	s := corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: g.loopNamespace(), Name: name, UID: types.UID("u-" + name), ResourceVersion: "7"}, Type: corev1.SecretTypeServiceAccountToken}
	if g.Intn(8) == 0 {
		s.Type = corev1.SecretTypeOpaque
	}
	s.Annotations = map[string]string{corev1.ServiceAccountNameKey: g.pick([]string{"a", "a", "a", "a", "default", "a\"b", ""})}
	if g.Intn(2) == 0 {
		s.Annotations[corev1.ServiceAccountUIDKey] = g.pick([]string{"", "u1", "u1", "u2", "u3"})
	}
	if g.Intn(10) == 0 {
		s.Annotations = nil
	}
	for _, key := range []string{"ca.crt", "namespace", "token", "x"} {
		if g.Intn(4) > 0 {
			if s.Data == nil {
				s.Data = map[string][]byte{}
			}
			s.Data[key] = []byte(g.pick([]string{rootCA, rootCA, "ns", ""}))
		}
	}
	for _, key := range []string{serviceaccount.LastUsedLabelKey, serviceaccount.InvalidSinceLabelKey} {
		if g.Intn(3) == 0 {
			if s.Labels == nil {
				s.Labels = map[string]string{}
			}
			s.Labels[key] = g.day()
		}
	}
	if g.Intn(8) > 0 {
		s.CreationTimestamp = metav1.Unix(loopDays+int64(g.Intn(40)-20)*43200, 0)
	}
	if g.Intn(12) == 0 {
		now := metav1.Unix(loopDays, 0)
		s.DeletionTimestamp = &now
	}
	return s
}

func (g *gen) loopSecrets() (all []corev1.Secret) {
	for _, name := range g.some([]string{"s0", "s1", "s2"}, 3) {
		all = append(all, g.loopSecret(name))
	}
	return all
}

func (g *gen) loopPods() []corev1.Pod {
	if g.Intn(2) == 0 {
		return nil
	}
	p := g.pod()
	p.Name, p.GenerateName = "p", ""
	for i := range p.Spec.Volumes {
		if p.Spec.Volumes[i].Secret != nil {
			p.Spec.Volumes[i].Secret.SecretName = g.pick([]string{"s0", "s1", "s2"})
		}
	}
	return []corev1.Pod{*p}
}

func (g *gen) aggregated() (all []rbacv1.ClusterRole) {
	for _, name := range []string{"r9", "r10", "r1", "r0"} {
		if g.Intn(4) == 0 {
			continue
		}
		r := rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: g.rules()}
		for _, key := range g.some([]string{"x", "y", "z"}, 3) {
			if r.Labels == nil {
				r.Labels = map[string]string{}
			}
			r.Labels[key] = g.pick([]string{"1", "1", "2", ""})
		}
		if g.Intn(3) > 0 {
			r.AggregationRule = &rbacv1.AggregationRule{}
			for range g.Intn(4) {
				r.AggregationRule.ClusterRoleSelectors = append(r.AggregationRule.ClusterRoleSelectors, g.selector())
			}
		}
		all = append(all, r)
	}
	// Often a role has what it would be given.
	if len(all) == 2 && g.Intn(2) == 0 {
		all[0].Rules = all[1].Rules
	}
	return all
}

func (g *gen) selector() (s metav1.LabelSelector) {
	for range g.Intn(3) {
		if s.MatchLabels == nil {
			s.MatchLabels = map[string]string{}
		}
		s.MatchLabels[g.pick([]string{"x", "y", "z"})] = g.pick([]string{"1", "1", "2", ""})
	}
	for range g.Intn(3) - 1 {
		operators := []string{"In", "In", "NotIn", "Exists", "DoesNotExist"}
		if g.Intn(12) == 0 {
			operators = []string{"Near", ""}
		}
		e := metav1.LabelSelectorRequirement{Key: g.pick([]string{"x", "y", "z"}), Operator: metav1.LabelSelectorOperator(g.pick(operators))}
		if e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpNotIn || g.Intn(10) == 0 {
			e.Values = g.some([]string{"1", "2", ""}, 2)
		}
		s.MatchExpressions = append(s.MatchExpressions, e)
	}
	return s
}
