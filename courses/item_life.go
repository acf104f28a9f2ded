package courses

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// ItemState is where an item version stands in its review.
type ItemState string

// The states of an item version. An edit makes another version, which begins as a draft; what was approved stays approved.
const (
	ItemDraft    ItemState = "draft"
	ItemInReview ItemState = "in_review"
	ItemApproved ItemState = "approved"
)

// ItemStates lists them in their order.
var ItemStates = []ItemState{ItemDraft, ItemInReview, ItemApproved}

// ItemLife is what happened to one item version: who wrote it, who looked at it, what they said. Its id is the item version's; a version stored before there
// were reviews has none and counts as a draft of nobody known. The item itself never changes.
type ItemLife struct {
	Course CourseID  `json:"course"`
	Code   string    `json:"code"`
	Number int       `json:"number"`           // of the version
	Before string    `json:"before,omitempty"` // item version it was made from
	State  ItemState `json:"state"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`

	Hands   []Hand     `json:"hands,omitempty"`   // who wrote or reviewed this version or one it was made from, or corrected its key; never shortened
	Writers []PersonID `json:"writers,omitempty"` // who wrote anything since the last approval; none of them may approve it
	Remarks []Remark   `json:"remarks,omitempty"`

	AskedBy    string    `json:"asked_by,omitempty"`
	AskedAt    time.Time `json:"asked_at,omitzero"`
	Ask        string    `json:"ask,omitempty"` // the same for all that was asked for with one click
	ApprovedBy string    `json:"approved_by,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
}

// Hand is the part somebody had in an item: whoever had one knows its key.
type Hand struct {
	Person   PersonID  `json:"person"`
	Reviewed bool      `json:"reviewed,omitempty"` // else wrote
	At       time.Time `json:"at"`                 // the first time
}

// Remark is what an author or reviewer says about an item version, a lesson or a version of a course.
type Remark struct {
	ID   string    `json:"id"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`

	// Of a version (Talk) only.
	Lesson    string    `json:"lesson,omitempty"` // code of the lesson it is about
	Settled   time.Time `json:"settled,omitzero"` // what it asks for is done; zero while it is open
	SettledBy string    `json:"settled_by,omitempty"`
	Untold    bool      `json:"untold,omitempty"` // nobody was told of it yet
}

// ItemLivesCollection is where the lives are, as audit entries write it.
const ItemLivesCollection = "item_lives"

var itemLifeDef = storage.Def[ItemLife]{Name: ItemLivesCollection, Shape: 1, Indexes: []storage.Index[ItemLife]{
	{Name: "code", Of: func(d *storage.Doc[ItemLife]) ([]string, string) {
		return []string{d.Value.Course + "." + d.Value.Code}, storage.OrderTime(d.Value.At)
	}},
	{Name: "hand", Of: func(d *storage.Doc[ItemLife]) ([]string, string) {
		var terms []string
		for _, h := range d.Value.Hands {
			if t := h.Person + "/" + d.Value.Course; !slices.Contains(terms, t) {
				terms = append(terms, t)
			}
		}
		return terms, d.ID
	}},
	{Name: "review", Of: func(d *storage.Doc[ItemLife]) ([]string, string) {
		var terms []string
		if d.Value.State == ItemInReview {
			terms = append(terms, "all")
		}
		if d.Value.Ask != "" {
			terms = append(terms, "ask:"+d.Value.Ask)
		}
		return terms, storage.OrderTime(d.Value.AskedAt)
	}},
}}

// MaxRemark and maxRemarks bound what is said about one item version.
const (
	MaxRemark  = 2000
	maxRemarks = 200
)

// newVersion is an item version that a change of a bank brought, and what it was made from.
type newVersion struct {
	id, code, before string
	number           int
}

// hand notes somebody's part, once.
func (l *ItemLife) hand(person PersonID, reviewed bool, at time.Time) {
	if person != "" && len(l.Hands) < storage.MaxList && !slices.ContainsFunc(l.Hands, func(h Hand) bool { return h.Person == person && h.Reviewed == reviewed }) {
		l.Hands = append(slices.Clip(l.Hands), Hand{person, reviewed, at})
	}
}

// handOn notes somebody's part in item versions by an act on something else: the review of a version that has them, a correction of a key. It is called before that act is stored, so
// none stands without it. Safe to call twice.
func (s *Service) handOn(ctx context.Context, a access.Actor, reviewed bool, items ...string) error {
	if a.Person == "" {
		return nil
	}
	now := s.now()
	return together(ctx, len(items), func(ctx context.Context, i int) error {
		_, err := s.itemLives.Upsert(ctx, items[i], func(d *storage.Doc[ItemLife]) error {
			l := &d.Value
			if d.Version == 0 { // stored before there were reviews
				x, err := s.item(ctx, items[i])
				if err != nil {
					return err
				}
				*l = ItemLife{Course: courseOfItem(items[i]), Code: x.Code, Number: x.Version, State: ItemDraft, At: now}
			}
			before := len(l.Hands)
			if l.hand(a.Person, reviewed, now); len(l.Hands) == before {
				return storage.Unchanged
			}
			return nil
		})
		return err
	})
}

// noteWritten records who wrote an item version. Whoever wrote what it was made from had a hand in it, too, and may not approve it unless that was approved.
// Safe to call twice.
func (s *Service) noteWritten(ctx context.Context, a access.Actor, course CourseID, x newVersion) error {
	var before ItemLife
	if x.before == "" { // taken out of a bank once and written again
		last, err := s.itemLives.Find(ctx, storage.Query{Index: "code", Term: course + "." + x.code, Desc: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(last.Docs) > 0 && last.Docs[0].ID != x.id {
			x.before = last.Docs[0].ID
		}
	}
	if x.before != "" {
		d, err := s.itemLives.Get(ctx, x.before)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		before = d.Value
	}
	now := s.now()
	_, err := s.itemLives.Upsert(ctx, x.id, func(d *storage.Doc[ItemLife]) error {
		l := &d.Value
		if d.Version == 0 {
			*l = ItemLife{Course: course, Code: x.code, Number: x.number, Before: x.before, State: ItemDraft, By: a.Name(), At: now, Hands: slices.Clone(before.Hands)}
			if before.State != ItemApproved {
				l.Writers = slices.Clone(before.Writers)
			}
		} else if a.Person == "" || slices.Contains(l.Writers, a.Person) || l.State == ItemApproved { // written before, the same words
			return storage.Unchanged
		}
		if a.Person != "" && !slices.Contains(l.Writers, a.Person) && len(l.Writers) < storage.MaxList {
			l.Writers = append(l.Writers, a.Person)
		}
		l.hand(a.Person, false, now)
		return nil
	})
	return err
}

// life reads what is known of an item version; a draft of nobody known when nothing is.
func (s *Service) life(ctx context.Context, item string) (ItemLife, error) {
	d, err := s.itemLives.Get(ctx, item)
	if errors.Is(err, faults.NotFound) {
		return ItemLife{Course: courseOfItem(item), Code: codeOfItem(item), State: ItemDraft}, nil
	}
	return d.Value, err
}

// changeLife does one act on the life of an item version: verb is asked of the policy, audit stands in the trail, and do returns
// storage.Unchanged when it is done already.
func (s *Service) changeLife(ctx context.Context, a access.Actor, item, verb, audit, why string, do func(l *ItemLife) error) (ItemLife, error) {
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: courseOfItem(item)}); err != nil {
		return ItemLife{}, hidden(err, false)
	}
	x, err := s.item(ctx, item)
	if err != nil {
		return ItemLife{}, notFound(err, "Soal ini tidak ada.", "This item does not exist.")
	}
	entry := s.entry(a, "", audit, ItemLivesCollection, item, "", why, x.Code)
	d, err := s.itemLives.Upsert(ctx, item, func(d *storage.Doc[ItemLife]) error {
		l := &d.Value
		if d.Version == 0 { // stored before there were reviews
			*l = ItemLife{Course: courseOfItem(item), Code: x.Code, Number: x.Version, State: ItemDraft, At: entry.At}
		}
		thing := access.Thing{Kind: "item", ID: item}
		if a.Person != "" && slices.Contains(l.Writers, a.Person) {
			thing.Owner = a.Person
		} else if len(l.Writers) > 0 {
			thing.Owner = l.Writers[0]
		}
		role, err := s.cfg.Policy.May(a, verb, thing)
		if err != nil {
			if thing.Owner == a.Person && verb == "approve" && errors.Is(err, faults.Forbidden) {
				return faults.Wrap(err, faults.Forbidden, "Soal ini Anda tulis atau ubah sendiri. Mintalah penelaah lain menyetujuinya.", "You wrote or changed this item yourself. Ask another reviewer to approve it.")
			}
			return err
		}
		was := l.State
		if err := do(l); err != nil {
			return err
		}
		if l.State != was && l.Ask != "" {
			d.Due = storage.NewDue(TellStep, entry.At)
		}
		entry.Role = role
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err == nil && d.Due != nil {
		s.wake(ctx, ItemLivesCollection, item)
	}
	return d.Value, err
}

// AskReview puts an item version before the reviewers. For authors; audited; safe to call twice. Conflict when it is approved.
func (s *Service) AskReview(ctx context.Context, a access.Actor, item string) (ItemLife, error) {
	return s.askReview(ctx, a, item, storage.NewID())
}

func (s *Service) askReview(ctx context.Context, a access.Actor, item, ask string) (ItemLife, error) {
	return s.changeLife(ctx, a, item, "ask", "ask_item_review", "", func(l *ItemLife) error {
		switch l.State {
		case ItemInReview:
			return storage.Unchanged
		case ItemApproved:
			return errApproved()
		}
		l.State, l.AskedBy, l.AskedAt, l.Ask = ItemInReview, a.Name(), s.now(), ask
		return nil
	})
}

// AskReviews asks for every draft among the items of a bank; the others stay. It says how many it asked for. Safe to call twice.
func (s *Service) AskReviews(ctx context.Context, a access.Actor, version VersionID, bank string) (int, error) {
	v, b, err := s.bankOf(ctx, a, version, bank)
	if err != nil {
		return 0, err
	}
	if _, err := s.cfg.Policy.May(a, "ask", access.Thing{Kind: "item"}); err != nil {
		return 0, err
	}
	if v.State != Draft {
		return 0, errFrozen()
	}
	n, ask := 0, storage.NewID()
	for _, it := range b.Items {
		l, err := s.life(ctx, it.Item)
		if err != nil {
			return n, err
		}
		if l.State != ItemDraft {
			continue
		}
		if _, err := s.askReview(ctx, a, it.Item, ask); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// ApproveItem approves an item version that is in review. Whoever wrote anything of it since the last approval may not. Audited; safe to call twice.
func (s *Service) ApproveItem(ctx context.Context, a access.Actor, item string) (ItemLife, error) {
	return s.changeLife(ctx, a, item, "approve", "approve_item", "", func(l *ItemLife) error {
		switch l.State {
		case ItemApproved:
			return storage.Unchanged
		case ItemDraft:
			return faults.New(faults.Conflict, "Penulis belum meminta telaah untuk versi soal ini.", "The author has not asked for a review of this version of the item.")
		}
		now := s.now()
		l.State, l.ApprovedBy, l.ApprovedAt, l.Writers = ItemApproved, a.Name(), now, nil
		l.hand(a.Person, true, now)
		return nil
	})
}

// ReturnItem gives an item version in review back to its authors and says why. Audited; safe to call twice.
func (s *Service) ReturnItem(ctx context.Context, a access.Actor, item, why string) (ItemLife, error) {
	if why = strings.TrimSpace(why); why == "" || len([]rune(why)) > MaxRemark {
		return ItemLife{}, faults.OnField("why", "Tulis apa yang perlu diperbaiki, paling banyak 2.000 huruf.", "Say what needs to be corrected, in at most 2,000 characters.")
	}
	id := storage.NewID()
	return s.changeLife(ctx, a, item, "approve", "return_item", why, func(l *ItemLife) error {
		switch l.State {
		case ItemDraft:
			return storage.Unchanged
		case ItemApproved:
			return errApproved()
		}
		now := s.now()
		l.State = ItemDraft
		l.hand(a.Person, true, now)
		return addRemark(&l.Remarks, Remark{ID: id, By: a.Name(), At: now, Text: why})
	})
}

// RemarkItem says something about an item version, to whoever writes and reviews it; key makes a repeated post say it once.
func (s *Service) RemarkItem(ctx context.Context, a access.Actor, item, key, text string) (ItemLife, error) {
	r, err := newRemark(a, key, text, s.now())
	if err != nil {
		return ItemLife{}, err
	}
	return s.changeLife(ctx, a, item, "remark", "remark_item", "", func(l *ItemLife) error {
		if !slices.Contains(l.Writers, a.Person) && l.By != a.Name() {
			l.hand(a.Person, true, r.At)
		}
		return addRemark(&l.Remarks, r)
	})
}

func errApproved() error {
	return faults.New(faults.Conflict, "Versi soal ini sudah disetujui. Ubah soalnya untuk membuat versi baru.", "This version of the item is approved. Edit the item to make a new version.")
}

// RequireReview sets whether a course may be published only when every item that its tests may draw is approved, or takes that back. It is set per course: what a
// certificate rests on wants a second pair of eyes, a practice course of one author need not wait for one. Audited; safe to call twice.
func (s *Service) RequireReview(ctx context.Context, a access.Actor, code CourseID, on bool, why string) error {
	role, err := s.cfg.Policy.May(a, "publish", access.Thing{Kind: "course", ID: code})
	if err != nil {
		return err
	}
	if strings.TrimSpace(why) == "" {
		return faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	note := "off"
	if on {
		note = "on"
	}
	e := s.entry(a, role, "require_item_review", CoursesCollection, code, "", why, note)
	_, err = s.courses.Update(ctx, code, func(d *storage.Doc[Course]) error {
		if d.Value.Reviewed == on {
			return storage.Unchanged
		}
		d.Value.Reviewed, d.Value.Changed = on, e.At
		d.Trail = append(d.Trail, e)
		return nil
	})
	return notFound(err, "Kursus ini tidak ada.", "This course does not exist.")
}

// checkReviewed names the banks whose items are not all approved, when the course asks for that.
func (s *Service) checkReviewed(ctx context.Context, course CourseID, c *Content, bank func(context.Context, BankRef) (*Bank, error), with func(path, id, en string)) error {
	d, err := s.courses.Get(ctx, course)
	if errors.Is(err, faults.NotFound) || err == nil && !d.Value.Reviewed {
		return nil
	}
	if err != nil {
		return err
	}
	for _, ref := range c.Banks {
		if !slices.ContainsFunc(c.Quizzes, func(q Quiz) bool { return q.Bank == ref.Code }) {
			continue
		}
		b, err := bank(ctx, ref)
		if err != nil {
			return err
		}
		var open []string
		for _, it := range b.Items {
			l, err := s.life(ctx, it.Item)
			if err != nil {
				return err
			}
			if l.State != ItemApproved {
				open = append(open, it.Code)
			}
		}
		if len(open) > 0 {
			some := strings.Join(open[:min(len(open), 5)], ", ")
			if len(open) > 5 {
				some += ", …"
			}
			with("banks."+ref.Code+".review", itoa(len(open))+" soal di bank "+ref.Code+" belum disetujui penelaah: "+some+".", itoa(len(open))+" items of bank "+ref.Code+" are not approved by a reviewer: "+some+".")
		}
	}
	return nil
}

// hands says in which of some items a person had a hand before a moment, by code: having written or reviewed any version of it, or corrected its key. A person who never
// did costs one look into the index.
func (s *Service) hands(ctx context.Context, person PersonID, course CourseID, until time.Time) (map[string]bool, error) {
	out := map[string]bool{}
	err := s.itemLives.Each(ctx, storage.Query{Index: "hand", Term: person + "/" + course}, func(d storage.Doc[ItemLife]) error {
		if slices.ContainsFunc(d.Value.Hands, func(h Hand) bool { return h.Person == person && h.At.Before(until) }) {
			out[d.Value.Code] = true
		}
		return nil
	})
	return out, err
}

// ownItems lists the codes of the items on an attempt's form that its taker had a hand in when it was handed in.
func (s *Service) ownItems(ctx context.Context, at *Attempt) ([]string, error) {
	until := at.SubmittedAt
	if until.IsZero() {
		until = s.now()
	}
	hands, err := s.hands(ctx, at.Person, at.Course, until)
	if err != nil || len(hands) == 0 {
		return nil, err
	}
	var out []string
	for i := range at.Slots {
		if code := codeOfItem(at.slot(i).Item); hands[code] {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out, nil
}

// ownOf counts for each of some attempts that passed the items on its form that its taker had a hand in.
func (s *Service) ownOf(ctx context.Context, all []storage.Doc[Attempt]) (map[AttemptID]int, error) {
	out := map[AttemptID]int{}
	for i := range all {
		at := &all[i].Value
		if r, ok := at.result(); !ok || !r.Passed || at.Kind != PostTest {
			continue
		}
		own, err := s.ownItems(ctx, at)
		if err != nil {
			return nil, err
		}
		out[all[i].ID] = len(own)
	}
	return out, nil
}

// ownAtLeast is how many items with a person's hand every form of a quiz has: what the rest of its bank cannot fill.
func ownAtLeast(b *Bank, draw grading.Blueprint, own map[string]bool) int {
	if len(own) == 0 {
		return 0
	}
	stock := grading.Blueprint{}
	for _, it := range b.Items {
		if !own[it.Code] {
			stock.Add(it.Objective, it.Difficulty)
		}
	}
	n := 0
	for _, x := range draw.Short(stock) {
		n += x.Want - x.Have
	}
	return n
}
