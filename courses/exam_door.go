package courses

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Caller is where a request comes from: the address as internal/visit decides it (the connection's, or what a trusted proxy says) and the browser's device cookie.
// The zero Caller is nowhere.
type Caller struct {
	Address netip.Addr
	Device  string
}

func (s *Service) caller(ctx context.Context) Caller {
	if s.cfg.Caller == nil {
		return Caller{}
	}
	return s.cfg.Caller(ctx)
}

// inside says whether an address is in one of the networks; with none everything is.
func inside(networks []string, at netip.Addr) bool {
	if len(networks) == 0 {
		return true
	}
	return slices.ContainsFunc(networks, func(n string) bool {
		p, err := netip.ParsePrefix(n)
		return err == nil && p.Contains(at)
	})
}

// ExamCard is what a learner knows of the exam that decides about a quiz.
type ExamCard struct {
	ID     string
	Name   string
	Opens  time.Time
	Closes time.Time
	Latest time.Time // until when one may begin
	State  ExamState
	Locked bool // asks for a password
	Extra  int  // minutes of one's own
	Delay  int
	Of     int        // attempts inside; 0 as the quiz
	Away   bool       // the request comes from outside the exam's networks
	Refuse texts.Text // why it cannot be begun now, and what to do; empty when it can
}

// MayStart says whether the quiz can be begun inside it now.
func (x *ExamCard) MayStart() bool { return x.Refuse.Empty() }

// deciding is the exam that decides about somebody's quiz among those of its course: one that is open, else the next, else the last. nil: there is none.
func deciding(all []storage.Doc[Exam], e *Enrolment, quiz string, now time.Time) *storage.Doc[Exam] {
	var best *storage.Doc[Exam]
	rank := func(x *Exam) int {
		switch {
		case now.Before(x.Opens):
			return 1
		case now.Before(x.end()):
			return 2
		}
		return 0
	}
	for i := range all {
		x := &all[i].Value
		if x.Quiz != quiz || !x.covers(e) {
			continue
		}
		switch {
		case best == nil || rank(x) > rank(&best.Value):
		case rank(x) < rank(&best.Value):
			continue
		case rank(x) == 1 && !x.Opens.Before(best.Value.Opens): // the sooner of two to come
			continue
		case rank(x) != 1 && !x.Closes.After(best.Value.Closes): // the later of two others
			continue
		}
		best = &all[i]
	}
	return best
}

// examsFor reads the exams that may decide about an enrolment: those for it that closed after it began. What is older, and what is for others, is never read; nothing that is for it is
// left out, since a quiz without an exam is open to everybody enrolled.
func (s *Service) examsFor(ctx context.Context, e *Enrolment) (all []storage.Doc[Exam], err error) {
	q := storage.Query{Index: "whom", Term: e.Course, From: storage.OrderTime(e.Since), Desc: true, Limit: 1}
	if p, err := s.exams.Find(ctx, q); err != nil || len(p.Docs) == 0 { // most courses have none
		return nil, err
	}
	q.Limit = 100
	for _, q.Term = range audiences(e.Course, []string{e.Cohort}, e.Units) {
		for q.After = (storage.Cursor{}); ; {
			p, err := s.exams.Find(ctx, q)
			if err != nil {
				return nil, err
			}
			all = append(all, p.Docs...)
			if !p.More {
				break
			}
			q.After = p.Next
		}
	}
	return all, nil
}

// door says whether somebody may begin a quiz inside an exam now, except for the password. units are the person's.
func (s *Service) door(ctx context.Context, d *storage.Doc[Exam], id EnrolmentID, e *Enrolment, quiz string, ended int) (ExamCard, error) {
	x, now := &d.Value, s.now()
	c := ExamCard{ID: d.ID, Name: x.Name, Opens: x.Opens, Closes: x.end(), Latest: x.latest(), State: x.state(now), Locked: x.Password != nil, Extra: x.extraFor(e.Person, e.Units), Delay: x.Delay, Of: x.Attempts,
		Away: !inside(x.Networks, s.caller(ctx).Address)}
	at := func(t time.Time) (string, string) { return s.moment(t) }
	switch {
	case slices.Contains(x.Invigilators, e.Person) || slices.Contains(x.Acted, e.Person):
		c.Refuse = say("Anda pengawas ujian ini, jadi tidak dapat mengerjakannya. Minta admin diklat menjadwalkan ujian lain.", "You invigilate this exam, so you cannot sit it. Ask the training admin for another one.")
	case c.State == ExamPlanned:
		id, en := at(x.Opens)
		c.Refuse = say("Ujian dibuka "+id+". Buka lagi halaman ini pada saat itu.", "The exam opens on "+en+". Come back to this page then.")
	case c.State == ExamClosed || !now.Before(x.end()):
		id, en := at(x.end())
		c.Refuse = say("Ujian sudah ditutup "+id+". Bila Anda belum sempat mengerjakan, minta ujian susulan kepada admin diklat.", "The exam closed on "+en+". If you have not sat it, ask the training admin for another one.")
	case c.State == ExamPaused:
		c.Refuse = say("Ujian sedang dijeda oleh pengawas. Tunggu aba-aba, lalu muat ulang halaman ini.", "The invigilator has paused the exam. Wait for the word, then reload this page.")
	case !now.Before(c.Latest):
		id, en := at(c.Latest)
		c.Refuse = say("Batas mulai ujian ini "+id+" dan sudah lewat. Hubungi pengawas.", "This exam could be begun until "+en+". Talk to the invigilator.")
	case c.Away:
		c.Refuse = say("Ujian ini hanya dapat dikerjakan dari jaringan yang ditentukan, misalnya ruang ujian. Sambungkan perangkat ke jaringan itu, lalu muat ulang; bila sudah, hubungi pengawas.",
			"This exam can be sat only from certain networks, such as the exam room's. Connect to it and reload; if you are connected, talk to the invigilator.")
	}
	if !c.Refuse.Empty() || x.Attempts == 0 && x.Delay == 0 {
		return c, nil
	}
	used := 0
	for n := ended; n >= 1; n-- {
		before, err := s.attempts.Get(ctx, attemptID(id, quiz, n))
		if err != nil {
			return c, err
		}
		if before.Value.Exam == nil || before.Value.Exam.ID != d.ID {
			break
		}
		if used++; used > 1 {
			continue
		}
		if next := before.Value.SubmittedAt.Add(time.Duration(x.Delay) * time.Minute); now.Before(next) {
			id, en := at(next)
			c.Refuse = say("Percobaan berikutnya dapat dimulai "+id+".", "The next attempt can be begun on "+en+".")
		}
	}
	if x.Attempts > 0 && used >= x.Attempts {
		c.Refuse = say(fmt.Sprintf("Ujian ini memberi %d percobaan dan sudah Anda pakai.", x.Attempts), fmt.Sprintf("This exam allows %d attempts, which you have used.", x.Attempts))
	}
	return c, nil
}

// moment says a time of the installation's zone in words: "2 Maret 2026 pukul 08.00 WIB".
func (s *Service) moment(t time.Time) (id, en string) {
	l := t.In(s.cfg.Zone().Location())
	day := s.cfg.Zone().Day(t)
	zone := l.Format("MST")
	return day.In(texts.ID) + " pukul " + l.Format("15.04") + " " + zone, day.In(texts.EN) + " at " + l.Format("15:04") + " " + zone
}

// Tries of a password before one has to wait.
const (
	examTries = 5
	examWait  = 2 * time.Minute
)

// unlock checks the password of an exam. Each try is counted in the seat before it is compared, so that guesses sent at once are no more than those sent one by one.
func (s *Service) unlock(ctx context.Context, d *storage.Doc[Exam], e *Enrolment, password string) error {
	if d.Value.Password == nil {
		return nil
	}
	if password == "" {
		return faults.OnField("password", "Ketik kata sandi ujian yang dibacakan pengawas.", "Type the exam's password as the invigilator reads it out.")
	}
	now, id := s.now(), seatID(d.ID, e.Person)
	if _, err := s.seats.Upsert(ctx, id, func(x *storage.Doc[Seat]) error {
		if x.Version == 0 {
			x.Value = Seat{Exam: d.ID, Person: e.Person}
		}
		if now.Sub(x.Value.TriedAt) >= examWait {
			x.Value.Tries = 0
		}
		if x.Value.Tries >= examTries {
			return faults.New(faults.Conflict, "Kata sandi ujian salah beberapa kali. Tunggu dua menit, lalu coba lagi; pengawas dapat membacakannya sekali lagi.", "The password was wrong several times. Wait two minutes and try again; the invigilator can read it out once more.")
		}
		x.Value.Tries++
		x.Value.TriedAt = now
		return nil
	}); err != nil {
		return err
	}
	if d.Value.Password.fits(password) {
		_, err := s.seats.Update(ctx, id, func(x *storage.Doc[Seat]) error {
			x.Value.Tries, x.Value.TriedAt = 0, time.Time{}
			return nil
		})
		return err
	}
	return faults.OnField("password", "Kata sandi ujian tidak cocok. Periksa lagi; huruf besar, huruf kecil, dan spasi tidak dibedakan.", "The exam's password does not fit. Check it; case and spaces do not matter.")
}

// admit decides whether somebody may begin a quiz now as far as exams go: nil when there is none for them.
func (s *Service) admit(ctx context.Context, id EnrolmentID, e *Enrolment, quiz string, ended int, password string) (*storage.Doc[Exam], error) {
	all, err := s.examsFor(ctx, e)
	if err != nil {
		return nil, err
	}
	d := deciding(all, e, quiz, s.now())
	if d == nil {
		return nil, nil
	}
	c, err := s.door(ctx, d, id, e, quiz, ended)
	if err != nil {
		return nil, err
	}
	if !c.MayStart() {
		return nil, &faults.Error{Kind: faults.Conflict, Text: c.Refuse}
	}
	return d, s.unlock(ctx, d, e, password)
}

// heldUp refuses an answer while the clock stands still, and from outside of the exam's networks.
func (s *Service) heldUp(ctx context.Context, at *Attempt) error {
	switch {
	case at.Exam == nil:
		return nil
	case !at.Exam.Paused.IsZero():
		return errPaused()
	case !inside(at.Exam.Networks, s.caller(ctx).Address):
		return errOutside()
	}
	return nil
}
