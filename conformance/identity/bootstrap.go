package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/plugin/pkg/auth/authenticator/token/bootstrap"
)

// secrets is a lister of one Secret.
type secrets struct{ only *corev1.Secret }

func (s secrets) List(labels.Selector) ([]*corev1.Secret, error) { return nil, nil }

func (s secrets) Get(name string) (*corev1.Secret, error) {
	if s.only == nil || s.only.Name != name {
		return nil, apierrors.NewNotFound(corev1.Resource("secrets"), name)
	}
	return s.only, nil
}

func bootstrapTokens() {
	const token = "abcdef.0123456789abcdef"
	now := time.Now().UTC()
	base := func() *corev1.Secret {
		return &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: "bootstrap-token-abcdef"},
			Type:       "bootstrap.kubernetes.io/token",
			Data: map[string][]byte{
				"token-id": []byte("abcdef"), "token-secret": []byte("0123456789abcdef"), "usage-bootstrap-authentication": []byte("true"),
			},
		}
	}
	ask := func(token string, secret *corev1.Secret) {
		asked := object{"token": token, "secret": secret, "now": now.Unix()}
		say("bootstrapToken", asked, opinion(bootstrap.NewTokenAuthenticator(secrets{secret}).AuthenticateToken(context.Background(), token)))
	}
	with := func(key, value string) {
		secret := base()
		secret.Data[key] = []byte(value)
		ask(token, secret)
	}
	for _, text := range []string{token, "abcdef.0123456789abcdeF", "abcde.0123456789abcdef", "abcdef.0123456789abcdef0", "abcdef", "", "abcdef.0123456789abcdeg"} {
		ask(text, base())
	}
	ask(token, nil)
	deleted := base()
	deleted.DeletionTimestamp = &metav1.Time{Time: now.Add(time.Hour)}
	ask(token, deleted)
	other := base()
	other.Type = "Opaque"
	ask(token, other)
	empty := base()
	empty.Data = nil
	ask(token, empty)
	with("token-id", "abcdeg")
	with("token-secret", "x")
	with("token-secret", "")
	for _, usage := range []string{"", "false", "True", "true "} {
		with("usage-bootstrap-authentication", usage)
	}
	for _, expiration := range []string{
		"", now.Add(time.Hour).Format(time.RFC3339), now.Add(-time.Hour).Format(time.RFC3339), "never", "2999-01-01", "2999-01-01T00:00:00Z",
		"2999-01-01T00:00:00+01:30", "2999-01-01T00:00:00.5Z", "2999-01-01T00:00:00,5Z", "2999-01-01T0:00:00Z", "2999-01-01T00:00Z",
		"2999-01-01t00:00:00Z", "2999-01-01T00:00:00z", "2999-01-01T00:00:00", "2999-01-01 00:00:00Z", "2999-02-29T00:00:00Z", "2996-02-29T00:00:00Z",
		"2999-01-01T24:00:00Z", "2999-01-01T00:60:00Z", "2999-01-01T00:00:60Z", "2999-01-01T00:00:00+24:00", "2999-01-01T00:00:00+25:00",
		"2999-01-01T00:00:00+00:60", "2999-01-01T00:00:00+00:61", "2999-01-01T00:00:00.Z", "2999-01-01T00:00:00Z ", "2999-1-01T00:00:00Z", "02999-01-01T00:00:00Z",
		"2999-01-01T00:00:00.0000000001Z", "2999-01-01T00:00:00+0000", "2999-01-01T00:00:00Z01:00", "2999-13-01T00:00:00Z", "2999-01-00T00:00:00Z",
	} {
		with("expiration", expiration)
	}
	for _, groups := range []string{
		"", "system:bootstrappers:b,system:bootstrappers:a:1,system:bootstrappers:b", "x", "system:bootstrappers", "system:bootstrappers:",
		"system:bootstrappers:a-", "system:bootstrappers:A", "system:bootstrappers:a,", ",", "system:bootstrappers:a, system:bootstrappers:b",
		"system:bootstrappers:" + long(256), "system:bootstrappers:" + long(257), "system:bootstrappers:-:a", "system:bootstrappers:kubeadm:default-node-token", "\xff",
	} {
		with("auth-extra-groups", groups)
	}
}
