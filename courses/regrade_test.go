package courses_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

var (
	citra   = access.Actor{Person: "citra"}
	dewi    = access.Actor{Person: "dewi"}
	other   = access.Actor{Person: "adm2", Grants: []access.Grant{{Role: "training_admin"}}}
	marker  = access.Actor{Person: "nilai", Grants: []access.Grant{{Role: "marker"}}}
	auditor = access.Actor{Person: "aud", Grants: []access.Grant{{Role: "auditor"}}}
)

// smallTest draws all six items of the bank "pre" for the post-test: every form shows every item.
func smallTest(c *courses.Content) {
	c.Quizzes = quizzes()
	c.Quizzes[2].Bank, c.Quizzes[2].Draw, c.Quizzes[2].Attempts = "pre", grading.PerObjective(map[string]int{"9.1": 3, "9.2": 3}), 2
}

// newRegradeWorld has a course whose item P-00 has the key b where c would be right.
func newRegradeWorld(t testing.TB) (w *world, item string) {
	w = newWorld(t)
	for _, id := range []string{"citra", "dewi", "adm2", "nilai", "aud"} {
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-dukcapil", "u-city"}, PositionKind: "pelaksana", Status: "PNS"})
	}
	v := w.course("APEL-109", smallTest)
	items, err := w.Items(ctx, author, v.ID, "pre")
	must(t, err)
	return w, items[0].ID
}

// answer fills a form: the item under suspicion with the option that has this text, the others right up to a number.
func fill(f courses.FormView, item, chosen string, right int) map[string]grading.Answer {
	out := map[string]grading.Answer{}
	for _, it := range f.Items {
		want := "salah satu"
		switch {
		case it.Item == item:
			want = chosen
		case right > 0:
			want = "benar"
			right--
		}
		for _, c := range it.Choices {
			if strings.Contains(string(c.HTML), want) {
				out[it.Item] = grading.Answer{Choices: []string{c.ID}}
			}
		}
	}
	return out
}

// sit takes the post-test.
func (w *world) sit(a access.Actor, e, item, chosen string, right int) courses.AttemptID {
	w.Helper()
	f, err := w.Start(ctx, a, e, "posttest")
	must(w, err)
	_, err = w.Submit(ctx, a, f.Attempt, fill(f, item, chosen, right), f.Seq)
	must(w, err)
	w.clock.pass(time.Second)
	w.chain()
	return f.Attempt
}

// keyOn is the item's key with another option right.
func (w *world) keyOn(item string, right ...string) grading.Key {
	w.Helper()
	it, err := w.ItemToCorrect(ctx, admin, item)
	must(w, err)
	k := it.AnswerKey()
	for i := range k.Options {
		k.Options[i].Mark = 0
		for _, r := range right {
			if k.Options[i].ID == r {
				k.Options[i].Mark = grading.Full
			}
		}
	}
	return k
}

func (w *world) checked(a access.Actor, key, item string, k grading.Key) courses.RegradeDoc {
	w.Helper()
	r, err := w.CheckRegrade(ctx, a, courses.RegradeInput{Key: key, Item: item, To: k, Why: "kunci salah, lihat Perwali pasal 3"})
	must(w, err)
	w.chain()
	r, err = w.RegradeByID(ctx, a, r.ID)
	must(w, err)
	if r.State != courses.RegradeChecked {
		w.Fatalf("the dry run ended as %+v", r)
	}
	return r
}

func (w *world) regraded(a access.Actor, key, item string, k grading.Key) courses.RegradeDoc {
	w.Helper()
	w.checked(a, key, item, k)
	_, err := w.ConfirmRegrade(ctx, a, key)
	must(w, err)
	w.chain()
	r, err := w.RegradeByID(ctx, a, key)
	must(w, err)
	if r.State != courses.RegradeFinished {
		w.Fatalf("the regrade ended as %+v", r)
	}
	return r
}

func (w *world) stateOf(a access.Actor, e string) courses.EnrolmentDoc {
	w.Helper()
	d, err := w.Enrolment(ctx, a, e)
	must(w, err)
	return d
}

