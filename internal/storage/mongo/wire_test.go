package mongo_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/mongo"
)

// proxy stands between the driver and the server and can lose answers: the commands arrive, the replies do not.
type proxy struct {
	net.Listener
	server string
	lose   atomic.Bool
	mu     sync.Mutex
	open   []net.Conn
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, server: server}
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.open {
			c.Close()
		}
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", server)
			if err != nil {
				c.Close()
				return
			}
			p.mu.Lock()
			p.open = append(p.open, c, s)
			p.mu.Unlock()
			go p.copy(s, c, false)
			go p.copy(c, s, true)
		}
	}()
	return p
}

func (p *proxy) copy(to, from net.Conn, replies bool) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 1<<16)
	for {
		n, err := from.Read(b)
		if err != nil || replies && p.lose.Load() {
			return // with the reply read and thrown away
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// TestLostReply: the server stores the document, the answer is lost on the wire, and the caller still learns the truth.
func TestLostReply(t *testing.T) {
	ctx := context.Background()
	u, err := url.Parse(uri(t))
	if err != nil {
		t.Skip("the proxy needs a URI with one host: ", err)
	}
	if strings.Contains(u.Host, ",") || u.Scheme != "mongodb" || strings.Contains(u.RawQuery, "tls") {
		t.Skip("the proxy needs a URI with one host and without TLS")
	}
	p := newProxy(t, u.Host)
	through := *u
	through.Host = p.Addr().String()
	q := through.Query()
	q.Set("directConnection", "true") // or the driver asks the set for its members and goes past the proxy
	q.Set("retryWrites", "false")     // or the driver itself finds out
	q.Set("retryReads", "false")
	through.RawQuery = q.Encode()
	if through.Path == "" {
		through.Path = "/"
	}
	name := database()
	direct := open(t, mongo.Options{Database: name})
	if err := direct.Declare(ctx, "things", nil); err != nil {
		t.Fatal(err)
	}
	e, err := mongo.Open(ctx, mongo.Options{URI: through.String(), Database: name, Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Declare(ctx, "things", nil); err != nil {
		t.Fatal(err)
	}
	r := storage.Record{ID: "a", Version: 1, Op: "op1", Body: []byte(`{"shape":1,"doc":{}}`)}
	p.lose.Store(true)
	err = e.Insert(ctx, "things", r)
	p.lose.Store(false)
	if faults.KindOf(err) != faults.Unavailable || !errors.Is(err, faults.Unavailable) {
		t.Fatalf("a lost answer is %v", err)
	}
	got, err := direct.Get(ctx, "things", "a")
	if err != nil || got.Op != "op1" {
		t.Fatalf("the insert did not arrive: %+v, %v", got, err)
	}
	// The next operation finds its way again, and the settling of a collection's write is this read.
	if got, err := e.Get(ctx, "things", "a"); err != nil || got.Op != "op1" {
		t.Errorf("afterwards: %+v, %v", got, err)
	}
	r.Version, r.Op = 2, "op2"
	p.lose.Store(true)
	err = e.Replace(ctx, "things", r)
	p.lose.Store(false)
	if faults.KindOf(err) != faults.Unavailable {
		t.Errorf("a lost answer to a replace is %v", err)
	}
	if err := e.Replace(ctx, "things", r); !errors.Is(err, faults.Conflict) {
		t.Errorf("the replace once more: %v", err)
	}
}

// TestPlans asks a real MongoDB how it runs each form of find: on the index, in its order, without a sort in memory.
func TestPlans(t *testing.T) {
	ctx := context.Background()
	uri(t)
	if why := os.Getenv(noRacingEnv); why != "" {
		t.Skip("only a real MongoDB has plans to look at; here: " + why)
	}
	var finds []bson.Raw
	e := open(t, mongo.Options{Monitor: &event.CommandMonitor{Started: func(_ context.Context, c *event.CommandStartedEvent) {
		if c.CommandName == "find" {
			finds = append(finds, append(bson.Raw(nil), c.Command...))
		}
	}}})
	if err := e.Declare(ctx, "things", []string{"i"}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b", "c"} {
		if err := e.Insert(ctx, "things", storage.Record{ID: id, Version: 1, Op: "o", Body: []byte("{}"), Entries: []storage.Entry{{Index: "i", Term: "t", Order: "m"}, {Index: "i", Term: "u", Order: "m"}}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []storage.Query{{}, {Desc: true}, {From: "a", To: "z"}, {After: storage.Cursor{Order: "m", ID: "a"}}, {After: storage.Cursor{Order: "m", ID: "b"}, Desc: true}} {
		q.Index, q.Term, q.Limit = "i", "t", 2
		finds = nil
		if _, err := e.Find(ctx, "things", q); err != nil {
			t.Fatal(err)
		}
		for _, find := range finds {
			plan, err := e.Explain(ctx, find)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(plan, "IXSCAN") || strings.Contains(plan, "COLLSCAN") || strings.Contains(plan, `"SORT"`) {
				t.Errorf("%+v: %s", q, plan)
			}
		}
	}
}
