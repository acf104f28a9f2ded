package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/apelkota/apel/internal/storage"
)

// WithSynchronous and WithMaxGroup make a check fail that must be seen failing.
func WithSynchronous(o Options, mode string) Options { o.testOnlySynchronous = mode; return o }
func WithMaxGroup(o Options, n int) Options          { o.testOnlyMaxGroup = n; return o }

// Submit puts a write of the test's own between the others.
func (e *Engine) Submit(ctx context.Context, do func(context.Context, *sql.Conn) error) error {
	return e.submit(ctx, func(ctx context.Context) error { return do(ctx, e.conn) })
}

// Waiting is how many writes stand before the writer.
func (e *Engine) Waiting() int { return len(e.jobs) }

// LeaveOpen begins a transaction behind the writer's back. Only while nobody writes.
func (e *Engine) LeaveOpen(ctx context.Context) error {
	_, err := e.conn.ExecContext(ctx, `BEGIN`)
	return err
}

// Plan is SQLite's plan of a find.
func (e *Engine) Plan(ctx context.Context, collection string, q storage.Query) (sql, plan string, err error) {
	sql = findSQL(collection, shapeOf(q))
	rows, err := e.reads.QueryContext(ctx, `EXPLAIN QUERY PLAN `+sql, make([]any, strings.Count(sql, "?"))...)
	if err != nil {
		return sql, "", err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return sql, "", err
		}
		plan += detail + "\n"
	}
	return sql, plan, rows.Err()
}

// WriteRaw tries to write past the engine, over a connection that reads.
func (e *Engine) WriteRaw(ctx context.Context, q string) error {
	_, err := e.reads.ExecContext(ctx, q)
	return err
}

// Fill leaves no room for more pages than there are, as a full disk does, or makes room again.
func (e *Engine) Fill(ctx context.Context, full bool) error {
	q := `PRAGMA max_page_count = 1`
	if !full {
		q = `PRAGMA max_page_count = 1000000`
	}
	_, err := e.conn.ExecContext(ctx, q)
	return err
}
