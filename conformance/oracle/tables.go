package main

// The pages of kubectl that come of several objects: the tables of get, and the list of auth can-i.

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"sort"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	tables "k8s.io/cli-runtime/pkg/printers"
	"k8s.io/client-go/kubernetes/fake"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/kubectl/pkg/cmd/auth"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/printers"
	printersinternal "k8s.io/kubernetes/pkg/printers/internalversion"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

// The tables of get

type tableCase struct {
	Kind          string            `json:"kind"`
	Objects       []json.RawMessage `json:"objects"`
	Now           int64             `json:"now"`
	Wide          bool              `json:"wide,omitempty"`
	AllNamespaces bool              `json:"allNamespaces,omitempty"`
	ShowLabels    bool              `json:"showLabels,omitempty"`
	LabelColumns  []string          `json:"labelColumns,omitempty"`
	NoHeaders     bool              `json:"noHeaders,omitempty"`
	WithKind      bool              `json:"withKind,omitempty"`
	Text          string            `json:"text"`
}

var (
	tableKinds  = []string{"ServiceAccount", "Secret", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}
	tableNames  = []string{"a", "a-b", "a.b", "view", "system:node", "ログ", "é", "long-name-of-an-object", "x\ny", "x\rz", "\x1b[31m", "b\fc", "", "tab\tbed"}
	tableSpaces = []string{"a", "a-b", "default", "kube-system", "é"}
	tableLabels = []string{"app", "app.io/tier", "ログ/x", "a/b/c", "ß"}
)

func (g *gen) tableMeta(namespaced bool, now time.Time) metav1.ObjectMeta {
	m := metav1.ObjectMeta{Name: g.pick(tableNames), UID: types.UID("u")}
	if g.Intn(3) == 0 {
		m.Name += g.pick(tableNames)
	}
	if namespaced {
		m.Namespace = g.pick(tableSpaces)
	}
	for range g.Intn(3) {
		if m.Labels == nil {
			m.Labels = map[string]string{}
		}
		m.Labels[g.pick(tableLabels)] = g.pick([]string{"", "web", "v1", "é"})
	}
	if age := g.tableAge(); age != nil {
		m.CreationTimestamp = metav1.NewTime(now.Add(-*age))
	}
	return m
}

// tableAge draws ages near the places where their wording changes. The clock of a moment has no whole seconds: what it
// would tell of the very next one is left out.
func (g *gen) tableAge() *time.Duration {
	age := time.Duration(g.Intn(400000000)) * time.Second
	switch g.Intn(6) {
	case 0:
		return nil
	case 1, 2:
		unit := []time.Duration{time.Minute, 2 * time.Minute, 10 * time.Minute, 3 * time.Hour, 8 * time.Hour, 48 * time.Hour, 8 * 24 * time.Hour, 365 * 24 * time.Hour, 2 * 365 * 24 * time.Hour, 8 * 365 * 24 * time.Hour}
		age = unit[g.Intn(len(unit))] + time.Duration(g.Intn(3)-1)*time.Second
	case 3:
		age = time.Duration(g.Intn(30000)) * time.Second
	case 4:
		age = -time.Duration(10+g.Intn(1000)) * time.Second
	}
	return &age
}

func (g *gen) tableObject(kind string, now time.Time) runtime.Object {
	m := g.tableMeta(!strings.HasPrefix(kind, "Cluster"), now)
	switch kind {
	case "ServiceAccount":
		account := &corev1.ServiceAccount{ObjectMeta: m}
		for range g.Intn(3) {
			account.Secrets = append(account.Secrets, corev1.ObjectReference{Name: "s"})
		}
		return account
	case "Secret":
		secret := &corev1.Secret{ObjectMeta: m, Type: corev1.SecretType(g.pick([]string{"Opaque", "kubernetes.io/tls", "x\ny", ""}))}
		for range g.Intn(4) {
			if secret.Data == nil {
				secret.Data = map[string][]byte{}
			}
			secret.Data[g.pick([]string{"a", "b", "c"})] = []byte("x")
		}
		return secret
	case "Role":
		return &rbacv1.Role{ObjectMeta: m}
	case "ClusterRole":
		return &rbacv1.ClusterRole{ObjectMeta: m}
	case "RoleBinding":
		return &rbacv1.RoleBinding{ObjectMeta: m, Subjects: g.subjects(), RoleRef: g.ref()}
	default:
		return &rbacv1.ClusterRoleBinding{ObjectMeta: m, Subjects: g.subjects(), RoleRef: g.ref()}
	}
}

