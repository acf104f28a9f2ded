package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// A course belongs to the city: a training admin or a marker of one agency neither publishes it nor sees or changes results of everybody else.
func TestAGrantForOneUnitDoesNotPublishOrRegrade(t *testing.T) {
	w, item := newRegradeWorld(t)
	trainer := access.Actor{Person: "adm2", Grants: []access.Grant{{Role: "training_admin", Unit: "u-dukcapil"}}}
	grader := access.Actor{Person: "nilai", Grants: []access.Grant{{Role: "marker", Unit: "u-dukcapil"}}}
	v, err := w.NewDraft(ctx, trainer, "APEL-109") // writing is no publishing
	must(t, err)
	_, err = w.Publish(ctx, trainer, v.ID)
	is(t, err, faults.Forbidden)
	is(t, w.CloseCourse(ctx, trainer, "APEL-109", true, "uji"), faults.Forbidden)
	k := w.keyOn(item, "c")
	w.checked(admin, "rg", item, k)
	for _, a := range []access.Actor{trainer, grader} {
		_, err = w.CheckRegrade(ctx, a, courses.RegradeInput{Key: "rg2", Item: item, To: k, Why: "uji"})
		is(t, err, faults.NotFound)
		_, err = w.ConfirmRegrade(ctx, a, "rg")
		is(t, err, faults.NotFound)
		_, err = w.RegradeByID(ctx, a, "rg")
		is(t, err, faults.NotFound)
		_, _, err = w.Regrades(ctx, a, "APEL-109", storage.Cursor{}, 10)
		is(t, err, faults.NotFound)
		_, err = w.ItemToCorrect(ctx, a, item)
		is(t, err, faults.NotFound)
	}
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
}
