package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// The sweep of a whole city's files: PDFs of certificates, the logo of the settings, an older logo that a certificate will be drawn with, a proof in
// the ledger, a proof that was sent and never used, and a stray file.
func TestOnlyFilesThatNobodyNamesAreSwept(t *testing.T) {
	c := openCity(t, false)
	ctx := t.Context()
	logo := func(shade byte) string {
		t.Helper()
		ref, err := c.logos.Put(ctx, bytes.NewReader(picture(t, 16, []byte{shade})), 0)
		must(t, err)
		to, version, err := c.settings.Whole(ctx, system)
		must(t, err)
		to.Logo = ref.Hash
		must(t, c.settings.Change(ctx, system, version, to, "logo baru"))
		return ref.Hash
	}
	was, err := c.blobs.Survey(ctx, c.named) // the city holds a picture that no lesson shows
	must(t, err)
	keep := map[string]string{"proof": c.of("near")["proof"]}
	mine := certificates.ID(c.of("near")["certificate"])
	_, _, err = c.certificates.Download(ctx, access.Actor{Person: c.persons["near"]}, mine)
	must(t, err)
	drawn, err := c.certificates.Look(ctx, mine)
	must(t, err)
	keep["PDF"] = drawn.File.Hash
	keep["older logo"] = logo(1)
	p, err := c.installation.people.Look(ctx, people.ID(c.persons["far"]))
	must(t, err)
	_, err = c.certificates.Intend(ctx, certificates.Facts{Enrolment: string(p.ID) + ".LOGO.1", Person: string(p.ID), Units: p.Path, Name: p.DisplayName(), NIP: string(p.NIP()), Position: "Jabatan", Unit: "Unit",
		Course: "LOGO", CourseVersion: "LOGO.1", Title: "Uji logo", TitleEN: "Logo test", JP: 4, Score: 90_000, CompletedOn: c.settings.Zone().Day(c.now()), Competencies: []record.Competency{}})
	must(t, err)
	keep["logo"] = logo(2)
	sent, err := c.competencies.AddProof(ctx, access.Actor{Person: string(p.ID)}, strings.NewReader("%PDF-1.7 tidak dipakai\nstartxref\n9\n%%EOF"))
	must(t, err)
	stray, err := c.logos.Put(ctx, strings.NewReader("tersesat"), 0)
	must(t, err)

	before, err := c.blobs.Survey(ctx, c.named)
	must(t, err)
	if before.Unnamed != was.Unnamed+2 || len(before.Missing) != 0 {
		t.Errorf("before: %+v", before)
	}
	has := func(hash string) bool {
		_, err := c.blobs.Check(ctx, hash)
		if err != nil && !errors.Is(err, faults.NotFound) {
			t.Error(err)
		}
		return err == nil
	}
	for day := range 9 {
		if day < 8 && (!has(sent.Hash) || !has(stray.Hash)) {
			t.Errorf("an upload is gone after %d days", day)
		}
		must(t, c.sweepFiles().Do(ctx))
		c.clock.step(24 * time.Hour)
	}
	if has(sent.Hash) || has(stray.Hash) {
		t.Error("what nobody named for a week is still there")
	}
	for what, hash := range keep {
		if !has(hash) {
			t.Errorf("the %s is gone", what)
		}
	}
	after, err := c.blobs.Survey(ctx, c.named)
	must(t, err)
	if after.Files != before.Files-before.Unnamed || after.Unnamed != 0 || len(after.Missing) != 0 {
		t.Errorf("before: %+v, after: %+v", before, after)
	}

	// The doctor counts them, and finds one that is lost.
	fine, err := c.examineFiles(ctx)
	if err != nil || !strings.Contains(fine, " berkas") || !strings.Contains(fine, "disapu 20") {
		t.Errorf("the doctor says %q, %v", fine, err)
	}
	must(t, c.blobs.Delete(ctx, keep["PDF"]))
	if _, err := c.examineFiles(ctx); err == nil || !strings.Contains(faults.Of(err).Text.EN, keep["PDF"]) {
		t.Errorf("a lost PDF is not found: %v", err)
	}
}