func genTables(seed int64, n int) {
	lines(n, func(i int) any {
		g := newGen(seed, i)
		c := &tableCase{
			Kind: g.pick(tableKinds), Wide: g.Intn(2) == 0, AllNamespaces: g.Intn(2) == 0, ShowLabels: g.Intn(3) == 0,
			NoHeaders: g.Intn(4) == 0, WithKind: g.Intn(4) == 0,
		}
		for range g.Intn(3) - g.Intn(2) {
			c.LabelColumns = append(c.LabelColumns, g.pick(tableLabels))
		}
		count := g.Intn(5)
		if g.Intn(50) == 0 {
			count = 90 + g.Intn(120)
		}
		now := time.Unix(time.Now().Unix(), 0).UTC()
		for range count {
			text, err := json.Marshal(g.tableObject(c.Kind, now))
			must(err)
			c.Objects = append(c.Objects, text)
		}
		if !c.show(now) {
			return nil
		}
		c.settle()
		return c
	})
}

// tableNow is the second at which every drawn table is printed, so that a seed gives the same line on any day.
var tableNow = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// settle moves the objects and what is told of them from the clock's second to tableNow.
func (c *tableCase) settle() {
	by := tableNow.Sub(time.Unix(c.Now, 0))
	var moved []string
	for i, text := range c.Objects {
		object, err := pointer(c.Kind, text)
		must(err)
		m := object.(metav1.Object)
		if created := m.GetCreationTimestamp(); !created.IsZero() {
			then := metav1.NewTime(created.Add(by).UTC())
			moved = append(moved, created.UTC().Format(time.RFC3339), then.Format(time.RFC3339))
			m.SetCreationTimestamp(then)
		}
		c.Objects[i], err = json.Marshal(object)
		must(err)
	}
	c.Text, c.Now = strings.NewReplacer(moved...).Replace(c.Text), tableNow.Unix()
}

// answer prints the table anew: as the ages are told from the clock, the objects become as much older as it went on.
func (c *tableCase) answer() bool {
	then, now := time.Unix(c.Now, 0), time.Unix(time.Now().Unix(), 0).UTC()
	for i, text := range c.Objects {
		object, err := pointer(c.Kind, text)
		if err != nil {
			return false
		}
		m := object.(metav1.Object)
		if created := m.GetCreationTimestamp(); !created.IsZero() {
			m.SetCreationTimestamp(metav1.NewTime(created.Add(now.Sub(then)).UTC()))
		}
		text, err = json.Marshal(object)
		must(err)
		c.Objects[i] = text
	}
	return c.show(now)
}

// show tells whether the second did not end on the way.
func (c *tableCase) show(now time.Time) bool {
	c.Now = now.Unix()
	group := rbacv1.SchemeGroupVersion
	if c.Kind == "ServiceAccount" || c.Kind == "Secret" {
		group = corev1.SchemeGroupVersion
	}
	namespaced := !strings.HasPrefix(c.Kind, "Cluster")
	var objects []runtime.Object
	for _, text := range c.Objects {
		object, err := pointer(c.Kind, text)
		if err != nil {
			return false
		}
		objects = append(objects, object.(runtime.Object))
	}
	key := func(object runtime.Object) string {
		m := object.(metav1.Object)
		if namespaced {
			return m.GetNamespace() + "/" + m.GetName()
		}
		return m.GetName()
	}
	sort.SliceStable(objects, func(i, j int) bool { return key(objects[i]) < key(objects[j]) })
	table, err := serverTable(group, c.Kind, objects)
	if err != nil {
		return false
	}
	printer := tables.NewTablePrinter(tables.PrintOptions{
		NoHeaders: c.NoHeaders, WithNamespace: c.AllNamespaces && namespaced, WithKind: c.WithKind, Wide: c.Wide,
		ShowLabels: c.ShowLabels, Kind: schema.GroupKind{Group: group.Group, Kind: c.Kind}, ColumnLabels: c.LabelColumns,
	})
	var text bytes.Buffer
	if len(objects) > 0 {
		must(printer.PrintObj(table, &text))
	}
	c.Text = text.String()
	return time.Now().Unix() == c.Now
}

