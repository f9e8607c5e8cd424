package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"

	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	"k8s.io/apiserver/pkg/authentication/request/headerrequest"
	"k8s.io/apiserver/pkg/authentication/token/tokenfile"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/kubeapiserver/options"
)

type recorder struct{ warnings []string }

func (r *recorder) AddWarning(_, text string) { r.warnings = append(r.warnings, text) }

func headers() {
	frontProxies()
	bearerTokens()
	tokenFiles()
	oidcPrefixes()
}

func frontProxies() {
	config := []string{"X-Remote-User"}
	proxy := must(headerrequest.New(append([]string{"X-First"}, config...), []string{"X-Remote-Uid"}, []string{"X-Remote-Group", "X-More"}, []string{"X-Remote-Extra-", "X-Other-"}))
	for _, c := range [][][2]string{
		{{"X-Remote-User", "jane"}}, {{"X-Remote-User", ""}}, {}, {{"X-Remote-Group", "dev"}},
		{{"X-First", ""}, {"X-First", "late"}, {"X-Remote-User", "jane"}}, {{"X-First", "bob"}, {"X-Remote-User", "jane"}},
		{{"X-Remote-User", "a"}, {"X-Remote-User", "b"}},
		{{"X-Remote-User", "jane"}, {"X-More", "c"}, {"X-Remote-Group", "b"}, {"X-Remote-Group", ""}, {"X-Remote-Group", "a"}, {"X-Remote-Group", "b"}},
		{{"X-Remote-User", "jane"}, {"X-Remote-Uid", "1"}, {"X-Remote-Uid", "2"}},
		{{"X-Remote-User", "jane"}, {"X-Other-K", "2"}, {"X-Remote-Extra-K", "1"}, {"X-Remote-Extra-K", ""}},
		{{"X-Remote-User", "jane"}, {"X-Remote-Extra-Acme.com%2fTeam", "red"}, {"X-Remote-Extra-A%zz", "1"}, {"X-Remote-Extra-", "e"}},
	} {
		request := must(http.NewRequest("GET", "https://server/api", nil))
		for _, header := range c {
			request.Header.Add(header[0], header[1])
		}
		say("frontProxy", c, opinion(proxy.AuthenticateRequest(request)))
	}
}

func bearerTokens() {
	for _, header := range []string{
		"", "Bearer abc", "bearer abc", " bEaReR abc d e ", "Bearer", "Bearer ", "Bearer  abc", "Bearer   ", "Basic abc", "Bearerabc", "Bearer\tabc", "Bearer abc  ", "abc", "Bearer a b",
	} {
		var token *string
		auth := bearertoken.New(authenticator.TokenFunc(func(_ context.Context, text string) (*authenticator.Response, bool, error) {
			token = &text
			return nil, false, nil
		}))
		warnings := &recorder{}
		request := must(http.NewRequest("GET", "https://server/api", nil))
		request.Header.Set("Authorization", header)
		_, _, err := auth.AuthenticateRequest(request.WithContext(warning.WithWarningRecorder(context.Background(), warnings)))
		answer := object{"token": token, "warnings": list(warnings.warnings)}
		if err != nil {
			answer["error"] = err.Error()
		}
		say("bearer", header, answer)
	}
}

func tokenFiles() {
	for _, rows := range [][][]string{
		{{"t", "jane", "7"}}, {{"t", "jane", "7", "dev,ops"}}, {{"t", "jane", "7", " dev, ops "}}, {{"t", "jane", "7", ""}},
		{{"t", "a", "1"}, {"t", "b", "2"}}, {{"", "nobody", "8"}}, {{"t", "jane"}}, {{"t", "jane", "7", "g", "more"}},
	} {
		text := ""
		for _, row := range rows {
			for i, cell := range row {
				if i > 0 {
					text += ","
				}
				text += `"` + cell + `"`
			}
			text += "\n"
		}
		path := filepath.Join(must(os.MkdirTemp("", "tokens")), "tokens.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			panic(err)
		}
		auth, err := tokenfile.NewCSV(path)
		if err != nil {
			say("tokenFile", rows, object{"refused": true})
			continue
		}
		say("tokenFile", rows, opinion(auth.AuthenticateToken(context.Background(), "t")))
	}
}

func oidcPrefixes() {
	for _, c := range [][3]string{
		{"", "sub", "https://issuer"}, {"", "email", "https://issuer"}, {"-", "sub", "https://issuer"}, {"-", "email", "https://issuer"}, {"oidc:", "sub", "https://issuer"}, {"oidc:", "email", "https://issuer"},
	} {
		o := options.NewBuiltInAuthenticationOptions().WithOIDC()
		o.OIDC.IssuerURL, o.OIDC.ClientID, o.OIDC.UsernameClaim, o.OIDC.UsernamePrefix, o.OIDC.GroupsClaim = c[2], "id", c[1], c[0], "groups"
		config := must(o.ToAuthenticationConfig())
		mapping := config.AuthenticationConfig.JWT[0].ClaimMappings
		say("oidcPrefix", c, object{"username": *mapping.Username.Prefix, "groups": *mapping.Groups.Prefix})
	}
}
