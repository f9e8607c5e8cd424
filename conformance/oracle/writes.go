package main

// What the API server says of an object that is created, or that replaces another: decoding with defaulting, what the strategy prepares,
// every check, and the message. The kinds of RBAC and the core ones around it.

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
)

type strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

type kindOf struct {
	version    string
	namespaced bool
	strategy   strategy
	draw       func(g *gen) map[string]any
}

var writeKinds = []string{"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ServiceAccount", "Secret", "ConfigMap", "Namespace"}

var kindsOf = map[string]kindOf{
	"Role":               {"rbac.authorization.k8s.io/v1", true, role.Strategy, drawRole},
	"ClusterRole":        {"rbac.authorization.k8s.io/v1", false, clusterrole.Strategy, drawClusterRole},
	"RoleBinding":        {"rbac.authorization.k8s.io/v1", true, rolebinding.Strategy, drawBinding},
	"ClusterRoleBinding": {"rbac.authorization.k8s.io/v1", false, clusterrolebinding.Strategy, drawBinding},
	"ServiceAccount":     {"v1", true, serviceaccount.Strategy, func(*gen) map[string]any { return map[string]any{} }},
	"Secret":             {"v1", true, secret.Strategy, drawSecret},
	"ConfigMap":          {"v1", true, configmap.Strategy, drawConfigMap},
	"Namespace":          {"v1", false, namespace.Strategy, func(*gen) map[string]any { return map[string]any{} }},
}

type writeCase struct {
	Object map[string]any `json:"object"`
	Old    map[string]any `json:"old,omitempty"`
	// The errors as causes tell them, and the message of the whole; absent when the object is stored.
	Errors  []string `json:"errors"`
	Message string   `json:"message,omitempty"`
}

func genWrites(seed int64, n int) {
	lines(n, func(i int) any {
		g := newGen(seed, i)
		name := g.pick(writeKinds)
		kind := kindsOf[name]
		c := writeCase{Object: kind.draw(g), Errors: []string{}}
		c.Object["kind"], c.Object["apiVersion"] = name, kind.version
		c.Object["metadata"] = drawMeta(g, kind.namespaced)
		if name == "Namespace" && !isLabelValue(c.Object) {
			return nil // its name becomes a label, so that there may be two bad ones
		}
		if g.Intn(2) == 0 {
			c.Old = like(g, kind, c.Object)
		}
		c.Message, c.Errors = write(kind, c.Object, c.Old)
		return c
	})
}

func isLabelValue(object map[string]any) bool {
	return len(validation.IsValidLabelValue(object["metadata"].(map[string]any)["name"].(string))) == 0
}

// like is an object that the drawn one may replace: the same but for a few fields.
func like(g *gen, kind kindOf, object map[string]any) map[string]any {
	old := map[string]any{}
	for key, value := range object {
		old[key] = value
	}
	drawn := kind.draw(g)
	for _, key := range slices.Sorted(maps.Keys(drawn)) {
		if g.Intn(3) == 0 {
			old[key] = drawn[key]
		}
	}
	metadata := map[string]any{}
	for key, value := range object["metadata"].(map[string]any) {
		metadata[key] = value
	}
	drawn = drawMeta(g, kind.namespaced)
	for _, key := range slices.Sorted(maps.Keys(drawn)) {
		if g.Intn(6) == 0 {
			metadata[key] = drawn[key]
		}
	}
	metadata["resourceVersion"] = "1"
	if g.Intn(3) > 0 {
		metadata["creationTimestamp"] = "2026-01-01T00:00:00Z"
	}
	old["metadata"] = metadata
	return old
}

func decode(object map[string]any) runtime.Object {
	text, err := json.Marshal(object)
	must(err)
	decoded, _, err := legacyscheme.Codecs.UniversalDecoder().Decode(text, nil, nil)
	must(err)
	return decoded
}

func write(kind kindOf, object, old map[string]any) (string, []string) {
	gv := strings.Split(kind.version, "/")
	info := &genericapirequest.RequestInfo{IsResourceRequest: true, APIVersion: gv[len(gv)-1]}
	if len(gv) > 1 {
		info.APIGroup = gv[0]
	}
	obj := decode(object)
	accessor, err := meta.Accessor(obj)
	must(err)
	// The namespace of the URL is that of the object.
	ctx := genericapirequest.WithNamespace(genericapirequest.WithRequestInfo(context.Background(), info), accessor.GetNamespace())
	if old != nil {
		stored := decode(old)
		previous, err := meta.Accessor(stored)
		must(err)
		if !kind.namespaced {
			previous.SetNamespace("")
		}
		if accessor.GetResourceVersion() == "" { // as the store does for an unconditional update
			accessor.SetResourceVersion(previous.GetResourceVersion())
		}
		err = rest.BeforeUpdate(kind.strategy, ctx, obj, stored)
		return told(err)
	}
	creation := accessor.GetCreationTimestamp()
	if creation.IsZero() {
		accessor.SetCreationTimestamp(metav1.Now())
	}
	if accessor.GetUID() == "" {
		accessor.SetUID("uid")
	}
	return told(rest.BeforeCreate(kind.strategy, ctx, obj))
}

