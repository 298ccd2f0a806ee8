// Package keeping has what was declared made, again and again, and tells the probes how it is.
package keeping

import (
	"context"
	"log"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Pass makes what is missing, and says of each thing that is not as declared what it lacks.
type Pass func(context.Context) []string

// Keeper passes over what was declared until it is told to end.
type Keeper struct {
	declared string
	pass     Pass
	stale    time.Duration

	mutex  sync.Mutex
	passed time.Time
	lacks  []string
}

// New returns a keeper that has not looked yet.  It says in its log what was declared, such as
// "3 streams", and hangs if a pass takes longer than stale.
func New(declared string, stale time.Duration, pass Pass) *Keeper {
	return &Keeper{
		declared: declared, pass: pass, stale: stale,
		passed: time.Now(), lacks: []string{"not looked yet"},
	}
}

// Run passes now, and every so often until the context ends.
func (k *Keeper) Run(asked context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		k.Pass(asked)
		select {
		case <-asked.Done():
			return
		case <-tick.C:
		}
	}
}

// Pass passes once, and notes what lacks.
func (k *Keeper) Pass(asked context.Context) {
	lacks := k.pass(asked)
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if !slices.Equal(lacks, k.lacks) {
		log.Printf("%s declared, lacking: %s", k.declared, strings.Join(lacks, "; "))
	}
	k.passed, k.lacks = time.Now(), lacks
}

// Lacks says what lacked at the last pass; nothing if all was as declared.
func (k *Keeper) Lacks() []string {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.lacks
}

// Handler answers probes: /healthz while passes end, /ready when nothing lacks.
func (k *Keeper) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(answer http.ResponseWriter, _ *http.Request) {
		k.mutex.Lock()
		defer k.mutex.Unlock()
		if time.Since(k.passed) > k.stale {
			http.Error(answer, "hangs", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /ready", func(answer http.ResponseWriter, _ *http.Request) {
		if lacks := k.Lacks(); len(lacks) > 0 {
			http.Error(answer, strings.Join(lacks, "\n"), http.StatusServiceUnavailable)
		}
	})
	return mux
}

// Answer serves the probes; it returns when it cannot.
func (k *Keeper) Answer(listen string) error {
	server := &http.Server{Addr: listen, Handler: k.Handler(), ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}
