package main

// Manifests broken at random, and whether the strict decoder of the API server takes them.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	rbacv1alpha1 "k8s.io/api/rbac/v1alpha1"
	rbacv1beta1 "k8s.io/api/rbac/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/rbac"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	"sigs.k8s.io/yaml"
)

// decodeLine is a text, what became of it ("accepted", "refused" or "unknown" for a kind that nobody registered), and the objects.
type decodeLine struct {
	Text    string `json:"text"`
	Outcome string `json:"outcome"`
	Error   string `json:"error,omitempty"`
	Objects []any  `json:"objects,omitempty"`
}

var decodeScheme = newDecodeScheme()

func newDecodeScheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(corev1.SchemeGroupVersion, &corev1.List{}, &corev1.ServiceAccount{}, &corev1.ServiceAccountList{},
		&corev1.Secret{}, &corev1.SecretList{}, &corev1.Namespace{}, &corev1.NamespaceList{}, &corev1.ConfigMap{}, &corev1.ConfigMapList{},
		&corev1.Pod{}, &corev1.PodList{})
	must(rbacv1.AddToScheme(scheme))
	must(rbacv1beta1.AddToScheme(scheme))
	must(rbacv1alpha1.AddToScheme(scheme))
	return scheme
}

func decoder(isYAML bool) *kjson.Serializer {
	return kjson.NewSerializerWithOptions(kjson.DefaultMetaFactory, decodeScheme, decodeScheme, kjson.SerializerOptions{Yaml: isYAML, Strict: true})
}

func (line *decodeLine) answer() {
	line.Outcome, line.Error, line.Objects = "accepted", "", nil
	err := line.stream()
	if err == nil || runtime.IsNotRegisteredError(err) {
		if unreadable := readable(line.Text); unreadable != nil {
			err = unreadable
		}
	}
	if err != nil {
		line.Outcome, line.Error, line.Objects = "refused", err.Error(), nil
		if runtime.IsNotRegisteredError(err) {
			line.Outcome = "unknown"
		}
	}
}

// stream reads as kubectl does (YAMLOrJSONDecoder): JSON values while there are any, then, after no more than one, YAML cut at its separators.
func (line *decodeLine) stream() error {
	text := []byte(line.Text)
	if !utilyaml.IsJSONBuffer(text) {
		return line.yamlStream(text)
	}
	values := json.NewDecoder(bytes.NewReader(text))
	var documents []json.RawMessage
	var rest []byte
	for {
		var raw json.RawMessage
		offset := values.InputOffset()
		err := values.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil && len(documents) > 1 {
			return err
		} else if err != nil {
			var found bool
			if rest, found = behindBlanks(text[offset:]); !found {
				return err
			}
			break
		}
		documents = append(documents, raw)
	}
	missing := line.documents(documents)
	if missing != nil && !runtime.IsNotRegisteredError(missing) {
		return missing
	}
	if err := line.yamlStream(rest); err != nil {
		return err
	}
	return missing
}

// behindBlanks is consumeWhitespace of the decoder, which looks at four bytes at a time.
func behindBlanks(text []byte) ([]byte, bool) {
	for len(text) >= 4 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError {
			return nil, false
		}
		if !unicode.IsSpace(r) {
			return text, true
		}
		text = text[size:]
		if r == '\n' {
			return text, true
		}
	}
	return nil, false
}

// readable gives the error with which kubectl's reader itself stops, before anything is decoded into a type.
func readable(text string) error {
	reader := utilyaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var raw runtime.RawExtension
		if err := reader.Decode(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (line *decodeLine) yamlStream(text []byte) error {
	var missing error
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		piece, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return missing
		} else if err != nil {
			return err
		}
		var any any
		if err := yaml.Unmarshal(piece, &any); err != nil {
			return err
		}
		if any == nil {
			continue
		}
		if err := line.document(decoder(true), piece); err != nil && !runtime.IsNotRegisteredError(err) {
			return err
		} else if err != nil {
			missing = err
		}
	}
}