// serverTable is the table that the server sends for a list: by the printers of its own, or the one for kinds that have none.
func serverTable(group schema.GroupVersion, kind string, objects []runtime.Object) (*metav1.Table, error) {
	internal, err := legacyscheme.Scheme.New(schema.GroupVersionKind{Group: group.Group, Version: runtime.APIVersionInternal, Kind: kind + "List"})
	if err != nil {
		return nil, err
	}
	list, err := legacyscheme.Scheme.New(group.WithKind(kind + "List"))
	if err != nil {
		return nil, err
	}
	if err := meta.SetList(list, objects); err != nil {
		return nil, err
	}
	if err := legacyscheme.Scheme.Convert(list, internal, nil); err != nil {
		return nil, err
	}
	if kind == "Role" || kind == "ClusterRole" {
		return rest.NewDefaultTableConvertor(schema.GroupResource{}).ConvertToTable(context.TODO(), internal, nil)
	}
	return printers.NewTableGenerator().With(printersinternal.AddHandlers).GenerateTable(internal, printers.GenerateOptions{Wide: true})
}

// The list of auth can-i

type listCase struct {
	Rules     []rbacv1.PolicyRule `json:"rules"`
	NoHeaders bool                `json:"noHeaders"`
	Text      string              `json:"text"`
}

func genList(seed int64, n int) {
	lines(n, func(i int) any {
		g := newGen(seed, i)
		c := &listCase{Rules: append(g.rules(), g.rules()...), NoHeaders: g.Intn(3) == 0}
		c.answer()
		return c
	})
}

// rulesStatus is what the server's review of one's own rules says to the user u.
func rulesStatus(s *store) (status authorizationv1.SubjectRulesReviewStatus) {
	about, urls, _, err := rbac.New(s, s, s, s).RulesFor(context.TODO(), &user.DefaultInfo{Name: "u"}, "default")
	must(err)
	for _, rule := range about {
		status.ResourceRules = append(status.ResourceRules, authorizationv1.ResourceRule{
			Verbs: rule.GetVerbs(), APIGroups: rule.GetAPIGroups(), Resources: rule.GetResources(), ResourceNames: rule.GetResourceNames(),
		})
	}
	for _, rule := range urls {
		status.NonResourceRules = append(status.NonResourceRules, authorizationv1.NonResourceRule{Verbs: rule.GetVerbs(), NonResourceURLs: rule.GetNonResourceURLs()})
	}
	return status
}

func (c *listCase) answer() {
	bound := objects{
		ClusterRoles: []*rbacv1.ClusterRole{{ObjectMeta: metav1.ObjectMeta{Name: "r"}, Rules: c.Rules}},
		ClusterRoleBindings: []*rbacv1.ClusterRoleBinding{{
			ObjectMeta: metav1.ObjectMeta{Name: "b"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "r"},
			Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: "u"}},
		}},
	}
	status := rulesStatus(bound.store())
	client := fake.NewSimpleClientset()
	client.PrependReactor("create", "selfsubjectrulesreviews", func(ktesting.Action) (bool, runtime.Object, error) {
		return true, &authorizationv1.SelfSubjectRulesReview{Status: status}, nil
	})
	var text bytes.Buffer
	options := auth.CanIOptions{AuthClient: client.AuthorizationV1(), List: true, NoHeaders: c.NoHeaders, IOStreams: genericiooptions.IOStreams{Out: &text, ErrOut: io.Discard}}
	must(options.RunAccessList())
	c.Text = text.String()
}