func (w *world) changesOf(id string) map[string]courses.RegradeChange {
	w.Helper()
	list, _, err := w.Changes(ctx, admin, id, courses.ChangeFilter{})
	must(w, err)
	out := map[string]courses.RegradeChange{}
	for _, c := range list {
		if c.Kind == courses.PostTest {
			out[c.Person] = c
		}
	}
	return out
}

// trail is what the attempt's document carries for the audit journal.
func (w *world) trail(collection, id, verb string) []storage.Audit {
	w.Helper()
	e, err := w.db.Envelope(ctx, collection, id)
	must(w, err)
	var out []storage.Audit
	for _, x := range e.Trail {
		if x.Verb == verb {
			out = append(out, x)
		}
	}
	return out
}

// A wrong key, from the dry run to the end: who failed by it completes the course, who passed by it keeps the certificate and is listed, who waits for one
// loses the completion; the results before stay.
func TestRegrade(t *testing.T) {
	w, item := newRegradeWorld(t)
	people := []access.Actor{ani, budi, citra, dewi}
	e := map[string]string{}
	for _, a := range people {
		e[a.Person] = w.prepare(a, "APEL-109").ID
	}
	assigned, err := w.Assign(ctx, admin, courses.AssignInput{Key: "tugas", Person: "citra", Course: "APEL-109", Reason: courses.ReasonBase, Because: text("wajib"), Due: "2026-12-31"})
	must(t, err)
	w.chain()
	at := map[string]string{
		"ani":  w.sit(ani, e["ani"], item, "salah dua", 4),    // 4 of 6: fails; 5 of 6 with the right key
		"budi": w.sit(budi, e["budi"], item, "benar P-00", 4), // 5 of 6: passes and is certified; 4 of 6 with the right key
	}
	at["dewi"] = w.sit(dewi, e["dewi"], item, "benar P-00", 5) // 6 of 6, still passes with 5
	w.hold = true
	at["citra"] = w.sit(citra, e["citra"], item, "benar P-00", 4) // passes, the certificate still waits
	if x := w.stateOf(budi, e["budi"]); x.Done.Certified.IsZero() {
		t.Fatal("no certificate was begun")
	}
	before := w.result(ani, at["ani"])

	k := w.keyOn(item, "c")
	r := w.checked(admin, "rg", item, k)
	plan := w.changesOf("rg")
	for person, want := range map[string]courses.Effect{"ani": courses.EffectCompletes, "budi": courses.EffectListed, "citra": courses.EffectWithdrawn, "dewi": courses.EffectScore} {
		if c := plan[person]; c.Effect != want || !c.Changed || c.Done {
			t.Errorf("the dry run says of %s: %+v, want %s", person, c, want)
		}
	}
	if c := plan["ani"]; c.Before != 66_666 || c.After != 83_333 || c.PassedBefore || !c.PassesNow {
		t.Errorf("the dry run says %+v", c)
	}
	if r.Plan.Completes != 1 || r.Plan.Listed != 1 || r.Plan.Withdrawn != 1 || r.Plan.Score != 1 || r.Plan.Passes != 1 || r.Plan.Fails != 2 || r.Plan.Left != 0 {
		t.Errorf("the dry run counts %+v", r.Plan)
	}
	if now := w.result(ani, at["ani"]); !reflect.DeepEqual(now, before) {
		t.Fatal("the dry run changed a result")
	}
	if x := w.stateOf(ani, e["ani"]); x.State != courses.Active {
		t.Fatal("the dry run changed an enrolment")
	}

	// While it runs, results say so and certificates wait.
	_, err = w.ConfirmRegrade(ctx, admin, "rg")
	must(t, err)
	must(t, w.RunRegrade(ctx, "rg")) // takes the key
	doc, err := w.Attempt(ctx, budi, at["budi"])
	must(t, err)
	if !doc.Regrading {
		t.Error("the attempt does not say that it is being graded again")
	}
	_, err = w.Certifying(ctx, e["citra"])
	is(t, err, faults.Conflict)
	says(t, err, "dinilai ulang")
	if _, err := w.Certifying(ctx, e["budi"]); err != nil {
		t.Error("a certificate that was begun must be finished:", err)
	}
	w.chain()
	w.hold = false
	r, err = w.RegradeByID(ctx, admin, "rg")
	must(t, err)
	if r.State != courses.RegradeFinished || r.Key != 2 || r.Done != r.Plan {
		t.Fatalf("it ended as %+v", r)
	}
	for person, c := range w.changesOf("rg") {
		want := plan[person]
		want.Done = true
		if c != want {
			t.Errorf("of %s was planned %+v, done %+v", person, want, c)
		}
	}
	if x := w.stateOf(ani, e["ani"]); x.State != courses.Completed || x.Done.Score != 83_333 || x.Done.Regrade != "rg" || !x.Taken["posttest"].Passed {
		t.Errorf("ani: %+v", x)
	}
	if x := w.stateOf(budi, e["budi"]); x.State != courses.Completed || x.Done.Score != 83_333 || x.Taken["posttest"].Passed {
		t.Errorf("budi keeps the completion with its score, and the attempts tell the truth: %+v %+v", x, x.Done)
	}
	if x := w.stateOf(citra, e["citra"]); x.State != courses.Active || x.Done != nil || len(x.Undone) != 1 || x.Undone[0].Done.Score != 83_333 {
		t.Errorf("citra: %+v", x)
	}
	open, _, err := w.Assignments(ctx, citra, courses.AssignmentFilter{Person: "citra"})
	must(t, err)
	if len(open) != 1 || open[0].ID != assigned.ID || open[0].State != courses.Assigned {
		t.Errorf("citra's assignment is not open again: %+v", open)
	}
	w.chain()
	if x := w.stateOf(ani, e["ani"]); x.Done.Certified.IsZero() {
		t.Error("ani's certificate was not begun")
	}
	rv, err := w.Review(ctx, budi, at["budi"])
	must(t, err)
	if rv.Regrading || rv.Passed || rv.Score != 66_666 || len(rv.Earlier) != 1 || rv.Earlier[0].Score != 83_333 || !rv.Earlier[0].Passed || rv.Why == "" {
		t.Errorf("budi's page says %+v", rv)
	}
	for _, it := range rv.Items {
		if it.Item == item && string(it.Key[0]) != "salah dua" {
			t.Errorf("the page shows the key %q", it.Key)
		}
	}

	// Every change has its trace in the same document.
	for _, person := range []string{"ani", "budi", "citra", "dewi"} {
		x := w.trail(courses.AttemptsCollection, at[person], "regrade")
		if len(x) != 1 || x[0].Who != "adm" || x[0].Role != "training_admin" || x[0].Why != r.Why || x[0].About != person || !strings.Contains(x[0].Note, "key=2") {
			t.Errorf("trail of %s: %+v", person, x)
		}
	}
	if x := w.trail(courses.RegradesCollection, "rg", "regrade"); len(x) != 1 || x[0].Who != "adm" || x[0].Why != r.Why {
		t.Errorf("trail of the regrade: %+v", x)
	}
	if x := w.trail(courses.EnrolmentsCollection, e["citra"], "regrade"); len(x) != 1 || !strings.Contains(x[0].Note, "completed->active") {
		t.Errorf("trail of citra's enrolment: %+v", x)
	}

	// Whose score or passing changed is told so once, with what follows.
	for person, says := range map[string]string{"ani": "berubah dari 66,66 menjadi 83,33. Percobaan ini sekarang mencapai nilai lulus. Kursus ini Anda selesaikan", "budi": "tidak lagi mencapai nilai lulus. Sertifikat Anda tetap berlaku selama",
		"citra": "Kursus ini menjadi belum selesai; buka kursusnya untuk melihat apa yang masih kurang. Alasan: kunci salah", "dewi": "berubah dari 100 menjadi 83,33. Sertifikat Anda tetap berlaku dan menyebut nilai yang lama"} {
		n := w.told[at[person]]
		if len(n) != 1 || n[0].Person != person || n[0].Regrade != "rg" || !strings.Contains(n[0].Body.ID, says) || n[0].Body.EN == "" || !strings.Contains(n[0].Title.ID, "Layanan Tanpa Pungli") {
			t.Errorf("%s was told %+v", person, n)
		}
	}

	// What is graded from now on rests on the corrected key.
	last := w.result(citra, w.sit(citra, e["citra"], item, "salah dua", 5))
	if len(last) != 1 || last[0].Result.Score() != 100_000 || !last[0].Passed || last[0].Untold {
		t.Errorf("a new attempt was graded %+v", last)
	}
}

