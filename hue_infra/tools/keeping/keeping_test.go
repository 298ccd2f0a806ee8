package keeping

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func code(k *Keeper, path string) int {
	answer := httptest.NewRecorder()
	k.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Code
}

func TestReadyOnceNothingLacks(t *testing.T) {
	lacks := []string{"one: is away"}
	k := New("1 thing", time.Minute, func(context.Context) []string { return lacks })
	expect := func(wanted int) {
		t.Helper()
		if found := code(k, "/ready"); found != wanted {
			t.Errorf("%d", found)
		}
	}

	expect(http.StatusServiceUnavailable)
	k.Pass(t.Context())
	expect(http.StatusServiceUnavailable)
	lacks = nil
	k.Pass(t.Context())
	expect(http.StatusOK)
}

func TestNotAliveOnceAPassHangs(t *testing.T) {
	k := New("1 thing", 50*time.Millisecond, func(context.Context) []string { return nil })
	k.Pass(t.Context())
	if found := code(k, "/healthz"); found != http.StatusOK {
		t.Errorf("%d", found)
	}

	time.Sleep(100 * time.Millisecond)

	if found := code(k, "/healthz"); found != http.StatusServiceUnavailable {
		t.Errorf("%d", found)
	}
}

func TestRunsUntilItIsToldToEnd(t *testing.T) {
	asked, stop := context.WithCancel(t.Context())
	passes := 0
	k := New("1 thing", time.Minute, func(context.Context) []string {
		if passes++; passes == 3 {
			stop()
		}
		return nil
	})

	k.Run(asked, time.Millisecond)

	if passes != 3 {
		t.Errorf("%d passes", passes)
	}
}
