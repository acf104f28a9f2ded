package workers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/readiness"
)

// Rooms are the rooms whose steps the chain joins. None of them knows another's step; what one states as a fact is turned into the next one's
// input here and nowhere else. The numbers are those of docs/chain.md.
type Rooms struct {
	People       *people.Service
	Courses      *courses.Service
	Certificates *certificates.Service
	Competencies *competencies.Service
	Readiness    *readiness.Service
}

// Chain says for every due step of every room what does it and what becomes due because of it.
func Chain(r Rooms) Steps {
	return Steps{
		courses.AttemptsCollection: {
			// 1. Submit: an attempt whose time is up is submitted with what was saved.
			courses.CloseStep: {Do: alone(r.Courses.CloseAttempt)},
			// 3. Grade.
			courses.GradeStep: {Do: alone(r.Courses.Grade)},
			// 4. Complete: what the result means for the enrolment.
			courses.CompleteStep: {Do: func(ctx context.Context, id string) ([]Ref, error) {
				return []Ref{{courses.EnrolmentsCollection, courses.EnrolmentOf(id)}}, r.Courses.Complete(ctx, id)
			}},
			// 4 again, after a regrade.
			courses.RecountStep: {Do: func(ctx context.Context, id string) ([]Ref, error) {
				return []Ref{{courses.EnrolmentsCollection, courses.EnrolmentOf(id)}}, r.Courses.Recount(ctx, id)
			}},
			// 8. Tell, after a regrade.
			courses.TellStep: {Do: r.tellRegraded, Lane: Tell},
		},
		// Authors and reviewers hear of what others say about their version.
		courses.TalksCollection:      {courses.TellStep: {Do: alone(r.tellTalk), Lane: Tell}},
		courses.ItemLivesCollection:  {courses.TellStep: {Do: alone(r.tellItemReview), Lane: Tell}},
		courses.RehearsalsCollection: {courses.ForgetStep: {Do: alone(r.Courses.ForgetRehearsal), Lane: Bulk}},
		courses.MarkingsCollection: {
			// 3 again, when people have marked.
			courses.MarkedStep: {Do: r.settleMarking},
			// A field task that a supervisor judges finds the supervisor of the day.
			courses.RouteStep: {Do: alone(r.routeFieldWork), Lane: Tell},
			courses.TellStep:  {Do: alone(r.tellObjection), Lane: Tell},
		},
		courses.FieldWorksCollection: {
			courses.OpenStep: {Do: alone(r.Courses.OpenWork)},
			// 4 again, when a field task was judged.
			courses.RecordStep: {Do: r.recordFieldWork},
			courses.TellStep:   {Do: alone(r.tellFieldWork), Lane: Tell},
		},
		courses.EnrolmentsCollection: {
			courses.CertifyStep: {Do: r.certify}, // 5.
		},
		// Before the chain: a published version becomes its course's head; rules, assignments and cohorts become enrolments.
		courses.VersionsCollection:    {courses.HeadStep: {Do: alone(r.Courses.Head)}, courses.AnnounceStep: {Do: r.announce(r.Courses.Announced)}},
		courses.CoursesCollection:     {courses.AnnounceStep: {Do: r.announce(r.Courses.CourseAnnounced)}},
		courses.AssignmentsCollection: {courses.EnrolStep: {Do: alone(r.Courses.EnrolAssigned), Lane: Bulk}},
		courses.RulesCollection:       {courses.ApplyStep: {Do: alone(r.Courses.ApplyRule), Lane: Bulk}},
		courses.CohortsCollection:     {courses.EnrolStep: {Do: alone(r.Courses.EnrolCohort), Lane: Bulk}},
		// Beside the chain: results after a corrected key.
		courses.RegradesCollection: {courses.RegradeStep: {Do: alone(r.Courses.RunRegrade), Lane: Bulk}, courses.TellStep: {Do: alone(r.tellListed), Lane: Tell}},
		// Beside the chain: exams. What changes for takers is done at once, the rest may wait.
		courses.ExamsCollection: {courses.SettleStep: {Do: alone(r.Courses.SettleExam)}, courses.CollectStep: {Do: alone(r.Courses.CollectExam), Lane: Bulk},
			courses.ForgetStep: {Do: alone(r.Courses.ForgetExam), Lane: Bulk}},
		courses.AlikesCollection: {storage.RebuildStep: {Do: alone(r.Courses.CompareExam), Lane: Bulk}},
		// Beside the chain: item analysis.
		courses.MonthsCollection:   {storage.RebuildStep: {Do: alone(r.Courses.CountMonth), Lane: Bulk}},
		courses.AnalysesCollection: {storage.RebuildStep: {Do: alone(r.Courses.AnalyseQuiz), Lane: Bulk}},
		certificates.Collection: {
			// 5. Certify: number, signature and log; later the log entries of events and files.
			certificates.StepSeal: {Do: certificate(r.Certificates.Seal)},
			certificates.StepLog:  {Do: certificate(r.Certificates.Seal)},
			// 6. Evidence and learning hours.
			certificates.StepRecord:   {Do: r.record},
			certificates.StepWithdraw: {Do: r.withdraw},
			// 8. Tell.
			certificates.StepTell: {Do: r.tell, Lane: Tell},
			// 5. The picture of the certificate, drawn when nothing else is to be done; a first download draws it at once.
			certificates.StepRender: {Do: certificate(r.Certificates.Render), Lane: Render},
		},
		// Around the chain: what people and courses left to be done.
		"units":            {"settle": {Do: alone(r.settle)}},
		"register_imports": {"apply": {Do: alone(r.People.ApplyImport), Lane: Bulk}},
		"notices":          {"mail": {Do: alone(r.People.MailNotice), Lane: Tell}},
		"reset_requests":   {"mail": {Do: alone(r.People.MailReset), Lane: Tell}},
		people.Collection:  {people.StepSpread: {Do: r.spread, Lane: Bulk}},
		// 7. Recommend: what follows for the person, the unit, the apps, the city.
		competencies.StandingsCollection:  {storage.RebuildStep: {Do: r.standing}},
		competencies.DictionaryCollection: {competencies.AnnounceStep: {Do: alone(r.Competencies.AnnounceDictionary)}},
		competencies.StandardsCollection:  {competencies.AnnounceStep: {Do: alone(r.Competencies.AnnounceStandards)}},
		competencies.RulesCollection:      {competencies.AnnounceStep: {Do: alone(r.Competencies.AnnounceRules)}},
		competencies.RefreshCollection:    {competencies.RefreshStep: {Do: alone(r.Competencies.Refresh), Lane: Bulk}},
		readiness.PeopleCollection:        {storage.RebuildStep: {Do: alone(r.Readiness.BuildPerson)}},
		readiness.GroupsCollection:        {storage.RebuildStep: {Do: alone(r.Readiness.BuildGroup), Lane: Bulk}},
		readiness.AppsCollection:          {readiness.SpreadStep: {Do: alone(r.Readiness.SpreadApp), Lane: Bulk}},
		readiness.RolesCollection:         {readiness.SpreadStep: {Do: alone(r.Readiness.SpreadRole), Lane: Bulk}},
		readiness.OperatorsCollection:     {readiness.SpreadStep: {Do: alone(r.Readiness.SpreadOperator), Lane: Bulk}},
		readiness.ImportsCollection:       {readiness.ApplyStep: {Do: alone(r.Readiness.ApplyImport), Lane: Bulk}},
	}
}

