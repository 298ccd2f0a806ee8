package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Passwords that the language of the configuration would take for numbers, a truth or a variable.
var passwords = map[string]string{"streams": "12k", "health": "-1e5", "phu_xuan.leaf": "true", "phu_xuan": "$x"}

const accounts = `
  platform { jetstream: enabled, users: [ { user: streams.platform, password: $PASSWORD_streams } ] }
  health {
    jetstream: enabled
    users: [ { user: streams.health, password: $PASSWORD_streams }, { user: health, password: $PASSWORD_health } ]
    exports: [
      { service: "$JS.API.CONSUMER.CREATE.health-notices", accounts: [phu_xuan] }
      { service: "$JS.FC.health-notices.>", accounts: [phu_xuan] }
      { stream: "copy.phu_xuan.health-notices.>", accounts: [phu_xuan] }
    ]
  }
  phu_xuan {
    jetstream: enabled
    users: [
      { user: streams.phu_xuan, password: $PASSWORD_streams }
      { user: phu_xuan, password: $PASSWORD_phu_xuan }
      { user: phu_xuan.leaf, password: $PASSWORD_phu_xuan.leaf }
    ]
    imports: [
      { service: { account: health, subject: "$JS.API.CONSUMER.CREATE.health-notices" }, to: "JS.health.API.CONSUMER.CREATE.health-notices" }
      { service: { account: health, subject: "$JS.FC.health-notices.>" } }
      { stream: { account: health, subject: "copy.phu_xuan.health-notices.>" } }
    ]
  }`

type world struct {
	t                       *testing.T
	running                 *server.Server
	passwords, certificates string
	seen                    string
}

// begin starts a server as the chart has it, on a free port.
func begin(t *testing.T) *world {
	t.Helper()
	return beginWith(t, passwords, func(*world) string { return "accounts { " + accounts + " }" })
}

// beginWith starts a server with other passwords, and more in its configuration.
func beginWith(t *testing.T, passwords map[string]string, more func(*world) string) *world {
	t.Helper()
	directory := t.TempDir()
	w := &world{t: t, passwords: filepath.Join(directory, "passwords"), certificates: filepath.Join(directory, "tls")}
	for name, text := range passwords {
		w.write(filepath.Join(w.passwords, name), text)
	}
	w.issue()
	config := filepath.Join(directory, "server.conf")
	w.write(config, fmt.Sprintf(`
server_name: test
listen: "127.0.0.1:-1"
tls %s
jetstream { store_dir: %q, domain: province, sync_interval: always }
%s`, w.tls(), directory, more(w)))
	running, seen, err := start(config, w.passwords, w.certificates)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Shutdown)
	w.running, w.seen = running, seen
	return w
}