func (line *decodeLine) documents(documents []json.RawMessage) error {
	var missing error
	for _, raw := range documents {
		// kubectl's StreamVisitor passes over it.
		if string(raw) == "null" {
			continue
		}
		if err := line.document(decoder(false), raw); err != nil && !runtime.IsNotRegisteredError(err) {
			return err
		} else if err != nil {
			missing = err
		}
	}
	return missing
}

func (line *decodeLine) document(decoder *kjson.Serializer, text []byte) error {
	object, kind, err := decoder.Decode(text, nil, nil)
	if err != nil {
		return err
	}
	if list, ok := object.(*corev1.List); ok {
		return line.items(list)
	}
	asV1, err := json.Marshal(object)
	must(err)
	var fields map[string]any
	numbers := json.NewDecoder(bytes.NewReader(asV1))
	numbers.UseNumber()
	must(numbers.Decode(&fields))
	if items, ok := fields["items"]; ok {
		list, _ := items.([]any)
		for _, item := range list {
			line.add(item.(map[string]any), schema.GroupVersionKind{Group: kind.Group, Version: kind.Version, Kind: strings.TrimSuffix(kind.Kind, "List")})
		}
		return nil
	}
	line.add(fields, *kind)
	return nil
}

func (line *decodeLine) items(list *corev1.List) error {
	var documents []json.RawMessage
	for _, item := range list.Items {
		if item.Raw != nil {
			documents = append(documents, item.Raw)
		}
	}
	return line.documents(documents)
}

func (line *decodeLine) add(fields map[string]any, kind schema.GroupVersionKind) {
	if kind.Version == "v1alpha1" {
		fields = asV1(fields, kind)
	}
	if kind.Kind == "Namespace" || kind.Kind == "Pod" {
		delete(fields, "spec")
		delete(fields, "status")
	}
	kind.Version = "v1"
	fields["apiVersion"], fields["kind"] = kind.GroupVersion().String(), kind.Kind
	line.Objects = append(line.Objects, fields)
}

// asV1 converts as an API server converts, but for the defaults of the group in the reference to the role.
func asV1(fields map[string]any, kind schema.GroupVersionKind) map[string]any {
	text, err := json.Marshal(fields)
	must(err)
	var out any
	switch kind.Kind {
	case "RoleBinding":
		alpha, internal, v1 := rbacv1alpha1.RoleBinding{}, rbac.RoleBinding{}, rbacv1.RoleBinding{}
		must(json.Unmarshal(text, &alpha))
		must(legacyscheme.Scheme.Convert(&alpha, &internal, nil))
		must(legacyscheme.Scheme.Convert(&internal, &v1, nil))
		out = v1
	case "ClusterRoleBinding":
		alpha, internal, v1 := rbacv1alpha1.ClusterRoleBinding{}, rbac.ClusterRoleBinding{}, rbacv1.ClusterRoleBinding{}
		must(json.Unmarshal(text, &alpha))
		must(legacyscheme.Scheme.Convert(&alpha, &internal, nil))
		must(legacyscheme.Scheme.Convert(&internal, &v1, nil))
		out = v1
	default:
		return fields
	}
	converted, err := json.Marshal(out)
	must(err)
	var result map[string]any
	must(json.Unmarshal(converted, &result))
	return result
}

func genDecode(seed int64, lines int) {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for i := 0; i < lines; i++ {
		r := rand.New(rand.NewSource(seed + int64(i)))
		line := decodeLine{Text: brokenManifest(r)}
		line.answer()
		must(out.Encode(line))
	}
}

func brokenManifest(r *rand.Rand) string {
	text := manifest(r)
	for n := r.Intn(4); n > 0; n-- {
		text = breakOnce(r, text)
	}
	if r.Intn(20) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if r.Intn(30) == 0 {
		text = "\ufeff" + text
	}
	return text
}

