package main

// What `kubectl apply` makes of an object that is stored: the patch as kubectl builds it, and the object as the server patches it.

import (
	"encoding/json"
	"math/rand"
	"os"
	"sort"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/kubectl/pkg/util"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// applyCase is an object that is stored, with what was applied before in its annotation if it was, a manifest that is applied, and the
// object after that.
type applyCase struct {
	Current  map[string]any `json:"current"`
	Modified map[string]any `json:"modified"`
	Result   map[string]any `json:"result"`
}

var applyKinds = map[string]func() any{
	"ServiceAccount":     func() any { return &corev1.ServiceAccount{} },
	"Secret":             func() any { return &corev1.Secret{} },
	"ConfigMap":          func() any { return &corev1.ConfigMap{} },
	"Role":               func() any { return &rbacv1.Role{} },
	"ClusterRole":        func() any { return &rbacv1.ClusterRole{} },
	"RoleBinding":        func() any { return &rbacv1.RoleBinding{} },
	"ClusterRoleBinding": func() any { return &rbacv1.ClusterRoleBinding{} },
}

func (c *applyCase) answer() bool {
	kind, _ := c.Current["kind"].(string)
	if applyKinds[kind] == nil || c.Modified["kind"] != kind {
		return false
	}
	metadata, _ := c.Current["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	original, _ := annotations[corev1.LastAppliedConfigAnnotation].(string)
	current, modified := toJSON(c.Current), configuration(c.Modified, true)
	schema, err := strategicpatch.NewPatchMetaFromStruct(applyKinds[kind]())
	must(err)
	patch, err := strategicpatch.CreateThreeWayMergePatch([]byte(original), modified, current, schema, true)
	if err != nil {
		return false
	}
	result, err := strategicpatch.StrategicMergePatch(current, patch, applyKinds[kind]())
	if err != nil {
		return false
	}
	typed := applyKinds[kind]().(runtime.Object)
	if json.Unmarshal(result, typed) != nil {
		return false
	}
	typed = stored(typed)
	if rule := aggregationOf(typed); rule != nil && len(rule.ClusterRoleSelectors) == 0 {
		// The server refuses it.
		return false
	}
	if account, ok := typed.(*corev1.ServiceAccount); ok {
		// The strategy of the registry keeps nothing else (`cleanSecretReferences`).
		for i, secret := range account.Secrets {
			account.Secrets[i] = corev1.ObjectReference{Name: secret.Name}
		}
	}
	c.Result = asMap(typed)
	return true
}

// stored takes the object through the type that the server works with: what is left out is filled in, `stringData` laid over `data`.
func stored(object runtime.Object) runtime.Object {
	kind := object.GetObjectKind().GroupVersionKind()
	legacyscheme.Scheme.Default(object)
	internal, err := legacyscheme.Scheme.ConvertToVersion(object, schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal})
	must(err)
	again, err := legacyscheme.Scheme.ConvertToVersion(internal, kind.GroupVersion())
	must(err)
	return again
}

func aggregationOf(object runtime.Object) *rbacv1.AggregationRule {
	if role, ok := object.(*rbacv1.ClusterRole); ok {
		return role.AggregationRule
	}
	return nil
}

func toJSON(value any) []byte {
	text, err := json.Marshal(value)
	must(err)
	return text
}

func asMap(value any) map[string]any {
	var fields map[string]any
	must(json.Unmarshal(toJSON(value), &fields))
	return fields
}

func genApply(seed int64, n int) {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for i := 0; i < n; i++ {
		r := rand.New(rand.NewSource(seed + int64(i)))
		kind := []string{"ServiceAccount", "ServiceAccount", "ServiceAccount", "Secret", "ConfigMap", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}[r.Intn(9)]
		c := applyCase{Current: asMap(stored(typedOf(kind, appliedObject(r, kind)))), Modified: asWritten(r, kind)}
		withoutNulls(c.Current)
		if r.Intn(4) > 0 {
			remember(c.Current, asWritten(r, kind))
		}
		if c.answer() {
			must(out.Encode(c))
		}
	}
}

// remember writes what was applied into the annotation of an object, as kubectl writes it.
func remember(object, applied map[string]any) {
	metadata := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	if annotations == nil {
		annotations = map[string]any{}
		metadata["annotations"] = annotations
	}
	annotations[corev1.LastAppliedConfigAnnotation] = string(configuration(applied, false))
}

// configuration is a manifest as kubectl sends it, or, without the annotation, remembers it.
func configuration(manifest map[string]any, annotate bool) []byte {
	object := &unstructured.Unstructured{Object: asMap(manifest)}
	text, err := util.GetModifiedConfiguration(object, annotate, unstructured.UnstructuredJSONScheme)
	must(err)
	return text
}

// appliedObject draws an object of the kind out of few words, without the fields that Go writes though they are empty.
func appliedObject(r *rand.Rand, kind string) map[string]any {
	meta := metav1.ObjectMeta{Name: "a", Labels: words(r), Annotations: words(r), Finalizers: some(r, "x/a", "x/b", "x/c", "x/d")}
	for _, uid := range some(r, "u1", "u2", "u3") {
		yes := r.Intn(2) == 0
		owner := metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "o", UID: types.UID(uid)}
		if r.Intn(2) == 0 {
			owner.BlockOwnerDeletion = &yes
		}
		meta.OwnerReferences = append(meta.OwnerReferences, owner)
	}
	if kind != "ClusterRole" && kind != "ClusterRoleBinding" {
		meta.Namespace = "dev"
	}
	fields := asMap(appliedTyped(r, kind, meta))
	withoutNulls(fields)
	return fields
}