// result reads the gradings of an attempt as stored.
func (w *world) result(a access.Actor, id string) []courses.Grading {
	w.Helper()
	g, err := w.TestOnlyResults(ctx, id)
	must(w, err)
	return g
}

// Property: the same key changes nothing; another key and back gives the first result bit for bit, whatever was answered.
func TestRegradeThereAndBack(t *testing.T) {
	w, item := newRegradeWorld(t)
	var all []string
	for i := range 12 {
		id := fmt.Sprintf("p%02d", i)
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-dukcapil", "u-city"}, PositionKind: "pelaksana", Status: "PNS"})
		a := access.Actor{Person: id}
		e := w.prepare(a, "APEL-109").ID
		all = append(all, w.sit(a, e, item, []string{"benar P-00", "salah satu", "salah dua"}[i%3], i%6))
	}
	first := map[string][]courses.Grading{}
	for _, id := range all {
		first[id] = w.result(admin, id)
	}
	original := w.keyOn(item, "b")
	if r := w.regraded(admin, "same", item, original); r.Done.Changed != 0 || r.Key != 1 || r.Done.Held < 12 {
		t.Fatalf("the same key changed something: %+v", r)
	}
	for _, id := range all {
		if !reflect.DeepEqual(w.result(admin, id), first[id]) {
			t.Fatalf("%s was changed by the same key", id)
		}
	}
	there := w.regraded(admin, "there", item, w.keyOn(item, "c"))
	if there.Key != 2 || there.Done.Changed < 8 {
		t.Fatalf("another key changed %+v", there)
	}
	back := w.regraded(admin, "back", item, original)
	if back.Key != 1 {
		t.Fatalf("going back made key version %d", back.Key)
	}
	for _, id := range all {
		now := w.result(admin, id)
		if len(now) != 3 || !reflect.DeepEqual(now[0], first[id][0]) || !reflect.DeepEqual(now[2].Result, first[id][0].Result) || now[2].Passed != first[id][0].Passed {
			t.Fatalf("%s: %+v", id, now)
		}
	}
	if again := w.regraded(admin, "again", item, w.keyOn(item, "c")); again.Key != 2 || again.Done.Changed != there.Done.Changed {
		t.Fatalf("the same correction again is %+v", again)
	}
	void := original
	void.Void = true
	if gone := w.regraded(admin, "void", item, void); gone.Key != 3 {
		t.Fatalf("%+v", gone)
	}
	for _, id := range all {
		now := w.result(admin, id)
		if m := now[len(now)-1]; m.Result.Earned < first[id][0].Result.Earned {
			t.Fatalf("%s lost by an item taken out", id)
		}
	}
}

