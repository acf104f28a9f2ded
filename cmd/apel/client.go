package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync/atomic"
	"time"
)

// client is a person's browser as far as the API is concerned: it keeps cookies and counts what goes over the wire.
type client struct {
	base   string
	http   *http.Client
	agent  string
	cookie string // set for a client that skips the cookie jar: the load generator

	sent, received atomic.Int64 // bytes of bodies and, roughly, of headers
	requests       atomic.Int64
}

func newClient(base string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &client{base: base, http: &http.Client{Jar: jar, Timeout: time.Minute}, agent: "apel"}, nil
}

// stranger is somebody else's browser on the same way to the server, logged in as nobody.
func (c *client) stranger() (*client, error) {
	n, err := newClient(c.base)
	if err == nil {
		n.http.Transport = c.http.Transport
	}
	return n, err
}

// refusal is an answer that is no success.
type refusal struct {
	Status int
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
}

func (r *refusal) Error() string {
	s := fmt.Sprintf("%d %s: %s", r.Status, r.Title, r.Detail)
	for _, e := range r.Errors {
		s += " [" + e.Location + ": " + e.Message + "]"
	}
	return s
}

// call sends a JSON request below the API's prefix and reads the answer into out, which may be nil.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		c.sent.Add(int64(len(b)))
		body = bytes.NewReader(b)
	}
	res, err := c.do(ctx, method, "/api/v1"+path, "application/json", body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	c.received.Add(int64(len(b)))
	if res.StatusCode >= 300 {
		r := &refusal{Status: res.StatusCode}
		if err := json.Unmarshal(b, r); err != nil {
			r.Detail = strings.TrimSpace(string(b))
		}
		return fmt.Errorf("%s %s: %w", method, path, r)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return nil
}

func (c *client) do(ctx context.Context, method, path, kind string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("User-Agent", c.agent)
	if c.cookie != "" {
		req.Header.Set("Cookie", c.cookie)
	}
	c.requests.Add(1)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return res, nil
}

// bytes sends a request and returns the whole answer, for files and pages.
func (c *client) bytes(ctx context.Context, method, path, kind string, body io.Reader) ([]byte, error) {
	res, err := c.do(ctx, method, path, kind, body)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	c.received.Add(int64(len(b)))
	if res.StatusCode >= 300 {
		r := &refusal{Status: res.StatusCode}
		if err := json.Unmarshal(b, r); err != nil {
			r.Detail = http.StatusText(res.StatusCode)
		}
		return nil, fmt.Errorf("%s %s: %w", method, path, r)
	}
	return b, nil
}

// awaitGraded follows the attempt's event stream until it is graded or waits for a person, as the waiting page does.
func (c *client) awaitGraded(ctx context.Context, attempt string) error {
	res, err := c.do(ctx, http.MethodGet, "/api/v1/attempts/"+attempt+"/events", "", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("event stream of %s: %s", attempt, res.Status)
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		c.received.Add(int64(len(data)))
		var e struct {
			State string `json:"state"`
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return fmt.Errorf("event stream of %s: %w", attempt, err)
		}
		if e.State == "graded" || e.State == "needs_marking" {
			return nil
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("event stream of %s: %w", attempt, err)
	}
	return fmt.Errorf("the event stream of %s ended before the result", attempt)
}