func told(err error) (string, []string) {
	causes := []string{}
	if err == nil {
		return "", causes
	}
	if status, ok := err.(interface{ Status() metav1.Status }); ok {
		for _, cause := range status.Status().Details.Causes {
			causes = append(causes, string(cause.Type)+" "+cause.Field+": "+cause.Message)
		}
	}
	return err.Error(), causes
}

// Upstream looks at maps in random order, so at most one entry of a map is drawn bad.

var (
	badNames  = []string{"a", "a-b.c", "A:b", "", ".", "..", "a/b", "a%b", "a/b%c", "Bad_Name", "é", "-", "a-", "aB-", "é-", long(63), long(64), long(253), long(254), long(253) + "-"}
	labelKeys = []string{"a", "b/c", "Foo/x", "-x", "", "/", "/a", "a/", "a/b/c", "a b", "é", "A/B", "é/b", "<&>", long(63), long(64), long(253) + "/a", long(254) + "/a", "İ/a", "K"}
	labelVals = []string{"true", "", "x y", "é", "-", "a-", "a_b.c", "<b>", long(63), long(64)}
	dataKeys  = []string{"a", "ca.crt", "..", ".", "..a", "b c", "", "é", ".dockercfg", "<a>", long(253), long(254)}
	jsons     = []string{"{}", "null", "", "[]", "12", "\"a\"", "true", "{\"a\":1e999}", "{\"a\":[1,2}", "nope", "{\"a\"", "{'a':1}", "{\"a\":1.}", "{\"a\" 1}", "{\"a\":1 \"b\"}", " {\"auths\":{}} ", "é", "{\"\\x\":1}", "{} {}", "[1 2]", "{\"a\":\"\t\"}", "{\"\\u12g4\":1}", "-", "{\"a\":-}", "{\"a\":1e}", "tru", "{\"a\":01}", "\\", "\x00"}
)

func long(n int) string { return strings.Repeat("a", n) }

func drawMeta(g *gen, namespaced bool) map[string]any {
	m := map[string]any{"name": g.pick([]string{"a", "ok-1", "x"})}
	odd := func(key string, value any) {
		if g.Intn(8) == 0 {
			m[key] = value
		}
	}
	odd("name", g.pick(badNames))
	if m["name"] != "" { // the ending of a generated name is chance
		odd("generateName", g.pick(badNames))
	}
	if namespaced {
		m["namespace"] = "ns1"
		odd("namespace", g.pick([]string{"", "Bad_NS", "a.b", "a-", long(63), long(64)}))
	} else {
		odd("namespace", "ns1")
	}
	odd("uid", g.pick([]string{"u1", "u2", "<u>"}))
	odd("resourceVersion", g.pick([]string{"", "1", "2"}))
	odd("generation", g.pick1(-1, 0, 3))
	odd("deletionTimestamp", g.pick([]string{"2026-01-01T00:00:00Z", "2026-02-02T02:02:02Z"}))
	odd("deletionGracePeriodSeconds", g.pick1(0, 5, 30))
	odd("selfLink", "/x")
	odd("labels", map[string]any{"ok": "1", g.pick(labelKeys): g.pick(labelVals)})
	odd("annotations", map[string]any{"ok": "any thing", g.pick(labelKeys): "x"})
	odd("finalizers", g.some([]string{"kubernetes", "orphan", "foregroundDeletion", "foo", "a/b", "a b", "", "é", "a/b/c"}, 3))
	odd("annotations", map[string]any{"kubernetes.io/service-account.name": g.pick([]string{"", "a", "Bad Name"})})
	if g.Intn(300) == 0 {
		m["annotations"] = map[string]any{"big": strings.Repeat("x", 262145-g.Intn(6))}
	}
	if g.Intn(8) == 0 {
		owners := []any{}
		for k := g.Intn(3); k >= 0; k-- {
			owner := map[string]any{"apiVersion": g.pick([]string{"v1", "apps/v1", "", "/", "/v1", "a/", "a/b/c"}), "kind": g.pick([]string{"Pod", "Event", ""}), "name": g.pick([]string{"p", "q<", ""}), "uid": g.pick([]string{"1", "", "\u2028"})}
			if g.Intn(2) == 0 {
				owner["controller"] = g.Intn(3) > 0
			}
			if g.Intn(3) == 0 {
				owner["blockOwnerDeletion"] = g.Intn(2) == 0
			}
			owners = append(owners, owner)
		}
		m["ownerReferences"] = owners
	}
	if g.Intn(10) == 0 {
		m["managedFields"] = []any{map[string]any{
			"manager": g.pick([]string{"", "kubectl", "a\x07\u200bb", long(128), long(129)}), "operation": g.pick([]string{"Apply", "Update", "", "Upda<te"}),
			"fieldsType": g.pick([]string{"FieldsV1", "", "FieldsV2"}), "subresource": g.pick([]string{"", "status", long(256), long(257)}),
		}}
	}
	return m
}

