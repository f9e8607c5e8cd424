package main

import (
	"bytes"
	"encoding/json"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/printers"
)

// Objects as -o yaml and -o json print them

type printCase struct {
	Object any    `json:"object"`
	YAML   string `json:"yaml"`
	JSON   string `json:"json"`
}

var printedStrings = []string{
	"", "a", "y", "No", "null", "~", "true", "1", "0x1f", "0o17", "017", "08", "1e3", "1.5", ".5", "+.inf", ".NaN", "1_000", "-1", "--", "---", "...",
	"2024-01-02", "2024-1-2 3:4:5", "2024-01-02T03:04:05Z", "2024-13-01", "1:30", "12:30:45.5", "a: b", "a:b", ":", "- a", "-", "?", "# a", "a #b", "a#b",
	" a", "a ", "a\nb", "a\nb\n", "\n", "\na", "a\n\n", "a \nb", "a\n b", "a\tb", "\x1b[1m", "a\r\nb", "é", "ログ", "😀", "\u0085", "\u2028", "a\u2028b", "\ufeffab",
	"'a'", "a'b", "\"a\"", "{a}", "[a]", "a, b", "*", "&a", "!a", "|", ">", "%a", "@a", "`a`", "<<", "<a&b>", "0b101", "0b2", "1__0", "+1", "+", "1.", "1e400",
	"word word word word word word word word word word word word word word word word word word word word word  word word word",
	"it's word word word word word word word word word word word: word word word word word word word word word word  word word",
	"tab\there word word word word word word word word word word word word word word word word word word word word  word word",
}

var printedKeys = []string{
	"a", "b", "a1", "a10", "a2", "a01", "A", "example.com/x", "example.com/x-1", "example.com/X", "1", "10", "2", "y", "null", "", "a.b", "a-b", "a_b", "a b", "é",
	"k: v", "x0", "x00", "x1", "x10", "long/" + strings.Repeat("k", 130), "line\nbreak",
}

func genPrint(seed int64, n int) {
	lines(n, func(i int) any {
		g := newGen(seed, i)
		words := func(n int) map[string]string {
			m := map[string]string{}
			for range g.Intn(n) {
				text := g.pick(printedStrings)
				if g.Intn(3) == 0 {
					text += g.pick([]string{"", " ", "\n", ":"}) + g.pick(printedStrings)
				}
				m[g.pick(printedKeys)] = text
			}
			return m
		}
		list := func(n int) (l []string) {
			for range g.Intn(n) {
				l = append(l, g.pick(printedStrings))
			}
			return l
		}
		meta := metav1.ObjectMeta{Name: g.pick(printedStrings), Namespace: g.pick(printedStrings), Labels: words(5), Annotations: words(5), Finalizers: list(3)}
		c := &printCase{}
		switch g.Intn(3) {
		case 0:
			role := &rbacv1.ClusterRole{TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"}, ObjectMeta: meta}
			for range g.Intn(3) {
				role.Rules = append(role.Rules, rbacv1.PolicyRule{Verbs: list(4), APIGroups: list(3), Resources: list(3), NonResourceURLs: list(2)})
			}
			if g.Intn(2) == 0 {
				role.AggregationRule = &rbacv1.AggregationRule{ClusterRoleSelectors: []metav1.LabelSelector{{MatchLabels: words(3)}, {}}}
			}
			c.Object = role
		case 1:
			secret := &corev1.Secret{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: meta, Type: corev1.SecretType(g.pick(printedStrings)), Data: map[string][]byte{}}
			for range g.Intn(4) {
				secret.Data[g.pick(printedKeys)] = []byte(g.pick(printedStrings))
			}
			c.Object = secret
		default:
			c.Object = &corev1.ConfigMap{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}, ObjectMeta: meta, Data: words(8)}
		}
		if !c.answer() {
			return nil
		}
		return c
	})
}

// answer prints the object as kubectl prints what a server sent: as a map, whose keys are sorted.
func (c *printCase) answer() bool {
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(c.Object)
	if err != nil {
		return false
	}
	var yaml, text bytes.Buffer
	if (&printers.YAMLPrinter{}).PrintObj(&unstructured.Unstructured{Object: object}, &yaml) != nil || (&printers.JSONPrinter{}).PrintObj(&unstructured.Unstructured{Object: object}, &text) != nil {
		return false
	}
	c.YAML, c.JSON = yaml.String(), text.String()
	return true
}

func (c *printCase) UnmarshalJSON(text []byte) error {
	var read struct{ Object json.RawMessage }
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	var kind metav1.TypeMeta
	if err := json.Unmarshal(read.Object, &kind); err != nil {
		return err
	}
	switch kind.Kind {
	case "ClusterRole":
		c.Object = &rbacv1.ClusterRole{}
	case "Secret":
		c.Object = &corev1.Secret{}
	default:
		c.Object = &corev1.ConfigMap{}
	}
	return json.Unmarshal(read.Object, c.Object)
}
