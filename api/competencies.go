package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// Standing is where a person stands: levels from evidence, the gap against the own position, and what to learn next.
type Standing struct {
	Person   string     `json:"person"`
	On       string     `json:"on"`
	Post     string     `json:"post,omitempty"`
	Standard string     `json:"standard,omitempty" doc:"Missing: the person holds no post with a standard"`
	Levels   []Level    `json:"levels" maxItems:"1000" nullable:"false"`
	Gaps     []Gap      `json:"gaps" maxItems:"1000" nullable:"false"`
	Fit      Fit        `json:"fit"`
	Next     []Next     `json:"next" maxItems:"1000" nullable:"false" doc:"Courses for the gap, with the reason"`
	Beyond   []Beyond   `json:"beyond" maxItems:"1000" nullable:"false" doc:"Gaps no course on offer closes"`
	Text     texts.Text `json:"text"`
}

// Level is the owned level of a competency. Without evidence it is not known, which is not level 0.
type Level struct {
	Competency string     `json:"competency"`
	Known      bool       `json:"known"`
	Level      int        `json:"level,omitempty" minimum:"1" maximum:"5"`
	State      string     `json:"state,omitempty" doc:"confirmed or proposed"`
	Kind       string     `json:"kind,omitempty" doc:"Kind of the evidence it rests on"`
	On         string     `json:"on,omitempty"`
	Until      string     `json:"until,omitempty"`
	Why        texts.Text `json:"why"`
}

// Gap is one requirement and how it stands.
type Gap struct {
	Competency string     `json:"competency"`
	Name       texts.Text `json:"name"`
	Required   int        `json:"required"`
	Importance string     `json:"importance" doc:"mutlak, penting or perlu"`
	Known      bool       `json:"known"`
	Owned      int        `json:"owned,omitempty"`
	Text       texts.Text `json:"text"`
}

// Fit is how well levels match a standard, as an interval: what is unknown may turn out as required or as nothing.
type Fit struct {
	Low       int `json:"low" doc:"Hundredths of a percent, capped at each requirement; ranking uses it"`
	High      int `json:"high"`
	Raw       int `json:"raw" doc:"Not capped: a surplus may hide a gap"`
	Known     int `json:"known"`
	Of        int `json:"of" doc:"Coverage: known of so many requirements"`
	Confirmed int `json:"confirmed"`

	AbsoluteShort   []string `json:"absolute_short,omitempty" maxItems:"1000" doc:"Absolute requirements short by so much that development comes first"`
	AbsoluteUnknown []string `json:"absolute_unknown,omitempty" maxItems:"1000" doc:"Absolute requirements without evidence"`
	AbsoluteOpen    int      `json:"absolute_open,omitempty" doc:"Absolute requirements open by so much; any puts a match behind all others in a ranking"`
}

// Next is a course that closes a part of the gap.
type Next struct {
	Course string     `json:"course"`
	Title  texts.Text `json:"title"`
	JP     int        `json:"jp"`
	Why    texts.Text `json:"why"`
}

// Beyond is a requirement that stays open after every course on offer.
type Beyond struct {
	Competency string     `json:"competency"`
	Why        texts.Text `json:"why"`
}

func showLevel(o competencies.Owned) Level {
	return Level{o.Competency, o.Known(), o.Level, string(o.State), string(o.Kind), string(o.On), string(o.Until), o.Text()}
}

func showFit(f competencies.Fit) Fit {
	return Fit{Low: int(competencies.PercentOf(f.Low, f.Required)), High: int(competencies.PercentOf(f.High, f.Required)), Raw: int(competencies.PercentOf(f.RawLow, f.Required)), Known: f.Known, Of: f.Of, Confirmed: f.Confirmed,
		AbsoluteShort: f.AbsoluteShort, AbsoluteUnknown: f.AbsoluteUnknown, AbsoluteOpen: f.AbsoluteOpen}
}

