package main

// What `kubectl apply` makes of an object that is stored: the patch as kubectl builds it, and the object as the server patches it.

import (
	"encoding/json"
	"math/rand"
	"os"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// applyCase is an object that is stored, with what was applied before in its annotation if it was, a manifest that is applied with its own,
// and the object after that.
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
	current, modified := toJSON(c.Current), toJSON(c.Modified)
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
	typed := applyKinds[kind]()
	if json.Unmarshal(result, typed) != nil {
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
		c := applyCase{Current: appliedObject(r, kind), Modified: appliedObject(r, kind)}
		remember(c.Modified, c.Modified)
		if r.Intn(4) > 0 {
			remember(c.Current, appliedObject(r, kind))
		}
		if c.answer() {
			must(out.Encode(c))
		}
	}
}

// remember writes what was applied into the annotation of an object, as `GetModifiedConfiguration` does.
func remember(object, applied map[string]any) {
	before := asMap(applied)
	text := string(toJSON(before)) + "\n"
	metadata := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	if annotations == nil {
		annotations = map[string]any{}
		metadata["annotations"] = annotations
	}
	annotations[corev1.LastAppliedConfigAnnotation] = text
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
	for key, value := range fields {
		if value == nil {
			delete(fields, key)
		}
	}
	return fields
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
		return corev1.Secret{TypeMeta: core, ObjectMeta: meta, Type: "Opaque", Data: data}
	case "ConfigMap":
		data := map[string][]byte{}
		for _, key := range some(r, "x", "y") {
			data[key] = []byte(key)
		}
		return corev1.ConfigMap{TypeMeta: core, ObjectMeta: meta, Data: words(r), BinaryData: data}
	case "Role":
		return rbacv1.Role{TypeMeta: group, ObjectMeta: meta, Rules: rules}
	case "ClusterRole":
		return rbacv1.ClusterRole{TypeMeta: group, ObjectMeta: meta, Rules: rules}
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
