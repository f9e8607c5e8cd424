// Command identity asks the upstream authenticators, and the code that issues tokens, and writes their answers as JSON lines:
// go run . > ../../tests/data/identity-1.37.jsonl
package main

import (
	"encoding/json"
	"io"
	"os"

	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/klog/v2"
)

// object is a JSON object whose keys do not matter here.
type object = map[string]any

var out = json.NewEncoder(os.Stdout)

// say writes one line: what was asked, by its kind, and what upstream answered.
func say(kind string, asked any, answer any) {
	if err := out.Encode(object{"kind": kind, "asked": asked, "answer": answer}); err != nil {
		panic(err)
	}
}

func userOf(u user.Info) object {
	extra := u.GetExtra()
	if extra == nil {
		extra = map[string][]string{}
	}
	groups := u.GetGroups()
	if groups == nil {
		groups = []string{}
	}
	return object{"username": u.GetName(), "uid": u.GetUID(), "groups": groups, "extra": extra}
}

// opinion is what an authenticator says: a user, nothing, or an error.
func opinion(r *authenticator.Response, ok bool, err error) object {
	switch {
	case err != nil:
		return object{"error": err.Error()}
	case ok:
		return object{"user": userOf(r.User)}
	default:
		return object{}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	out.SetEscapeHTML(false)
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	accounts()
	certificateCases()
	headers()
	bootstrapTokens()
	tokens()
	issuing()
	chain()
}