func showStanding(s competencies.Standing) Standing {
	v := Standing{Person: s.Person, On: string(s.On), Post: s.PostName, Standard: s.Standard, Levels: []Level{}, Gaps: []Gap{}, Fit: showFit(s.Fit), Next: []Next{}, Beyond: []Beyond{}, Text: s.Text}
	for _, o := range s.Levels {
		v.Levels = append(v.Levels, showLevel(o))
	}
	for _, g := range s.Gaps {
		v.Gaps = append(v.Gaps, Gap{g.Competency, g.Name, g.Level, string(g.Importance), g.Owned.Known(), g.Owned.Level, g.Text()})
	}
	for _, n := range s.Next {
		v.Next = append(v.Next, showNext(n))
	}
	for _, b := range s.Beyond {
		v.Beyond = append(v.Beyond, Beyond{b.Competency, b.Why})
	}
	return v
}

// Hours is a person's learning hours in one year: the calendar year for PNS, the contract year for PPPK.
type Hours struct {
	From       string     `json:"from"`
	To         string     `json:"to"`
	Counted    int        `json:"counted" doc:"JP that count"`
	Unverified int        `json:"unverified" doc:"JP from elsewhere that wait for verification, apart"`
	Duty       int        `json:"duty" doc:"JP a PNS must reach; 0 for PPPK"`
	Notice     int        `json:"notice" doc:"JP from which a PPPK is told; never a block"`
	Text       texts.Text `json:"text"`
}

// HoursEntry is one line of the ledger.
type HoursEntry struct {
	ID        string `json:"id"`
	Person    string `json:"person"`
	Title     string `json:"title"`
	Organiser string `json:"organiser,omitempty"`
	JP        int    `json:"jp"`
	On        string `json:"on"`
	State     string `json:"state"`
	Proof     string `json:"proof,omitempty" doc:"Hash of the stored file"`
	Why       string `json:"why,omitempty" doc:"Of a refusal"`
}

func showHoursEntry(h competencies.Hours) HoursEntry {
	return HoursEntry{h.ID, h.Person, h.Title, h.Organiser, h.JP, string(h.On), string(h.State), h.Proof, h.Why}
}

// Evidence is one dated proof.
type Evidence struct {
	ID         string `json:"id"`
	Competency string `json:"competency,omitempty"`
	Course     string `json:"course,omitempty"`
	Level      int    `json:"level,omitempty"`
	Kind       string `json:"kind"`
	State      string `json:"state"`
	Source     string `json:"source"`
	Title      string `json:"title,omitempty"`
	On         string `json:"on"`
	Expires    string `json:"expires,omitempty"`
	Why        string `json:"why,omitempty"`
}

func showEvidence(e competencies.Evidence) Evidence {
	return Evidence{e.ID, e.Competency, e.Course, e.Level, string(e.Kind), string(e.State), e.Source, e.Title, string(e.On), string(e.Expires), e.Why}
}

func inOrder(d competencies.Dictionary) []competencies.Competency {
	out := make([]competencies.Competency, 0, len(d.Codes))
	for _, code := range d.Codes {
		out = append(out, d.Items[code])
	}
	return out
}

// Competency is one entry of the dictionary.
type Competency struct {
	Code  string       `json:"code"`
	Field string       `json:"field"`
	Name  texts.Text   `json:"name"`
	Gists []texts.Text `json:"gists" maxItems:"1000" nullable:"false" doc:"What each level from 1 means"`
}

// hoursOf is the year of learning hours that a day falls into.
func (s *server) hoursOf(ctx context.Context, person, on string) (competencies.HoursYear, error) {
	if on != "" {
		if _, err := civil.ParseDate(on); err != nil {
			return competencies.HoursYear{}, err
		}
	}
	return s.Competencies.HoursOf(ctx, visit.Actor(ctx), person, civil.Date(on))
}

