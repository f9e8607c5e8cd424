package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"gopkg.in/go-jose/go-jose.v2/jwt"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

// found is what the server finds of the objects behind a token.
type found struct {
	Account *corev1.ServiceAccount `json:"account,omitempty"`
	Secret  *corev1.Secret         `json:"secret,omitempty"`
	Pod     *corev1.Pod            `json:"pod,omitempty"`
	Node    *corev1.Node           `json:"node,omitempty"`
}

func get[T any](it *T, resource, name string) (*T, error) {
	if it == nil {
		return nil, apierrors.NewNotFound(corev1.Resource(resource), name)
	}
	return it, nil
}

func (f found) GetServiceAccount(_ context.Context, _, name string) (*corev1.ServiceAccount, error) {
	return get(f.Account, "serviceaccounts", name)
}
func (f found) GetPod(_ context.Context, _, name string) (*corev1.Pod, error) {
	return get(f.Pod, "pods", name)
}
func (f found) GetSecret(_ context.Context, _, name string) (*corev1.Secret, error) {
	return get(f.Secret, "secrets", name)
}
func (f found) GetNode(_ context.Context, name string) (*corev1.Node, error) {
	return get(f.Node, "nodes", name)
}
func (f found) GetValidatingWebhookConfiguration(_ context.Context, name string) (*admissionregistrationv1.ValidatingWebhookConfiguration, error) {
	return nil, apierrors.NewNotFound(corev1.Resource("x"), name)
}
func (f found) GetMutatingWebhookConfiguration(_ context.Context, name string) (*admissionregistrationv1.MutatingWebhookConfiguration, error) {
	return nil, apierrors.NewNotFound(corev1.Resource("x"), name)
}

var (
	key       = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	keys      = must(serviceaccount.StaticPublicKeysGetter([]any{&key.PublicKey}))
	implicit  = authenticator.Audiences{"a"}
	legacyIss = serviceaccount.LegacyIssuer
)

const ownIss = "https://iss"

func sign(iss string, claims *jwt.Claims, private any) string {
	generator := must(serviceaccount.JWTTokenGenerator(iss, key))
	return must(generator.GenerateToken(context.Background(), claims, private))
}

func payload(token string) json.RawMessage {
	return must(base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1]))
}

func meta(name, uid string, deleted *time.Time) metav1.ObjectMeta {
	m := metav1.ObjectMeta{Namespace: "ns", Name: name, UID: types.UID(uid)}
	if deleted != nil {
		m.DeletionTimestamp = &metav1.Time{Time: *deleted}
	}
	return m
}

func askToken(token string, f found, audiences []string) {
	now := time.Now()
	legacy := serviceaccount.JWTTokenAuthenticator([]string{legacyIss}, keys, implicit, must(serviceaccount.NewLegacyValidator(true, f, fake.NewSimpleClientset().CoreV1())))
	bound := serviceaccount.JWTTokenAuthenticator([]string{ownIss}, keys, implicit, serviceaccount.NewValidator(f))
	warnings := &recorder{}
	ctx := audit.WithAuditContext(warning.WithWarningRecorder(context.Background(), warnings))
	if audiences != nil {
		ctx = authenticator.WithAudiences(ctx, audiences)
	}
	answer := opinion(legacy.AuthenticateToken(ctx, token))
	if len(answer) == 0 {
		answer = opinion(bound.AuthenticateToken(ctx, token))
	}
	answer["warnings"] = list(warnings.warnings)
	annotations := map[string]string{}
	for key, value := range audit.AuditContextFrom(ctx).GetEventAnnotations() {
		annotations[key] = value
	}
	answer["annotations"] = annotations
	say("token", object{"token": token, "claims": payload(token), "found": f, "audiences": list(audiences), "now": now.Unix()}, answer)
}

func tokens() {
	legacyTokens()
	boundTokens()
}

func legacyTokens() {
	base := object{
		"kubernetes.io/serviceaccount/namespace": "ns", "kubernetes.io/serviceaccount/secret.name": "s",
		"kubernetes.io/serviceaccount/service-account.name": "n", "kubernetes.io/serviceaccount/service-account.uid": "u",
	}
	with := func(key string, value any) object {
		claims := object{}
		for k, v := range base {
			claims[k] = v
		}
		if key != "" {
			claims[key] = value
		}
		return claims
	}
	sub := &jwt.Claims{Subject: "system:serviceaccount:ns:n"}
	whole := sign(legacyIss, sub, base)
	gone := time.Now()
	of := func(token string) found {
		return found{
			Account: &corev1.ServiceAccount{ObjectMeta: meta("n", "u", nil)},
			Secret:  &corev1.Secret{ObjectMeta: meta("s", "su", nil), Data: map[string][]byte{"token": []byte(token)}},
		}
	}
	askToken(whole, of(whole), nil)
	askToken(whole, of(whole), []string{"b"})
	askToken(whole, of(whole), []string{"a", "b"})
	for _, key := range slices.Sorted(maps.Keys(base)) {
		token := sign(legacyIss, sub, with(key, ""))
		askToken(token, of(token), nil)
	}
	for _, subject := range []string{"", "system:serviceaccount:ns:m", "system:serviceaccount:other:n", "jane"} {
		token := sign(legacyIss, &jwt.Claims{Subject: subject}, base)
		askToken(token, of(token), nil)
	}
	change := func(edit func(f *found)) {
		f := of(whole)
		edit(&f)
		askToken(whole, f, nil)
	}
	change(func(f *found) { f.Secret = nil })
	change(func(f *found) { f.Secret.DeletionTimestamp = &metav1.Time{Time: gone} })
	change(func(f *found) { f.Secret.Data["token"] = []byte("x") })
	change(func(f *found) { f.Account = nil })
	change(func(f *found) { f.Account.DeletionTimestamp = &metav1.Time{Time: gone}; f.Account.UID = "v" })
	change(func(f *found) { f.Account.UID = "v" })
	change(func(f *found) { f.Secret.Labels = map[string]string{serviceaccount.InvalidSinceLabelKey: "2026-01-01"} })
	change(func(f *found) { f.Secret.Labels = map[string]string{serviceaccount.InvalidSinceLabelKey: ""} })
	change(func(f *found) { f.Account.Secrets = []corev1.ObjectReference{{Name: "x"}, {Name: "s"}} })
	other := sign("https://other", sub, base)
	askToken(other, of(other), nil)
}

