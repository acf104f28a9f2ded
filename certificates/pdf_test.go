package certificates

import (
	"context"
	"os"
	"testing"

	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/access"
)

func TestIssueAndDownload(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	r.finish(t, id)
	_, pdf, err := r.Download(ctx, access.Actor{Person: "p1"}, id)
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("APEL_WRITE_PDF"); path != "" {
		os.WriteFile(path, pdf, 0o644)
	}
	root, _ := r.Root(ctx)
	v := verify.File(pdf, verify.Input{Root: root, Now: noon})
	t.Log(v.Status, v.Sentence.ID, v.Checks, verify.Read(pdf).Why, len(pdf))
	w, err := r.CheckFile(ctx, pdf)
	t.Log(w.Status, w.Sentence.ID, w.Checks, err)
}