func (g *gen) pick1(numbers ...int) int { return numbers[g.Intn(len(numbers))] }

func plain(value any) any {
	text, err := json.Marshal(value)
	must(err)
	var out any
	must(json.Unmarshal(text, &out))
	return out
}

func drawRole(g *gen) map[string]any { return map[string]any{"rules": plain(g.rules())} }

func drawClusterRole(g *gen) map[string]any {
	m := drawRole(g)
	if g.Intn(2) == 0 {
		selectors := []any{}
		for k := g.Intn(3); k > 0; k-- {
			selector := map[string]any{}
			if g.Intn(2) == 0 {
				selector["matchLabels"] = map[string]any{g.pick(labelKeys): g.pick(labelVals)}
			}
			expressions := []any{}
			for e := g.Intn(3); e > 0; e-- {
				expressions = append(expressions, map[string]any{"key": g.pick(labelKeys), "operator": g.pick([]string{"In", "In", "NotIn", "Exists", "DoesNotExist", "Near<", ""}), "values": g.some(labelVals, 2)})
			}
			selector["matchExpressions"] = expressions
			selectors = append(selectors, selector)
		}
		m["aggregationRule"] = map[string]any{"clusterRoleSelectors": selectors}
	}
	return m
}

func drawBinding(g *gen) map[string]any {
	ref, subjects := g.ref(), g.subjects()
	ref.APIGroup = g.pick([]string{"", "", rbacv1.GroupName, "wr<ong"})
	if g.Intn(3) == 0 {
		ref.Name = g.pick(badNames)
	}
	for k := range subjects {
		subjects[k].APIGroup = g.pick([]string{"", "", rbacv1.GroupName, "wrong"})
		if g.Intn(3) == 0 {
			subjects[k].Name = g.pick(badNames)
		}
	}
	return map[string]any{"roleRef": plain(ref), "subjects": plain(subjects)}
}

func drawSecret(g *gen) map[string]any {
	types := []corev1.SecretType{"", "Opaque", "a<b", corev1.SecretTypeServiceAccountToken, corev1.SecretTypeDockercfg, corev1.SecretTypeDockerConfigJson, corev1.SecretTypeBasicAuth, corev1.SecretTypeSSHAuth, corev1.SecretTypeTLS}
	m := map[string]any{"type": types[g.Intn(len(types))]}
	if g.Intn(3) == 0 {
		m["immutable"] = g.Intn(3) > 0
	}
	data := map[string][]byte{}
	for _, key := range g.some([]string{".dockercfg", ".dockerconfigjson", "username", "password", "ssh-privatekey", "tls.crt", "tls.key"}, 3) {
		data[key] = []byte(g.pick(jsons))
	}
	if g.Intn(3) == 0 {
		data[g.pick(dataKeys)] = []byte("x")
	}
	if g.Intn(300) == 0 {
		data["a"] = []byte(strings.Repeat("x", 1048577-g.Intn(3)))
	}
	m["data"] = plain(data)
	if g.Intn(4) == 0 {
		m["stringData"] = map[string]any{g.pick([]string{".dockercfg", "username", "ssh-privatekey", "a"}): g.pick(jsons)}
	}
	return m
}

func drawConfigMap(g *gen) map[string]any {
	m := map[string]any{"data": map[string]any{"a": "1"}}
	if g.Intn(3) == 0 {
		m["immutable"] = g.Intn(3) > 0
	}
	switch g.Intn(5) {
	case 0:
		m["data"] = map[string]any{g.pick(dataKeys): "1"}
	case 1:
		m["binaryData"] = plain(map[string][]byte{g.pick(dataKeys): []byte("x")})
	case 2:
		m["binaryData"] = plain(map[string][]byte{"b": []byte("x")})
	}
	return m
}
