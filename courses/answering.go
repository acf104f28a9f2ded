package courses

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Saved is the answer to an autosave.
type Saved struct {
	Seq  int           // to be sent with the next save
	Left time.Duration // by the server's clock; 0 without limit

	EndsAt time.Time // with extra time given meanwhile; zero without limit

	Advice map[string]texts.Text // item -> why its answer, kept as it is, cannot be read as what is asked for; see grading.Advise
}

// Save keeps answers of an open attempt: usually the one that just changed, after a lost network all that wait. seq is the number of the form or of the
// last save the writer saw. It is one read and one swap of the attempt.
//
// A writer that did not see the last save (a tab left open elsewhere) is refused with Conflict and nothing of either is lost: the stored answers stay,
// the tab keeps what it shows. Repeating a save whose answer got lost is recognised and answered as the first time.
// Errors: Conflict when the attempt has ended (late answers are counted, not kept), Invalid for an item that is not on the form or an answer of the
// wrong shape, TooLarge.
func (s *Service) Save(ctx context.Context, a access.Actor, id AttemptID, answers map[string]grading.Answer, seq int) (Saved, error) {
	return s.SaveFrom(ctx, a, id, answers, Page{Seq: seq})
}

// Page is where answers come from.
type Page struct {
	Seq int // of the form or the last save it saw
	Tab int // of FormView; 0: not a page (a program), which goes by Seq alone
}

// missed says whether the attempt went on somewhere else: another page was opened since, or somebody saved.
func (p Page) missed(at *Attempt) bool { return p.Tab > 0 && p.Tab != at.Tab || p.Seq != at.Seq }

// SaveFrom is Save for a page that Open gave: the page opened last wins, an older one is refused as stale and keeps what it holds.
func (s *Service) SaveFrom(ctx context.Context, a access.Actor, id AttemptID, answers map[string]grading.Answer, from Page) (Saved, error) {
	now := s.now()
	at, err := s.answering(ctx, a, id, answers, now, func(at *Attempt) error {
		answers := at.typed(answers)
		if err := s.accept(ctx, at, answers); err != nil {
			return err
		}
		if repeated(at, answers, from.Seq) {
			return storage.Unchanged
		}
		if from.missed(at) {
			return errStale()
		}
		if err := s.heldUp(ctx, at); err != nil {
			return err
		}
		keep(at, answers)
		at.noteFirst(answers, now)
		return nil
	})
	if err != nil {
		return Saved{}, err
	}
	out := saved(at, now)
	for item := range answers {
		n := at.find(item)
		advice, err := s.advice(ctx, at, n, at.answer(n))
		if err != nil {
			return Saved{}, err
		}
		if !advice.Empty() {
			if out.Advice == nil {
				out.Advice = map[string]texts.Text{}
			}
			out.Advice[item] = advice
		}
	}
	return out, nil
}

// advice is what a taker is told of an answer to the n-th item; empty when it can be read. A corrected key may read what the first one did not; it is looked at only then.
func (s *Service) advice(ctx context.Context, at *Attempt, n int, ans grading.Answer) (texts.Text, error) {
	slot := at.slot(n)
	it, err := s.item(ctx, slot.Item)
	if err != nil || grading.Advise(it.Item, ans).Empty() {
		return texts.Text{}, err
	}
	keys, err := s.corrected(ctx, at.Course)
	if err != nil {
		return texts.Text{}, err
	}
	if it, err = s.keyed(ctx, slot.Item, keys.number(slot.Item)); err != nil {
		return texts.Text{}, err
	}
	return grading.Advise(it.Item, ans), nil
}