// The own attempt of whoever has it run is left to another, who takes it along with the same key.
func TestRegradeLeavesOwnAttempts(t *testing.T) {
	w, item := newRegradeWorld(t)
	e := w.prepare(admin, "APEL-109").ID
	at := w.sit(admin, e, item, "salah dua", 4)
	ea := w.prepare(ani, "APEL-109").ID
	w.sit(ani, ea, item, "salah dua", 4)
	k := w.keyOn(item, "c")
	r := w.regraded(admin, "mine", item, k)
	if r.Plan.Left == 0 || r.Done.Left != r.Plan.Left || r.Done.Passes != 1 {
		t.Fatalf("%+v", r)
	}
	if len(w.result(other, at)) != 1 || w.stateOf(admin, e).State != courses.Active {
		t.Fatal("the admin's own attempt was graded again by themselves")
	}
	if c := w.changesOf("mine")["adm"]; !c.Left || c.Changed || c.Before != 0 {
		t.Fatalf("%+v", c)
	}
	r = w.regraded(other, "theirs", item, k)
	if r.Key != 2 || r.Done.Left != 0 || r.Done.Passes != 1 || w.stateOf(admin, e).State != courses.Completed {
		t.Fatalf("%+v", r)
	}
}

func TestRegradeRefuses(t *testing.T) {
	w, item := newRegradeWorld(t)
	k := w.keyOn(item, "c")
	in := courses.RegradeInput{Key: "rg", Item: item, To: k, Why: "salah"}
	for _, a := range []access.Actor{ani, author, invig, uadmin, {}} {
		if _, err := w.CheckRegrade(ctx, a, in); err == nil {
			t.Errorf("%s may check", a.Person)
		}
		if _, _, err := w.Regrades(ctx, a, "APEL-109", storage.Cursor{}, 0); err == nil {
			t.Errorf("%s may list", a.Person)
		}
	}
	_, err := w.CheckRegrade(ctx, auditor, in)
	is(t, err, faults.Forbidden)
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Item: item, To: k})
	says(t, err, "why")
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Item: item, To: w.keyOn(item), Why: "x"})
	says(t, err, "key.options")
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Item: "APEL-109.P-99.aaaaaaaa", To: k, Why: "x"})
	is(t, err, faults.NotFound)
	_, err = w.RegradeByID(ctx, admin, "tidak-ada")
	is(t, err, faults.NotFound)

	w.checked(marker, "rg", item, k)
	_, err = w.ConfirmRegrade(ctx, marker, "rg")
	is(t, err, faults.Forbidden)
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Key: "rg", Item: item, To: w.keyOn(item, "d"), Why: "x"})
	is(t, err, faults.Conflict)

	// Two corrections of one item: the second dry run no longer fits.
	w.checked(admin, "late", item, w.keyOn(item, "d"))
	_, err = w.ConfirmRegrade(ctx, admin, "rg")
	must(t, err)
	_, err = w.ConfirmRegrade(ctx, admin, "rg") // a repeated post
	must(t, err)
	w.chain()
	_, err = w.ConfirmRegrade(ctx, admin, "late")
	is(t, err, faults.Conflict)
	says(t, err, "Periksa ulang")
	_, err = w.CancelRegrade(ctx, admin, "late", "")
	says(t, err, "why")
	r, err := w.CancelRegrade(ctx, admin, "late", "tidak jadi")
	must(t, err)
	if r.State != courses.RegradeDiscarded {
		t.Fatalf("%+v", r)
	}
	_, err = w.CancelRegrade(ctx, admin, "rg", "terlambat")
	is(t, err, faults.Conflict)
}

