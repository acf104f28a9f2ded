package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// writeStmts are a collection's statements on the writer's connection; used by the writer goroutine only.
type writeStmts struct {
	head, insert, same, replace, remove, addEntry, dropEntry *sql.Stmt
}

func (w *writeStmts) prepare(ctx context.Context, conn *sql.Conn, name string) error {
	for _, p := range []struct {
		stmt **sql.Stmt
		sql  string
	}{
		{&w.head, `SELECT version, entries FROM d_` + name + ` WHERE id = ?`},
		{&w.insert, `INSERT INTO d_` + name + ` (id, version, op, entries, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&w.same, `UPDATE d_` + name + ` SET version = ?, op = ?, body = ? WHERE id = ? AND version = ? AND entries = ?`},
		{&w.replace, `UPDATE d_` + name + ` SET version = ?, op = ?, entries = ?, body = ? WHERE id = ?`},
		{&w.remove, `DELETE FROM d_` + name + ` WHERE id = ?`},
		{&w.addEntry, `INSERT INTO x_` + name + ` (ix, term, ord, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&w.dropEntry, `DELETE FROM x_` + name + ` WHERE ix = ? AND term = ? AND ord = ? AND id = ?`},
	} {
		var err error
		if *p.stmt, err = conn.PrepareContext(ctx, p.sql); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// Insert stores a new document.
func (e *Engine) Insert(ctx context.Context, name string, r storage.Record) error {
	c, err := e.writable(name)
	if err != nil {
		return err
	}
	w, entries := &c.writes, encodeEntries(r.Entries)
	return e.change(ctx, c, r.ID, &r, func(ctx context.Context) error {
		done, err := changed(w.insert.ExecContext(ctx, r.ID, r.Version, r.Op, entries, r.Body))
		if err != nil {
			return err
		}
		if !done {
			return faults.Conflict
		}
		return w.move(ctx, r.ID, nil, r.Entries)
	})
}

// Replace swaps a document whose version is r.Version-1.
func (e *Engine) Replace(ctx context.Context, name string, r storage.Record) error {
	c, err := e.writable(name)
	if err != nil {
		return err
	}
	w, entries := &c.writes, encodeEntries(r.Entries)
	return e.change(ctx, c, r.ID, &r, func(ctx context.Context) error {
		// Most changes leave the index entries as they are (an autosaved answer): then one statement is the whole compare-and-swap.
		done, err := changed(w.same.ExecContext(ctx, r.Version, r.Op, r.Body, r.ID, r.Version-1, entries))
		if err != nil || done {
			return err
		}
		was, err := w.at(ctx, r.ID, r.Version-1)
		if err != nil {
			return err
		}
		if _, err := w.replace.ExecContext(ctx, r.Version, r.Op, entries, r.Body, r.ID); err != nil {
			return unavailable(err)
		}
		return w.move(ctx, r.ID, was, r.Entries)
	})
}

// Delete removes a document at a version.
func (e *Engine) Delete(ctx context.Context, name, id string, version int64) error {
	c, err := e.writable(name)
	if err != nil {
		return err
	}
	w := &c.writes
	return e.change(ctx, c, id, nil, func(ctx context.Context) error {
		was, err := w.at(ctx, id, version)
		if err != nil {
			return err
		}
		if _, err := w.remove.ExecContext(ctx, id); err != nil {
			return unavailable(err)
		}
		return w.move(ctx, id, was, nil)
	})
}

// change submits a write of one document and settles what is kept of it: r, or nothing after a delete or any failure.
func (e *Engine) change(ctx context.Context, c *collection, id string, r *storage.Record, do func(context.Context) error) error {
	done := e.recent.writing(c, id)
	err := e.submit(ctx, do)
	if err != nil {
		r = nil
	}
	done(r)
	return err
}

func (e *Engine) writable(name string) (*collection, error) {
	if e.readOnly {
		return nil, faults.ReadOnly
	}
	return e.collection(name)
}

// at returns the stored entries of a document if it stands at the version.
func (w *writeStmts) at(ctx context.Context, id string, version int64) ([]storage.Entry, error) {
	var v int64
	var entries string
	switch err := w.head.QueryRowContext(ctx, id).Scan(&v, &entries); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, faults.NotFound
	case err != nil:
		return nil, unavailable(err)
	case v != version:
		return nil, faults.Conflict
	}
	return decodeEntries(entries)
}

// move takes the entries that are gone out of the side table and puts the new ones in; those that stay are not touched.
func (w *writeStmts) move(ctx context.Context, id string, was, now []storage.Entry) error {
	for _, x := range was {
		if !slices.Contains(now, x) {
			if _, err := w.dropEntry.ExecContext(ctx, x.Index, x.Term, x.Order, id); err != nil {
				return unavailable(err)
			}
		}
	}
	for _, x := range now {
		if !slices.Contains(was, x) {
			if _, err := w.addEntry.ExecContext(ctx, x.Index, x.Term, x.Order, id); err != nil {
				return unavailable(err)
			}
		}
	}
	return nil
}

// changed says whether a statement touched a row.
func changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, unavailable(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, unavailable(err)
	}
	return n > 0, nil
}

// encodeEntries writes entries as one flat list of strings, so that a replace knows what to take out of the side table.
func encodeEntries(es []storage.Entry) string {
	if len(es) == 0 {
		return ""
	}
	flat := make([]string, 0, 3*len(es))
	for _, x := range es {
		flat = append(flat, x.Index, x.Term, x.Order)
	}
	b, err := json.Marshal(flat)
	if err != nil {
		panic("strings do not marshal: " + err.Error())
	}
	return string(b)
}

func decodeEntries(s string) ([]storage.Entry, error) {
	if s == "" {
		return nil, nil
	}
	var flat []string
	if err := json.Unmarshal([]byte(s), &flat); err != nil {
		return nil, fmt.Errorf("decode index entries: %w", err)
	}
	es := make([]storage.Entry, 0, len(flat)/3)
	for i := 0; i+2 < len(flat); i += 3 {
		es = append(es, storage.Entry{Index: flat[i], Term: flat[i+1], Order: flat[i+2]})
	}
	return es, nil
}