// answering changes an attempt by answers of its taker, while it is open. One whose time is up is ended instead, and says so: what was saved counts, what comes now does not.
func (s *Service) answering(ctx context.Context, a access.Actor, id AttemptID, answers map[string]grading.Answer, now time.Time, change func(at *Attempt) error) (*Attempt, error) {
	if err := size(answers); err != nil {
		return nil, err
	}
	var ended error
	d, err := s.kept(id).Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		ended = nil
		if _, err := s.may(ctx, a, "take", "attempt", id, d.Value.Person); err != nil {
			return err
		}
		at := &d.Value
		if at.State != AttemptOpen {
			return at.errEnded()
		}
		if at.over(now) {
			at.Refused = len(changed(at, answers))
			if rehearsed(id) {
				if err := s.gradeRehearsal(ctx, id, at, now); err != nil {
					return err
				}
			} else {
				s.end(d, now)
			}
			ended = at.errEnded()
			return nil
		}
		return change(at)
	})
	if err != nil {
		return nil, notFound(err, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	if ended != nil {
		if !rehearsed(id) {
			s.wake(ctx, AttemptsCollection, id)
		}
		return nil, ended
	}
	return &d.Value, nil
}

func saved(at *Attempt, now time.Time) Saved {
	return Saved{Seq: at.Seq, Left: at.left(now), EndsAt: at.EndsAt}
}

func (at *Attempt) errEnded() error {
	if at.Exam != nil && at.Exam.Stopped {
		return faults.New(faults.Conflict, "Pengawas mengakhiri ujian ini. Jawaban yang tersimpan sebelum itu tetap dinilai.", "The invigilator ended this exam. The answers saved before are graded.")
	}
	if at.TimedOut {
		return faults.New(faults.Conflict, "Waktu sudah habis. Jawaban yang tersimpan sebelum waktu habis tetap dinilai.",
			"Time is up. The answers saved before the end are graded.")
	}
	return faults.New(faults.Conflict, "Percobaan ini sudah dikumpulkan.", "This attempt has been handed in.")
}

// Stale marks the Conflict of a tab that did not see the last save; its field path tells it from other conflicts.
const Stale = "seq"

func errStale() error {
	return faults.New(faults.Conflict, "Tes ini juga dibuka di tab atau perangkat lain, dan jawaban di sana lebih baru. Muat ulang halaman ini untuk melanjutkan; jawaban yang tersimpan tidak hilang.",
		"This test is also open in another tab or device, where the answers are newer. Reload this page to go on; the saved answers are not lost.").
		With(Stale, "Halaman ini sudah tidak mutakhir.", "This page is out of date.")
}

// repeated recognises a save that was stored and whose answer got lost: it names the number before the stored one and changes nothing.
func repeated(at *Attempt, answers map[string]grading.Answer, seq int) bool {
	if seq != at.Seq-1 || len(answers) == 0 {
		return false
	}
	return len(changed(at, answers)) == 0
}

// changed leaves of answers those that are not kept as they are. All items are on the form.
func changed(at *Attempt, answers map[string]grading.Answer) map[string]grading.Answer {
	out := map[string]grading.Answer{}
	for item, ans := range answers {
		if n := at.find(item); n < 0 || !at.holds(n, ans) {
			out[item] = ans
		}
	}
	return out
}

// keep stores answers and raises the number. A blank answer takes an earlier one back.
func keep(at *Attempt, answers map[string]grading.Answer) {
	for item, ans := range answers {
		at.put(at.find(item), ans)
	}
	at.Seq++
}

// size refuses answers that cannot fit an attempt before anything is read. What is stored beside them is under 8 KB.
func size(answers map[string]grading.Answer) error {
	const room = storage.MaxAttempt - 8<<10
	n := 0
	for item, ans := range answers {
		n += len(item) + weight(ans)
	}
	if n > room {
		return faults.New(faults.TooLarge, "Jawaban terlalu panjang: satu percobaan paling banyak 200 KB. Persingkat jawaban yang terpanjang, lalu simpan lagi.", "The answers are too long: an attempt has at most 200 KB. Shorten the longest one and save again.")
	}
	return nil
}

// weight is about what an answer takes up.
func weight(a grading.Answer) int {
	n := 40 + len(a.Text)
	for _, c := range a.Choices {
		n += len(c) + 3
	}
	for _, f := range a.Files {
		n += len(f.Blob) + len(f.Name) + 40
	}
	for _, p := range a.Parts {
		n += weight(p)
	}
	return n
}

// readable says whether all that is typed in an answer is whole text.
func readable(a grading.Answer) bool {
	for _, p := range a.Parts {
		if !readable(p) {
			return false
		}
	}
	return utf8.ValidString(a.Text) && !strings.ContainsRune(a.Text, 0)
}

// accept checks that answers belong to the form and have the shape their item asks for. It says nothing about right or wrong.
func (s *Service) accept(ctx context.Context, at *Attempt, answers map[string]grading.Answer) error {
	for _, item := range slices.Sorted(maps.Keys(answers)) {
		ans := answers[item]
		n := at.find(item)
		if n < 0 {
			if !utf8.ValidString(item) {
				item = "?"
			}
			return faults.New(faults.Invalid, "Ada jawaban untuk soal yang tidak ada pada lembar Anda.", "There is an answer to an item that is not on your form.").
				With("answers."+item, "Soal ini tidak ada pada lembar Anda.", "This item is not on your form.")
		}
		if len(ans.Files) > 0 && !at.holds(n, ans) { // a reference that was not received here names somebody else's file
			return faults.New(faults.Invalid, "Berkas dikirim satu per satu, bukan bersama jawaban.", "Files are sent one by one, not with the answers.").
				With("answers."+item+".files", "Kirim berkasnya sendiri.", "Send the file itself.")
		}
		if !readable(ans) {
			return faults.New(faults.Invalid, "Jawaban berisi huruf yang rusak. Ketik ulang.", "The answer contains broken characters. Type it again.").
				With("answers."+item+".text", "Ada huruf yang rusak. Ketik ulang.", "There are broken characters. Type them again.")
		}
		it, err := s.item(ctx, item)
		if err != nil {
			return err
		}
		if err := grading.Accept(it.Item, at.slot(n), at.answer(n), ans); err != nil {
			f := *faults.Of(err)
			f.Fields = slices.Clone(f.Fields)
			for i := range f.Fields {
				f.Fields[i].Path = "answers." + item + "." + f.Fields[i].Path
			}
			return &f
		}
		if err := s.stillOpen(ctx, at, n, ans); err != nil {
			return err
		}
	}
	return nil
}

// end moves an open attempt to submitted, at the time it ended.
func (s *Service) end(d *storage.Doc[Attempt], now time.Time) {
	at := &d.Value
	at.State, at.SubmittedAt = AttemptSubmitted, now
	if at.over(now) {
		at.TimedOut, at.SubmittedAt = true, at.EndsAt
		if at.SubmittedAt.After(now) { // a pause that nobody ended
			at.SubmittedAt = now
		}
	}
	if at.Exam != nil {
		at.Exam.Paused, at.Exam.ByAll = time.Time{}, false
	}
	d.Due = storage.NewDue(GradeStep, now)
}

// Receipt is the answer to a submit; a second submit gets the same one.
type Receipt struct {
	Attempt     AttemptID
	SubmittedAt time.Time
	TimedOut    bool // the time was up: what was saved before counts
	Answered    int
	Items       int
	Refused     int // answers that came too late
}

// Submit ends an attempt with the answers given now beside those saved: one write, open to submitted. Safe to call twice: an attempt that has ended gives
// the same receipt and takes nothing more. After the end of its time the answers saved before count and those sent now are refused, which the receipt
// says; that is no error. Errors: as Save, and Conflict for a stale tab that sends other answers than the stored ones.
func (s *Service) Submit(ctx context.Context, a access.Actor, id AttemptID, answers map[string]grading.Answer, seq int) (Receipt, error) {
	return s.SubmitFrom(ctx, a, id, answers, Page{Seq: seq})
}

// SubmitFrom is Submit for a page that Open gave.
func (s *Service) SubmitFrom(ctx context.Context, a access.Actor, id AttemptID, answers map[string]grading.Answer, from Page) (Receipt, error) {
	if err := size(answers); err != nil {
		return Receipt{}, err
	}
	if rehearsed(id) {
		return s.finishRehearsal(ctx, a, id, answers, from)
	}
	now := s.now()
	d, err := s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		if _, err := s.may(ctx, a, "take", "attempt", id, d.Value.Person); err != nil {
			return err
		}
		at := &d.Value
		answers := at.typed(answers)
		if at.State != AttemptOpen {
			late := len(changed(at, answers))
			if !at.TimedOut || at.Refused > 0 || late == 0 {
				return storage.Unchanged
			}
			at.Refused = late // the clock was faster than this submit: it is told so as if it had closed the attempt itself
			return nil
		}
		if at.over(now) {
			at.Refused = len(changed(at, answers))
			s.end(d, now)
			return nil
		}
		if err := s.heldUp(ctx, at); err != nil {
			return err
		}
		if err := s.accept(ctx, at, answers); err != nil {
			return err
		}
		if changes := changed(at, answers); len(changes) > 0 {
			if from.missed(at) {
				return errStale()
			}
			keep(at, changes)
			at.noteFirst(changes, now)
		}
		s.end(d, now)
		return nil
	})
	if err != nil {
		return Receipt{}, notFound(err, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	if d.Due != nil && d.Due.Step == GradeStep {
		s.wake(ctx, AttemptsCollection, id)
	}
	sum := summary(id, &d.Value)
	return Receipt{Attempt: id, SubmittedAt: d.Value.SubmittedAt, TimedOut: d.Value.TimedOut, Answered: sum.Answered, Items: sum.Items, Refused: d.Value.Refused}, nil
}

// Extend gives an open attempt extra minutes, while it runs. Nobody extends their own. Audited; key makes a repeated post extend once.
// Errors: Conflict when it has ended, Invalid without a reason, without a time limit or for other than 1 to 240 minutes.
func (s *Service) Extend(ctx context.Context, a access.Actor, id AttemptID, minutes int, key, why string) (AttemptDoc, error) {
	d, err := s.attempts.Get(ctx, id)
	if err != nil {
		return AttemptDoc{}, notFound(err, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	role, err := s.may(ctx, a, "extend", "attempt", id, d.Value.Person)
	if err != nil {
		return AttemptDoc{}, err
	}
	if minutes < 1 || minutes > 240 {
		return AttemptDoc{}, faults.OnField("minutes", "Tambahan waktu 1 sampai 240 menit.", "Extra time is 1 to 240 minutes.")
	}
	if strings.TrimSpace(why) == "" {
		return AttemptDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	if err := s.mayLast(ctx, &d.Value, minutes); err != nil && (key == "" || d.Value.Extended != key) {
		return AttemptDoc{}, err
	}
	now := s.now()
	entry := s.entry(a, role, "extra_time", AttemptsCollection, id, d.Value.Person, why, "minutes="+itoa(minutes))
	d, err = s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		at := &d.Value
		if key != "" && at.Extended == key {
			return storage.Unchanged
		}
		if at.State != AttemptOpen || at.over(now) {
			return faults.New(faults.Conflict, "Percobaan ini sudah berakhir.", "This attempt has ended.")
		}
		if at.EndsAt.IsZero() {
			return faults.New(faults.Invalid, "Tes ini tidak punya batas waktu, jadi tidak perlu tambahan waktu.", "This test has no time limit, so it needs no extra time.")
		}
		at.EndsAt = at.EndsAt.Add(time.Duration(minutes) * time.Minute)
		at.Extra += minutes
		at.Extended = key
		d.Due = at.awaitEnd()
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err == nil && d.Value.Exam != nil {
		err = s.sitsAlone(ctx, &d.Value, d.Value.EndsAt)
	}
	if err != nil {
		return AttemptDoc{}, err
	}
	return summary(id, &d.Value), nil
}
