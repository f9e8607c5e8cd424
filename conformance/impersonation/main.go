// Command impersonation asks the upstream impersonation filters and writes their answers as JSON lines:
// go run . > ../../tests/data/impersonation-1.37.jsonl
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/filters/impersonation"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

type c struct {
	name    string
	req     *user.DefaultInfo
	rules   []rbacv1.PolicyRule
	headers http.Header
}

type answer struct {
	Constrained bool                `json:"constrained"`
	Case        string              `json:"case"`
	User        *user.DefaultInfo   `json:"user"`
	Rules       []rbacv1.PolicyRule `json:"rules"`
	Headers     http.Header         `json:"headers"`
	As          *user.DefaultInfo   `json:"as,omitempty"`
	Code        int                 `json:"code,omitempty"`
	Message     string              `json:"message,omitempty"`
}

func r(verbs, groups, resources []string, names ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{Verbs: verbs, APIGroups: groups, Resources: resources, ResourceNames: names}
}

func s(x ...string) []string { return x }

func main() {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, metav1.Unversioned)
	metav1.AddToGroupVersion(scheme, metav1.SchemeGroupVersion)
	scheme.AddUnversionedTypes(metav1.Unversioned, &metav1.Status{})
	codecs := serializer.NewCodecFactory(scheme)
	alice := &user.DefaultInfo{Name: "alice"}
	agent := &user.DefaultInfo{Name: "system:serviceaccount:d:agent", Extra: map[string][]string{"authentication.kubernetes.io/node-name": {"n1"}}}
	auth := "authentication.k8s.io"
	on := func(mode string) rbacv1.PolicyRule { return r(s("impersonate-on:"+mode+":list"), s(""), s("pods")) }
	hd := func(kv ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(kv); i += 2 {
			h.Add(kv[i], kv[i+1])
		}
		return h
	}
	U, G, D := "Impersonate-User", "Impersonate-Group", "Impersonate-Uid"
	all := r(s("impersonate:user-info"), s(auth), s("*"))
	legacy := r(s("impersonate"), s("*"), s("*"))
	cases := []c{
		{"alice may not be bob", alice, nil, hd(U, "bob")},
		{"none sa", alice, nil, hd(U, "system:serviceaccount:d:n")},
		{"none node", alice, nil, hd(U, "system:node:n1")},
		{"agent none", agent, nil, hd(U, "system:node:n1")},
		{"agent on", agent, []rbacv1.PolicyRule{on("associated-node")}, hd(U, "system:node:n1")},
		{"agent ok", agent, []rbacv1.PolicyRule{on("associated-node"), r(s("impersonate:associated-node"), s(auth), s("nodes"))}, hd(U, "system:node:n1")},
		{"agent named", agent, []rbacv1.PolicyRule{on("associated-node"), r(s("impersonate:associated-node"), s(auth), s("nodes"), "n1")}, hd(U, "system:node:n1")},
		{"agent other", agent, []rbacv1.PolicyRule{on("associated-node"), r(s("impersonate:associated-node"), s(auth), s("nodes"))}, hd(U, "system:node:n2")},
		{"arbitrary", alice, []rbacv1.PolicyRule{on("arbitrary-node"), r(s("impersonate:arbitrary-node"), s(auth), s("nodes"), "n2")}, hd(U, "system:node:n2")},
		{"node with group", alice, []rbacv1.PolicyRule{legacy}, hd(U, "system:node:n2", G, "g")},
		{"node legacy", alice, []rbacv1.PolicyRule{legacy}, hd(U, "system:node:n2")},
		{"sa", alice, []rbacv1.PolicyRule{on("serviceaccount"), r(s("impersonate:serviceaccount"), s(auth), s("serviceaccounts"), "n")}, hd(U, "system:serviceaccount:d:n")},
		{"sa on only", alice, []rbacv1.PolicyRule{on("serviceaccount")}, hd(U, "system:serviceaccount:d:n")},
		{"sa legacy groups", alice, []rbacv1.PolicyRule{legacy}, hd(U, "system:serviceaccount:d:n", G, "g")},
		{"user-info", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", D, "1", G, "a", G, "b", "Impersonate-Extra-Acme.io%2fk", "v")},
		{"user-info missing uid", alice, []rbacv1.PolicyRule{on("user-info"), r(s("impersonate:user-info"), s(auth), s("users"))}, hd(U, "bob", D, "1", G, "a")},
		{"user-info missing group", alice, []rbacv1.PolicyRule{on("user-info"), r(s("impersonate:user-info"), s(auth), s("users", "uids"))}, hd(U, "bob", D, "1", G, "a")},
		{"masters", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", G, "system:masters")},
		{"masters legacy", alice, []rbacv1.PolicyRule{on("user-info"), all, legacy}, hd(U, "bob", G, "system:masters")},
		{"empty group", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", G, "")},
		{"bad key", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", "Impersonate-Extra-Scopes", "v")},
		{"bad host", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", "Impersonate-Extra-A_b%2fk%20", "v")},
		{"upper key", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", "Impersonate-Extra-a.io%2f%4b", "v")},
		{"empty value", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", "Impersonate-Extra-a.io%2fk", "")},
		{"empty key", alice, []rbacv1.PolicyRule{on("user-info"), all}, hd(U, "bob", "Impersonate-Extra-", "v")},
		{"many named", alice, []rbacv1.PolicyRule{on("user-info"), r(s("impersonate:user-info"), s(auth), s("users")), r(s("impersonate:user-info"), s(auth), s("groups"), "a", "b", "c")}, hd(U, "bob", G, "a", G, "b", G, "c", G, "d")},
		{"many star", alice, []rbacv1.PolicyRule{on("user-info"), r(s("impersonate:user-info"), s(auth), s("users")), r(s("impersonate:user-info"), s(auth), s("groups"), "*")}, hd(U, "bob", G, "a", G, "b", G, "c", G, "d")},
		{"many extra star", alice, []rbacv1.PolicyRule{on("user-info"), r(s("impersonate:user-info"), s(auth), s("users", "userextras/*"))}, hd(U, "bob", "Impersonate-Extra-a.io%2fk", "1", "Impersonate-Extra-a.io%2fk", "2", "Impersonate-Extra-a.io%2fk", "3", "Impersonate-Extra-a.io%2fk", "4")},
		{"anonymous", alice, []rbacv1.PolicyRule{legacy}, hd(U, "system:anonymous")},
		{"anonymous groups", alice, []rbacv1.PolicyRule{legacy}, hd(U, "system:anonymous", G, "g")},
		{"unauthenticated", alice, []rbacv1.PolicyRule{legacy}, hd(U, "bob", G, "system:unauthenticated")},
		{"no user", alice, nil, hd(G, "x", "Impersonate-Extra-k", "v", D, "u")},
		{"no user uid", alice, nil, hd(D, "u\"")},
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, mode := range []string{"constrained", "legacy"} {
		for _, k := range cases {
			a := authorizer.AuthorizerFunc(func(ctx context.Context, at authorizer.Attributes) (authorizer.Decision, string, error) {
				if rbac.RulesAllow(at, k.rules...) {
					return authorizer.DecisionAllow, "", nil
				}
				return authorizer.DecisionNoOpinion, "", nil
			})
			got := answer{Constrained: mode == "constrained", Case: k.name, User: k.req, Rules: k.rules, Headers: k.headers}
			h := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				u, _ := request.UserFrom(req.Context())
				got.As = &user.DefaultInfo{Name: u.GetName(), UID: u.GetUID(), Groups: u.GetGroups(), Extra: u.GetExtra()}
			})
			var f http.Handler
			if mode == "constrained" {
				f = impersonation.WithConstrainedImpersonation(h, a, codecs)
			} else {
				f = impersonation.WithImpersonation(h, a, codecs)
			}
			req := httptest.NewRequest("GET", "/api/v1/namespaces/d/pods", nil)
			req.Header = k.headers.Clone()
			ctx := request.WithUser(req.Context(), k.req)
			ctx = request.WithRequestInfo(ctx, &request.RequestInfo{IsResourceRequest: true, Verb: "list", APIVersion: "v1", Namespace: "d", Resource: "pods", Path: "/api/v1/namespaces/d/pods"})
			w := httptest.NewRecorder()
			f.ServeHTTP(w, req.WithContext(ctx))
			if got.As == nil {
				var st metav1.Status
				if err := json.Unmarshal(w.Body.Bytes(), &st); err != nil {
					panic(err)
				}
				got.Code, got.Message = w.Code, st.Message
			}
			if err := out.Encode(got); err != nil {
				panic(err)
			}
		}
	}
}
