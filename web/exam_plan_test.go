package web

import (
	"net/http"
	"net/url"
	"testing"
)

// TestASearchKeepsThePasswordOfAnExam looks for a unit in the form of an exam: what was typed as its password comes back, so that no exam is planned without one unnoticed.
func TestASearchKeepsThePasswordOfAnExam(t *testing.T) {
	r := newRig(t)
	boss := r.visitor()
	boss.enters(trainingAdmin)
	found := boss.post("/kelola/ujian/baru", url.Values{"key": {"k"}, "course": {"APEL-103"}, "password": {"loket-pagi-7"}, "find_unit": {"dinas"}, "act": {"find"}}).want(t, http.StatusOK, `value="loket-pagi-7"`)
	if got := found.header.Get("Cache-Control"); got != "private, no-store" && got != "no-store" {
		t.Errorf("the page with it is kept: %q", got)
	}
	if refused := boss.post("/kelola/ujian/baru", url.Values{"key": {"k"}, "course": {"APEL-103"}, "password": {"loket-pagi-7"}, "act": {"plan"}}); refused.status == http.StatusSeeOther {
		t.Error("planned without a name")
	}
}
