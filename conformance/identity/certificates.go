package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math/big"

	"k8s.io/apiserver/pkg/admission"
	x509request "k8s.io/apiserver/pkg/authentication/request/x509"
	csrs "k8s.io/kubernetes/pkg/apis/certificates"
	"k8s.io/kubernetes/plugin/pkg/admission/certificates/subjectrestriction"
)

var uidOID = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57683, 2}

func newCertificate(subject pkix.Name) *x509.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))))
}

func certificate(name string, organizations []string, uids ...any) {
	subject := pkix.Name{CommonName: name, Organization: organizations}
	parsed := newCertificate(subject)
	// An attribute that is no string does not survive being encoded, so they are added here.
	for _, uid := range uids {
		parsed.Subject.Names = append(parsed.Subject.Names, pkix.AttributeTypeAndValue{Type: uidOID, Value: uid})
	}
	hash := sha256.Sum256(parsed.Raw)
	asked := object{"commonName": name, "organizations": list(parsed.Subject.Organization), "uids": append([]any{}, uids...), "sha256": hex.EncodeToString(hash[:])}
	say("certificate", asked, opinion(x509request.CommonNameUserConversion.User([]*x509.Certificate{parsed})))
}

func certificateCases() {
	certificate("jane", nil)
	certificate("", []string{"dev"})
	certificate("jane", []string{"b", "a", "b"})
	certificate("jane", nil, "1")
	certificate("jane", nil, "1", "2")
	certificate("jane", nil, "")
	certificate("jane", nil, 7)
	certificate("system:anonymous", []string{"x"})
	certificate("system:serviceaccount:a:b", nil)
	for _, organizations := range [][]string{nil, {"a"}, {"a", "system:masters"}, {"system:nodes"}} {
		key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
		request := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "jane", Organization: organizations}}, key))
		csr := &csrs.CertificateSigningRequest{}
		csr.Spec.SignerName = "kubernetes.io/kube-apiserver-client"
		csr.Spec.Request = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request})
		kind := csrs.Kind("CertificateSigningRequest").WithVersion("v1")
		attributes := admission.NewAttributesRecord(csr, nil, kind, "", "x", csrs.Resource("certificatesigningrequests").WithVersion("v1"), "", admission.Create, nil, false, nil)
		answer := object{}
		if err := subjectrestriction.NewPlugin().Validate(context.Background(), attributes, nil); err != nil {
			answer["error"] = err.Error()
		}
		say("signer", list(organizations), answer)
	}
}
