package main

// Escalation: a user creates or replaces a role or a binding; what the API server answers.

import (
	"context"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	rbacapi "k8s.io/kubernetes/pkg/apis/rbac"
	clusterrolepolicy "k8s.io/kubernetes/pkg/registry/rbac/clusterrole/policybased"
	clusterrolebindingpolicy "k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding/policybased"
	rolepolicy "k8s.io/kubernetes/pkg/registry/rbac/role/policybased"
	rolebindingpolicy "k8s.io/kubernetes/pkg/registry/rbac/rolebinding/policybased"
	rbacregistry "k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

// fakeStorage takes what it is given; the checks are asked before. An update finds the old object, or one without anything in it.
type fakeStorage struct {
	rest.StandardStorage
	old runtime.Object
}

func (fakeStorage) Create(_ context.Context, obj runtime.Object, _ rest.ValidateObjectFunc, _ *metav1.CreateOptions) (runtime.Object, error) {
	return obj, nil
}

func (f fakeStorage) Update(ctx context.Context, _ string, info rest.UpdatedObjectInfo, _ rest.ValidateObjectFunc, _ rest.ValidateObjectUpdateFunc, _ bool, _ *metav1.UpdateOptions) (runtime.Object, bool, error) {
	obj, err := info.UpdatedObject(ctx, f.old)
	return obj, false, err
}

type escalationCase struct {
	User   string   `json:"user"`
	Groups []string `json:"groups,omitempty"`
	Kind   string   `json:"kind"`
	Object any      `json:"object"`
	// Update tells a replacement of Old, or, without one, the creation by a request that has the name.
	Update bool   `json:"update,omitempty"`
	Old    any    `json:"old,omitempty"`
	Error  string `json:"error,omitempty"`
}

type escalationLine struct {
	objects
	Cases []escalationCase `json:"cases"`
}

func genEscalation(seed int64, policies, requests int) {
	lines(policies, func(i int) any {
		g := newGen(seed, i)
		if i%3 != 0 { // mostly the plain vocabulary, with the verbs that matter here
			g.v = vocabs[0]
			g.v.verbs = append([]string{"escalate", "bind"}, g.v.verbs...)
			g.v.groups = append([]string{rbacv1.GroupName, rbacv1.GroupName}, g.v.groups...)
			g.v.res = append([]string{"roles", "clusterroles"}, g.v.res...)
			g.v.names = append([]string{"r1", "r2"}, g.v.names...)
			g.v.ugroups = append([]string{"system:masters"}, g.v.ugroups...)
		}
		line := &escalationLine{objects: *g.objects()}
		s := line.store()
		for j := 0; j < requests; j++ {
			r := g.near(&line.objects, s)
			c := escalationCase{User: r.User, Groups: r.Groups}
			ns := g.pick(g.v.nss[1:])
			ref := g.ref()
			if ref.Kind != "Role" && ref.Kind != "ClusterRole" {
				ref.Kind = "ClusterRole"
			}
			switch g.Intn(4) {
			case 0:
				x := rbacv1.Role{Rules: g.rules()}
				x.Name, x.Namespace = g.pick(g.v.roles), ns
				c.Kind, c.Object = "Role", x
			case 1:
				x := rbacv1.ClusterRole{Rules: g.rules()}
				x.Name = g.pick(g.v.roles)
				if g.Intn(4) == 0 {
					x.AggregationRule = &rbacv1.AggregationRule{ClusterRoleSelectors: []metav1.LabelSelector{{MatchLabels: map[string]string{"a": "b"}}}}
				}
				c.Kind, c.Object = "ClusterRole", x
			case 2:
				x := rbacv1.RoleBinding{Subjects: g.subjects(), RoleRef: ref}
				x.Name, x.Namespace = g.pick(g.v.roles), ns
				c.Kind, c.Object = "RoleBinding", x
			default:
				x := rbacv1.ClusterRoleBinding{Subjects: g.subjects(), RoleRef: ref}
				x.Name = g.pick(g.v.roles)
				c.Kind, c.Object = "ClusterRoleBinding", x
			}
			if c.Update = g.Intn(2) == 0; c.Update && g.Intn(6) > 0 {
				c.Object, c.Old = g.touched(c.Object), g.touched(c.Object)
			}
			line.Cases = append(line.Cases, c)
		}
		line.answer()
		return line
	})
}

func (line *escalationLine) answer() {
	s := line.store()
	res := rbacregistry.NewDefaultRuleResolver(s, s, s, s)
	a := rbac.New(s, s, s, s)
	for i := range line.Cases {
		c := &line.Cases[i]
		in := internal(c.Object)
		ctx := genericapirequest.WithUser(context.Background(), &user.DefaultInfo{Name: c.User, Groups: c.Groups})
		if ns := in.(metav1.Object).GetNamespace(); ns != "" {
			ctx = genericapirequest.WithNamespace(ctx, ns)
		}
		info := &genericapirequest.RequestInfo{IsResourceRequest: true, Verb: "create", APIGroup: rbacv1.GroupName, APIVersion: "v1",
			Resource: strings.ToLower(c.Kind) + "s", Namespace: in.(metav1.Object).GetNamespace()}
		if c.Update {
			info.Verb, info.Name = "update", in.(metav1.Object).GetName()
		}
		ctx = genericapirequest.WithRequestInfo(ctx, info)
		c.Error = errText(c.write(ctx, in, a, res))
	}
}

// storage is what creates and updates, as each kind's storage does.
type storage interface {
	rest.Creater
	rest.Updater
}

func (c *escalationCase) write(ctx context.Context, in runtime.Object, a authorizer.Authorizer, res rbacregistry.AuthorizationRuleResolver) error {
	fake := fakeStorage{}
	if c.Old != nil {
		fake.old = internal(c.Old)
	}
	var store storage
	switch c.Kind {
	case "Role":
		fake.old = orElse(fake.old, &rbacapi.Role{})
		store = rolepolicy.NewStorage(fake, a, res)
	case "ClusterRole":
		fake.old = orElse(fake.old, &rbacapi.ClusterRole{})
		store = clusterrolepolicy.NewStorage(fake, a, res)
	case "RoleBinding":
		fake.old = orElse(fake.old, &rbacapi.RoleBinding{})
		store = rolebindingpolicy.NewStorage(fake, a, res)
	default:
		fake.old = orElse(fake.old, &rbacapi.ClusterRoleBinding{})
		store = clusterrolebindingpolicy.NewStorage(fake, a, res)
	}
	if !c.Update {
		_, err := store.Create(ctx, in, nil, nil)
		return err
	}
	_, _, err := store.Update(ctx, in.(metav1.Object).GetName(), rest.DefaultUpdatedObjectInfo(in), nil, nil, false, nil)
	return err
}

func orElse(found, otherwise runtime.Object) runtime.Object {
	if found == nil {
		return otherwise
	}
	return found
}

// touched is the object with something else in a place or two, of which garbage collection needs the first four alone.
func (g *gen) touched(object any) any {
	meta := func(m metav1.ObjectMeta) metav1.ObjectMeta {
		for k := g.Intn(3); k > 0; k-- {
			switch g.Intn(12) {
			case 0, 1:
				m.Finalizers = []string{"example.com/f"}
			case 2, 3:
				m.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: "p", UID: "1"}}
			case 4:
				m.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl", Operation: metav1.ManagedFieldsOperationApply}}
			case 5:
				m.SelfLink = "/x"
			case 6:
				m.Labels = map[string]string{"a": "b"}
			case 7:
				m.Annotations = map[string]string{"a": "b"}
			case 8:
				m.ResourceVersion = "7"
			case 9:
				m.UID = "u"
			}
		}
		return m
	}
	differs := g.Intn(4) == 0
	switch x := object.(type) {
	case rbacv1.Role:
		if x.ObjectMeta = meta(x.ObjectMeta); differs {
			x.Rules = g.rules()
		}
		return x
	case rbacv1.ClusterRole:
		if x.ObjectMeta = meta(x.ObjectMeta); differs {
			x.Rules = g.rules()
		}
		switch g.Intn(6) {
		case 0:
			x.AggregationRule = &rbacv1.AggregationRule{}
		case 1:
			x.AggregationRule = nil
		}
		return x
	case rbacv1.RoleBinding:
		if x.ObjectMeta = meta(x.ObjectMeta); differs {
			x.Subjects = g.subjects()
		}
		return x
	case rbacv1.ClusterRoleBinding:
		if x.ObjectMeta = meta(x.ObjectMeta); differs {
			x.Subjects = g.subjects()
		}
		return x
	}
	return object
}