// manifest writes one to three objects that are whole, in one of the styles in which people keep them.
func manifest(r *rand.Rand) string {
	if r.Intn(6) == 0 {
		return handWritten[r.Intn(len(handWritten))]
	}
	var objects []any
	for n := 1 + r.Intn(2)*r.Intn(3); n > 0; n-- {
		objects = append(objects, anyObject(r))
	}
	switch r.Intn(4) {
	case 0:
		list := map[string]any{"apiVersion": "v1", "kind": "List", "items": objects}
		text, err := yaml.Marshal(list)
		must(err)
		return string(text)
	case 1:
		var text bytes.Buffer
		for _, object := range objects {
			out := json.NewEncoder(&text)
			if r.Intn(2) == 0 {
				out.SetIndent("", "  ")
			}
			must(out.Encode(object))
		}
		return text.String()
	default:
		var texts []string
		for _, object := range objects {
			text, err := yaml.Marshal(object)
			must(err)
			texts = append(texts, string(text))
		}
		return strings.Join(texts, "---\n")
	}
}

func anyObject(r *rand.Rand) any {
	meta := metav1.ObjectMeta{Name: []string{"reader", "a:b", "x.y", "on"}[r.Intn(4)], Namespace: "dev"}
	if r.Intn(3) == 0 {
		meta.Labels = map[string]string{"app": "x", "rbac.authorization.k8s.io/aggregate-to-view": "true"}
		meta.Annotations = map[string]string{"note": "two\nlines: here", "empty": ""}
	}
	rules := []rbacv1.PolicyRule{
		{Verbs: []string{"get", "list"}, APIGroups: []string{""}, Resources: []string{"pods", "pods/log"}},
		{Verbs: []string{"*"}, NonResourceURLs: []string{"/healthz*"}},
	}[:1+r.Intn(2)]
	subjects := []rbacv1.Subject{{Kind: "User", APIGroup: rbacv1.GroupName, Name: "jane"}, {Kind: "ServiceAccount", Name: "ci", Namespace: "dev"}}
	ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "reader"}
	version := rbacv1.GroupName + []string{"/v1", "/v1", "/v1beta1"}[r.Intn(3)]
	yes := true
	switch r.Intn(9) {
	case 0:
		return rbacv1.Role{TypeMeta: metav1.TypeMeta{Kind: "Role", APIVersion: version}, ObjectMeta: meta, Rules: rules}
	case 1, 2:
		selector := &rbacv1.AggregationRule{ClusterRoleSelectors: []metav1.LabelSelector{{MatchLabels: map[string]string{"a": "b"},
			MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "k", Operator: "In", Values: []string{"v", "w"}}}}}}
		return rbacv1.ClusterRole{TypeMeta: metav1.TypeMeta{Kind: "ClusterRole", APIVersion: version}, ObjectMeta: meta, Rules: rules, AggregationRule: selector}
	case 3:
		return rbacv1.RoleBinding{TypeMeta: metav1.TypeMeta{Kind: "RoleBinding", APIVersion: version}, ObjectMeta: meta, Subjects: subjects, RoleRef: ref}
	case 4:
		return rbacv1.ClusterRoleBinding{TypeMeta: metav1.TypeMeta{Kind: "ClusterRoleBinding", APIVersion: version}, ObjectMeta: meta, Subjects: subjects, RoleRef: ref}
	case 5:
		return rbacv1.RoleList{TypeMeta: metav1.TypeMeta{Kind: "RoleList", APIVersion: version}, Items: []rbacv1.Role{{ObjectMeta: meta, Rules: rules}, {ObjectMeta: meta}}}
	case 6:
		meta.CreationTimestamp = metav1.Unix(1700000000, 0)
		meta.Generation = 3
		meta.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: "p", UID: "u", Controller: &yes}}
		meta.Finalizers = []string{"a/b"}
		meta.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "m", Operation: "Update", APIVersion: "v1", FieldsType: "FieldsV1",
			FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:rules":{".":{},"n":1.5}}`)}}}
		return corev1.ServiceAccount{TypeMeta: metav1.TypeMeta{Kind: "ServiceAccount", APIVersion: "v1"}, ObjectMeta: meta,
			Secrets: []corev1.ObjectReference{{Name: "s"}}, ImagePullSecrets: []corev1.LocalObjectReference{{Name: "p"}}, AutomountServiceAccountToken: &yes}
	case 7:
		return corev1.Secret{TypeMeta: metav1.TypeMeta{Kind: "Secret", APIVersion: "v1"}, ObjectMeta: meta,
			Data: map[string][]byte{"k": []byte("value"), "e": {}}, StringData: map[string]string{"t": "text"}, Type: "Opaque", Immutable: &yes}
	default:
		return corev1.ConfigMap{TypeMeta: metav1.TypeMeta{Kind: "ConfigMap", APIVersion: "v1"}, ObjectMeta: meta,
			Data: map[string]string{"on": "off", "script": "#!/bin/sh\nexit 0\n"}}
	}
}