func typedOf(kind string, fields map[string]any) runtime.Object {
	typed := applyKinds[kind]().(runtime.Object)
	must(json.Unmarshal(toJSON(fields), typed))
	return typed
}

// asWritten draws an object as people write it: some of what it does not say is said to be empty, or nothing.
func asWritten(r *rand.Rand, kind string) map[string]any {
	fields := appliedObject(r, kind)
	empty(r, fields, emptiable(kind))
	metadata := fields["metadata"].(map[string]any)
	empty(r, metadata, map[string]any{"labels": map[string]any{}, "annotations": map[string]any{}, "finalizers": []any{}, "ownerReferences": []any{}})
	if owners, ok := metadata["ownerReferences"].([]any); ok {
		for _, owner := range owners {
			empty(r, owner.(map[string]any), map[string]any{"controller": nil, "blockOwnerDeletion": nil})
		}
	}
	for _, entries := range []any{metadata["labels"], metadata["annotations"], fields["data"], fields["binaryData"], fields["stringData"]} {
		if entries, ok := entries.(map[string]any); ok {
			empty(r, entries, map[string]any{"a": nil, "b": nil, "x": nil})
		}
	}
	if rule, ok := fields["aggregationRule"].(map[string]any); ok {
		empty(r, rule, map[string]any{"clusterRoleSelectors": []any{}})
	}
	return fields
}

// emptiable are the fields of each kind that may be empty, as they are then.
func emptiable(kind string) map[string]any {
	return map[string]map[string]any{
		"ServiceAccount":     {"secrets": []any{}, "imagePullSecrets": []any{}, "automountServiceAccountToken": nil},
		"Secret":             {"data": map[string]any{}, "stringData": map[string]any{}, "type": "", "immutable": nil},
		"ConfigMap":          {"data": map[string]any{}, "binaryData": map[string]any{}, "immutable": nil},
		"Role":               {"rules": []any{}},
		"ClusterRole":        {"rules": []any{}, "aggregationRule": map[string]any{}},
		"RoleBinding":        {"subjects": []any{}},
		"ClusterRoleBinding": {"subjects": []any{}},
	}[kind]
}

// empty says of some of the fields that are not there that they are empty, or null.
func empty(r *rand.Rand, fields, emptiable map[string]any) {
	names := make([]string, 0, len(emptiable))
	for name := range emptiable {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, there := fields[name]; there {
			continue
		}
		switch r.Intn(8) {
		case 0, 1:
			fields[name] = emptiable[name]
		case 2:
			fields[name] = nil
		}
	}
}

