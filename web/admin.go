package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/settings"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/overviews"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
	"github.com/apelkota/apel/readiness"
)

// AdminRooms is what the pages of admins, BKD officers, placement analysts and leaders ask. Everything is required but Readiness, Work and Files. Policy only
// hides what the rooms would refuse anyway; every permission is asked in the rooms.
type AdminRooms struct {
	Policy       access.Policy
	People       *people.Service
	Courses      *courses.Service
	Certificates *certificates.Service
	Competencies *competencies.Service
	Placement    *placement.Service
	// Readiness knows applications and their operators. Nil: their pages are not there.
	Readiness *readiness.Service
	Settings  *settings.Service
	Audit     *audit.Trail
	// Work shows what the chain gave up. Nil: the page of parked work is not there.
	Work Work
	// Files keeps logos and hands out proofs of training elsewhere. Nil: neither can be uploaded nor opened.
	Files Files
}

// Work is parked work: what gave up and waits for a person. The workers do it.
type Work interface {
	Parked(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (found []storage.Waiting, next storage.Cursor, err error)
	Unpark(ctx context.Context, a access.Actor, collection, id, why string) error
}

// Files stores files by their hash and opens them again. The blob store does.
type Files interface {
	Put(ctx context.Context, r io.Reader, max int64) (blobs.Ref, error)
	Open(ctx context.Context, hash string) (*os.File, error)
}

// admin has the handlers of the workbench. Each stands in the file of its action (noun_verb.go); what several need stands here.
type admin struct {
	*learner
	AdminRooms
}

// may says whether the reader may apply a verb to things of a kind beyond their own: whether a button or an entry is worth showing. Courses and regrades belong to the city, so a
// grant on a unit reaches none of them.
func (w *admin) may(c *gin.Context, verb, kind string) bool {
	s := w.Policy.Scope(reader(c), verb, kind)
	return s.All || len(s.Units) > 0 && kind != "course" && kind != "regrade"
}

// panels shows a workbench page.
func (w *admin) panels(c *gin.Context, p *PanelsPage) error {
	w.Render(c, http.StatusOK, "panels", p)
	return nil
}

// overviews reads several rooms for one page.
func (w *admin) overviews() overviews.Rooms {
	return overviews.Rooms{People: w.People, Courses: w.Courses, Certificates: w.Certificates, Competencies: w.Competencies, Placement: w.Placement}
}

// unseen says whether an error only means that this part of a page is not for the reader; any other error is the page's.
func unseen(err error) bool {
	return errors.Is(err, faults.NotFound) || errors.Is(err, faults.Forbidden)
}

// person names a person with titles, "–" for nobody and for parts of the system what they are called.
func (w *admin) person(ctx context.Context, id string) string {
	switch {
	case id == "":
		return "–"
	case strings.HasPrefix(id, "system"):
		return "APEL"
	}
	p, err := w.People.Look(ctx, people.ID(id))
	if err != nil {
		return "–"
	}
	return p.DisplayName()
}

// unit names a unit.
func (w *admin) unit(ctx context.Context, id people.UnitID) string {
	if id == "" {
		return "–"
	}
	u, err := w.People.LookUnit(ctx, id)
	if err != nil {
		return "–"
	}
	return u.Name
}

// position names a position.
func (w *admin) position(ctx context.Context, id people.PositionID) string {
	if id == "" {
		return "–"
	}
	p, err := w.People.LookPosition(ctx, id)
	if err != nil {
		return "–"
	}
	return p.Name
}

// standard names a standard of competencies; its code where the standard itself is not there yet.
func (w *admin) standard(ctx context.Context, code string) string {
	if all, err := w.Competencies.Standards(ctx); err == nil {
		if s, ok := all.Items[code]; ok {
			return s.Name
		}
	}
	return dash(code)
}

// courseTitle names a course; its code when it cannot be read.
func (w *admin) courseTitle(c *gin.Context, code string) string {
	if k, err := w.Courses.Course(c.Request.Context(), reader(c), code); err == nil {
		if title := in(c, k.Card.Title); title != "" {
			return title
		}
	}
	return code
}

// tree lists all units in the order of the tree, each below its parent, with its depth.
func (w *admin) tree(c *gin.Context) (units []people.Unit, depth map[people.UnitID]int, err error) {
	below := map[people.UnitID][]people.Unit{}
	known := map[people.UnitID]bool{}
	var after storage.Cursor
	for {
		found, err := w.People.Units(c.Request.Context(), reader(c), people.UnitFilter{After: after, Limit: storage.MaxPage})
		if err != nil {
			return nil, nil, err
		}
		for _, u := range found.Items {
			known[u.ID] = true
			below[u.Parent] = append(below[u.Parent], u)
		}
		if !found.More {
			break
		}
		after = found.Next
	}
	depth = map[people.UnitID]int{}
	var walk func(parent people.UnitID, at int)
	walk = func(parent people.UnitID, at int) {
		for _, u := range below[parent] {
			if at > 20 { // a tree is never this deep; an import that made a ring must not hang the page
				return
			}
			units = append(units, u)
			depth[u.ID] = at
			walk(u.ID, at+1)
		}
	}
	var roots []people.UnitID
	for parent := range below {
		if parent == "" || !known[parent] {
			roots = append(roots, parent)
		}
	}
	slices.Sort(roots)
	for _, root := range roots {
		walk(root, 0)
	}
	return units, depth, nil
}

// unitOptions are the units to choose from for a verb: all, or those in the reader's scope, indented as the tree stands. all is the label of the choice of
// everything, words; "" leaves it out.
func (w *admin) unitOptions(c *gin.Context, verb, kind, all string) ([]Option, error) {
	units, depth, err := w.tree(c)
	if err != nil {
		return nil, err
	}
	var options []Option
	if all != "" {
		options = append(options, Option{Value: "", Label: all})
	}
	scope := w.Policy.Scope(reader(c), verb, kind)
	for _, u := range units {
		if u.Closed || !scope.All && !slices.ContainsFunc(u.Path(), func(id string) bool { return slices.Contains(scope.Units, id) }) {
			continue
		}
		options = append(options, Option{Value: string(u.ID), Name: strings.Repeat("\u2003", depth[u.ID]) + u.Name})
	}
	return options, nil
}

// courseOptions are the courses to choose from.
func (w *admin) courseOptions(c *gin.Context, first string) ([]Option, error) {
	list, _, err := w.Courses.Catalogue(c.Request.Context(), reader(c), courses.CatalogueFilter{Drafts: w.may(c, "author", "course"), Limit: storage.MaxPage})
	if err != nil {
		return nil, err
	}
	var options []Option
	if first != "" {
		options = append(options, Option{Value: "", Label: first})
	}
	for _, k := range list {
		options = append(options, Option{Value: k.Code, Name: k.Code + " · " + in(c, k.Card.Title)})
	}
	return options, nil
}

// choose is a select that narrows a table.
func choose(name, label, value string, options []Option) Field {
	return Field{Kind: "select", Name: name, Label: label, Value: value, Options: options, Change: true}
}

// crumbs lead from the workbench to a page.
func crumbs(more ...Link) []Link {
	return append([]Link{{Label: "Meja kerja", URL: "/kelola"}}, more...)
}

// shown says how many rows a page of a list has.
func (w *admin) shown(c *gin.Context, p Pager, n int) Pager {
	if n > 0 {
		p.Text = w.T(c, "%d baris", n)
	}
	return p
}

// mistakes lists the fields of a fault as points of a notice, when the fault is about what was asked.
func (w *admin) mistakes(c *gin.Context, label string, err error) (Notice, bool) {
	f := faults.Of(err)
	if f.Kind != faults.Invalid && f.Kind != faults.Conflict && f.Kind != faults.TooLarge {
		return Notice{}, false
	}
	n := Notice{Kind: Danger, Label: label, Text: in(c, f.Text)}
	for i, field := range f.Fields {
		if i == maxMistakes {
			n.Items = append(n.Items, w.T(c, "dan %d lagi", len(f.Fields)-i))
			break
		}
		n.Items = append(n.Items, in(c, field.Text))
	}
	return n, true
}

// maxMistakes is how many row errors a page prints; whoever has more mends these first.
const maxMistakes = 100