func boundTokens() {
	now := time.Now()
	at := func(seconds int64) *time.Time { t := now.Add(time.Duration(seconds) * time.Second); return &t }
	date := func(seconds int64) *jwt.NumericDate { return jwt.NewNumericDate(*at(seconds)) }
	sub := "system:serviceaccount:ns:n"
	public := func(nbf, exp, iat int64) *jwt.Claims {
		return &jwt.Claims{Subject: sub, Audience: jwt.Audience{"a"}, NotBefore: date(nbf), Expiry: date(exp), IssuedAt: date(iat), ID: "id"}
	}
	bound := func(more object) object {
		kubernetes := object{"namespace": "ns", "serviceaccount": object{"name": "n", "uid": "u"}}
		for key, value := range more {
			kubernetes[key] = value
		}
		return object{"kubernetes.io": kubernetes}
	}
	reference := func(name, uid string) object { return object{"name": name, "uid": uid} }
	account := func() *corev1.ServiceAccount { return &corev1.ServiceAccount{ObjectMeta: meta("n", "u", nil)} }
	only := found{Account: account()}
	fine := public(0, 3600, 0)
	ask := func(claims *jwt.Claims, more object, f found) { askToken(sign(ownIss, claims, bound(more)), f, nil) }

	ask(fine, nil, only)
	for _, times := range [][3]int64{{50, 3600, 0}, {80, 3600, 0}, {0, -50, 0}, {0, -80, 0}, {0, 3600, 50}, {0, 3600, 80}, {80, -80, 80}, {0, -80, 80}} {
		ask(public(times[0], times[1], times[2]), nil, only)
	}
	for _, audiences := range [][]string{{"b"}, {"b", "a"}} {
		askToken(sign(ownIss, fine, bound(nil)), only, audiences)
	}
	elsewhere := public(0, -80, 0)
	elsewhere.Audience = jwt.Audience{"c \"d\"", "e"}
	ask(elsewhere, nil, only)
	nobody := public(0, 3600, 0)
	nobody.Audience = nil
	ask(nobody, nil, only)
	stranger := public(0, 3600, 0)
	stranger.Subject = "jane"
	ask(stranger, nil, only)
	askToken(sign("https://other", fine, bound(nil)), only, nil)

	ask(fine, nil, found{})
	other := account()
	other.UID = "v"
	ask(fine, nil, found{Account: other})
	for _, seconds := range []int64{10, -50, -80} {
		gone := found{Account: &corev1.ServiceAccount{ObjectMeta: meta("n", "u", at(seconds))}}
		ask(fine, nil, gone)
	}
	both := found{Account: &corev1.ServiceAccount{ObjectMeta: meta("n", "v", at(-80))}}
	ask(fine, nil, both)

	kinds := []string{"secret", "pod", "node"}
	with := func(kind string, m metav1.ObjectMeta) found {
		f := found{Account: account()}
		switch kind {
		case "secret":
			f.Secret = &corev1.Secret{ObjectMeta: m}
		case "pod":
			f.Pod = &corev1.Pod{ObjectMeta: m}
		case "node":
			f.Node = &corev1.Node{ObjectMeta: m}
		}
		return f
	}
	for _, kind := range kinds {
		more := object{kind: reference("x", "xu")}
		ask(fine, more, with(kind, meta("x", "xu", nil)))
		ask(fine, more, only)
		ask(fine, more, with(kind, meta("x", "yu", nil)))
		ask(fine, more, with(kind, meta("x", "xu", at(-50))))
		ask(fine, more, with(kind, meta("x", "xu", at(-80))))
		ask(fine, more, with(kind, meta("x", "yu", at(-80))))
	}
	running := object{"pod": reference("x", "xu"), "node": object{"name": "nd"}}
	ask(fine, running, with("pod", meta("x", "xu", nil)))
	ask(fine, object{"pod": reference("x", "xu"), "node": reference("nd", "nu")}, with("pod", meta("x", "xu", nil)))
	ask(fine, object{"warnafter": now.Unix() - 100}, only)
	ask(fine, object{"warnafter": now.Unix() + 100}, only)
	ask(fine, object{"validatingwebhookconfiguration": reference("w", "wu")}, only)
}
