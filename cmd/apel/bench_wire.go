package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// benchWire counts the bytes of one exam on the connection, requests and headers included, as a browser causes them: the pages compressed, the answers
// saved one by one by the quiz page's script, the waiting page's event stream. Assets are counted for the first visit only; they are cached for ever.
type benchWire struct {
	JSON bool `help:"Print the result as JSON."`
}

type wireStep struct {
	Name     string `json:"name"`
	Requests int    `json:"requests"`
	Up       int64  `json:"bytes_up"`
	Down     int64  `json:"bytes_down"`
}

// Run takes one exam over a counted connection.
func (v *benchWire) Run(e *env) error {
	dir, err := os.MkdirTemp("", "apel-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	server, err := startServer(e.ctx, dir, 1)
	if err != nil {
		return err
	}
	steps, err := wireExam(e.ctx, server.childReady)
	if err := errors.Join(err, server.stop()); err != nil {
		return err
	}
	if v.JSON {
		return print(steps)
	}
	var exam wireStep
	fmt.Printf("%-34s %9s %9s %9s\n", "step", "requests", "up", "down")
	for i, s := range steps {
		fmt.Printf("%-34s %9d %9d %9d\n", s.Name, s.Requests, s.Up, s.Down)
		if i > 0 {
			exam.Requests, exam.Up, exam.Down = exam.Requests+s.Requests, exam.Up+s.Up, exam.Down+s.Down
		}
	}
	fmt.Printf("%-34s %9d %9d %9d = %.1f KB\n", "exam after the first visit", exam.Requests, exam.Up, exam.Down, float64(exam.Up+exam.Down)/1000)
	return nil
}

// browser is a client that counts what goes over its connections and sends the headers of a common phone.
type browser struct {
	base, cookie string
	http         *http.Client
	up, down     atomic.Int64
	requests     int
}

type countedConn struct {
	net.Conn
	b *browser
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.b.down.Add(int64(n))
	return n, err
}

func (c countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.b.up.Add(int64(n))
	return n, err
}

func newBrowser(base, cookie string) *browser {
	b := &browser{base: base, cookie: cookie}
	b.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return countedConn{c, b}, err
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return b
}

// fetch makes one request and returns where it leads and what it says; redirects are followed, each as a request of its own.
func (b *browser) fetch(ctx context.Context, method, path, accept string, form url.Values) (at, text string, err error) {
	for range 5 {
		var body io.Reader
		if form != nil {
			body = strings.NewReader(form.Encode())
		}
		q, err := http.NewRequestWithContext(ctx, method, b.base+path, body)
		if err != nil {
			return "", "", err
		}
		for name, value := range map[string]string{"Cookie": b.cookie, "Accept": accept, "Accept-Language": "id-ID,id;q=0.9,en;q=0.8", "Referer": b.base + path, "Sec-Fetch-Site": "same-origin",
			"User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36"} {
			q.Header.Set(name, value)
		}
		if form != nil {
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			q.Header.Set("Origin", b.base)
		}
		b.requests++
		res, err := b.http.Do(q) // the transport asks for gzip and unpacks it; the connection counts what came
		if err != nil {
			return "", "", err
		}
		if res.Header.Get("Content-Type") == "text/event-stream" {
			text, err = firstEvent(res.Body)
		} else {
			var all []byte
			all, err = io.ReadAll(res.Body)
			text = string(all)
		}
		if err := errors.Join(err, res.Body.Close()); err != nil {
			return "", "", err
		}
		if res.StatusCode >= 400 {
			return "", "", fmt.Errorf("%s %s: %s", method, path, res.Status)
		}
		if res.StatusCode < 300 {
			return path, text, nil
		}
		method, form, path = http.MethodGet, nil, strings.TrimPrefix(res.Header.Get("Location"), b.base)
	}
	return "", "", errors.New("the pages lead in a circle")
}

// firstEvent reads up to the stream's "done".
func firstEvent(r io.Reader) (string, error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if to, ok := strings.CutPrefix(lines.Text(), "data: /"); ok {
			return "/" + to, nil
		}
	}
	return "", errors.Join(errors.New("the event stream ended before the result"), lines.Err())
}

