package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// VersionReview is where a version stands with its reviewers: as an item version does, but of a draft that goes on changing, so an approval is of one revision.
type VersionReview struct {
	State    ItemState `json:"state"`
	AskedBy  string    `json:"asked_by"`
	AskedAt  time.Time `json:"asked_at"`
	By       string    `json:"by,omitempty"` // who approved it, or gave it back
	At       time.Time `json:"at,omitzero"`
	Why      string    `json:"why,omitempty"`      // it was given back
	Revision int64     `json:"revision,omitempty"` // that was approved; a later one is a draft again
	Untold   bool      `json:"untold,omitempty"`
}

// Stands is where a revision of the version stands.
func (t Talk) Stands(revision int64) ItemState {
	switch r := t.Review; {
	case r == nil, r.State == ItemApproved && r.Revision != revision:
		return ItemDraft
	default:
		return r.State
	}
}

// wrote notes who wrote something of a draft: none of them may approve it.
func (v *Version) wrote(a access.Actor) {
	if a.Person != "" && !slices.Contains(v.Writers, a.Person) && len(v.Writers) < storage.MaxList {
		v.Writers = append(slices.Clip(v.Writers), a.Person)
	}
}

// WrittenBy says whether somebody wrote anything of a version, so that another one reviews it.
func (v *Version) WrittenBy(person PersonID) bool {
	return person != "" && (v.MadeBy == person || slices.Contains(v.Writers, person))
}

// changeReview does one act on the review of a draft; do returns storage.Unchanged when it is done already.
func (s *Service) changeReview(ctx context.Context, a access.Actor, version VersionID, verb, audit, why string, do func(v *Version, revision int64, r VersionReview) (VersionReview, error)) (Talk, error) {
	v, _, err := s.talking(ctx, a, version, "review")
	if err != nil {
		return Talk{}, err
	}
	thing := access.Thing{Kind: "course", ID: v.Course, Owner: v.MadeBy}
	if v.WrittenBy(a.Person) {
		thing.Owner = a.Person
	}
	role, err := s.cfg.Policy.May(a, verb, thing)
	if err != nil {
		if thing.Owner == a.Person && verb == "approve" && errors.Is(err, faults.Forbidden) {
			err = faults.Wrap(err, faults.Forbidden, "Versi ini Anda tulis atau ubah sendiri. Mintalah penelaah lain menelaahnya.", "You wrote or changed this version yourself. Ask another reviewer to review it.")
		}
		return Talk{}, err
	}
	if v.State != Draft {
		return Talk{}, errFrozen()
	}
	next := func(t Talk) (VersionReview, error) {
		was := VersionReview{}
		if t.Review != nil {
			was = *t.Review
		}
		was.State = t.Stands(v.Revision)
		return do(&v.Version, v.Revision, was)
	}
	if verb == "approve" { // whoever judges a version knows the keys of its items
		t, err := s.talks.Get(ctx, version)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return Talk{}, err
		}
		if _, err := next(t.Value); err == nil {
			if err := s.handOnVersion(ctx, a, &v.Content); err != nil {
				return Talk{}, err
			}
		}
	}
	e := s.entry(a, role, audit, TalksCollection, version, "", why, "")
	d, err := s.talks.Upsert(ctx, version, func(d *storage.Doc[Talk]) error {
		d.Value.Course = v.Course
		r, err := next(d.Value)
		if err != nil {
			return err
		}
		r.Untold = true
		d.Value.Review = &r
		d.Due = storage.NewDue(TellStep, e.At)
		d.Trail = append(d.Trail, e)
		return nil
	})
	if err == nil {
		s.wake(ctx, TalksCollection, version)
	}
	return d.Value, err
}

// handOnVersion notes that somebody reviewed every item of a version.
func (s *Service) handOnVersion(ctx context.Context, a access.Actor, c *Content) error {
	for _, ref := range c.Banks {
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return err
		}
		items := make([]string, len(b.Items))
		for i := range b.Items {
			items[i] = b.Items[i].Item
		}
		if err := s.handOn(ctx, a, true, items...); err != nil {
			return err
		}
	}
	return nil
}

// AskVersionReview puts a draft before the reviewers. For authors; audited; safe to call twice. Conflict when it is approved as it is, or no draft.
func (s *Service) AskVersionReview(ctx context.Context, a access.Actor, version VersionID) (Talk, error) {
	return s.changeReview(ctx, a, version, "author", "ask_version_review", "", func(_ *Version, _ int64, r VersionReview) (VersionReview, error) {
		switch r.State {
		case ItemInReview:
			return r, storage.Unchanged
		case ItemApproved:
			return r, faults.New(faults.Conflict, "Versi ini sudah disetujui seperti adanya.", "This version is approved as it is.")
		}
		return VersionReview{State: ItemInReview, AskedBy: a.Name(), AskedAt: s.now()}, nil
	})
}

