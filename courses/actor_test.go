package courses_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// chainOnly are the methods without an actor: steps of the chain, called by workers only.
var chainOnly = []string{"ApplyRule", "Certified", "CloseAttempt", "Complete", "Completed", "EnrolAssigned", "EnrolCohort", "Grade", "Head", "PersonChanged"}

// Every exported method takes the actor and turns nobody away with Unauthenticated, and a stranger without any role never gets what is somebody's own.
func TestEveryMethodAsksWhoActs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	_, err = w.OpenCohort(ctx, admin, courses.CohortInput{Key: "c1", Name: "I", Course: "APEL-109", From: "2026-03-01", Until: "2026-03-31", Quota: 3})
	must(t, err)
	_, err = w.Assign(ctx, admin, courses.AssignInput{Key: "a1", Person: "ani", Course: "APEL-109", Reason: courses.ReasonBase, Because: text("wajib"), Due: "2026-12-31"})
	must(t, err)
	_, err = w.AssignByRule(ctx, admin, rule("R-1", "all"))
	must(t, err)

	// Strings are filled with the id that fits the method, so that permission and not existence decides.
	ids := map[string][]string{
		"Start": {e.ID, "posttest"}, "Form": {f.Attempt}, "Save": {f.Attempt}, "Submit": {f.Attempt}, "Extend": {f.Attempt, "k", "alasan"}, "Attempt": {f.Attempt}, "Review": {f.Attempt},
		"Enrolment": {e.ID}, "Progress": {e.ID}, "OpenLesson": {e.ID, "L1"}, "Read": {e.ID, "L1"}, "GrantAttempt": {e.ID, "posttest", "k", "alasan"}, "Home": {"ani"},
		"Version": {"APEL-109.1"}, "Versions": {"APEL-109"}, "Items": {"APEL-109.1", "bank"}, "Publish": {"APEL-109.1"}, "CheckPublish": {"APEL-109.1"}, "Discard": {"APEL-109.1", "x"},
		"Revise": {"APEL-109.1"}, "WriteLesson": {"APEL-109.1"}, "WriteBank": {"APEL-109.1", "bank"}, "Course": {"APEL-109"}, "NewDraft": {"APEL-109"}, "CloseCourse": {"APEL-109", "x"},
		"NewCourse": {"APEL-110"}, "Withdraw": {"a1", "x"}, "StopRule": {"R-1", "x"}, "Cohort": {"c1"}, "Join": {"c1"}, "AddMembers": {"c1"}, "CloseCohort": {"c1"}, "Cohorts": {""},
	}
	values := map[string]any{
		"Enrol": courses.EnrolInput{Person: "ani", Course: "APEL-109", Why: "x"}, "Enrolments": courses.EnrolmentFilter{Person: "ani"}, "Attempts": courses.AttemptFilter{Enrolment: e.ID},
		"Assignments": courses.AssignmentFilter{Person: "ani"}, "Assign": courses.AssignInput{Key: "a2", Person: "ani", Course: "APEL-109", Reason: courses.ReasonBase, Because: text("x"), Due: "2026-12-31"},
		"AssignByRule": rule("R-2", "all"), "NewCourse": content().Card, "Revise": content(), "WriteLesson": courses.LessonText{Code: "L1", Markdown: "x"},
		"Import": courses.ImportInput{Draft: folder(t, "APEL-103"), Publish: true},
	}
	open := []string{"Course", "Version", "Catalogue", "Cohort", "Cohorts", "CheckPublish"} // what every learner sees
	own := []string{"Join"}                                                                 // acts on oneself
	svc := reflect.ValueOf(w.Service)
	for i := range svc.NumMethod() {
		m := svc.Type().Method(i)
		takes := m.Type.NumIn() > 2 && m.Type.In(2) == reflect.TypeFor[access.Actor]()
		if slices.Contains(chainOnly, m.Name) {
			if takes {
				t.Errorf("%s takes an actor and is listed as a step", m.Name)
			}
			continue
		}
		if !takes {
			t.Errorf("%s takes no actor", m.Name)
			continue
		}
		call := func(a access.Actor) error {
			args := []reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(a)}
			strings := ids[m.Name]
			for j := 3; j < m.Type.NumIn(); j++ {
				p := m.Type.In(j)
				switch v := reflect.ValueOf(values[m.Name]); {
				case p.Kind() == reflect.String && len(strings) > 0:
					args, strings = append(args, reflect.ValueOf(strings[0]).Convert(p)), strings[1:]
				case v.IsValid() && v.Type() == p:
					args = append(args, v)
				default:
					args = append(args, reflect.Zero(p))
				}
			}
			out := svc.Method(i).Call(args)
			err, _ := out[len(out)-1].Interface().(error)
			return err
		}
		if err := call(access.Actor{}); faults.KindOf(err) != faults.Unauthenticated || err == nil {
			t.Errorf("%s for nobody: %v", m.Name, err)
		}
		err := call(budi)
		if k := faults.KindOf(err); err != nil && k != faults.NotFound && k != faults.Forbidden || err == nil && !slices.Contains(open, m.Name) && !slices.Contains(own, m.Name) {
			t.Errorf("%s for a stranger: %v", m.Name, err)
		}
	}
}
