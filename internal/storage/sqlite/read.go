package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// findShape picks the statement of a find: which bounds it has.
type findShape struct{ from, to, desc, after, bare bool }

// shapeOf leaves out the bound on the side of the cursor where the cursor is the tighter one, so that SQLite seeks to the cursor instead of
// skipping up to it.
func shapeOf(q storage.Query) findShape {
	s := findShape{from: q.From != "", to: q.To != "", desc: q.Desc, after: !q.After.Zero(), bare: q.Bare}
	if s.after && !q.Desc && q.After.Order >= q.From {
		s.from = false
	}
	if s.after && q.Desc && (q.To == "" || q.After.Order < q.To) {
		s.to = false
	}
	return s
}

func (c *collection) prepareReads(ctx context.Context, db *sql.DB) error {
	var errs [2]error
	c.get, errs[0] = db.PrepareContext(ctx, `SELECT version, op, body FROM d_`+c.name+` WHERE id = ?`)
	c.slice, errs[1] = db.PrepareContext(ctx, `SELECT id, version, op, entries, body FROM d_`+c.name+` WHERE id > ? ORDER BY id LIMIT ?`)
	if err := errors.Join(errs[:]...); err != nil {
		return unavailable(err)
	}
	return nil
}

// reading takes a context's cancellation off a read that lasts microseconds: the driver would pay a goroutine to watch for it.
func reading(ctx context.Context) (context.Context, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable(err)
	}
	return context.WithoutCancel(ctx), nil
}

// Get reads one document by its id.
func (e *Engine) Get(ctx context.Context, name, id string) (storage.Record, error) {
	c, err := e.collection(name)
	if err != nil {
		return storage.Record{}, err
	}
	if c.empty {
		return storage.Record{}, faults.NotFound
	}
	if ctx, err = reading(ctx); err != nil {
		return storage.Record{}, err
	}
	var moves uint64
	if e.recent != nil {
		var r storage.Record
		var ok bool
		if r, ok, moves = e.recent.get(c, id); ok {
			return r, nil
		}
	}
	r := storage.Record{ID: id}
	switch err := c.get.QueryRowContext(ctx, id).Scan(&r.Version, &r.Op, &r.Body); {
	case errors.Is(err, sql.ErrNoRows):
		return storage.Record{}, faults.NotFound
	case err != nil:
		return storage.Record{}, unavailable(err)
	}
	if e.recent != nil {
		e.recent.keep(c, r, moves)
	}
	return r, nil
}

// Find reads one page of an index's entries.
func (e *Engine) Find(ctx context.Context, name string, q storage.Query) ([]storage.Found, error) {
	c, err := e.collection(name)
	if err != nil {
		return nil, err
	}
	if ctx, err = reading(ctx); err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = storage.DefaultPage
	}
	shape := shapeOf(q)
	stmt, err := c.finder(ctx, e.reads, q.Index, shape)
	if err != nil || stmt == nil {
		return nil, err
	}
	args := append(make([]any, 0, 8), q.Index, q.Term)
	if shape.from {
		args = append(args, q.From)
	}
	if shape.to {
		args = append(args, q.To)
	}
	if shape.after {
		args = append(args, q.After.Order, q.After.ID)
	}
	rows, err := stmt.QueryContext(ctx, append(args, limit)...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []storage.Found
	for rows.Next() {
		var f storage.Found
		to := []any{&f.Order, &f.ID}
		if !q.Bare {
			to = append(to, &f.Version, &f.Op, &f.Body)
		}
		if err := rows.Scan(to...); err != nil {
			return nil, unavailable(err)
		}
		out = append(out, f)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable(err)
	}
	return out, nil
}

// finder returns the statement for a shape of find, nil for a collection without a table.
func (c *collection) finder(ctx context.Context, db *sql.DB, index string, s findShape) (*sql.Stmt, error) {
	c.mu.RLock()
	stmt, declared := c.find[s], c.indexes[index]
	c.mu.RUnlock()
	if !declared {
		return nil, fmt.Errorf("find %s: index %q was not declared", c.name, index)
	}
	if stmt != nil || c.empty {
		return stmt, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if stmt := c.find[s]; stmt != nil {
		return stmt, nil
	}
	stmt, err := db.PrepareContext(ctx, findSQL(c.name, s))
	if err != nil {
		return nil, unavailable(err)
	}
	c.find[s] = stmt
	return stmt, nil
}

func findSQL(name string, s findShape) string {
	var q strings.Builder
	q.WriteString(`SELECT x.ord, x.id`)
	if !s.bare {
		q.WriteString(`, d.version, d.op, d.body`)
	}
	q.WriteString(` FROM x_` + name + ` x`)
	if !s.bare {
		q.WriteString(` CROSS JOIN d_` + name + ` d ON d.id = x.id`) // CROSS keeps the index outermost
	}
	q.WriteString(` WHERE x.ix = ? AND x.term = ?`)
	if s.from {
		q.WriteString(` AND x.ord >= ?`)
	}
	if s.to {
		q.WriteString(` AND x.ord < ?`)
	}
	direction, beyond := "", ">"
	if s.desc {
		direction, beyond = " DESC", "<"
	}
	if s.after {
		q.WriteString(` AND (x.ord, x.id) ` + beyond + ` (?, ?)`)
	}
	q.WriteString(` ORDER BY x.ord` + direction + `, x.id` + direction + ` LIMIT ?`)
	return q.String()
}

// Slice streams a collection by id.
func (e *Engine) Slice(ctx context.Context, name, after string, limit int) ([]storage.Record, error) {
	c, err := e.collection(name)
	if err != nil || c.empty {
		return nil, err
	}
	if ctx, err = reading(ctx); err != nil {
		return nil, err
	}
	rows, err := c.slice.QueryContext(ctx, after, limit)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []storage.Record
	for rows.Next() {
		var r storage.Record
		var entries string
		if err := rows.Scan(&r.ID, &r.Version, &r.Op, &entries, &r.Body); err != nil {
			return nil, unavailable(err)
		}
		if r.Entries, err = decodeEntries(entries); err != nil {
			return nil, fmt.Errorf("slice %s/%s: %w", name, r.ID, err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable(err)
	}
	return out, nil
}
