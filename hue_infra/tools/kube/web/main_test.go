package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// issue writes a certificate with the number as its serial, as if it were written at that second.
func issue(t *testing.T, directory string, number int64) *keyPair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: "a"}}
	chain, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pair := &keyPair{certificate: filepath.Join(directory, "tls.crt"), key: filepath.Join(directory, "tls.key")}
	for path, block := range map[string]*pem.Block{
		pair.certificate: {Type: "CERTIFICATE", Bytes: chain}, pair.key: {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(pair.certificate, time.Unix(number, 0), time.Unix(number, 0)); err != nil {
		t.Fatal(err)
	}
	return pair
}

func serial(t *testing.T, pair *keyPair) int64 {
	t.Helper()
	loaded, err := pair.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Leaf.SerialNumber.Int64()
}

func TestRenewedCertificateIsUsed(t *testing.T) {
	directory := t.TempDir()
	pair := issue(t, directory, 1)
	if got := serial(t, pair); got != 1 {
		t.Fatal(got)
	}
	issue(t, directory, 2)
	if got := serial(t, pair); got != 2 {
		t.Fatal(got)
	}
}

func TestHalfWrittenRenewalLeavesTheOldOne(t *testing.T) {
	directory := t.TempDir()
	pair := issue(t, directory, 1)
	serial(t, pair)
	if err := os.WriteFile(pair.certificate, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(t, pair); got != 1 {
		t.Fatal(got)
	}
}

func TestSite(t *testing.T) {
	root := t.TempDir()
	_ = os.Mkdir(filepath.Join(root, "..data"), 0o755)
	_ = os.WriteFile(filepath.Join(root, "index.html"), []byte("page"), 0o644)
	for path, want := range map[string]int{"/": 200, "/healthz": 200, "/none": 404, "/..data/": 404} {
		answer := httptest.NewRecorder()
		site(root).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code != want {
			t.Errorf("%s: %d, want %d", path, answer.Code, want)
		}
	}
	answer := httptest.NewRecorder()
	site(root).ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/", nil))
	if answer.Code != http.StatusMethodNotAllowed {
		t.Error(answer.Code)
	}
}