// ApproveVersion approves a revision of a draft that is in review; a change afterwards makes it a draft again. Whoever wrote anything of it may not. Audited; safe to call twice.
// Errors: Conflict when it changed since it was read, or nobody asked.
func (s *Service) ApproveVersion(ctx context.Context, a access.Actor, version VersionID, revision int64) (Talk, error) {
	return s.changeReview(ctx, a, version, "approve", "approve_version", "", func(_ *Version, now int64, r VersionReview) (VersionReview, error) {
		switch {
		case r.State == ItemApproved:
			return r, storage.Unchanged
		case r.State == ItemDraft:
			return r, faults.New(faults.Conflict, "Penulis belum meminta telaah untuk versi ini.", "The author has not asked for a review of this version.")
		case now != revision:
			return r, faults.New(faults.Conflict, "Draf ini berubah sejak Anda membacanya. Muat ulang, lihat perubahannya, lalu setujui.", "This draft has changed since you read it. Reload, look at the change, then approve.")
		}
		r.State, r.By, r.At, r.Revision = ItemApproved, a.Name(), s.now(), revision
		return r, nil
	})
}

// ReturnVersion gives a draft in review back to its authors and says why. Audited; safe to call twice.
func (s *Service) ReturnVersion(ctx context.Context, a access.Actor, version VersionID, why string) (Talk, error) {
	if why = strings.TrimSpace(why); why == "" || len([]rune(why)) > MaxRemark {
		return Talk{}, faults.OnField("why", "Tulis apa yang perlu diperbaiki, paling banyak 2.000 huruf.", "Say what needs to be corrected, in at most 2,000 characters.")
	}
	return s.changeReview(ctx, a, version, "approve", "return_version", why, func(_ *Version, _ int64, r VersionReview) (VersionReview, error) {
		if r.State == ItemDraft {
			return r, storage.Unchanged
		}
		if r.State == ItemApproved {
			return r, faults.New(faults.Conflict, "Versi ini sudah disetujui seperti adanya.", "This version is approved as it is.")
		}
		r.State, r.By, r.At, r.Why = ItemDraft, a.Name(), s.now(), why
		return r, nil
	})
}

// publishable lists why a version may not be published yet: what checkPublish says, and the approval that its course asks for.
func (s *Service) publishable(ctx context.Context, v VersionDoc) error {
	err := s.checkPublish(ctx, v.Course, &v.Content, s.bankOfRef, s.lessonText, true)
	if err != nil && !errors.Is(err, faults.Invalid) {
		return err
	}
	c, failed := s.courses.Get(ctx, v.Course)
	if failed != nil {
		return failed
	}
	if !c.Value.Reviewed {
		return err
	}
	t, failed := s.talks.Get(ctx, v.ID)
	if failed != nil && !errors.Is(failed, faults.NotFound) {
		return failed
	}
	if t.Value.Stands(v.Revision) == ItemApproved {
		return err
	}
	e := faults.New(faults.Invalid, "Versi ini belum dapat diterbitkan.", "This version cannot be published yet.")
	if err != nil {
		*e = *faults.Of(err)
	}
	return e.With("review", "Versi ini belum disetujui penelaah.", "This version is not approved by a reviewer.")
}

// ReviewRow is one thing that waits for reviewers: a draft, or an item of one.
type ReviewRow struct {
	Course  CourseID
	Title   texts.Text // of the course
	Version VersionID
	Number  int
	Bank    string // of an item; "" is the version itself
	Code    string
	Item    string // item version
	AskedBy string
	AskedAt time.Time
	Mine    bool // the reader wrote of it: somebody else reviews it
}