func (s *server) competencies() {
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/standing", ID: "getStanding", Tag: "competencies", Summary: "Levels, gap against the own position, and courses for the gap"},
		func(ctx context.Context, in *PersonPath) (*body[Standing], error) {
			return one(showStanding)(s.Competencies.StandingOf(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/evidence", ID: "listEvidence", Tag: "competencies", Summary: "A person's evidence"},
		func(ctx context.Context, in *struct {
			PersonPath
			PageInput
		}) (*body[ListOf[Evidence]], error) {
			es, err := s.Competencies.Evidence(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, es, func(e competencies.Evidence) string { return e.ID }, showEvidence)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/hours", ID: "getHours", Tag: "competencies", Summary: "Learning hours (JP) in the year a day falls into"},
		func(ctx context.Context, in *struct {
			PersonPath
			On string `query:"on" maxLength:"10" doc:"A day; missing: today"`
		}) (*body[Hours], error) {
			return one(showHours)(s.hoursOf(ctx, in.ID, in.On))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/hours/entries", ID: "listHours", Tag: "competencies", Summary: "The entries of learning hours in the year a day falls into, the newest first"},
		func(ctx context.Context, in *struct {
			PersonPath
			PageInput
			On string `query:"on" maxLength:"10" doc:"A day; missing: today"`
		}) (*body[ListOf[HoursEntry]], error) {
			y, err := s.hoursOf(ctx, in.ID, in.On)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, y.Entries, func(h competencies.Hours) string { return h.ID }, showHoursEntry)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/hours", ID: "addOutsideHours", Tag: "competencies", Summary: "Enter one's own training elsewhere, with its proof; it counts once an admin verified it", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				Form      string `json:"form" minLength:"8" maxLength:"60" doc:"Id of the entry, chosen by the sender: sending again is the same entry"`
				Title     string `json:"title" minLength:"1" maxLength:"200"`
				Organiser string `json:"organiser" minLength:"1" maxLength:"200"`
				On        string `json:"on" minLength:"10" maxLength:"10" doc:"Last day of the training"`
				JP        int    `json:"jp" minimum:"1" maximum:"200"`
				Proof     string `json:"proof" minLength:"1" maxLength:"100" doc:"Hash from POST /files"`
			}
		}) (*body[HoursEntry], error) {
			on, err := civil.ParseDate(in.Body.On)
			if err != nil {
				return nil, err
			}
			return one(showHoursEntry)(s.Competencies.AddOutside(ctx, visit.Actor(ctx), competencies.Outside{Form: in.Body.Form, Title: in.Body.Title, Organiser: in.Body.Organiser, On: on, JP: in.Body.JP, Proof: in.Body.Proof}))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/hours/open", ID: "listOpenHours", Tag: "competencies", Summary: "Training elsewhere that waits for verification"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[HoursEntry]], error) {
			found, next, more, err := s.Competencies.OpenOutside(ctx, visit.Actor(ctx), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, more), showHoursEntry), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/hours/{id}/verification", ID: "verifyHours", Tag: "competencies", Summary: "Accept or refuse somebody's training elsewhere"},
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"200"`
			Body struct {
				Accept bool   `json:"accept"`
				Why    string `json:"why,omitempty" maxLength:"500" doc:"Required when refusing"`
			}
		}) (*body[HoursEntry], error) {
			return one(showHoursEntry)(s.Competencies.CheckOutside(ctx, visit.Actor(ctx), in.ID, in.Body.Accept, in.Body.Why))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/competencies", ID: "listCompetencies", Tag: "competencies", Summary: "The dictionary in force"},
		func(ctx context.Context, in *struct {
			PageInput
			Version string `query:"version" maxLength:"60" doc:"An older version"`
		}) (*body[ListOf[Competency]], error) {
			d, err := s.Competencies.ReadDictionary(ctx, visit.Actor(ctx), in.Version)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, inOrder(d), func(c competencies.Competency) string { return c.Code }, func(c competencies.Competency) Competency {
				return Competency{c.Code, string(c.Field), c.Name, c.Gists[:]}
			})
		})
	for _, e := range []struct {
		path, id, summary string
		do                func(context.Context, access.Actor, competencies.Assessed) error
	}{
		{"assessments", "recordAssessment", "Enter an official assessment of somebody else; it confirms levels", s.Competencies.RecordAssessment},
		{"verifications", "verifyCompetencies", "Enter what one saw of somebody's work, as a supervisor; it proposes levels", s.Competencies.Verify},
	} {
		handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/" + e.path, ID: e.id, Tag: "competencies", Summary: e.summary, Status: http.StatusNoContent},
			func(ctx context.Context, in *struct {
				PersonPath
				Body struct {
					Report  string   `json:"report" minLength:"1" maxLength:"60" doc:"Number of the report: sending it again is the same entry"`
					Title   string   `json:"title" minLength:"1" maxLength:"200" doc:"Who assessed, as shown"`
					On      string   `json:"on" minLength:"10" maxLength:"10"`
					Expires string   `json:"expires,omitempty" maxLength:"10" doc:"Last day; missing: as the rules say"`
					Results []Target `json:"results" minItems:"1" maxItems:"200"`
				}
			}) (*struct{}, error) {
				b := in.Body
				x := competencies.Assessed{Report: b.Report, Person: in.ID, Title: b.Title, On: civil.Date(b.On), Expires: civil.Date(b.Expires)}
				for _, r := range b.Results {
					x.Results = append(x.Results, competencies.Target{Competency: r.Competency, Level: r.Level})
				}
				return nil, e.do(ctx, visit.Actor(ctx), x)
			})
	}
	handle(s, operation{Method: http.MethodGet, Path: "/standards", ID: "listStandards", Tag: "competencies", Summary: "Competency standards of positions in force"},
		func(ctx context.Context, in *struct {
			PageInput
			Version string `query:"version" maxLength:"60" doc:"An older version"`
		}) (*body[ListOf[Standard]], error) {
			set, err := s.Competencies.ReadStandards(ctx, visit.Actor(ctx), in.Version)
			if err != nil {
				return nil, err
			}
			all := make([]competencies.Standard, 0, len(set.Codes))
			for _, code := range set.Codes {
				all = append(all, set.Items[code])
			}
			return paged(&in.PageInput, all, func(st competencies.Standard) string { return st.Code }, showStandard)
		})
	for _, x := range []struct {
		path, id, summary string
		read              func(context.Context, access.Actor) ([]sets.Version, error)
	}{
		{"/competencies/versions", "listDictionaryVersions", "Versions of the dictionary, oldest first", s.Competencies.DictionaryVersions},
		{"/standards/versions", "listStandardVersions", "Versions of the standards, oldest first", s.Competencies.StandardVersions},
	} {
		handle(s, operation{Method: http.MethodGet, Path: x.path, ID: x.id, Tag: "competencies", Summary: x.summary},
			func(ctx context.Context, in *PageInput) (*body[ListOf[SetVersion]], error) {
				all, err := x.read(ctx, visit.Actor(ctx))
				if err != nil {
					return nil, err
				}
				return paged(in, all, func(v sets.Version) string { return strconv.Itoa(v.No) }, showSetVersion)
			})
	}
}

// Standard is what a kind of position requires.
type Standard struct {
	Code         string        `json:"code"`
	Name         string        `json:"name"`
	Kind         string        `json:"kind" doc:"struktural, fungsional or pelaksana"`
	Jenjang      string        `json:"jenjang"`
	Class        int           `json:"class"`
	Requirements []Requirement `json:"requirements" maxItems:"1000" nullable:"false"`
}

// Requirement is one competency at one level.
type Requirement struct {
	Competency string `json:"competency"`
	Level      int    `json:"level"`
	Importance string `json:"importance" enum:"mutlak,penting,perlu"`
}

func showStandard(st competencies.Standard) Standard {
	v := Standard{st.Code, st.Name, st.Kind, st.Jenjang, st.Class, []Requirement{}}
	for _, r := range st.Requirements {
		v.Requirements = append(v.Requirements, Requirement{r.Competency, r.Level, string(r.Importance)})
	}
	return v
}

// SetVersion is one state of a set that is published whole: dictionary, standards, eligibility rules.
type SetVersion struct {
	ID      string    `json:"id"`
	No      int       `json:"no"`
	From    string    `json:"from" doc:"The day it came into force"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Members int       `json:"members"`
	Source  string    `json:"source,omitempty" doc:"The file it came from"`
}

func showSetVersion(v sets.Version) SetVersion {
	return SetVersion{v.ID, v.No, string(v.From), v.At, v.By, v.Members, v.Source}
}