var handWritten = []string{
	"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: dev}\nrules:\n- apiGroups: [\"\"]\n  resources: [pods, 'pods/log']\n  verbs: [get, list] # and watch\n",
	"kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata:\n  name: \"x\"\nrules:\n- &read\n  apiGroups: [\"\"]\n  resources: &res [pods]\n  verbs: &verbs\n  - get\n  - list\n- apiGroups: [apps]\n  resources: *res\n  verbs: *verbs\n- *read\n",
	"kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata:\n  name: merged\n  labels: &l\n    a: \"1\"\n  annotations:\n    <<: *l\n    b: \"2\"\nrules:\n- &r\n  verbs: [get]\n  apiGroups: ['']\n  resources: [pods]\n- <<: *r\n  resourceNames: [x]\n- <<: [*r, {resourceNames: [y]}]\n",
	"# a comment\n---\n# only a comment\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: >-\n    folded\n    name\n  namespace: |-\n    literal\n---\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: !!str on\n",
	"apiVersion: v1\nkind: List\nmetadata:\n  resourceVersion: \"\"\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Namespace\n    metadata:\n      name: inner\n- {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"json\"}, \"data\": {\"a\\u0062\": \"\\/\"}}\n",
	"? kind\n: Role\n? apiVersion\n: rbac.authorization.k8s.io/v1\nmetadata:\n  name: explicit\n  namespace: \"dev\"\nrules: []\n",
	"{kind: Role, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: flow, namespace: dev,}, rules: [{verbs: [get], apiGroups: [\"\"], resources: [pods]}]}\n",
	"kind: RoleBinding\napiVersion: rbac.authorization.k8s.io/v1alpha1\nmetadata:\n  name: alpha\n  namespace: dev\nsubjects:\n- kind: User\n  apiVersion: rbac.authorization.k8s.io/v1alpha1\n  name: '*'\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: reader\n",
}

var nastyValues = []string{
	"on", "yes", "n", "True", "0755", "0o10", "1e3", "1.10", "1.0", ".inf", "~", "null", "''", "\"x\"", "'it''s'", "[a]", "[]", "{}", "{a: b}",
	"[a, [b]]", "!!str on", "!!int 5", "!!int x", "!custom x", "! 5", "!!binary aGk=", "&a x", "*a", "*res", "<<", "2024-01-01", "2024-01-01T00:00:00Z", "0x1F",
	"1_000", "-", "- x", "\"\\u0041\"", "\"\\x41\"", "\"\\ud83d\\ude00\"", "\"\\/\"", "@x", "`x", "%x", "a: b", "a #b", "a:b", "#x", "|", ">", "|\n      x", "\"", "'", "", " ", "x y",
	"99999999999999999999", "-9223372036854775808", "18446744073709551615", "\"a\nb\"", "é", "\u0085", "\u2028", "\u007f", "\u0080", "\uffff", "\U0001f600", "{", "[", "}", "]",
	"[null]", "[1, a]", "[{}]", "true", "1", "\"1\"", "{\"a\": 1}", "? a", "x\ty", "\tx", "-1", "+1", "1e400", "0b11", "0x", "1:30", "=", ".", "..", "...", "!!null ''", "!!float 1", "!!bool on",
}

