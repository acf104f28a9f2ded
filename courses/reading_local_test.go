package courses_test

import (
	"slices"
	"testing"

	"github.com/apelkota/apel/courses"
)

// A lesson that leaves something to the city shows what the city lays down, another does not.
func TestLocalRulesStandBelowTheLessonsThatNameThem(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.NewCourse(ctx, author, "APEL-104", content().Card)
	must(t, err)
	v, err := w.NewDraft(ctx, author, "APEL-104")
	must(t, err)
	for code, markdown := range map[string]string{"L1": "Tenggatnya **menurut ketentuan yang berlaku di daerah Anda**.\n", "L2": "Sapa warga sebelum ditanya.\n"} {
		v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: code, Title: text("Judul"), Markdown: markdown})
		must(t, err)
	}
	for code, want := range map[string][]string{"L1": {"Aduan ringan: 2 hari kerja.", "Gratifikasi: tanya UPG."}, "L2": nil} {
		l, err := w.TryLesson(ctx, author, v.ID, code)
		must(t, err)
		if !slices.Equal(l.Local, want) {
			t.Errorf("%s shows %q", code, l.Local)
		}
	}
}
