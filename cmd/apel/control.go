package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// A verb that writes asks the running server over a socket in the data folder, which only the folder's owner can open; when no server runs, the
// verb owns the folder itself. Requests over the socket act as the system: whoever can read the folder's keys is the system.

// control listens on the socket until the returned function is called.
func (in *installation) control(ctx context.Context) (stop func(), err error) {
	path := in.folder.file(fileSocket)
	if in.folder.shared { // verbs then share the folder too and need nobody to ask
		return func() {}, nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil { // a path too long for a socket: verbs then ask to stop the server first
		in.log.Warn("no control socket", "err", err)
		return func() {}, nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /import/{kind}", func(w http.ResponseWriter, r *http.Request) {
		do, ok := in.importers()[r.PathValue("kind")]
		if !ok {
			reply(w, nil, faults.New(faults.NotFound, "Jenis impor ini tidak ada.", "There is no such kind of import."))
			return
		}
		q := r.URL.Query()
		done, err := do(r.Context(), access.System("import"), importInput{name: q.Get("name"), source: q.Get("source"), check: q.Has("check"), draft: q.Has("draft"), open: func() (io.ReadCloser, error) { return r.Body, nil }})
		reply(w, done, err)
	})
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		var o backupOrder
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			reply(w, nil, faults.Wrap(err, faults.Invalid, "Permintaan tidak dapat dibaca.", "The request cannot be read."))
			return
		}
		m, err := in.backup(r.Context(), o)
		reply(w, m, err)
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			in.log.Warn("control socket", "err", err)
		}
	}()
	return func() {
		if err := srv.Close(); err != nil {
			in.log.Warn("close the control socket", "err", err)
		}
		<-ended
	}, nil
}

// told is what goes over the socket: a result, or the fault with its sentences and fields.
type told struct {
	Result json.RawMessage `json:"result,omitempty"`
	Kind   faults.Kind     `json:"kind,omitempty"`
	Text   texts.Text      `json:"text,omitzero"`
	Fields []faults.Field  `json:"fields,omitempty"`
}

func reply(w http.ResponseWriter, result any, err error) {
	var t told
	if err != nil {
		f := faults.Of(err)
		t.Kind, t.Text, t.Fields = f.Kind, f.Text, f.Fields
	} else if t.Result, err = json.Marshal(result); err != nil {
		t.Kind = faults.Internal
	}
	json.NewEncoder(w).Encode(t) //nolint:errcheck,gosec // the asking verb is gone then
}

// askServer sends a request to the server that owns a folder. errOwned stays when there is no socket to ask.
func askServer(ctx context.Context, dir, path string, body io.Reader, out any) error {
	socket := filepath.Join(dir, fileSocket)
	c := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://apel"+path, body)
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err != nil {
		return errors.Join(errOwned, fmt.Errorf("ask the running server: %w", err))
	}
	defer res.Body.Close()
	var t told
	if err := json.NewDecoder(res.Body).Decode(&t); err != nil {
		return fmt.Errorf("read the running server's answer: %w", err)
	}
	if t.Kind != "" {
		return &faults.Error{Kind: t.Kind, Text: t.Text, Fields: t.Fields}
	}
	return json.Unmarshal(t.Result, out)
}
