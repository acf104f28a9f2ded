package workers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	lua "github.com/yuin/gopher-lua"

	"github.com/apelkota/apel/internal/faults"
)

// taskAdvance is the only kind of task: "look at this document".
const taskAdvance = "advance"

// background are the lanes that may wait, with their weights. The main lane has a server of its own: asynq asks every lane it serves, one script each,
// before it takes a task, so lanes that are mostly empty would be paid for by every exam; and no picture being drawn ever holds one up.
var background = map[string]int{string(Tell): 4, string(Render): 2, string(Bulk): 1}

// How often a server with nothing to do looks. The sweeper is no quicker for either.
const (
	mainCheck       = 50 * time.Millisecond
	backgroundCheck = 500 * time.Millisecond
)

// The embedded server makes a Lua state for every script; asynq's are a dozen lines that need few registers. By default each one would clear 100 KB.
func init() { lua.RegistrySize, lua.CallStackSize = 1024, 64 }

// queue is asynq on a Redis server, or on a Redis-compatible one inside this process.
type queue struct {
	embedded *miniredis.Miniredis
	tick     chan struct{} // closed to stop the embedded server's clock
	redis    redis.UniversalClient
	client   *asynq.Client
	servers  []*asynq.Server
	log      *slog.Logger
}

func openQueue(url string, log *slog.Logger) (*queue, error) {
	q := &queue{log: log}
	var o *redis.Options
	if url == "" {
		q.embedded = miniredis.NewMiniRedis()
		var secret [16]byte
		if _, err := rand.Read(secret[:]); err != nil {
			return nil, err
		}
		password := hex.EncodeToString(secret[:])
		q.embedded.RequireAuth(password)
		q.tick = make(chan struct{})
		go q.age(q.embedded, q.tick)
		if err := q.embedded.StartAddr("127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("start the embedded queue: %w", err)
		}
		o = &redis.Options{Addr: q.embedded.Addr(), Password: password}
	} else {
		var err error
		if o, err = redis.ParseURL(url); err != nil {
			return nil, faults.Wrap(err, faults.Invalid, "Alamat Redis harus berbentuk redis://host:6379/0.", "The Redis address must be redis://host:6379/0.")
		}
	}
	o.DisableIdentity = true
	q.redis = redis.NewClient(o)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := q.redis.Ping(ctx).Err(); err != nil {
		q.close()
		return nil, faults.Wrap(fmt.Errorf("ping the queue: %w", err), faults.Unavailable, "Antrean (Redis) tidak dapat dijangkau.", "The queue (Redis) cannot be reached.")
	}
	q.client = asynq.NewClientFromRedisClient(q.redis)
	return q, nil
}

// enqueue asks for a document to be looked at. An id that is taken counts as asked.
func (q *queue) enqueue(ctx context.Context, lane Lane, r Ref, id string) error {
	opts := []asynq.Option{asynq.Queue(string(lane)), asynq.MaxRetry(0), asynq.Timeout(10 * time.Minute)}
	if id != "" {
		opts = append(opts, asynq.TaskID(id))
	}
	_, err := q.client.EnqueueContext(ctx, asynq.NewTask(taskAdvance, []byte(r.Collection+"/"+r.ID)), opts...)
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return faults.Conflict
	}
	if err != nil {
		return faults.Wrap(err, faults.Unavailable, "Antrean sedang tidak dapat dijangkau.", "The queue is away at the moment.")
	}
	return nil
}

func (q *queue) serve(ctx context.Context, concurrency int, do func(ctx context.Context, lane Lane, r Ref)) error {
	handler := asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
		collection, id, ok := strings.Cut(string(t.Payload()), "/")
		if !ok || t.Type() != taskAdvance {
			q.log.Warn("a task that is not ours was dropped", "type", t.Type())
			return nil
		}
		lane, _ := asynq.GetQueueName(ctx)
		do(ctx, Lane(lane), Ref{collection, id})
		return nil // the document says what became of it; asynq's retry and archive hold no truth
	})
	for _, c := range []asynq.Config{
		{Concurrency: concurrency, Queues: map[string]int{string(Main): 1}, TaskCheckInterval: mainCheck},
		{Concurrency: max(1, concurrency/2), Queues: background, TaskCheckInterval: backgroundCheck},
	} {
		c.BaseContext = func() context.Context { return ctx }
		c.DelayedTaskCheckInterval = time.Minute // nothing of ours is delayed: the documents say when
		c.JanitorInterval = time.Hour
		c.HealthCheckInterval = time.Minute
		c.ShutdownTimeout = 8 * time.Second
		c.Logger, c.LogLevel = asynqLog{q.log}, asynq.WarnLevel
		s := asynq.NewServerFromRedisClient(q.redis, c)
		if err := s.Start(handler); err != nil {
			q.stopServing()
			return err
		}
		q.servers = append(q.servers, s)
	}
	return nil
}

func (q *queue) stopServing() {
	for _, s := range q.servers {
		s.Shutdown()
	}
	q.servers = nil
}

func (q *queue) close() {
	if q.redis != nil {
		if err := q.redis.Close(); err != nil && !errors.Is(err, redis.ErrClosed) {
			q.log.Warn("close the queue's connections", "err", err)
		}
	}
	if q.embedded != nil {
		close(q.tick)
		q.embedded.Close()
	}
}

// ageEvery is how often the embedded server's clock moves. Only asynq's records of who serves what end by themselves (leases carry their time), so it
// may move in jumps; each one looks at every key. Letting the server do that on every command (ClockTTL) made a task cost milliseconds behind a backlog.
const ageEvery = 10 * time.Second

// age makes what has a time to live end by itself, as on a real server.
func (q *queue) age(m *miniredis.Miniredis, end <-chan struct{}) {
	t := time.NewTicker(ageEvery)
	defer t.Stop()
	for last := time.Now(); ; {
		select {
		case <-end:
			return
		case now := <-t.C:
			m.FastForward(now.Sub(last))
			last = now
		}
	}
}

// clear drops everything queued, for tests that show that nothing is lost with it. A database that holds anything but a queue is left alone.
func (q *queue) clear(ctx context.Context) error {
	keys, err := q.redis.Keys(ctx, "*").Result()
	if err != nil {
		return err
	}
	for _, k := range keys {
		if !strings.HasPrefix(k, "asynq:") {
			return fmt.Errorf("this Redis database holds more than a queue; give tests one of their own")
		}
	}
	return q.redis.FlushDB(ctx).Err()
}

// asynqLog lets asynq write into our log.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) {}
func (l asynqLog) Info(args ...any)  {}
func (l asynqLog) Warn(args ...any)  { l.log.Warn("queue", "said", fmt.Sprint(args...)) }
func (l asynqLog) Error(args ...any) { l.log.Error("queue", "said", fmt.Sprint(args...)) }
func (l asynqLog) Fatal(args ...any) { l.log.Error("queue", "said", fmt.Sprint(args...)) }