func withoutNulls(fields map[string]any) {
	for key, value := range fields {
		if value == nil {
			delete(fields, key)
		}
	}
}

func appliedTyped(r *rand.Rand, kind string, meta metav1.ObjectMeta) any {
	core, group := metav1.TypeMeta{Kind: kind, APIVersion: "v1"}, metav1.TypeMeta{Kind: kind, APIVersion: rbacv1.GroupName + "/v1"}
	var rules []rbacv1.PolicyRule
	for _, verb := range some(r, "get", "list") {
		rules = append(rules, rbacv1.PolicyRule{Verbs: []string{verb}, APIGroups: []string{""}, Resources: []string{"pods"}})
	}
	var subjects []rbacv1.Subject
	for _, name := range some(r, "jane", "bob") {
		subjects = append(subjects, rbacv1.Subject{Kind: "User", APIGroup: rbacv1.GroupName, Name: name})
	}
	ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "r"}
	switch kind {
	case "ServiceAccount":
		return appliedAccount(r, core, meta)
	case "Secret":
		data := map[string][]byte{}
		for key, value := range words(r) {
			data[key] = []byte(value)
		}
		secret := corev1.Secret{TypeMeta: core, ObjectMeta: meta, Data: data, StringData: words(r)}
		if r.Intn(2) == 0 {
			secret.Type = "Opaque"
		}
		return secret
	case "ConfigMap":
		data := map[string][]byte{}
		for _, key := range some(r, "x", "y") {
			data[key] = []byte(key)
		}
		return corev1.ConfigMap{TypeMeta: core, ObjectMeta: meta, Data: words(r), BinaryData: data}
	case "Role":
		return rbacv1.Role{TypeMeta: group, ObjectMeta: meta, Rules: rules}
	case "ClusterRole":
		role := rbacv1.ClusterRole{TypeMeta: group, ObjectMeta: meta, Rules: rules}
		if selectors := some(r, "p", "q"); r.Intn(2) == 0 && len(selectors) > 0 {
			role.AggregationRule = &rbacv1.AggregationRule{}
			for _, value := range selectors {
				selector := metav1.LabelSelector{MatchLabels: map[string]string{"aggregate": value}}
				role.AggregationRule.ClusterRoleSelectors = append(role.AggregationRule.ClusterRoleSelectors, selector)
			}
		}
		return role
	case "RoleBinding":
		return rbacv1.RoleBinding{TypeMeta: group, ObjectMeta: meta, Subjects: subjects, RoleRef: ref}
	default:
		return rbacv1.ClusterRoleBinding{TypeMeta: group, ObjectMeta: meta, Subjects: subjects, RoleRef: ref}
	}
}

func appliedAccount(r *rand.Rand, core metav1.TypeMeta, meta metav1.ObjectMeta) corev1.ServiceAccount {
	account := corev1.ServiceAccount{TypeMeta: core, ObjectMeta: meta}
	for _, name := range some(r, "s", "t", "u", "v", "w") {
		reference := corev1.ObjectReference{Name: name}
		if r.Intn(3) == 0 {
			reference.Kind = "Secret"
		}
		if r.Intn(3) == 0 {
			reference.UID = types.UID([]string{"1", "2"}[r.Intn(2)])
		}
		account.Secrets = append(account.Secrets, reference)
	}
	for _, name := range some(r, "p", "q") {
		account.ImagePullSecrets = append(account.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	if r.Intn(2) == 0 {
		yes := r.Intn(2) == 0
		account.AutomountServiceAccountToken = &yes
	}
	return account
}

// some picks some of the words, in any order.
func some(r *rand.Rand, words ...string) []string {
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return words[:r.Intn(len(words)+1)]
}

func words(r *rand.Rand) map[string]string {
	picked := map[string]string{}
	for _, key := range some(r, "a", "b", "c") {
		picked[key] = []string{"1", "2"}[r.Intn(2)]
	}
	return picked
}
