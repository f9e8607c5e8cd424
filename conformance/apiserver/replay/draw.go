package main

import (
	"encoding/json"
	"math/rand"
	"os"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

// draw writes reviews that a binding and a rule of its role allow, every other one with something changed.
func draw(dump string, seed int64, n int) error {
	p, err := readPolicy(dump)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	g := &drawer{Rand: rand.New(rand.NewSource(seed)), policy: p}
	for n > 0 {
		spec, ok := g.near()
		if !ok {
			continue
		}
		if g.Intn(2) == 0 {
			g.spoil(&spec)
		}
		n--
		if err := out.Encode(spec); err != nil {
			return err
		}
	}
	return nil
}

type drawer struct {
	*rand.Rand
	*policy
}

func (g *drawer) pick(from ...string) string { return from[g.Intn(len(from))] }

func (g *drawer) near() (spec authorizationv1.SubjectAccessReviewSpec, ok bool) {
	var ref rbacv1.RoleRef
	var subjects []rbacv1.Subject
	namespace := ""
	if i := g.Intn(len(g.clusterBindings) + len(g.bindings)); i < len(g.clusterBindings) {
		ref, subjects = g.clusterBindings[i].RoleRef, g.clusterBindings[i].Subjects
	} else {
		b := g.bindings[i-len(g.clusterBindings)]
		ref, subjects, namespace = b.RoleRef, b.Subjects, b.Namespace
	}
	rules := g.rules(ref, namespace)
	if len(rules) == 0 || len(subjects) == 0 {
		return spec, false
	}
	g.subject(&spec, subjects[g.Intn(len(subjects))], namespace)
	if namespace == "" {
		namespace = g.pick("", "default", "kube-system")
	}
	g.rule(&spec, rules[g.Intn(len(rules))], namespace)
	return spec, true
}

func (g *drawer) subject(spec *authorizationv1.SubjectAccessReviewSpec, s rbacv1.Subject, namespace string) {
	spec.User, spec.Groups = "somebody", []string{"system:authenticated"}
	switch s.Kind {
	case "User":
		spec.User = s.Name
	case "Group":
		spec.Groups = []string{s.Name, "system:authenticated"}
	case "ServiceAccount":
		if s.Namespace != "" {
			namespace = s.Namespace
		}
		spec.User = "system:serviceaccount:" + namespace + ":" + s.Name
		spec.Groups = []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"}
	}
}

func (g *drawer) rule(spec *authorizationv1.SubjectAccessReviewSpec, rule rbacv1.PolicyRule, namespace string) {
	verb := g.pick(rule.Verbs...)
	if verb == "*" {
		verb = g.pick("get", "frob")
	}
	if len(rule.NonResourceURLs) > 0 {
		path := strings.Replace(g.pick(rule.NonResourceURLs...), "*", "x", 1)
		spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: path, Verb: verb}
		return
	}
	resource, subresource, _ := strings.Cut(g.pick(rule.Resources...), "/")
	at := &authorizationv1.ResourceAttributes{Verb: verb, Namespace: namespace, Group: g.pick(rule.APIGroups...), Resource: resource, Subresource: subresource}
	if len(rule.ResourceNames) > 0 {
		at.Name = g.pick(rule.ResourceNames...)
	}
	spec.ResourceAttributes = at
}

func (g *drawer) spoil(spec *authorizationv1.SubjectAccessReviewSpec) {
	r := spec.ResourceAttributes
	switch i := g.Intn(8); {
	case i == 0:
		spec.User = g.pick("somebody", "system:anonymous", "mallory")
	case i == 1:
		spec.Groups = nil
	case r == nil:
		spec.NonResourceAttributes.Path += "/x"
	case i == 2:
		r.Verb = g.pick("list", "create", "escalate", "")
	case i == 3:
		r.Namespace = g.pick("", "default", "kube-public", "elsewhere")
	case i == 4:
		r.Group = g.pick("", "apps", "example.com")
	case i == 5:
		r.Resource = g.pick("pods", "widgets", "")
	case i == 6:
		r.Subresource = g.pick("status", "log", "")
	default:
		r.Name = g.pick("a", "")
	}
	if spec.User == "" && len(spec.Groups) == 0 {
		spec.User = "somebody"
	}
}