// A stopped regrade holds the certificates, goes on where it was, or is replaced by another correction of the same item; nothing else of the course may begin.
func TestRegradeStopsAndGoesOn(t *testing.T) {
	w, item := newRegradeWorld(t)
	items, err := w.Items(ctx, author, "APEL-109.1", "pre")
	must(t, err)
	second := items[1].ID
	e := w.prepare(ani, "APEL-109").ID
	at := w.sit(ani, e, item, "salah dua", 4)
	w.checked(admin, "rg", item, w.keyOn(item, "c"))
	w.checked(admin, "other", second, w.keyOn(second, "c"))
	_, err = w.ConfirmRegrade(ctx, admin, "rg")
	must(t, err)
	must(t, w.RunRegrade(ctx, "rg"))
	_, err = w.CancelRegrade(ctx, marker, "rg", "x")
	is(t, err, faults.Forbidden)
	r, err := w.CancelRegrade(ctx, admin, "rg", "ada keberatan")
	must(t, err)
	if r.State != courses.RegradeStopped {
		t.Fatalf("%+v", r)
	}
	w.chain()
	if len(w.result(ani, at)) != 1 {
		t.Fatal("a stopped regrade went on")
	}
	if doc, _ := w.Attempt(ctx, ani, at); !doc.Regrading {
		t.Fatal("a stopped regrade is not finished, and the result must say so")
	}
	_, err = w.ConfirmRegrade(ctx, admin, "other")
	is(t, err, faults.Conflict)
	_, err = w.ResumeRegrade(ctx, admin, "rg")
	must(t, err)
	w.chain()
	if r, _ = w.RegradeByID(ctx, admin, "rg"); r.State != courses.RegradeFinished || len(w.result(ani, at)) != 2 {
		t.Fatalf("%+v", r)
	}
	_, err = w.ResumeRegrade(ctx, admin, "rg") // a repeated click
	must(t, err)

	w.checked(admin, "rg2", item, w.keyOn(item, "d"))
	_, err = w.ConfirmRegrade(ctx, admin, "rg2")
	must(t, err)
	must(t, w.RunRegrade(ctx, "rg2"))
	_, err = w.CancelRegrade(ctx, admin, "rg2", "salah pilih")
	must(t, err)
	w.regraded(admin, "rg3", item, w.keyOn(item, "c"))
	if r, _ = w.RegradeByID(ctx, admin, "rg2"); r.State != courses.RegradeReplaced {
		t.Fatalf("%+v", r)
	}
	if g := w.result(ani, at); g[len(g)-1].Result.Score() != 83_333 {
		t.Fatalf("%+v", g)
	}
}

