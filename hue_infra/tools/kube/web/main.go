// Command web serves a directory of files over HTTPS, as any user and on a read-only root.  A
// certificate that is renewed in its file is used from the next handshake on, without a restart.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Told of every answer; the page is one file with its own style and no script.
var headers = map[string]string{
	"Content-Security-Policy":   "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"Cache-Control":             "no-cache",
	"Referrer-Policy":           "no-referrer",
	"Strict-Transport-Security": "max-age=31536000",
	"X-Content-Type-Options":    "nosniff",
}

func main() {
	listen := flag.String("listen", ":8443", "address and port to listen at")
	root := flag.String("root", "/srv/www", "directory that is served")
	certificate := flag.String("certificate", "/etc/tls/tls.crt", "certificate chain, PEM")
	key := flag.String("key", "/etc/tls/tls.key", "private key, PEM")
	flag.Parse()

	pair := &keyPair{certificate: *certificate, key: *key}
	if _, err := pair.get(nil); err != nil {
		log.Fatalf("web: %v", err)
	}
	server := &http.Server{
		Addr:              *listen,
		Handler:           site(*root),
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: pair.get},
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	stopped := make(chan struct{})
	go drain(server, stopped)
	log.Printf("web: serving %s at %s", *root, *listen)
	if err := server.ListenAndServeTLS("", ""); !errors.Is(err, http.ErrServerClosed) {
		log.Fatalf("web: %v", err)
	}
	<-stopped
}

// drain ends open answers in peace when the pod is asked to go.
func drain(server *http.Server, stopped chan<- struct{}) {
	asked, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	<-asked.Done()
	limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_ = server.Shutdown(limit)
	close(stopped)
}

func site(root string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(answer http.ResponseWriter, _ *http.Request) {
		_, _ = answer.Write([]byte("ok\n"))
	})
	mux.Handle("GET /", http.FileServer(http.Dir(root)))
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		// The kubelet lays mounted files behind hidden links; they are not part of the site.
		if strings.Contains(request.URL.Path, "/.") {
			http.NotFound(answer, request)
			return
		}
		for name, value := range headers {
			answer.Header().Set(name, value)
		}
		mux.ServeHTTP(answer, request)
	})
}

// keyPair is read again when its certificate file has changed.
type keyPair struct {
	certificate, key string

	mutex  sync.Mutex
	read   time.Time
	loaded *tls.Certificate
}

func (p *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	file, err := os.Stat(p.certificate)
	if err == nil && (p.loaded == nil || !file.ModTime().Equal(p.read)) {
		var fresh tls.Certificate
		if fresh, err = tls.LoadX509KeyPair(p.certificate, p.key); err == nil {
			p.loaded, p.read = &fresh, file.ModTime()
		}
	}
	if p.loaded != nil {
		return p.loaded, nil // a renewal that is half written is tried again next time
	}
	return nil, err
}