const page = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

var assetLink = regexp.MustCompile(`(?:href|src)="(/assets/[^"#]+)|import [^"';]*['"](\./[^'"]+)`)

// visit fetches a page with what it links of this program, as a browser's first visit does.
func (b *browser) visit(ctx context.Context, path string, seen map[string]bool) error {
	at, text, err := b.fetch(ctx, http.MethodGet, path, page, nil)
	if err != nil {
		return err
	}
	for _, m := range assetLink.FindAllStringSubmatch(text, -1) {
		link := m[1]
		if m[2] != "" { // a module imports its neighbour
			link = at[:strings.LastIndexByte(at, '/')+1] + m[2][2:]
		}
		if seen[link] {
			continue
		}
		seen[link] = true
		if err := b.visit(ctx, link, seen); err != nil {
			return err
		}
	}
	return nil
}

func wireExam(ctx context.Context, ready childReady) ([]wireStep, error) {
	t := ready.Takers[0]
	b := newBrowser(ready.Address, t.Cookie)
	aside := &client{base: ready.Address, http: http.DefaultClient, agent: "apel bench", cookie: t.Cookie} // looks up what a person reads off the page
	var steps []wireStep
	var err error
	step := func(name string, do func() error) {
		if err != nil {
			return
		}
		up, down, requests := b.up.Load(), b.down.Load(), b.requests
		if e := do(); e != nil {
			err = fmt.Errorf("%s: %w", name, e)
			return
		}
		steps = append(steps, wireStep{name, b.requests - requests, b.up.Load() - up, b.down.Load() - down})
	}
	quiz := "/belajar/" + t.Enrolment + "/tes/practice"
	var at, result string
	var f formAnswerSheet
	seq := 0
	step("first visit: quiz's cover, assets", func() error { return b.visit(ctx, quiz, map[string]bool{}) })
	step("cover", func() error { _, _, e := b.fetch(ctx, http.MethodGet, quiz, page, nil); return e })
	step("start, form with all questions", func() (e error) {
		at, _, e = b.fetch(ctx, http.MethodPost, quiz, page, url.Values{})
		return e
	})
	if err == nil {
		attempt := strings.TrimPrefix(at, "/percobaan/")
		if i := strings.IndexAny(attempt, "?#"); i >= 0 {
			attempt = attempt[:i]
		}
		at = "/percobaan/" + attempt
		var id string
		if id, err = url.PathUnescape(attempt); err == nil {
			err = aside.call(ctx, http.MethodGet, "/attempts/"+url.PathEscape(id)+"/form", nil, &f)
		}
		seq = f.Seq
	}
	step(fmt.Sprintf("%d answers saved one by one", len(f.Items)), func() error {
		for i, it := range f.Items {
			form := url.Values{"seq": {strconv.Itoa(seq)}, "item": {it.ID}}
			if len(it.Choices) > 0 {
				form.Set("answer."+it.ID, it.Choices[i%len(it.Choices)].ID)
			} else {
				form.Set("as", "text")
				form.Set("answer."+it.ID, strconv.Itoa(i))
			}
			_, answer, e := b.fetch(ctx, http.MethodPost, at+"/simpan", "application/json", form)
			if e != nil {
				return e
			}
			if m := regexp.MustCompile(`"seq":(\d+)`).FindStringSubmatch(answer); m != nil {
				seq, _ = strconv.Atoi(m[1]) //nolint:errcheck // digits
			}
		}
		return nil
	})
	step("look before handing in", func() error { _, _, e := b.fetch(ctx, http.MethodGet, at+"/periksa", page, nil); return e })
	step("hand in, waiting page", func() (e error) {
		result, _, e = b.fetch(ctx, http.MethodPost, at+"/kumpulkan", page, url.Values{})
		return e
	})
	if !strings.HasSuffix(result, "/hasil") { // else it was graded before the waiting page was asked for
		step("event stream", func() (e error) {
			_, result, e = b.fetch(ctx, http.MethodGet, at+"/aliran", "text/event-stream", nil)
			return e
		})
		step("result", func() error { _, _, e := b.fetch(ctx, http.MethodGet, result, page, nil); return e })
	}
	return steps, err
}
