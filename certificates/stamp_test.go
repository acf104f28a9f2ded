package certificates

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/pades/tsatest"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/faults"
)

// TestAFileWaitsForItsStamp: while the time-stamp server is away a certificate is issued and can be checked, its file waits, and nobody asks the server
// again and again; when it is back the file has its stamp.
func TestAFileWaitsForItsStamp(t *testing.T) {
	ctx := context.Background()
	authority := tsatest.New(t, "sha256")
	asked := 0
	r := &room{dir: t.TempDir(), clock: &clock{at: noon}, settings: testSettings()}
	real := pades.TimeStamper(authority.URL, []*x509.Certificate{authority.Root}, &http.Client{Timeout: time.Minute}, rand.Reader)
	r.stamp = func(ctx context.Context, digest [32]byte) ([]byte, error) { asked++; return real(ctx, digest) }
	r.open(t)
	authority.Reply = func([]byte) (int, []byte) { return http.StatusServiceUnavailable, nil }
	id := r.issue(t, 1)
	for _, err := range []error{r.Recorded(ctx, id), r.Told(ctx, id)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := r.Render(ctx, id); !errors.Is(err, faults.Unavailable) || !strings.Contains(faults.Of(err).Text.ID, "menunggu stempel waktu") {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("the server was asked %d times within the pause", asked)
	}
	c, err := r.Look(ctx, id)
	if err != nil || c.State != Issued || c.File != nil {
		t.Fatalf("%+v, %v", c.State, err)
	}
	if v, err := r.CheckCode(ctx, c.Record.Code); err != nil || v.Status != verify.Valid {
		t.Fatalf("%s, %v", v.Status, err)
	}
	if _, _, err := r.Download(ctx, admin, id); !errors.Is(err, faults.Unavailable) {
		t.Fatal(err)
	}

	authority.Reply = nil
	r.clock.set(noon.Add(stampPause))
	if err := r.Render(ctx, id); err != nil {
		t.Fatal(err)
	}
	if c, err = r.Look(ctx, id); err != nil || c.File == nil {
		t.Fatal(err)
	}
	pdf, err := r.readBlob(ctx, c.File.Hash)
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.CheckFile(ctx, pdf)
	if err != nil || v.Status != verify.Valid {
		t.Fatalf("%+v, %v", v, err)
	}
	said := false
	for _, check := range v.Checks {
		said = said || check.Name == "stamp" && check.OK && strings.Contains(check.Text.ID, "Stempel waktu")
	}
	if !said {
		t.Errorf("the verdict says nothing of the stamp: %+v", v.Checks)
	}
}
