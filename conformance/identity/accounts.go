package main

import (
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/kubernetes/pkg/apis/rbac/validation"
	"k8s.io/kubernetes/pkg/auth/nodeidentifier"
)

func accounts() {
	for _, name := range []string{
		"system:serviceaccount:a:b", "system:serviceaccount:a:b.c", "system:serviceaccount:1:2", "system:serviceaccount:a.b:c",
		"system:serviceaccount::b", "system:serviceaccount:a:", "system:serviceaccount:a:b:c", "system:serviceaccount:A:b",
		"System:serviceaccount:a:b", "system:serviceaccount:a", "system:serviceaccounts:a", "system:serviceaccount:a:B",
		"system:serviceaccount:a:b_c", "system:serviceaccount:-a:b", "", "jane",
	} {
		ns, n, err := serviceaccount.SplitUsername(name)
		answer := object{"namespace": ns, "name": n}
		if err != nil {
			answer = object{"error": err.Error()}
		}
		say("split", name, answer)
	}
	for _, c := range [][3]string{
		{"a", "b", "system:serviceaccount:a:b"}, {"a", "b:c", "system:serviceaccount:a:b:c"}, {"a:b", "c", "system:serviceaccount:a:b:c"},
		{"", "", "system:serviceaccount::"}, {"a", "b", "system:serviceaccount:a:bc"}, {"a", "b", "System:serviceaccount:a:b"},
		{"a", "b", "a:b"}, {"a", "", "system:serviceaccount:a:"}, {"A", "b", "system:serviceaccount:a:b"},
	} {
		say("matches", c, serviceaccount.MatchesUsername(c[0], c[1], c[2]))
	}
	for _, c := range [][3]string{{"ns", "n", "u"}, {"ns", "n", ""}, {"", "", ""}} {
		say("account", c, userOf(serviceaccount.UserInfo(c[0], c[1], c[2])))
	}
	for _, c := range []serviceaccount.ServiceAccountInfo{
		{}, {PodName: "p"}, {PodUID: "u"}, {PodName: "p", PodUID: "u"}, {NodeName: "n"}, {NodeUID: "u"}, {NodeName: "n", NodeUID: "u"},
		{CredentialID: "JTI=7"}, {ValidatingWebhookConfigurationName: "w"}, {ValidatingWebhookConfigurationName: "w", ValidatingWebhookConfigurationUID: "u"},
		{MutatingWebhookConfigurationUID: "u"}, {MutatingWebhookConfigurationName: "w", MutatingWebhookConfigurationUID: "u"},
		{AttestationAdmissionReviewAPIGroups: []string{"a", "b"}},
	} {
		c.Namespace, c.Name, c.UID = "ns", "n", "u"
		say("extra", c, userOf(c.UserInfo()))
	}
	for _, c := range []user.DefaultInfo{
		{Name: "system:node:n", Groups: []string{"system:nodes"}}, {Name: "system:node:", Groups: []string{"a", "system:nodes"}},
		{Name: "system:node:N/x", Groups: []string{"system:nodes"}}, {Name: "system:node:n", Groups: []string{"system:node"}},
		{Name: "System:node:n", Groups: []string{"system:nodes"}}, {Name: "system:node:n"},
	} {
		node, is := nodeidentifier.NewDefaultNodeIdentifier().NodeIdentity(&c)
		say("node", userOf(&c), object{"node": node, "is": is})
	}
	names := []string{"a", "a.b", "A", "a_b", "-a", "a-", "", ".", "..", "a/b", "a%b", "system:x", "A B", "a..b", "A-", ".-", "--", "-", "a-a-", long(63), long(64), long(253), long(254)}
	for _, prefix := range []bool{false, true} {
		for _, name := range names {
			say("names", object{"name": name, "prefix": prefix}, object{
				"namespace": list(apivalidation.ValidateNamespaceName(name, prefix)),
				"account":   list(apivalidation.ValidateServiceAccountName(name, prefix)),
				"role":      list(validation.ValidateRBACName(name, prefix)),
			})
		}
	}
}

func list(of []string) []string { return append([]string{}, of...) }

func long(length int) string {
	text := make([]byte, length)
	for i := range text {
		text[i] = 'a'
	}
	return string(text)
}
