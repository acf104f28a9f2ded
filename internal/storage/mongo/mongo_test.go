package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/mongo"
	"github.com/apelkota/apel/internal/storage/storagetest"
)

// APEL_TEST_MONGO is the URI of a server these tests may make databases on. APEL_TEST_MONGO_NO_RACING says why racing cases are left out:
// only for the wire peer (tools/ferretdb), which is known to lose acknowledged updates; a real MongoDB runs them all.
const (
	uriEnv      = "APEL_TEST_MONGO"
	noRacingEnv = "APEL_TEST_MONGO_NO_RACING"
)

func uri(t testing.TB) string {
	t.Helper()
	u := os.Getenv(uriEnv)
	if u == "" {
		t.Skip("no MongoDB to test on: " + uriEnv + " is not set (see docs/testing-mongo.md)")
	}
	return u
}

// The name has the time in it so that a run meets nothing of an earlier one that was killed.
var databases atomic.Int64

func database() string {
	return fmt.Sprintf("apel_test_%d_%d_%d", time.Now().Unix(), os.Getpid(), databases.Add(1))
}

func open(t testing.TB, o mongo.Options) *mongo.Engine {
	t.Helper()
	ctx := context.Background()
	if o.URI == "" {
		o.URI = uri(t)
	}
	if o.Database == "" {
		o.Database = database()
	}
	e, err := mongo.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(e.Drop(ctx), e.Close()); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestContract(t *testing.T) {
	uri(t)
	why := os.Getenv(noRacingEnv)
	storagetest.Run(t, func(t *testing.T) storage.Engine {
		return open(t, mongo.Options{Monitor: watch(t)})
	}, storagetest.Options{NoRacing: why, Slow: why != ""})
}

// watch asserts the form of every command that the engine sends during a test.
func watch(t testing.TB) *event.CommandMonitor {
	var seen atomic.Int64
	t.Cleanup(func() {
		if seen.Load() == 0 {
			t.Error("the monitor saw no command")
		}
	})
	return &event.CommandMonitor{Started: func(_ context.Context, c *event.CommandStartedEvent) {
		if err := assert(c.Command); err != nil {
			t.Errorf("%v\n%s", err, clip(c.Command.String()))
		}
		seen.Add(1)
	}}
}

func clip(s string) string {
	if len(s) > 500 {
		return s[:500] + "..."
	}
	return s
}

// assert: a write is one command on one document, replace and delete name id and version and nothing else, and wait for the majority; a read
// is by id or by a hinted index, bounded, at majority. No transaction, ever.
func assert(raw bson.Raw) error {
	var c struct {
		Insert, Update, Delete, Find string
		Documents                    []bson.Raw
		Updates                      []struct {
			Q             bson.D
			U             bson.Raw
			Multi, Upsert bool
		}
		Deletes []struct {
			Q     bson.D
			Limit int
		}
		Filter           bson.D
		Hint             any
		Limit            int64
		WriteConcern     struct{ W, J any }
		ReadConcern      struct{ Level string }
		StartTransaction any
		Autocommit       any
	}
	if err := bson.Unmarshal(raw, &c); err != nil {
		return err
	}
	if c.StartTransaction != nil || c.Autocommit != nil {
		return errors.New("a transaction")
	}
	keys := func(d bson.D) string {
		var names []string
		for _, e := range d {
			names = append(names, e.Key)
		}
		return strings.Join(names, " ")
	}
	majority := func() error {
		if c.WriteConcern.W != "majority" || c.WriteConcern.J != true {
			return fmt.Errorf("write concern %v", c.WriteConcern)
		}
		return nil
	}
	first, err := raw.IndexErr(0)
	if err != nil {
		return err
	}
	switch first.Key() {
	case "insert":
		if len(c.Documents) != 1 {
			return fmt.Errorf("%d documents in one insert", len(c.Documents))
		}
		return majority()
	case "update":
		if len(c.Updates) != 1 || c.Updates[0].Multi || c.Updates[0].Upsert {
			return errors.New("not one replacement")
		}
		if got := keys(c.Updates[0].Q); got != "_id version" {
			return fmt.Errorf("the filter has %s", got)
		}
		if u, err := c.Updates[0].U.IndexErr(0); err != nil || u.Key() != "_id" {
			return fmt.Errorf("not a whole document: %v", c.Updates[0].U)
		}
		return majority()
	case "delete":
		if len(c.Deletes) != 1 || c.Deletes[0].Limit != 1 {
			return errors.New("not one delete")
		}
		if got := keys(c.Deletes[0].Q); got != "_id version" {
			return fmt.Errorf("the filter has %s", got)
		}
		return majority()
	case "find":
		if c.ReadConcern.Level != "majority" {
			return fmt.Errorf("read concern %v", c.ReadConcern)
		}
		if c.Limit < 1 {
			return errors.New("an unbounded find")
		}
		if len(c.Filter) == 1 && c.Filter[0].Key == "_id" {
			return nil
		}
		if len(c.Filter) < 2 || c.Hint == nil || !strings.HasSuffix(c.Filter[0].Key, ".terms") || !strings.HasSuffix(c.Filter[1].Key, ".order") {
			return fmt.Errorf("a find without an index: filter %s, hint %v", keys(c.Filter), c.Hint)
		}
		if _, equality := c.Filter[0].Value.(string); !equality {
			return fmt.Errorf("the term is matched by %v", c.Filter[0].Value)
		}
		return nil
	case "createIndexes", "listCollections", "listIndexes", "getMore", "ping", "dropDatabase", "endSessions", "killCursors", "explain":
		return nil
	}
	return fmt.Errorf("an unexpected command %s", first.Key())
}

// TestWatchSeesWhatItShould shows that the assertion is one.
func TestWatchSeesWhatItShould(t *testing.T) {
	w := bson.D{{Key: "w", Value: "majority"}, {Key: "j", Value: true}}
	id, version := bson.E{Key: "_id", Value: "a"}, bson.E{Key: "version", Value: int64(1)}
	update := func(q bson.D, u bson.D, multi bool, concern bson.D) bson.D {
		return bson.D{{Key: "update", Value: "c"}, {Key: "updates", Value: bson.A{bson.D{{Key: "q", Value: q}, {Key: "u", Value: u}, {Key: "multi", Value: multi}}}}, {Key: "writeConcern", Value: concern}}
	}
	for name, c := range map[string]struct {
		command bson.D
		fine    bool
	}{
		"good update":       {update(bson.D{id, version}, bson.D{id}, false, w), true},
		"without version":   {update(bson.D{id}, bson.D{id}, false, w), false},
		"without id":        {update(bson.D{version}, bson.D{id}, false, w), false},
		"operators":         {update(bson.D{id, version}, bson.D{{Key: "$set", Value: bson.D{id}}}, false, w), false},
		"multi":             {update(bson.D{id, version}, bson.D{id}, true, w), false},
		"one node":          {update(bson.D{id, version}, bson.D{id}, false, bson.D{{Key: "w", Value: 1}, {Key: "j", Value: true}}), false},
		"two inserts":       {bson.D{{Key: "insert", Value: "c"}, {Key: "documents", Value: bson.A{bson.D{id}, bson.D{id}}}, {Key: "writeConcern", Value: w}}, false},
		"insert, concern":   {bson.D{{Key: "insert", Value: "c"}, {Key: "documents", Value: bson.A{bson.D{id}}}}, false},
		"delete by id":      {bson.D{{Key: "delete", Value: "c"}, {Key: "deletes", Value: bson.A{bson.D{{Key: "q", Value: bson.D{id}}, {Key: "limit", Value: 1}}}}, {Key: "writeConcern", Value: w}}, false},
		"delete many":       {bson.D{{Key: "delete", Value: "c"}, {Key: "deletes", Value: bson.A{bson.D{{Key: "q", Value: bson.D{id, version}}, {Key: "limit", Value: 0}}}}, {Key: "writeConcern", Value: w}}, false},
		"find by a field":   {bson.D{{Key: "find", Value: "c"}, {Key: "filter", Value: bson.D{{Key: "body", Value: "x"}}}, {Key: "limit", Value: int64(1)}, {Key: "readConcern", Value: bson.D{{Key: "level", Value: "majority"}}}}, false},
		"transaction":       {append(update(bson.D{id, version}, bson.D{id}, false, w), bson.E{Key: "startTransaction", Value: true}), false},
		"aggregate":         {bson.D{{Key: "aggregate", Value: "c"}}, false},
		"find and modify":   {bson.D{{Key: "findAndModify", Value: "c"}}, false},
		"local read by id":  {bson.D{{Key: "find", Value: "c"}, {Key: "filter", Value: bson.D{id}}, {Key: "limit", Value: int64(1)}}, false},
		"read of no bounds": {bson.D{{Key: "find", Value: "c"}, {Key: "filter", Value: bson.D{id}}, {Key: "readConcern", Value: bson.D{{Key: "level", Value: "majority"}}}}, false},
	} {
		raw, err := bson.Marshal(c.command)
		if err != nil {
			t.Fatal(err)
		}
		if err := assert(raw); (err == nil) != c.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFaults sorts errors as the driver makes them.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want faults.Kind
	}{
		"no document":          {driver.ErrNoDocuments, faults.NotFound},
		"duplicate key":        {driver.WriteException{WriteErrors: driver.WriteErrors{{Code: 11000}}}, faults.Conflict},
		"majority not reached": {driver.WriteException{WriteConcernError: &driver.WriteConcernError{Code: 100, Message: "not enough data-bearing nodes"}}, faults.Unavailable},
		"network":              {driver.CommandError{Labels: []string{"NetworkError"}, Message: "connection reset"}, faults.Unavailable},
		"primary stepped down": {driver.CommandError{Code: 189, Name: "PrimarySteppedDown"}, faults.Unavailable},
		"not the primary":      {driver.CommandError{Code: 10107, Name: "NotWritablePrimary"}, faults.Unavailable},
		"retryable":            {driver.CommandError{Code: 1, Labels: []string{"RetryableWriteError"}}, faults.Unavailable},
		"timeout":              {context.DeadlineExceeded, faults.Unavailable},
		"cancelled":            {context.Canceled, faults.Unavailable},
		"unreadable answer":    {errors.New("malformed"), faults.Unavailable},
		"closed":               {driver.ErrClientDisconnected, faults.Unavailable},
		"no permission":        {driver.CommandError{Code: 13, Name: "Unauthorized"}, faults.Internal},
		"bad hint":             {driver.CommandError{Code: 2, Name: "BadValue"}, faults.Internal},
		"document too large":   {driver.WriteException{WriteErrors: driver.WriteErrors{{Code: 10334}}}, faults.Internal},
	} {
		err := mongo.Fault(fmt.Errorf("write: %w", c.err))
		if faults.KindOf(err) != c.want {
			t.Errorf("%s: %v is %s", name, err, faults.KindOf(err))
		}
	}
	if mongo.Fault(nil) != nil {
		t.Error("no error became one")
	}
}

func TestOpenWithoutAServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // somebody listens, and hangs up on everybody
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	_, err = mongo.Open(context.Background(), mongo.Options{URI: "mongodb://" + l.Addr().String(), Timeout: 300 * time.Millisecond})
	if faults.KindOf(err) != faults.Unavailable {
		t.Errorf("a server that hangs up: %v", err)
	}
	_, err = mongo.Open(context.Background(), mongo.Options{URI: "http://127.0.0.1", Timeout: time.Second})
	if faults.KindOf(err) != faults.Invalid {
		t.Errorf("a wrong URI: %v", err)
	}
}

func TestDatabaseOf(t *testing.T) {
	for uri, want := range map[string]string{
		"mongodb://127.0.0.1:27017":                         "apel",
		"mongodb://127.0.0.1:27017/":                        "apel",
		"mongodb://a:1,b:2,c:3/kota?replicaSet=rs0":         "kota",
		"mongodb+srv://u:p%2Fw@cluster.example.org/?w=1":    "apel",
		"mongodb://a:1/kota_jambi":                          "kota_jambi",
		"mongodb://a:1/?authSource=admin&appName=x/y":       "apel",
		"mongodb+srv://cluster.example.org/kota?ssl=true/x": "kota",
	} {
		if got := mongo.DatabaseOf(uri); got != want {
			t.Errorf("%s: %q", uri, got)
		}
	}
}
