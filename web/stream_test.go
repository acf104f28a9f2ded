package web

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestStreamsEndWithTheirSession: one session holds a bounded number of event streams, the oldest giving way, and all end when it does.
func TestStreamsEndWithTheirSession(t *testing.T) {
	r := newRig(t)
	r.assign("APEL-104", 60)
	v := r.visitor()
	me := v.enters(nadia)
	attempt := strings.TrimPrefix(v.post(quizURL(me.Person+".APEL-104.1", "pretest"), nil).to, "/percobaan/")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a stream that goes on by itself lasts two
	defer cancel()
	open := func() io.ReadCloser {
		t.Helper()
		q := must[*http.Request](t)(http.NewRequestWithContext(ctx, http.MethodGet, r.URL+attemptURL(attempt, "aliran"), nil))
		res := must[*http.Response](t)(v.client.Do(q))
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("the stream is %d %s", res.StatusCode, res.Header.Get("Content-Type"))
		}
		return res.Body
	}
	ends := func(what string, s io.ReadCloser) {
		t.Helper()
		if _, err := io.ReadAll(s); err != nil {
			t.Errorf("%s goes on: %v", what, err)
		}
		check(t, s.Close())
	}
	var all []io.ReadCloser
	for range 11 {
		all = append(all, open())
	}
	ends("the oldest of too many", all[0])
	v.post("/keluar", nil).leads(t, "/masuk")
	for _, s := range all[1:] {
		ends("a stream of an ended session", s)
	}
}
