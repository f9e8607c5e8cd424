package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/group"
	"k8s.io/apiserver/pkg/authentication/request/anonymous"
	"k8s.io/apiserver/pkg/authentication/request/union"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/endpoints/filters"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/pkg/apis/authentication"
	"k8s.io/kubernetes/pkg/registry/authentication/selfsubjectreview"
)

// said is what one authenticator of a chain says.
type said struct {
	User  *user.DefaultInfo `json:"user,omitempty"`
	Error string            `json:"error,omitempty"`
}

func (s said) AuthenticateRequest(*http.Request) (*authenticator.Response, bool, error) {
	switch {
	case s.Error != "":
		return nil, false, errors.New(s.Error)
	case s.User != nil:
		return &authenticator.Response{User: s.User}, true, nil
	default:
		return nil, false, nil
	}
}

func chain() {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, metav1.SchemeGroupVersion)
	scheme.AddUnversionedTypes(metav1.Unversioned, &metav1.Status{})
	codecs := serializer.NewCodecFactory(scheme)
	who := func(name string, groups ...string) said {
		return said{User: &user.DefaultInfo{Name: name, Groups: groups}}
	}
	bad, none := said{Error: "bad"}, said{}
	chains := [][]said{
		{none, none}, {who("jane", "dev"), who("bob")}, {none, who("bob")}, {bad, who("bob")}, {bad, none}, {none, bad}, {bad, bad},
		{who("system:anonymous", "x"), none}, {who("jane", "system:unauthenticated"), none}, {who("jane", "system:authenticated", "z"), none},
		{who("jane", "b", "a", "b"), none}, {who("jane"), bad},
	}
	for _, enabled := range []bool{true, false} {
		for _, paths := range [][]string{{}, {"/healthz", "/livez"}} {
			for _, path := range []string{"/healthz", "/healthz/etcd", "/api"} {
				for _, opinions := range chains {
					if !enabled && len(paths) > 0 {
						continue
					}
					say("chain", object{"opinions": opinions, "enabled": enabled, "paths": paths, "path": path}, authenticate(codecs, opinions, enabled, paths, path))
				}
			}
		}
	}
	for _, c := range []*user.DefaultInfo{{Name: "jane"}, {Name: "jane", UID: "1", Groups: []string{"a"}, Extra: map[string][]string{"k": {"v"}}}} {
		answer := must(selfsubjectreview.NewREST().Create(request.WithUser(context.Background(), c), &authentication.SelfSubjectReview{}, nil, nil)).(*authentication.SelfSubjectReview)
		extra := map[string][]string{}
		for key, values := range answer.Status.UserInfo.Extra {
			extra[key] = values
		}
		info := answer.Status.UserInfo
		say("selfSubjectReview", userOf(c), userOf(&user.DefaultInfo{Name: info.Username, UID: info.UID, Groups: info.Groups, Extra: extra}))
	}
	_, err := selfsubjectreview.NewREST().Create(context.Background(), &authentication.SelfSubjectReview{}, nil, nil)
	say("selfSubjectReview", nil, object{"error": err.Error()})
}

func authenticate(codecs serializer.CodecFactory, opinions []said, enabled bool, paths []string, path string) object {
	var all []authenticator.Request
	for _, said := range opinions {
		all = append(all, said)
	}
	// As in pkg/kubeapiserver/authenticator/config.go.
	auth := group.NewAuthenticatedGroupAdder(union.New(all...))
	if enabled {
		var conditions []apiserver.AnonymousAuthCondition
		for _, path := range paths {
			conditions = append(conditions, apiserver.AnonymousAuthCondition{Path: path})
		}
		auth = union.NewFailOnError(auth, anonymous.NewAuthenticator(conditions))
	}
	answer := object{}
	ok := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		u, _ := request.UserFrom(r.Context())
		answer["user"] = userOf(u)
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "https://server"+path, nil)
	r = r.WithContext(request.WithRequestInfo(r.Context(), &request.RequestInfo{Path: path, Verb: "get"}))
	filters.WithAuthentication(ok, auth, filters.Unauthorized(codecs), nil, nil).ServeHTTP(w, r)
	if answer["user"] == nil {
		status := metav1.Status{}
		if err := runtime.DecodeInto(codecs.UniversalDeserializer(), w.Body.Bytes(), &status); err != nil {
			panic(err)
		}
		answer["code"], answer["message"] = w.Code, status.Message
	}
	return answer
}
