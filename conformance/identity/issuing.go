package main

import (
	"context"
	"reflect"
	"unsafe"

	"encoding/json"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/apis/authentication"
	authenticationconversion "k8s.io/kubernetes/pkg/apis/authentication/v1"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

// one is a store of one object.
type one struct {
	resource string
	name     string
	object   runtime.Object
}

func (o one) Get(_ context.Context, name string, _ *metav1.GetOptions) (runtime.Object, error) {
	if o.object == nil || o.name != name {
		return nil, apierrors.NewNotFound(api.Resource(o.resource), name)
	}
	return o.object, nil
}

// set fills in a field that only the package itself can.
func set(of any, field string, value any) {
	target := reflect.ValueOf(of).Elem().FieldByName(field)
	reflect.NewAt(target.Type(), unsafe.Pointer(target.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
}

type issuer struct {
	Max    int64 `json:"max"`
	Extend bool  `json:"extend"`
}

type objects struct {
	PodAccount string `json:"podAccount,omitempty"`
	PodNode    string `json:"podNode,omitempty"`
	NodeName   string `json:"nodeName,omitempty"`
	Secret     bool   `json:"secret,omitempty"`
}

func issue(i issuer, o objects, spec authenticationv1.TokenRequestSpec) {
	r := &storage.TokenREST{}
	account := &api.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "n", UID: "u"}}
	set(r, "svcaccts", rest.Getter(one{"serviceaccounts", "n", account}))
	pods, nodes, secretStore := one{resource: "pods"}, one{resource: "nodes"}, one{resource: "secrets"}
	if o.PodAccount != "" {
		pods = one{"pods", "p", &api.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", UID: "pu"}, Spec: api.PodSpec{ServiceAccountName: o.PodAccount, NodeName: o.PodNode}}}
	}
	if o.NodeName != "" {
		nodes = one{"nodes", o.NodeName, &api.Node{ObjectMeta: metav1.ObjectMeta{Name: o.NodeName, UID: "nu"}}}
	}
	if o.Secret {
		secretStore = one{"secrets", "s", &api.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s", UID: "su"}}}
	}
	set(r, "pods", rest.Getter(pods))
	set(r, "nodes", rest.Getter(nodes))
	set(r, "secrets", rest.Getter(secretStore))
	set(r, "issuer", must(serviceaccount.JWTTokenGenerator(ownIss, key)))
	set(r, "auds", implicit)
	set(r, "audsSet", sets.New[string](implicit...))
	set(r, "maxExpirationSeconds", i.Max)
	set(r, "extendExpiration", i.Extend)
	set(r, "maxExtendedExpirationSeconds", int64(serviceaccount.ExpirationExtensionSeconds))

	asked := object{"issuer": i, "objects": o, "spec": json.RawMessage(must(json.Marshal(spec)))}
	authenticationconversion.SetDefaults_TokenRequestSpec(&spec)
	internal := &authentication.TokenRequest{}
	if err := authenticationconversion.Convert_v1_TokenRequestSpec_To_authentication_TokenRequestSpec(&spec, &internal.Spec, nil); err != nil {
		panic(err)
	}
	warnings := &recorder{}
	ctx := audit.WithAuditContext(warning.WithWarningRecorder(request.WithNamespace(context.Background(), "ns"), warnings))
	made, err := r.Create(ctx, "n", internal, nil, nil)
	if err != nil {
		status := err.(apierrors.APIStatus).Status()
		say("issue", asked, object{"code": status.Code, "message": status.Message})
		return
	}
	answer := made.(*authentication.TokenRequest)
	say("issue", asked, object{
		"claims": payload(answer.Status.Token), "payload": string(payload(answer.Status.Token)),
		"expirationSeconds": answer.Spec.ExpirationSeconds, "expirationTimestamp": answer.Status.ExpirationTimestamp.Unix(),
		"warnings": list(warnings.warnings), "annotations": audit.AuditContextFrom(ctx).GetEventAnnotations(),
	})
}

func issuing() {
	none, usual := objects{}, issuer{Extend: true}
	of := func(seconds int64, audiences ...string) authenticationv1.TokenRequestSpec {
		return authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds, Audiences: audiences}
	}
	bound := func(spec authenticationv1.TokenRequestSpec, apiVersion, kind, name, uid string) authenticationv1.TokenRequestSpec {
		spec.BoundObjectRef = &authenticationv1.BoundObjectReference{APIVersion: apiVersion, Kind: kind, Name: name, UID: types.UID(uid)}
		return spec
	}
	hour := of(3600)
	issue(usual, none, authenticationv1.TokenRequestSpec{})
	for _, seconds := range []int64{0, -1, 599, 600, 3607, 1 << 32, 1<<32 + 1} {
		issue(usual, none, of(seconds))
	}
	issue(usual, none, of(600, "x", "a"))
	for _, max := range []int64{600, 3600, 7200, -1} {
		issue(issuer{Max: max, Extend: true}, none, hour)
	}
	pod := objects{PodAccount: "n"}
	for _, extend := range []bool{true, false} {
		for _, spec := range []authenticationv1.TokenRequestSpec{of(3607), of(3606), of(3607, "a"), of(3607, "a", "b"), of(3607, "b")} {
			issue(issuer{Extend: extend}, pod, bound(spec, "v1", "Pod", "p", ""))
		}
	}
	issue(issuer{Extend: true, Max: 3600}, pod, bound(of(3607), "v1", "Pod", "p", ""))
	issue(usual, objects{Secret: true}, bound(of(3607), "v1", "Secret", "s", ""))
	issue(usual, pod, bound(hour, "v1", "Pod", "p", "pu"))
	issue(usual, pod, bound(hour, "v1", "Pod", "p", "xu"))
	issue(usual, none, bound(hour, "v1", "Pod", "p", ""))
	issue(usual, objects{PodAccount: "m"}, bound(hour, "v1", "Pod", "p", "xu"))
	issue(usual, objects{PodAccount: "n", PodNode: "nd", NodeName: "nd"}, bound(hour, "v1", "Pod", "p", ""))
	issue(usual, objects{PodAccount: "n", PodNode: "nd"}, bound(hour, "v1", "Pod", "p", ""))
	issue(usual, objects{NodeName: "nd"}, bound(hour, "v1", "Node", "nd", "nu"))
	issue(usual, none, bound(hour, "v1", "Node", "nd", ""))
	issue(usual, objects{NodeName: "nd"}, bound(hour, "v1", "Node", "nd", "x\"u"))
	issue(usual, objects{Secret: true}, bound(hour, "v2", "Secret", "s", "su"))
	issue(usual, objects{Secret: true}, bound(hour, "", "Secret", "s", "x"))
	issue(usual, none, bound(hour, "v1", "Secret", "s", ""))
	issue(usual, none, bound(hour, "v1", "ConfigMap", "c", ""))
	issue(usual, none, bound(hour, "apps/v1", "Pod", "p", ""))
	issue(usual, none, bound(hour, "a/b/c", "X", "x", ""))
	issue(usual, pod, bound(hour, "a/b/c", "Pod", "p", ""))
	issue(usual, none, bound(hour, "v1", "pod", "p", ""))
	webhook := "admissionregistration.k8s.io/v1"
	issue(usual, none, bound(hour, webhook, "ValidatingWebhookConfiguration", "w", ""))
	issue(usual, none, bound(of(60, "x", "y"), webhook, "MutatingWebhookConfiguration", "w", ""))
	issue(usual, none, bound(of(600, "x"), webhook, "MutatingWebhookConfiguration", "w", ""))
	issue(usual, none, bound(of(600, "x"), webhook+"beta1", "MutatingWebhookConfiguration", "w", ""))
}
