package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"

	"github.com/apelkota/apel/internal/faults"
)

// maxGroup bounds how many writes share one commit, so that the first of them does not wait for long.
const maxGroup = 256

// txStmts begin and end the shared transaction.
type txStmts struct{ begin, commit, rollback *sql.Stmt }

func (x *txStmts) prepare(ctx context.Context, conn *sql.Conn) error {
	var errs [3]error
	x.begin, errs[0] = conn.PrepareContext(ctx, `BEGIN IMMEDIATE`)
	x.commit, errs[1] = conn.PrepareContext(ctx, `COMMIT`)
	x.rollback, errs[2] = conn.PrepareContext(ctx, `ROLLBACK`)
	return errors.Join(errs[:]...)
}

// job is one write on its way through the writer.
type job struct {
	ctx  context.Context                 // of the caller: one that left before its turn has written nothing
	do   func(ctx context.Context) error // runs on the writer's connection inside the shared transaction
	err  error
	done chan struct{}
}

// submit hands a write to the writer and waits for its commit. A caller that goes away before the writer's turn has written nothing; after
// that the wait is for the disk alone and goes on, so that the outcome is always known here.
func (e *Engine) submit(ctx context.Context, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return unavailable(err)
	}
	j := &job{ctx: ctx, do: do, done: make(chan struct{})}
	select {
	case <-e.closed: // checked apart: below, select takes any of the ready ones
		return unavailable(errClosed)
	default:
	}
	select {
	case e.jobs <- j:
	case <-e.closed:
		return unavailable(errClosed)
	case <-ctx.Done():
		return unavailable(ctx.Err())
	}
	select {
	case <-j.done:
		return j.err
	case <-e.done: // the writer ended: with this write in its last group, or without having taken it
		select {
		case <-j.done:
			return j.err
		default:
			return unavailable(errClosed)
		}
	}
}

var errClosed = errors.New("the database is closed")

// writer owns the writing connection. It ends when the engine is closed, after committing what was handed in before.
func (e *Engine) writer() {
	defer close(e.done)
	group := make([]*job, 0, e.maxGroup)
	for {
		group = group[:0]
		select {
		case j := <-e.jobs:
			group = append(group, j)
		case <-e.closed:
			select {
			case j := <-e.jobs:
				group = append(group, j)
			default:
				return
			}
		}
		runtime.Gosched() // whom the last commit woke gets to hand in its next write: a third fewer commits under load, nothing lost when idle
	drain:
		for len(group) < e.maxGroup {
			select {
			case j := <-e.jobs:
				group = append(group, j)
			default:
				break drain
			}
		}
		e.commit(group)
	}
}

// commit runs a group of writes in one transaction and answers them. A write that is refused (NotFound, Conflict) has changed nothing and
// leaves the others alone. One that fails otherwise may have changed half of its rows, so the whole group is rolled back and run one by one:
// then only the failing one fails.
func (e *Engine) commit(group []*job) {
	err := e.transaction(group)
	switch {
	case err == nil:
	case len(group) == 1 || errors.Is(err, errCommit):
		for _, j := range group {
			j.err = err
		}
	default:
		for i := range group {
			if err := e.transaction(group[i : i+1]); err != nil {
				group[i].err = err
			}
		}
	}
	for _, j := range group {
		close(j.done)
	}
}

// errCommit marks a failed commit: whether the writes happened is unclear, so they are not tried again here (an insert would meet itself).
var errCommit = errors.New("commit failed")

// transaction runs the writes and commits them together. An error means that nothing of the group was written, or with errCommit that this is
// unclear. Each write's own refusal stands in its job.
func (e *Engine) transaction(group []*job) error {
	ctx := context.Background() // a group belongs to many callers; none of them may cancel it
	if err := e.begin(ctx); err != nil {
		return unavailable(err)
	}
	for _, j := range group {
		if err := j.ctx.Err(); err != nil {
			j.err = unavailable(err)
			continue
		}
		j.err = j.do(ctx)
		if j.err == nil || refused(j.err) {
			continue
		}
		if _, err := e.tx.rollback.ExecContext(ctx); err != nil {
			// SQLite rolls back by itself on some errors and then knows no transaction to roll back. If one is left, begin ends it.
			return errors.Join(j.err, err)
		}
		return j.err
	}
	if _, err := e.tx.commit.ExecContext(ctx); err != nil {
		_, back := e.tx.rollback.ExecContext(ctx)
		return unavailable(errors.Join(errCommit, err, back))
	}
	e.writes.Add(int64(len(group)))
	e.commits.Add(1)
	return nil
}

// begin opens the transaction; should one be left open by a failure before, it is ended first, or no write would ever succeed again.
func (e *Engine) begin(ctx context.Context) error {
	_, err := e.tx.begin.ExecContext(ctx)
	if err == nil {
		return nil
	}
	if _, back := e.tx.rollback.ExecContext(ctx); back != nil {
		return err // none was open: the first error is the reason
	}
	_, err = e.tx.begin.ExecContext(ctx)
	return err
}

// refused says whether a write was turned down before it changed anything.
func refused(err error) bool {
	return errors.Is(err, faults.Conflict) || errors.Is(err, faults.NotFound)
}