var nastyKeys = []string{
	"on", "1", "~", "\"kind\"", "? x", "<<", "kind ", "Kind", "'rules'", "verbs", "items", "metadata", "resource", "!!str name", "[a]", "{a: b}", "\"\"", "*a", "&b name", "name", "labels",
	"1.5", "true", "\"true\"", "apiGroup", "null",
}

func breakOnce(r *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	at := r.Intn(len(lines))
	switch r.Intn(14) {
	case 0, 1, 2, 3:
		return strings.Join(replaceValue(r, lines, at), "")
	case 4, 5:
		return strings.Join(replaceKey(r, lines, at), "")
	case 6:
		lines[at] += lines[r.Intn(len(lines))]
	case 7:
		lines[at] = ""
	case 8:
		lines[at] = strings.Repeat(" ", r.Intn(4)) + strings.TrimPrefix(lines[at], strings.Repeat(" ", r.Intn(3)))
	case 9:
		markers := []string{"---\n", "--- \n", "--- # c\n", "--- x\n", "...\n", "%YAML 1.1\n", "# c\n", "\n", "---\n---\n", "\t\n", "  # c\n", "--- {}\n", "----\n", "--- |\n", "<<: {a: b}\n", "  extra: 1\n"}
		lines[at] = markers[r.Intn(len(markers))] + lines[at]
	case 10, 11:
		return insertCharacter(r, text)
	case 12:
		if len(text) > 1 {
			cut := r.Intn(len(text) - 1)
			return strings.ToValidUTF8(text[:cut]+text[cut+1:], "")
		}
	case 13:
		other := r.Intn(len(lines))
		lines[at], lines[other] = lines[other], lines[at]
	}
	return strings.Join(lines, "")
}

func insertCharacter(r *rand.Rand, text string) string {
	characters := []string{" ", "\t", "\n", ":", ": ", "-", "#", " #", "\"", "'", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "%", "@", "`", "\\", "?", "0", "x", "é", "\u007f", "\u0085", "\u00a0",
		"\u2028", "\ufeff", "\uffff", "\x01", "\x00", "\r", "\U0001f600", "null", "=", "~", "."}
	cut := r.Intn(len(text) + 1)
	return strings.ToValidUTF8(text[:cut], "") + characters[r.Intn(len(characters))] + strings.ToValidUTF8(text[cut:], "")
}

// replaceValue replaces what follows the first colon or dash of a line, in JSON with its comma.
func replaceValue(r *rand.Rand, lines []string, at int) []string {
	line := lines[at]
	value := nastyValues[r.Intn(len(nastyValues))]
	if i := strings.Index(line, "\": "); i >= 0 {
		lines[at] = line[:i+3] + value + jsonTail(line)
	} else if i := strings.Index(line, ": "); i >= 0 {
		lines[at] = line[:i+2] + value + "\n"
	} else if i := strings.Index(line, "- "); i >= 0 {
		lines[at] = line[:i+2] + value + "\n"
	} else if i := strings.LastIndex(line, ":"); i >= 0 && r.Intn(2) == 0 {
		lines[at] = line[:i+1] + " " + value + "\n"
	} else if i := strings.Index(line, ":\""); i >= 0 {
		lines[at] = line[:i+1] + value + line[i+1:]
	}
	return lines
}

func jsonTail(line string) string {
	if strings.HasSuffix(line, ",\n") {
		return ",\n"
	}
	return "\n"
}

func replaceKey(r *rand.Rand, lines []string, at int) []string {
	line := lines[at]
	colon := strings.Index(line, ":")
	if colon < 0 {
		return lines
	}
	start := len(line) - len(strings.TrimLeft(line, " -"))
	if start > colon {
		return lines
	}
	key := line[start:colon]
	switch r.Intn(4) {
	case 0:
		key = strings.ToUpper(key)
	case 1:
		if len(key) > 1 {
			cut := r.Intn(len(key) - 1)
			key = key[:cut] + key[cut+1:]
		}
	default:
		key = nastyKeys[r.Intn(len(nastyKeys))]
	}
	lines[at] = line[:start] + strings.ToValidUTF8(key, "") + line[colon:]
	return lines
}