// Units is where the subject of a document of the chain stands, nearest unit first: the person whose it is, or the unit itself. A document that is about
// neither has none: it is the city's. The ids of enrolments, attempts and certificates begin with their person's.
func (r Rooms) Units(ctx context.Context, collection, id string) ([]string, error) {
	switch collection {
	case "units":
		return r.People.UnitPath(ctx, people.UnitID(id))
	case courses.AttemptsCollection, courses.RehearsalsCollection, courses.EnrolmentsCollection, certificates.Collection, people.Collection, competencies.StandingsCollection, readiness.PeopleCollection:
		person, _, _ := strings.Cut(id, ".")
		p, err := r.People.Look(ctx, people.ID(person))
		return p.Path, err
	}
	return nil, nil
}

// settle gives a unit its path and tells its figure that it may have moved: before, so that a crash in between forgets nothing, and after, so that the
// figure is built from the new place.
func (r Rooms) settle(ctx context.Context, unit string) error {
	if err := r.Readiness.UnitChanged(ctx, unit); err != nil {
		return err
	}
	if err := r.People.SettleUnit(ctx, unit); err != nil {
		return err
	}
	return r.Readiness.UnitChanged(ctx, unit)
}

// alone is a step that makes nothing else due.
func alone(do func(ctx context.Context, id string) error) Step {
	return func(ctx context.Context, id string) ([]Ref, error) { return nil, do(ctx, id) }
}

