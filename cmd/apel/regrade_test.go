package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/texts"
)

// A wrong key corrected over the API, then the correction taken back over the pages, with the chain at work: the learner of the main job loses the pass and keeps the
// certificate, which is listed for a person; afterwards the first result counts again. Everything leaves its entry in the audit trail.
func TestRegradeOverHTTP(t *testing.T) {
	c := openCity(t, true)
	admin, learner := c.as("training_admin"), c.as("learner")
	enrolment := c.persons["learner"] + ".APEL-103.1"
	var mine struct {
		Items []struct {
			ID, Quiz, Kind, State string
			Passed                bool
		}
	}
	must(t, learner.call(t.Context(), http.MethodGet, "/attempts?enrolment="+url.QueryEscape(enrolment), nil, &mine))
	attempt := ""
	for _, a := range mine.Items {
		if a.Passed {
			attempt = a.ID
		}
	}
	type review struct {
		Attempt struct {
			Score     int
			Passed    bool
			Regrading bool
		}
		Items []struct {
			ID      string
			Earned  int
			Choices []struct {
				ID, HTML      string
				Chosen, Right bool
			}
		}
		Earlier []struct {
			Score  int
			Passed bool
		}
		Regraded string
	}
	look := func() (r review) {
		t.Helper()
		must(t, admin.call(t.Context(), http.MethodGet, "/attempts/"+attempt+"/review", nil, &r))
		return r
	}
	first := look()
	if !first.Attempt.Passed {
		t.Fatalf("the learner of the main job has not passed: %+v", first)
	}

	// Enough items with one right option are corrected, one after the other, until the learner no longer passes.
	type key struct {
		Options []map[string]any `json:"options"`
	}
	type regrade struct {
		ID, State string
		Key       int
		Plan      struct{ Changed, Fails, Listed, Score int }
		Done      struct{ Changed, Fails, Listed, Score int }
	}
	originals := map[string]key{}
	var last regrade
	for _, it := range first.Items {
		var have struct {
			Key  key
			Item struct{ Type string }
		}
		must(t, admin.call(t.Context(), http.MethodGet, "/items/"+it.ID+"/key", nil, &have))
		if have.Item.Type != "single" || it.Earned != 1000 {
			continue
		}
		wrong := key{}
		moved := false
		for _, o := range have.Key.Options {
			p := map[string]any{}
			for k, v := range o {
				p[k] = v
			}
			switch {
			case o["mark"] == "100":
				p["mark"] = "0"
			case !moved:
				p["mark"], moved = "100", true
			}
			wrong.Options = append(wrong.Options, p)
		}
		form := fmt.Sprintf("uji-api-%d", len(originals))
		originals[it.ID] = have.Key
		var r regrade
		must(t, admin.call(t.Context(), http.MethodPost, "/regrades", map[string]any{"form": form, "item": it.ID, "key": wrong, "why": "uji kunci"}, &r))
		must(t, c.settled(courses.RegradesCollection, r.ID))
		must(t, admin.call(t.Context(), http.MethodGet, "/regrades/"+r.ID, nil, &r))
		if r.State != "checked" || r.Plan.Changed == 0 || r.Key != 0 {
			t.Fatalf("the dry run: %+v", r)
		}
		if got := look(); len(got.Earlier) != len(originals)-1 {
			t.Fatal("the dry run changed a result")
		}
		must(t, admin.call(t.Context(), http.MethodPost, "/regrades/"+r.ID+"/confirmation", nil, &r))
		must(t, c.settled(courses.RegradesCollection, r.ID))
		must(t, admin.call(t.Context(), http.MethodGet, "/regrades/"+r.ID, nil, &r))
		if r.State != "finished" || r.Key != 2 || r.Done != r.Plan {
			t.Fatalf("the run: %+v", r)
		}
		if last = r; !look().Attempt.Passed {
			break
		}
	}
	now := look()
	if now.Attempt.Passed || now.Attempt.Score >= first.Attempt.Score || last.Done.Listed != 1 || len(now.Earlier) != len(originals) || now.Earlier[0].Score != first.Attempt.Score || now.Regraded != "uji kunci" {
		t.Fatalf("after %d corrections: %+v %+v", len(originals), now, last)
	}
	var listed struct {
		Items []struct {
			Attempt, Enrolment, Effect string
			Done                       bool
		}
	}
	must(t, admin.call(t.Context(), http.MethodGet, "/regrades/"+last.ID+"/changes?only=listed", nil, &listed))
	if len(listed.Items) != 1 || listed.Items[0].Enrolment != enrolment || listed.Items[0].Effect != "listed" || !listed.Items[0].Done {
		t.Fatalf("the list for a person: %+v", listed)
	}
	var certificate struct{ State string }
	must(t, learner.call(t.Context(), http.MethodGet, "/certificates/"+enrolment+".training.1", nil, &certificate))
	if certificate.State != "issued" {
		t.Fatalf("the certificate is %q: a regrade revokes nothing", certificate.State)
	}
	page := c.page(t, learner, http.MethodGet, "/percobaan/"+attempt+"/hasil", nil, http.StatusOK)
	for _, want := range []string{"Sudah dinilai ulang", "uji kunci", "Hasil sebelumnya", "Belum lulus"} {
		if !strings.Contains(page, want) {
			t.Errorf("the learner's page does not say %q", want)
		}
	}

	// The learner has one message per correction, which leads to the result.
	inbox := func() (bodies []string) {
		t.Helper()
		var all struct {
			Items []struct {
				Kind, Link string
				Body       texts.Text
			}
		}
		must(t, learner.call(t.Context(), http.MethodGet, "/notices?limit=100", nil, &all))
		for _, n := range all.Items {
			if n.Kind == "regrade" && n.Link == "/percobaan/"+attempt+"/hasil" {
				bodies = append(bodies, n.Body.ID)
			}
		}
		return bodies
	}
	must(t, c.settled(courses.AttemptsCollection, attempt))
	if got := inbox(); len(got) != len(originals) || !strings.Contains(got[0], "tidak lagi mencapai nilai lulus. Sertifikat Anda tetap berlaku") {
		t.Errorf("after %d corrections the learner's inbox has %q", len(originals), got)
	}

	// Back again over the pages.
	list := c.page(t, admin, http.MethodGet, "/kelola/nilai-ulang?kursus=APEL-103", nil, http.StatusOK)
	if !strings.Contains(list, "/kelola/nilai-ulang/"+last.ID) || !strings.Contains(list, "Pilih soal yang kuncinya salah") {
		t.Error("the page of regrades does not list them")
	}
	n := 0
	for item, k := range originals {
		address := "/kelola/nilai-ulang/soal/" + item
		if page := c.page(t, admin, http.MethodGet, address, nil, http.StatusOK); !strings.Contains(page, "Periksa dampaknya") || !strings.Contains(page, "uji kunci") {
			t.Errorf("%s does not ask for the key or does not show the earlier correction", address)
		}
		form := url.Values{"form": {fmt.Sprintf("uji-page-%d", n)}}
		for i, o := range k.Options {
			if o["mark"] == "100" {
				form.Set(fmt.Sprintf("o%d.key", i), "1")
			} else if o["mark"] != "0" {
				form.Set(fmt.Sprintf("o%d.mark", i), o["mark"].(string))
			}
			if said, ok := o["feedback"].(string); ok {
				form.Set(fmt.Sprintf("o%d.feedback", i), said)
			}
		}
		if page := c.page(t, admin, http.MethodPost, address, form, http.StatusUnprocessableEntity); !strings.Contains(page, "Tulis alasannya.") {
			t.Error("a correction without a reason is not refused with the form kept")
		}
		form.Set("why", "kembali ke kunci semula")
		c.page(t, admin, http.MethodPost, address, form, http.StatusSeeOther)
		id := form.Get("form")
		must(t, c.settled(courses.RegradesCollection, id))
		if page := c.page(t, admin, http.MethodGet, "/kelola/nilai-ulang/"+id, nil, http.StatusOK); !strings.Contains(page, "Menunggu putusan") || !strings.Contains(page, "Jalankan penilaian ulang") || !strings.Contains(page, "→") {
			t.Error("the page of the dry run does not show who changes and ask for the decision")
		}
		c.page(t, admin, http.MethodPost, "/kelola/nilai-ulang/"+id+"/jalankan", url.Values{}, http.StatusSeeOther)
		must(t, c.settled(courses.RegradesCollection, id))
		if page := c.page(t, admin, http.MethodGet, "/kelola/nilai-ulang/"+id, nil, http.StatusOK); !strings.Contains(page, "Selesai") || !strings.Contains(page, "Kunci versi 1") {
			t.Error("the page does not show the end, or going back made a new key")
		}
		n++
	}
	if back := look(); !back.Attempt.Passed || back.Attempt.Score != first.Attempt.Score {
		t.Errorf("going back gives %+v", back.Attempt)
	}

	must(t, c.settled(courses.AttemptsCollection, attempt))
	if got := inbox(); len(got) != 2*len(originals) {
		t.Errorf("after %d corrections and back the learner's inbox has %q", len(originals), got)
	}

	// The trail: who, in which role, why; for the attempt about whom.
	if _, err := c.audit.Move(t.Context()); err != nil {
		t.Fatal(err)
	}
	var trail struct {
		Items []struct{ Verb, Who, Role, Thing, About, Why string }
	}
	must(t, c.as("auditor").call(t.Context(), http.MethodGet, "/audit?limit=200&about="+url.QueryEscape(c.persons["learner"]), nil, &trail))
	found := 0
	for _, e := range trail.Items {
		if e.Verb == "regrade" && e.Thing == "attempts/"+attempt && e.Who == c.persons["training_admin"] && e.Role == "training_admin" && e.Why != "" {
			found++
		}
	}
	if found != 2*len(originals) {
		b, _ := json.Marshal(trail)
		t.Errorf("%d of %d changes of the attempt are in the audit trail: %.2000s", found, 2*len(originals), b)
	}
}

// page asks for a page as a browser would.
func (c *city) page(t *testing.T, cl *client, method, path string, form url.Values, want int) string {
	t.Helper()
	media, body := "", ""
	if form != nil {
		media, body = "application/x-www-form-urlencoded", form.Encode()
	}
	browser := *cl.http
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	status, _, answer := send(t, &client{base: cl.base, cookie: cl.cookie, http: &browser}, method, path, media, body, "Sec-Fetch-Site", "same-origin")
	if status != want {
		t.Fatalf("%s %s: %d, want %d: %.600s", method, path, status, want, answer)
	}
	return string(answer)
}