// A certificate that waited is made as soon as the regrade ends, not after its backoff, and with the new score.
func TestRegradeLetsWaitingCertificatesGo(t *testing.T) {
	w, item := newRegradeWorld(t)
	e := w.prepare(ani, "APEL-109").ID
	w.hold = true
	w.sit(ani, e, item, "salah dua", 5) // 5 of 6, 6 of 6 with the right key
	w.checked(admin, "rg", item, w.keyOn(item, "c"))
	_, err := w.ConfirmRegrade(ctx, admin, "rg")
	must(t, err)
	must(t, w.RunRegrade(ctx, "rg"))
	w.hold = false
	w.chain() // looks at the enrolment first: it has to wait
	x := w.stateOf(ani, e)
	if x.Done == nil || x.Done.Certified.IsZero() || x.Done.Score != 100_000 {
		t.Fatalf("%+v", x.Done)
	}
	c, err := w.TestOnlyCompleted(ctx, e)
	must(t, err)
	if c.Score != 100_000 {
		t.Fatalf("%+v", c)
	}
}

// Whoever ends an attempt between the dry run and the run is graded again as well; the regrade says by how many results it went beyond its preview.
func TestRegradeSaysWhatItDidBeyondItsDryRun(t *testing.T) {
	w, item := newRegradeWorld(t)
	e := map[string]string{}
	for _, a := range []access.Actor{ani, budi, dewi} {
		e[a.Person] = w.prepare(a, "APEL-109").ID
	}
	w.sit(ani, e["ani"], item, "benar P-00", 5)
	r := w.checked(admin, "rg", item, w.keyOn(item, "c"))
	w.sit(budi, e["budi"], item, "benar P-00", 5) // meanwhile, and changed
	w.sit(dewi, e["dewi"], item, "salah satu", 5) // meanwhile, and right or wrong by neither key
	if more, ended := r.Beyond(); more != 0 || ended != 0 {
		t.Errorf("a dry run is beyond itself by %d, %d", more, ended)
	}
	_, err := w.ConfirmRegrade(ctx, admin, "rg")
	must(t, err)
	w.chain()
	r, err = w.RegradeByID(ctx, admin, "rg")
	must(t, err)
	more, ended := r.Beyond()
	if r.State != courses.RegradeFinished || more != r.Done.Changed-r.Plan.Changed || more != 1 || ended != r.Done.Held-r.Plan.Held || ended < 2 {
		t.Errorf("%d results of %d attempts beyond the dry run: plan %+v, done %+v", more, ended, r.Plan, r.Done)
	}
	if r := w.regraded(admin, "again", item, w.keyOn(item, "b")); r.Done.Changed != r.Plan.Changed {
		t.Errorf("%+v", r)
	} else if more, _ := r.Beyond(); more != 0 {
		t.Errorf("%d results beyond a dry run after which nobody sat", more)
	}
}