func certificate(do func(ctx context.Context, id certificates.ID) error) Step {
	return alone(func(ctx context.Context, id string) error { return do(ctx, certificates.ID(id)) })
}

// certify freezes what the certificate will say: the enrolment's completion, and name, position and unit as of now. While the result is being regraded it
// waits: Certifying is in Conflict then, and the step is tried again.
func (r Rooms) certify(ctx context.Context, enrolment string) ([]Ref, error) {
	done, err := r.Courses.Certifying(ctx, enrolment)
	if err != nil {
		return nil, err
	}
	facts, err := r.facts(ctx, done)
	if err != nil {
		return nil, err
	}
	id, err := r.Certificates.Intend(ctx, facts)
	if err != nil {
		return nil, err
	}
	// The step comes again when an optional field task is accepted after the certificate was recorded: it joins the evidence. Before that the certificate's own step finds it.
	c, err := r.Certificates.Look(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.State == certificates.Issued {
		if err := r.evidence(ctx, string(id), c); err != nil {
			return nil, err
		}
	}
	return []Ref{{certificates.Collection, string(id)}, {competencies.StandingsCollection, done.Person}}, r.Courses.Certified(ctx, enrolment)
}

func (r Rooms) facts(ctx context.Context, done courses.Completion) (certificates.Facts, error) {
	p, err := r.People.Look(ctx, people.ID(done.Person))
	if err != nil {
		return certificates.Facts{}, fmt.Errorf("read the holder: %w", err)
	}
	f := certificates.Facts{
		Enrolment: done.Enrolment, Edition: 1, Person: done.Person, Units: p.Path,
		Name: p.DisplayName(), NIP: string(p.NIP()),
		Course: done.Course, CourseVersion: done.Version, Title: done.Title.ID, TitleEN: done.Title.EN, JP: done.JP, Score: done.Score,
		StartedOn: done.Started, CompletedOn: done.On, ValidUntil: done.ValidUntil,
	}
	for _, s := range done.Subjects {
		f.Subjects = append(f.Subjects, record.Subject{Title: s.Title, Minutes: s.Minutes})
	}
	dictionary, err := r.Competencies.Dictionary(ctx)
	if err != nil {
		return f, fmt.Errorf("read the dictionary: %w", err)
	}
	for _, t := range done.Targets {
		f.Competencies = append(f.Competencies, record.Competency{Code: t.Competency, Name: dictionary.Name(t.Competency).ID, Level: t.Level})
	}
	if err := r.serving(ctx, p, done.On, &f); err != nil {
		return f, fmt.Errorf("read the holder's post: %w", err)
	}
	return f, nil
}

// serving writes down where the holder works and as what on a day. A person without a post or unit gets a certificate that says so.
func (r Rooms) serving(ctx context.Context, p people.Person, day civil.Date, f *certificates.Facts) error {
	f.Position, f.Unit = "–", "–"
	if post, ok := p.Post(day); ok {
		pos, err := r.People.LookPosition(ctx, post.Position)
		if err != nil {
			return err
		}
		f.Position = pos.Name
	}
	if p.Unit == "" {
		return nil
	}
	u, err := r.People.LookUnit(ctx, p.Unit)
	if err != nil {
		return err
	}
	f.Unit, f.UnitCode = u.Name, u.Code
	for above := u; above.Parent != ""; { // the OPD is the unit right below the city
		parent, err := r.People.LookUnit(ctx, above.Parent)
		if err != nil {
			return err
		}
		if parent.Parent == "" {
			if above.ID != u.ID {
				f.Agency = above.Name
			}
			break
		}
		above = parent
	}
	return nil
}

// record books the evidence that follows from a certificate.
func (r Rooms) record(ctx context.Context, id string) ([]Ref, error) {
	c, err := r.Certificates.Look(ctx, certificates.ID(id))
	if err != nil {
		return nil, err
	}
	if err := r.evidence(ctx, id, c); err != nil {
		return nil, err
	}
	return []Ref{{competencies.StandingsCollection, c.Held.Person}}, r.Certificates.Recorded(ctx, certificates.ID(id))
}

// evidence books what a certificate and the optional field tasks beside it show.
func (r Rooms) evidence(ctx context.Context, id string, c certificates.Certificate) error {
	e := competencies.CertificateEvidence{Certificate: id, Person: c.Held.Person, Course: c.Record.Course, Version: c.Record.CourseVersion, Title: c.Record.Title,
		JP: c.Record.JP, On: c.Record.CompletedOn, Expires: c.Record.ValidUntil, Kind: competencies.Quiz, Turn: len(c.Events)}
	assessed, err := r.Courses.Assessed(ctx, c.Record.CourseVersion)
	if err != nil {
		return err
	}
	for _, t := range c.Record.Competencies {
		x := competencies.Target{Competency: t.Code, Level: t.Level}
		if slices.Contains(assessed, courses.Target{Competency: t.Code, Level: t.Level}) {
			x.Kind = competencies.CertificateAssessed
		}
		e.Targets = append(e.Targets, x)
	}
	extras, err := r.Courses.Extras(ctx, c.Held.Enrolment)
	if err != nil {
		return err
	}
	for _, x := range extras {
		y := competencies.ExtraEvidence{Task: x.Task, Title: x.Title.ID, On: x.On}
		for _, t := range x.Shows {
			y.Targets = append(y.Targets, competencies.Target{Competency: t.Competency, Level: t.Level})
		}
		e.Extras = append(e.Extras, y)
	}
	return r.Competencies.Record(ctx, e)
}

// withdraw takes back what rested on a certificate that was revoked or suspended.
func (r Rooms) withdraw(ctx context.Context, id string) ([]Ref, error) {
	c, err := r.Certificates.Look(ctx, certificates.ID(id))
	if err != nil {
		return nil, err
	}
	why := ""
	if e, ok := c.LastEvent(); ok {
		why = e.Reason
	}
	if err := r.Competencies.Withdraw(ctx, id, why, len(c.Events)); err != nil {
		return nil, err
	}
	return []Ref{{competencies.StandingsCollection, c.Held.Person}}, r.Certificates.Withdrawn(ctx, certificates.ID(id))
}

// announce lets everybody's next courses follow what can be learned now; then what changed is no longer due.
func (r Rooms) announce(done func(ctx context.Context, id string) error) Step {
	return alone(func(ctx context.Context, id string) error {
		if err := r.Competencies.RaiseAll(ctx); err != nil {
			return err
		}
		return done(ctx, id)
	})
}

// standing rebuilds what is known of a person's competence; the readiness of their unit and apps becomes due with it.
func (r Rooms) standing(ctx context.Context, person string) ([]Ref, error) {
	if err := r.Competencies.BuildStanding(ctx, person); err != nil {
		return nil, err
	}
	return []Ref{{readiness.PeopleCollection, person}}, r.Readiness.PersonChanged(ctx, person)
}

// spread lets the rooms follow a person who is new or has moved: rules assign, standing and readiness are rebuilt.
func (r Rooms) spread(ctx context.Context, person string) ([]Ref, error) {
	err := r.People.Spread(ctx, person, func(ctx context.Context) error {
		if err := r.Courses.PersonChanged(ctx, person); err != nil {
			return err
		}
		if err := r.Competencies.Raise(ctx, person); err != nil {
			return err
		}
		return r.Readiness.PersonChanged(ctx, person)
	})
	return nil, err
}

// tell puts the news into the holder's inbox.
func (r Rooms) tell(ctx context.Context, id string) ([]Ref, error) {
	c, err := r.Certificates.Look(ctx, certificates.ID(id))
	if err != nil {
		return nil, err
	}
	n := people.NoticeInput{Person: people.ID(c.Held.Person), Kind: "certificate", Topic: "certificate." + id + "." + string(c.State), Link: "/sertifikat/" + id}
	switch c.State {
	case certificates.Revoked:
		n.Title = texts.T("Sertifikat dicabut: "+c.Record.Title, "Certificate revoked: "+c.Record.Title)
	case certificates.Suspended:
		n.Title = texts.T("Sertifikat ditangguhkan: "+c.Record.Title, "Certificate suspended: "+c.Record.Title)
	default:
		n.Title = texts.T("Sertifikat terbit: "+c.Record.Title, "Certificate issued: "+c.Record.Title)
		n.Body = texts.T("Nomor "+c.Record.Number+". Buka untuk mengunduh PDF dan melihat kompetensi yang dibuktikan.", "Number "+c.Record.Number+". Open it to download the PDF and see the competencies it shows.")
	}
	if e, ok := c.LastEvent(); ok && c.State != certificates.Issued {
		n.Body = texts.T("Alasan: "+e.Reason+". Keberatan dapat Anda sampaikan kepada "+c.Record.Issuer+".", "Reason: "+e.Reason+". You may object to "+c.Record.Issuer+".")
	}
	if err := r.People.Tell(ctx, n); err != nil {
		return nil, err
	}
	return nil, r.Certificates.Told(ctx, certificates.ID(id))
}

// settleMarking lets an attempt take a verdict of people up; the attempt goes on from there.
func (r Rooms) settleMarking(ctx context.Context, marking string) ([]Ref, error) {
	collection, id, err := r.Courses.Marked(ctx, marking)
	if err != nil {
		return nil, err
	}
	return []Ref{{collection, id}}, r.Courses.Settle(ctx, marking)
}

// routeFieldWork tells the supervisor of the day that a field task waits for them.
func (r Rooms) routeFieldWork(ctx context.Context, marking string) error {
	n, err := r.Courses.Route(ctx, marking)
	if err != nil {
		return err
	}
	if n.Person != "" {
		if err := r.People.Tell(ctx, people.NoticeInput{Person: people.ID(n.Person), Kind: "judge", Topic: n.Topic, Link: "/tugas-staf/" + n.Marking, Title: n.Title, Body: n.Body}); err != nil {
			return err
		}
	}
	return r.Courses.Routed(ctx, marking)
}

// recordFieldWork lets an enrolment take an accepted field task up; it goes on from there.
func (r Rooms) recordFieldWork(ctx context.Context, work string) ([]Ref, error) {
	enrolment, err := r.Courses.EnrolmentOfWork(ctx, work)
	if err != nil {
		return nil, err
	}
	return []Ref{{courses.EnrolmentsCollection, enrolment}}, r.Courses.RecordWork(ctx, work)
}

// tellFieldWork tells a learner what came of a field task.
func (r Rooms) tellFieldWork(ctx context.Context, work string) error {
	n, untold, err := r.Courses.UntoldWork(ctx, work)
	if err != nil {
		return err
	}
	if untold {
		topic := "field." + work + "." + strconv.Itoa(n.Edition)
		if n.Verdict > 1 {
			topic += "." + strconv.Itoa(n.Verdict)
		}
		err := r.People.Tell(ctx, people.NoticeInput{Person: people.ID(n.Person), Kind: "marked", Topic: topic, Link: "/belajar/" + n.Enrolment + "/tugas/" + n.Task, Title: n.Title, Body: n.Body})
		if err != nil {
			return err
		}
	}
	return r.Courses.ToldWork(ctx, work, n.Edition)
}

// tellObjection tells a learner what was answered to their objection.
func (r Rooms) tellObjection(ctx context.Context, marking string) error {
	n, err := r.Courses.UntoldObjection(ctx, marking)
	if err != nil {
		return err
	}
	if n.Person != "" {
		if err := r.People.Tell(ctx, people.NoticeInput{Person: people.ID(n.Person), Kind: "objection", Topic: n.Topic, Link: n.Link, Title: n.Title, Body: n.Body}); err != nil {
			return err
		}
	}
	return r.Courses.ToldObjection(ctx, marking)
}

// tellItemReview tells reviewers what waits for them, and authors what came of it.
func (r Rooms) tellItemReview(ctx context.Context, item string) error {
	news, state, err := r.Courses.UntoldReview(ctx, item)
	if err != nil {
		return err
	}
	for _, n := range news {
		if err := r.tellReview(ctx, n); err != nil {
			return err
		}
	}
	return r.Courses.ToldReview(ctx, item, state)
}

// tellReview tells one person, or all reviewers who did not write what is reviewed.
func (r Rooms) tellReview(ctx context.Context, n courses.ReviewNews) error {
	who := []people.ID{people.ID(n.Person)}
	if n.Person == "" {
		var err error
		if who, err = r.People.RoleHolders(ctx, "reviewer"); err != nil {
			return err
		}
	}
	for _, p := range who {
		if slices.Contains(n.Not, string(p)) {
			continue
		}
		if err := r.People.Tell(ctx, people.NoticeInput{Person: p, Kind: "review", Topic: n.Topic, Link: n.Link, Title: n.Title, Body: n.Body}); err != nil {
			return err
		}
	}
	return nil
}

// tellTalk tells authors and reviewers of the review of a version and of remarks on it.
func (r Rooms) tellTalk(ctx context.Context, version string) error {
	n, untold, err := r.Courses.UntoldVersionReview(ctx, version)
	if err != nil {
		return err
	}
	if untold {
		if err := r.tellReview(ctx, n); err != nil {
			return err
		}
	}
	if err := r.Courses.ToldVersionReview(ctx, version, n.Topic); err != nil {
		return err
	}
	news, remarks, err := r.Courses.UntoldRemarks(ctx, version)
	if err != nil {
		return err
	}
	for _, n := range news {
		link := "/kelola/kursus/" + n.Course + "/" + strconv.Itoa(n.Number) + "/catatan"
		if err := r.People.Tell(ctx, people.NoticeInput{Person: people.ID(n.Person), Kind: "remark", Topic: "remark." + n.Remark, Link: link, Title: n.Title, Body: n.Body}); err != nil {
			return err
		}
	}
	return r.Courses.ToldRemarks(ctx, version, remarks)
}

// tellListed tells whoever had a regrade run which certificates wait for a decision.
func (r Rooms) tellListed(ctx context.Context, regrade string) error {
	n, err := r.Courses.RegradeNews(ctx, regrade)
	if err != nil {
		return err
	}
	if n.Person != "" {
		if err := r.People.Tell(ctx, people.NoticeInput{Person: people.ID(n.Person), Kind: "regrade", Topic: "listed." + regrade, Link: "/kelola/nilai-ulang/" + regrade, Title: n.Title, Body: n.Body}); err != nil {
			return err
		}
	}
	return r.Courses.RegradeTold(ctx, regrade)
}

// tellRegraded tells a learner that people have marked or that a regrade changed a result.
func (r Rooms) tellRegraded(ctx context.Context, attempt string) ([]Ref, error) {
	news, err := r.Courses.Untold(ctx, attempt)
	if err != nil {
		return nil, err
	}
	for _, n := range news {
		topic := "regrade." + n.Regrade + strings.TrimPrefix(attempt, n.Person) // a notice's id begins with the person already
		kind := "regrade"
		if n.Regrade == "" {
			kind, topic = "marked", "marked"+strings.TrimPrefix(attempt, n.Person)
		}
		err := r.People.Tell(ctx, people.NoticeInput{Person: people.ID(n.Person), Kind: kind, Topic: topic, Link: "/percobaan/" + attempt + "/hasil", Title: n.Title, Body: n.Body})
		if err != nil {
			return nil, err
		}
	}
	return nil, r.Courses.Told(ctx, attempt, news)
}
