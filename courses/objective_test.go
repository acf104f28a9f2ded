package courses_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/internal/faults"
)

// TestCompetencyOfAnObjective writes one, finds items by it, compares, copies, and takes it out and in again.
func TestCompetencyOfAnObjective(t *testing.T) {
	w := newWorld(t)
	old := w.course("UJI-1", nil)
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	facts := courses.CourseFacts{Card: v.Content.Card, Objectives: slices.Clone(v.Content.Objectives), Minutes: v.Content.Minutes}
	facts.Objectives[0].Competency = "T.99"
	_, err = w.WriteFacts(ctx, author, v.ID, v.Revision, facts)
	is(t, err, faults.Invalid)
	if f := faults.Of(err).Fields; len(f) != 1 || f[0].Path != "objectives[0].competency" {
		t.Errorf("refused as %+v", f)
	}
	facts.Objectives[0].Competency = "T.03"
	v, err = w.WriteFacts(ctx, author, v.ID, v.Revision, facts)
	must(t, err)

	list, err := w.ListItems(ctx, author, v.ID, "bank", courses.ItemFilter{Competency: "T.03"})
	must(t, err)
	if len(list.Items) == 0 || len(list.Items) == list.All || slices.ContainsFunc(list.Items, func(x courses.ListedBankItem) bool { return x.Objective != "9.1" }) {
		t.Errorf("found by competency: %d of %d", len(list.Items), list.All)
	}
	c, err := w.CompareVersions(ctx, author, old.ID, v.ID)
	must(t, err)
	if len(c.Objectives) != 1 || c.Objectives[0].Code != "9.1" || len(c.Objectives[0].Fields) != 1 || c.Objectives[0].Fields[0].Now != "T.03" {
		t.Errorf("compared: %+v", c.Objectives)
	}
	copied, err := w.CopyCourse(ctx, author, v.ID, "UJI-2", text("Salinan"))
	must(t, err)
	if !reflect.DeepEqual(copied.Content.Objectives, v.Content.Objectives) {
		t.Errorf("copied: %+v", copied.Content.Objectives)
	}

	p, err := w.ExportCourse(ctx, author, v.ID)
	must(t, err)
	z, err := exchange.OpenZip(bytes.NewReader(p.Data))
	must(t, err)
	d, report := exchange.ReadFolder(ctx, z)
	must(t, report.Err())
	d.Code = "UJI-3"
	im, err := w.Import(ctx, admin, courses.ImportInput{Draft: d})
	must(t, err)
	back, err := w.Version(ctx, admin, im.Version)
	must(t, err)
	if !reflect.DeepEqual(back.Content.Objectives, v.Content.Objectives) {
		t.Errorf("came back as %+v", back.Content.Objectives)
	}
	d.Objectives[1].Competency = "T.98" // looks like one, but nobody knows it
	_, err = w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true})
	is(t, err, faults.Invalid)
}
