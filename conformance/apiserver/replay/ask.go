package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ask posts each spec of standard input and writes the status that comes back.
func ask(url, ca, certificate, key string) error {
	client, err := clientOf(ca, certificate, key)
	if err != nil {
		return err
	}
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		var spec authorizationv1.SubjectAccessReviewSpec
		if err := in.Decode(&spec); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		status, err := review(client, url, spec)
		if err != nil {
			return err
		}
		if err := out.Encode(status); err != nil {
			return err
		}
	}
}

func clientOf(ca, certificate, key string) (*http.Client, error) {
	authority, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}}
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}, nil
}

func review(client *http.Client, url string, spec authorizationv1.SubjectAccessReviewSpec) (any, error) {
	sar := authorizationv1.SubjectAccessReview{TypeMeta: metav1.TypeMeta{APIVersion: "authorization.k8s.io/v1", Kind: "SubjectAccessReview"}, Spec: spec}
	body, err := json.Marshal(sar)
	if err != nil {
		return nil, err
	}
	response, err := client.Post(url+"/apis/authorization.k8s.io/v1/subjectaccessreviews", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusCreated {
		// A refusal is an answer as well.
		var status metav1.Status
		err := json.Unmarshal(text, &status)
		return map[string]any{"code": response.StatusCode, "message": status.Message}, err
	}
	var answered authorizationv1.SubjectAccessReview
	if err := json.Unmarshal(text, &answered); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	return answered.Status, nil
}