func (w *world) write(path, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// issue writes a certificate for this machine that vouches for itself.
func (w *world) issue() *x509.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	chain, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		w.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		w.t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain}))
	w.write(filepath.Join(w.certificates, "tls.crt"), text)
	w.write(filepath.Join(w.certificates, "ca.crt"), text)
	w.write(filepath.Join(w.certificates, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	return plan
}

// tls is the certificate as the configuration names it.
func (w *world) tls() string {
	certificate, key := filepath.Join(w.certificates, "tls.crt"), filepath.Join(w.certificates, "tls.key")
	return fmt.Sprintf("{ certs: [ { cert_file: %q, key_file: %q } ] }", certificate, key)
}

func (w *world) url() string {
	return fmt.Sprintf("tls://localhost:%d", w.running.Addr().(*net.TCPAddr).Port)
}

func (w *world) connect(user, password string) (*nats.Conn, error) {
	return nats.Connect(w.url(), nats.UserInfo(user, password), nats.RootCAs(filepath.Join(w.certificates, "ca.crt")))
}

func (w *world) keeper(streams ...declared) *keeper {
	own := declared{"platform", jetstream.StreamConfig{Name: proof, Subjects: []string{"platform.proof"}, Replicas: 1}}
	return newKeeper(plan{Server: w.url(), Streams: append(streams, own)}, w.passwords, w.certificates)
}

func notices(most int64) declared {
	return declared{"health", jetstream.StreamConfig{
		Name: "health-notices", Subjects: []string{"health.>"}, MaxBytes: most, Replicas: 1,
	}}
}

func TestPasswordsAreWhatTheirFilesSayWhateverTheyLookLike(t *testing.T) {
	w := begin(t)
	for user, password := range passwords {
		if user == "streams" {
			user = "streams.health"
		}
		connection, err := w.connect(user, password)
		if err != nil {
			t.Fatalf("%s: %v", user, err)
		}
		connection.Close()
		if _, err := w.connect(user, password+"x"); err == nil {
			t.Fatalf("%s comes in with another password", user)
		}
	}
}

func TestChangedPasswordAndCertificateAreUsedWithoutARestart(t *testing.T) {
	w := begin(t)
	w.write(filepath.Join(w.passwords, "health"), "another")
	before := w.seen
	w.issue()
	w.seen = renew(w.running, w.seen, w.passwords, w.certificates)
	if w.seen == before {
		t.Fatal("nothing was read again")
	}
	if _, err := w.connect("health", "another"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.connect("health", passwords["health"]); err == nil {
		t.Fatal("the old password still lets in")
	}
}

func TestHalfWrittenCertificateLeavesTheOldOne(t *testing.T) {
	w := begin(t)
	w.write(filepath.Join(w.certificates, "tls.crt"), "-----BEGIN CERT")
	before := w.seen
	if renew(w.running, before, w.passwords, w.certificates) != before {
		t.Fatal("taken as used")
	}
	if _, err := w.connect("health", passwords["health"]); err != nil {
		t.Fatal(err)
	}
}

func TestStreamsBecomeAsDeclaredAndKeepTheirMessages(t *testing.T) {
	w := begin(t)
	limit := t.Context()
	first := w.keeper(notices(1 << 20))
	first.Pass(limit)
	if len(first.Lacks()) > 0 {
		t.Fatal(first.Lacks())
	}
	api, _ := first.api("health")
	if _, err := api.Publish(limit, "health.a", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	w.keeper(notices(2 << 20)).Pass(limit)

	stream, err := api.Stream(limit, "health-notices")
	if err != nil {
		t.Fatal(err)
	}
	if info := stream.CachedInfo(); info.Config.MaxBytes != 2<<20 || info.State.Msgs != 1 {
		t.Fatal(info.Config.MaxBytes, info.State.Msgs)
	}
}

func TestRemovedStreamIsMadeAgainAndWhatCannotBeIsSaid(t *testing.T) {
	w := begin(t)
	limit := t.Context()
	many := declared{"health", jetstream.StreamConfig{Name: "health-many", Subjects: []string{"many"}, Replicas: 3}}
	keeper := w.keeper(notices(1<<20), many)
	keeper.Pass(limit)
	if said := strings.Join(keeper.Lacks(), ""); !strings.Contains(said, "health-many: ") || strings.Contains(said, "notices") {
		t.Fatal(said)
	}
	api, _ := keeper.api("health")
	if err := api.DeleteStream(limit, "health-notices"); err != nil {
		t.Fatal(err)
	}
	keeper.Pass(limit)
	keeper.Pass(limit)
	if _, err := api.Stream(limit, "health-notices"); err != nil {
		t.Fatal(err)
	}
}

func TestReaderGetsACopyOfAllHoweverMuchItIs(t *testing.T) {
	w := begin(t)
	limit := t.Context()
	copied := declared{"phu_xuan", jetstream.StreamConfig{
		Name: "health-notices-copy", Replicas: 1, Mirror: &jetstream.StreamSource{
			Name:     "health-notices",
			External: &jetstream.ExternalStream{APIPrefix: "JS.health.API", DeliverPrefix: "copy.phu_xuan.health-notices"},
		},
	}}
	keeper := w.keeper(notices(1<<30), copied)
	keeper.Pass(limit)
	api, _ := keeper.api("health")
	const count = 100 // of a quarter of a mebibyte: more than goes without saying that more may come
	for range count {
		if _, err := api.Publish(limit, "health.a", make([]byte, 1<<18)); err != nil {
			t.Fatal(err)
		}
	}
	reader, _ := keeper.api("phu_xuan")
	var seen uint64
	for end := time.Now().Add(30 * time.Second); seen < count && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if stream, err := reader.Stream(limit, "health-notices-copy"); err == nil {
			seen = stream.CachedInfo().State.Msgs
		}
	}
	if seen != count {
		t.Fatalf("%d of %d", seen, count)
	}
}

func TestProofsAreGivenAndRefused(t *testing.T) {
	w := begin(t)
	limit, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	keeper := w.keeper(notices(1 << 20))
	if _, err := keeper.prove(limit, []string{"message"}); err == nil {
		t.Fatal("a message went in where there is no stream")
	}
	keeper.Pass(limit)
	for word, what := range map[string][]string{
		"there": {"stream", "health-notices"}, "current": {"replicas"}, "acknowledged": {"message"},
	} {
		if said, err := keeper.prove(limit, what); said != word || err != nil {
			t.Fatal(said, err)
		}
	}
	for _, what := range [][]string{{"stream", "health-other"}, {"stream"}, {}} {
		if _, err := keeper.prove(limit, what); err == nil {
			t.Fatal(what)
		}
	}
	api, _ := keeper.api("platform")
	if stream, err := api.Stream(limit, proof); err != nil || stream.CachedInfo().State.Msgs != 0 {
		t.Fatal("the proof stays behind")
	}
}

func TestDeclarationIsReadAsTheServerWritesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "streams.json")
	text := `{"server": "tls://a:1", "streams": [{"account": "a", "stream": {"name": "a-b", "max_age": 86400000000000,
	  "discard": "new", "storage": "file", "retention": "limits", "num_replicas": 3,
	  "mirror": {"name": "c", "external": {"api": "$JS.a.API"}}}}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := read[plan](path)
	if err != nil {
		t.Fatal(err)
	}
	stream := found.Streams[0].Stream
	if stream.MaxAge != 24*time.Hour || stream.Discard != jetstream.DiscardNew || stream.Mirror.External.APIPrefix != "$JS.a.API" {
		said, _ := json.Marshal(stream)
		t.Fatal(string(said))
	}
}