// VersionsInReview lists the drafts that wait for reviewers, the longest waiting first, a page at a time. For authors and reviewers.
func (s *Service) VersionsInReview(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (list []ReviewRow, next storage.Cursor, err error) {
	if err := s.mayReview(a); err != nil {
		return nil, next, err
	}
	p, err := s.talks.Find(ctx, storage.Query{Index: "review", Term: "all", After: after, Limit: limit})
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		v, err := s.versions.Get(ctx, d.ID)
		if err != nil {
			return nil, next, err
		}
		if v.Value.State == Draft { // else published or discarded meanwhile
			list = append(list, ReviewRow{Course: v.Value.Course, Title: v.Value.Content.Card.Title, Version: d.ID, Number: v.Value.Number, AskedBy: d.Value.Review.AskedBy, AskedAt: d.Value.Review.AskedAt, Mine: v.Value.WrittenBy(a.Person)})
		}
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

// ItemsInReview lists the items that wait for reviewers, the longest waiting first, a page at a time. What its draft does not have any more is left out. For authors and reviewers.
func (s *Service) ItemsInReview(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (list []ReviewRow, next storage.Cursor, err error) {
	if err := s.mayReview(a); err != nil {
		return nil, next, err
	}
	p, err := s.itemLives.Find(ctx, storage.Query{Index: "review", Term: "all", After: after, Limit: limit})
	if err != nil {
		return nil, next, err
	}
	drafts := map[CourseID]placed{}
	for _, d := range p.Docs {
		l := &d.Value
		at, known := drafts[l.Course]
		if !known {
			if at, err = s.places(ctx, l.Course); err != nil {
				return nil, next, err
			}
			drafts[l.Course] = at
		}
		if bank, ok := at.banks[d.ID]; ok {
			list = append(list, ReviewRow{Course: l.Course, Title: at.version.Content.Card.Title, Version: at.version.ID, Number: at.version.Number, Bank: bank, Code: l.Code, Item: d.ID, AskedBy: l.AskedBy, AskedAt: l.AskedAt,
				Mine: a.Person != "" && slices.Contains(l.Writers, a.Person)})
		}
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

func (s *Service) mayReview(a access.Actor) error {
	if !s.cfg.Policy.Scope(a, "review", "course").All {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	return nil
}

// placed is where the item versions of a course's draft stand, or of its head where nothing is being written.
type placed struct {
	version VersionDoc
	banks   map[string]string // item version -> code of its bank
}

func (s *Service) places(ctx context.Context, course CourseID) (placed, error) {
	out := placed{banks: map[string]string{}}
	c, err := s.courses.Get(ctx, course)
	if err != nil {
		return out, err
	}
	id := c.Value.Draft
	if id == "" {
		id = c.Value.Head
	}
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return out, err
	}
	out.version = versionDoc(d)
	for _, ref := range d.Value.Content.Banks {
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return out, err
		}
		for _, it := range b.Items {
			out.banks[it.Item] = ref.Code
		}
	}
	return out, nil
}

// ReviewNews is what somebody is told of a review.
type ReviewNews struct {
	Person PersonID   // "": all reviewers but those in Not
	Not    []PersonID // who wrote it
	Topic  string     // the same for the same news
	Link   string     // path of the page
	Title  texts.Text
	Body   texts.Text
}

// UntoldReview gives what is to be told of the review of an item version, and the state that is said: reviewers hear of what they were asked for, once for all that was asked with one click; who asked
// hears of each item that comes back, and of approvals when the last item of that click is decided. For the chain; takes no actor.
func (s *Service) UntoldReview(ctx context.Context, item string) (news []ReviewNews, state ItemState, err error) {
	d, err := s.itemLives.Get(ctx, item)
	if err != nil || d.Due == nil || d.Due.Step != TellStep {
		return nil, "", err
	}
	l := &d.Value
	at, err := s.places(ctx, l.Course)
	if err != nil {
		return nil, "", err
	}
	title := at.version.Content.Card.Title
	if l.State == ItemInReview {
		return []ReviewNews{{Not: append([]PersonID{l.AskedBy}, l.Writers...), Topic: "review." + l.Ask, Link: "/kelola/telaah", Title: texts.T("Soal menunggu telaah: "+title.ID, "Items wait for review: "+title.In(texts.EN)),
			Body: texts.T("Penulis meminta soal kursus ini ditelaah. Buka untuk menyetujui atau mengembalikannya.", "The author asks for a review of items of this course. Open it to approve them or give them back.")}}, l.State, nil
	}
	if _, err := s.cfg.People.Learner(ctx, l.AskedBy); err != nil { // a part of the program, or somebody who left
		if errors.Is(err, faults.NotFound) {
			err = nil
		}
		return nil, l.State, err
	}
	if l.State == ItemDraft {
		n := ReviewNews{Person: l.AskedBy, Topic: "returned." + item + "." + itoa(len(l.Remarks)), Link: "/kelola/telaah", Title: texts.T("Soal "+l.Code+" perlu diperbaiki: "+title.ID, "Item "+l.Code+" to be corrected: "+title.In(texts.EN))}
		if bank, ok := at.banks[item]; ok {
			n.Link = fmt.Sprintf("/kelola/kursus/%s/%d/bank/%s/soal/%s", l.Course, at.version.Number, bank, l.Code)
		}
		if len(l.Remarks) > 0 {
			why := l.Remarks[len(l.Remarks)-1].Text
			n.Body = texts.T(why, why)
		}
		return []ReviewNews{n}, l.State, nil
	}
	with, err := s.itemLives.Gather(ctx, storage.Query{Index: "review", Term: "ask:" + l.Ask})
	if err != nil {
		return nil, "", err
	}
	approved := 0
	for _, x := range with {
		switch _, there := at.banks[x.ID]; {
		case x.Value.State == ItemInReview && there:
			return nil, l.State, nil // the last one tells
		case x.Value.State == ItemApproved:
			approved++
		}
	}
	return []ReviewNews{{Person: l.AskedBy, Topic: "reviewed." + l.Ask, Link: fmt.Sprintf("/kelola/kursus/%s/%d", l.Course, at.version.Number), Title: texts.T("Telaah soal selesai: "+title.ID, "Items reviewed: "+title.In(texts.EN)),
		Body: texts.T(fmt.Sprintf("%d dari %d soal yang Anda mintakan telaah disetujui.", approved, len(with)), fmt.Sprintf("%d of the %d items you asked a review for are approved.", approved, len(with)))}}, l.State, nil
}

// ToldReview notes that a state of an item's review was told; what came since stays to be told. Step "tell" of an item's life ends here. Safe to call twice.
func (s *Service) ToldReview(ctx context.Context, item string, state ItemState) error {
	_, err := s.itemLives.Update(ctx, item, func(d *storage.Doc[ItemLife]) error {
		if d.Due == nil || d.Due.Step != TellStep || d.Value.State != state {
			return storage.Unchanged
		}
		d.Due = nil
		return nil
	})
	return err
}

// UntoldVersionReview gives what is to be told of the review of a version; false when nothing is. ToldVersionReview ends it. For the chain; takes no actor.
func (s *Service) UntoldVersionReview(ctx context.Context, version VersionID) (ReviewNews, bool, error) {
	d, err := s.talks.Get(ctx, version)
	if err != nil || d.Value.Review == nil || !d.Value.Review.Untold {
		return ReviewNews{}, false, err
	}
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return ReviewNews{}, false, err
	}
	r, title := d.Value.Review, v.Value.Content.Card.Title
	n := ReviewNews{Person: r.AskedBy, Topic: r.topic(version), Link: fmt.Sprintf("/kelola/kursus/%s/%d/catatan", v.Value.Course, v.Value.Number)}
	switch r.State {
	case ItemInReview:
		n.Person, n.Not = "", append([]PersonID{r.AskedBy, v.Value.MadeBy}, v.Value.Writers...)
		n.Title = texts.T("Kursus menunggu telaah: "+title.ID, "A course waits for review: "+title.In(texts.EN))
		n.Body = texts.T("Penulis meminta draf ini ditelaah. Buka untuk membacanya, lalu setujui atau kembalikan.", "The author asks for a review of this draft. Open it to read it, then approve it or give it back.")
		return n, true, nil
	case ItemApproved:
		n.Title, n.Body = texts.T("Kursus disetujui penelaah: "+title.ID, "Course approved by a reviewer: "+title.In(texts.EN)), texts.T("Mengubahnya sebelum terbit meminta telaah baru.", "Changing it before it is published asks for another review.")
	default:
		n.Title, n.Body = texts.T("Kursus perlu diperbaiki: "+title.ID, "Course to be corrected: "+title.In(texts.EN)), texts.T(r.Why, r.Why)
	}
	if _, err := s.cfg.People.Learner(ctx, r.AskedBy); errors.Is(err, faults.NotFound) {
		return ReviewNews{}, false, nil
	} else if err != nil {
		return ReviewNews{}, false, err
	}
	return n, true, nil
}

func (r *VersionReview) topic(version VersionID) string {
	return "review." + version + "." + r.AskedAt.UTC().Format("20060102150405") + "." + string(r.State)
}

// ToldVersionReview notes that news of this topic was told, or that there was nobody to tell (""); what came since stays to be told. Safe to call twice.
func (s *Service) ToldVersionReview(ctx context.Context, version VersionID, topic string) error {
	_, err := s.talks.Update(ctx, version, func(d *storage.Doc[Talk]) error {
		r := d.Value.Review
		if r == nil || !r.Untold || topic != "" && topic != r.topic(version) {
			return storage.Unchanged
		}
		told := *r
		told.Untold = false
		d.Value.Review = &told
		return nil
	})
	return err
}
