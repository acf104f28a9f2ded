package web

import (
	"fmt"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/web/browsertest"
)

// quizServer answers the save protocol of assets/js/quiz.js as a server must, and can be told to fail.
type quizServer struct {
	mu     sync.Mutex
	seq    int
	kept   map[string]string // item -> answer
	saves  []url.Values
	status int      // 0: keep what comes
	events []string // reading reports and asked lists
	posted chan url.Values
	left   time.Duration
}

func (q *quizServer) fail(status int) { q.mu.Lock(); q.status = status; q.mu.Unlock() }

func (q *quizServer) save(c *gin.Context) {
	if err := c.Request.ParseForm(); err != nil {
		c.Status(400)
		return
	}
	item, seq := c.PostForm("item"), c.PostForm("seq")
	body := fmt.Sprint(c.PostFormArray("answer." + item))
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.status != 0 {
		c.JSON(q.status, gin.H{})
		return
	}
	switch {
	case seq == fmt.Sprint(q.seq-1) && q.kept[item] == body: // stored already, only the answer was lost
		c.JSON(200, gin.H{"seq": q.seq, "saved": "25.61"})
		return
	case seq != fmt.Sprint(q.seq):
		c.JSON(409, gin.H{})
		return
	}
	q.seq++
	if q.kept == nil {
		q.kept = map[string]string{}
	}
	q.kept[item] = body
	q.saves = append(q.saves, c.Request.PostForm)
	c.JSON(200, gin.H{"seq": q.seq, "saved": "25.61"})
}

func (q *quizServer) count() int { q.mu.Lock(); defer q.mu.Unlock(); return len(q.saves) }

// storyServer serves the design page with a live quiz, an event stream and a sink for forms.
func storyServer(t *testing.T, q *quizServer) *httptest.Server {
	t.Helper()
	gin.SetMode(gin.TestMode)
	e := New(Config{Navigation: sampleNavigation, Log: quiet()})
	r := gin.New()
	r.Use(e.Recover(), e.Headers(), e.SameOrigin())
	e.Routes(r)
	r.GET("/kuis", func(c *gin.Context) {
		q.mu.Lock()
		seq := q.seq
		q.mu.Unlock()
		page := sampleDesign()
		page.Wrong = Form{} // its error summary takes the focus
		page.Quiz.SaveURL, page.Quiz.Action, page.Quiz.Attempt, page.Quiz.Seq = "/kuis/simpan", "/kuis", "p1", seq
		page.Quiz.Now = time.Now()
		page.Quiz.EndsAt = page.Quiz.Now.Add(q.left)
		if q.left == 0 {
			page.Quiz.EndsAt = time.Time{}
		}
		e.Render(c, 200, "design", page)
	})
	r.POST("/kuis/simpan", q.save)
	r.POST("/kuis", func(c *gin.Context) {
		_ = c.Request.ParseForm()
		q.posted <- c.Request.PostForm
		c.Redirect(303, "/luring")
	})
	r.GET("/tunggu", func(c *gin.Context) {
		page := sampleDesign()
		page.Wrong = Form{}
		page.Waiting.Stream = "/aliran"
		e.Render(c, 200, "design", page)
	})
	r.GET("/aliran", func(c *gin.Context) {
		c.Header("Content-Type", "text/event-stream")
		c.Writer.WriteString("event: state\ndata: Tinggal sertifikatnya.\n\nevent: done\ndata: /luring\n\n")
		c.Writer.Flush()
		<-c.Request.Context().Done()
	})
	r.GET("/pelajaran", func(c *gin.Context) {
		page := sampleDesign()
		page.Wrong, page.Quiz.SaveURL, page.Reading = Form{}, "", Reading{URL: "/baca"}
		page.Table.URL = "/daftar"
		e.Render(c, 200, "design", page)
	})
	r.POST("/baca", func(c *gin.Context) {
		q.mu.Lock()
		q.events = append(q.events, c.PostForm("event"))
		q.mu.Unlock()
		c.JSON(200, gin.H{"read": c.PostForm("event") == "end"})
	})
	r.GET("/daftar", func(c *gin.Context) {
		q.mu.Lock()
		q.events = append(q.events, "daftar?"+c.Request.URL.RawQuery)
		q.mu.Unlock()
		e.Render(c, 200, "offline", &OfflinePage{})
	})
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	return s
}

func TestReadingReportsTheEnd(t *testing.T) {
	b := browsertest.Start(t)
	q := &quizServer{}
	s := storyServer(t, q)
	p := b.Page(t, browsertest.Phone)
	p.Open(s.URL + "/pelajaran")
	if browsertest.Eval[bool](p, `document.querySelector('[data-reading]').hasAttribute('data-done')`) {
		t.Fatal("read before its end was seen")
	}
	browsertest.Eval[int](p, `document.querySelector('[data-reading]').scrollIntoView(); 0`)
	p.Wait(`document.querySelector('[data-reading]').hasAttribute('data-done')`)
	q.mu.Lock()
	defer q.mu.Unlock()
	if fmt.Sprint(q.events) != "[open end]" {
		t.Errorf("reported %v", q.events)
	}
}

func TestTableSendsItself(t *testing.T) {
	b := browsertest.Start(t)
	q := &quizServer{}
	s := storyServer(t, q)
	p := b.Page(t, browsertest.Phone)
	p.Open(s.URL + "/pelajaran")
	p.Leave(func() {
		browsertest.Eval[int](p, `const s = document.querySelector('form[data-table] select[name=state]'); s.value = 'ready'; s.dispatchEvent(new Event('change', {bubbles: true})); 0`)
	})
	q.mu.Lock()
	defer q.mu.Unlock()
	if got := q.events[len(q.events)-1]; got != "daftar?state=ready&sort=name" {
		t.Errorf("asked %q", got)
	}
}

func TestQuizSavesEachAnswer(t *testing.T) {
	b := browsertest.Start(t)
	q := &quizServer{seq: 7, left: 24 * time.Minute, posted: make(chan url.Values, 1)}
	s := storyServer(t, q)
	p := b.Page(t, browsertest.Phone)
	p.Open(s.URL + "/kuis")

	// Clicks through the DOM: the point is what the module does, not where the thumb lands.
	choose := func(name, value string) {
		browsertest.Eval[int](p, fmt.Sprintf(`document.querySelector('[name="%s"][value="%s"]').click(); 0`, name, value))
	}
	choose("answer.qg", "c")
	p.Wait(`document.querySelector('[data-saved-text]').textContent === 'Tersimpan 25.61' && document.querySelector('input[name=seq]').value === '8'`)
	if q.count() != 1 || q.saves[0].Get("item") != "qg" || q.saves[0].Get("answer.qg") != "c" || q.saves[0].Get("as") != "" {
		t.Fatalf("saved %v", q.saves)
	}
	choose("answer.qh", "b")
	p.Wait(`document.querySelector('input[name=seq]').value === '9'`)
	if got := q.saves[1]["answer.qh"]; len(got) != 2 {
		t.Fatalf("multiple choice saved as %v", q.saves[1])
	}

	// The server is away: said at once, kept on the device, sent when it is back.
	q.fail(503)
	choose("answer.qi", "true")
	p.Wait(`document.querySelector('[data-saved-text]').textContent === 'Belum tersimpan'`)
	if kept := browsertest.Eval[string](p, `localStorage.getItem('apel.quiz.p1')`); !strings.Contains(kept, "answer.qi=true") {
		t.Fatalf("kept %q", kept)
	}
	q.fail(0)
	browsertest.Eval[int](p, `window.dispatchEvent(new Event('online')); 0`)
	p.Wait(`document.querySelector('input[name=seq]').value === '10'`)
	p.Wait(`localStorage.getItem('apel.quiz.p1') === null`)

	// Another device goes on: ours becomes the stale tab and says so.
	p2 := b.Page(t, browsertest.Phone)
	p2.Open(s.URL + "/kuis")
	browsertest.Eval[int](p2, `document.querySelector('[name="answer.qi"][value="false"]').click(); 0`)
	p2.Wait(`document.querySelector('input[name=seq]').value === '11'`)
	choose("answer.qg", "b")
	p.Wait(`!document.querySelector('[data-stale]').hidden && document.querySelector('fieldset.item').disabled`)
	if q.count() != 4 {
		t.Errorf("%d saves, want 4: %v", q.count(), q.saves)
	}
}

func TestQuizTakesUpWaitingAnswers(t *testing.T) {
	b := browsertest.Start(t)
	const qj = `["qj","item=qj&as=text&answer.qj=5"]`
	for _, c := range []struct {
		name, kept string
		stored     map[string]string // on the server already
		sent       int
		shows      string
		newer      bool
	}{
		{"nobody saved since", `{"seq":7,"flight":null,"items":[` + qj + `,["jauh","item=jauh&answer.jauh=1"]]}`, nil, 2, "5", false},
		{"under way, never arrived", `{"seq":7,"flight":` + qj + `,"items":[]}`, nil, 1, "5", false},
		{"under way, arrived", `{"seq":6,"flight":` + qj + `,"items":[["qi","item=qi&answer.qi=true"]]}`, map[string]string{"qj": "[5]"}, 1, "5", false},
		{"under way, another device was first", `{"seq":6,"flight":` + qj + `,"items":[["qi","item=qi&answer.qi=true"]]}`, nil, 0, "3", true},
		{"carried by a form that arrived", `{"seq":6,"sent":true,"flight":null,"items":[` + qj + `]}`, map[string]string{"qj": "[5]"}, 0, "5", false},
		{"another device went on", `{"seq":5,"flight":null,"items":[` + qj + `]}`, nil, 0, "3", true},
		{"broken", `{"seq":`, nil, 0, "3", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := &quizServer{seq: 7, kept: c.stored, posted: make(chan url.Values, 1)}
			s := storyServer(t, q)
			p := b.Page(t, browsertest.Phone)
			p.Open(s.URL + "/luring")
			browsertest.Eval[int](p, fmt.Sprintf(`localStorage.setItem('apel.quiz.p1', %q); 0`, c.kept))
			p.Open(s.URL + "/kuis")
			p.Wait(fmt.Sprintf(`document.querySelector('input[name=seq]').value === '%d' && localStorage.getItem('apel.quiz.p1') === null && document.querySelector('[data-newer]').hidden === %v`, 7+c.sent, !c.newer))
			if q.count() != c.sent {
				t.Errorf("sent %v", q.saves)
			}
			if got := browsertest.Eval[string](p, `document.querySelector('[name="answer.qj"]').value`); got != c.shows {
				t.Errorf("the page shows %q, want %q", got, c.shows)
			}
		})
	}
}

// TestQuizFormCarriesWhatWaits presses a button while answers still wait: without a signal nothing leaves, with it the form carries
// them all.
func TestQuizFormCarriesWhatWaits(t *testing.T) {
	b := browsertest.Start(t)
	q := &quizServer{seq: 7, status: 503, posted: make(chan url.Values, 1)}
	s := storyServer(t, q)
	p := b.Page(t, browsertest.Phone)
	p.Open(s.URL + "/luring")
	browsertest.Eval[int](p, `localStorage.setItem('apel.quiz.p1', '{"seq":7,"items":[["jauh","item=jauh&answer.jauh=1"]]}'); 0`)
	p.Open(s.URL + "/kuis")
	browsertest.Eval[int](p, `document.querySelector('[name="answer.qi"][value="true"]').click();
	  Object.defineProperty(navigator, 'onLine', {value: false, configurable: true}); document.querySelector('button[name=go][value=next]').click(); 0`)
	p.Wait(`location.pathname === '/kuis' && document.querySelector('[data-saved-text]').textContent === 'Belum tersimpan' && localStorage.getItem('apel.quiz.p1').includes('answer.qi')`)
	p.Leave(func() {
		browsertest.Eval[int](p, `Object.defineProperty(navigator, 'onLine', {value: true, configurable: true}); window.dispatchEvent(new Event('online')); 0`)
	})
	form := <-q.posted
	if form.Get("go") != "next" || form.Get("answer.qi") != "true" || form.Get("answer.jauh") != "1" || len(form["item"]) < 5 {
		t.Errorf("the form carried %v", form)
	}
}

func TestQuizHandsInWhenTimeIsOver(t *testing.T) {
	b := browsertest.Start(t)
	q := &quizServer{seq: 7, left: 1200 * time.Millisecond, posted: make(chan url.Values, 1)}
	s := storyServer(t, q)
	p := b.Page(t, browsertest.Phone)
	p.Do(chromedp.Navigate(s.URL + "/kuis"))
	select {
	case form := <-q.posted:
		if form.Get("go") != "submit" || form.Get("answer.qg") != "b" {
			t.Errorf("handed in %v", form)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was handed in")
	}
}

func TestQuizWithoutScript(t *testing.T) {
	b := browsertest.Start(t)
	q := &quizServer{seq: 7, left: 24 * time.Minute, posted: make(chan url.Values, 1)}
	s := storyServer(t, q)
	p := b.Page(t, browsertest.View{Width: 360, Height: 740, Phone: true, NoJS: true})
	p.Open(s.URL + "/kuis")
	p.Click(`label.choice-answer input[name="answer.qi"][value="true"]`)
	p.Leave(func() { p.Click(`button[name=go][value=next]`) })
	form := <-q.posted
	if form.Get("go") != "next" || form.Get("answer.qi") != "true" || form.Get("answer.qg") != "b" || form.Get("seq") != "7" {
		t.Errorf("posted %v", form)
	}
	p.Check()
}

func TestWaitingPageGoesOn(t *testing.T) {
	b := browsertest.Start(t)
	s := storyServer(t, &quizServer{})
	p := b.Page(t, browsertest.Phone)
	p.Leave(func() { p.Do(chromedp.Navigate(s.URL + "/tunggu")) })
	p.Wait(`location.pathname === '/luring'`)
	p.Check()
}

// TestPreferencesWithoutScript stands on plain http under a name, as a demo in an office network does: there browsers send
// no Sec-Fetch-Site, and with "Referrer-Policy: no-referrer" our own forms came as "Origin: null" and were refused.
func TestPreferencesWithoutScript(t *testing.T) {
	b := browsertest.Start(t, "host-resolver-rules=MAP apel.test 127.0.0.1")
	s, _ := serve(t, Config{Navigation: sampleNavigation, Log: quiet()})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	p := b.Page(t, browsertest.View{Width: 360, Height: 740, Phone: true, NoJS: true})
	p.Open("http://apel.test:" + port + "/gaya")
	p.Click(".site-tools details.menu summary")
	p.Leave(func() { p.Click(`button[name=bahasa][value=en]`) })
	if title := p.Text("h1"); title != "Design language and parts" {
		t.Errorf("after choosing English the heading is %q", title)
	}
	// The phone's menu and the dialog open by their address.
	p.Click(`.phone-bar a[href="#menu"]`)
	p.Click(`#menu details:last-of-type > summary`) // a long menu has its groups folded
	if !strings.Contains(p.Text("#menu"), "Settings") {
		t.Error("the menu does not open without JavaScript")
	}
	p.Open("http://apel.test:" + port + "/gaya?dialog#dialog-cabut")
	if !strings.Contains(p.Text("#dialog-cabut"), "Reason") {
		t.Error("the dialog does not open without JavaScript")
	}
	p.Check()
}

func TestThemeDialogAndMenu(t *testing.T) {
	b := browsertest.Start(t)
	s := storyServer(t, &quizServer{})
	p := b.Page(t, browsertest.Phone)
	p.Open(s.URL + "/kuis")
	p.Click(".site-tools details.menu summary")
	p.Click(`button[name=tampilan][value=gelap]`)
	p.Wait(`document.documentElement.getAttribute('data-theme') === 'dark'`)
	p.Wait(`fetch('/kuis').then((a) => a.text()).then((t) => t.includes('data-theme="dark"'))`)
	p.Axe()
	p.Do(chromedp.KeyEvent("\x1b"))
	p.Wait(`!document.querySelector('details.menu[open]')`)

	p.Click(`[data-dialog="dialog-cabut"]`)
	p.Wait(`document.getElementById('dialog-cabut').open && document.getElementById('dialog-cabut').contains(document.activeElement)`)
	p.Axe()
	p.ScreenshotWindow("gaya-dialog-360")
	p.Click(`#dialog-cabut [data-dialog-close]`)
	p.Wait(`!document.getElementById('dialog-cabut').open && document.activeElement.getAttribute('data-dialog') === 'dialog-cabut'`)

	p.Click(`.phone-bar a[href="#menu"]`)
	p.Wait(`location.hash === '#menu' && document.getElementById('menu').contains(document.activeElement)`)
	p.Axe()
	p.ScreenshotWindow("gaya-menu-360")
	p.Click(`#menu [data-close-menu]`)
	p.Wait(`location.hash === '#isi'`)
	p.Check()
}

// countingListener counts every byte the server sends, headers and service worker included.
type countingListener struct {
	net.Listener
	sent atomic.Int64
}

type countingConn struct {
	net.Conn
	sent *atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countingConn{c, &l.sent}, nil
}

func (c countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

func TestOfflineAndFirstVisit(t *testing.T) {
	gin.SetMode(gin.TestMode)
	e := New(Config{Navigation: sampleNavigation, Demo: true, Log: quiet(), Now: sampleClock})
	r := gin.New()
	r.Use(e.Recover(), e.Headers(), e.SameOrigin())
	e.Routes(r)
	r.GET("/pelajaran", func(c *gin.Context) {
		page := sampleDesign()
		page.KeepOffline, page.Title = true, "Menyapa di loket"
		e.Render(c, 200, "design", page)
	})
	s := httptest.NewUnstartedServer(r)
	counter := &countingListener{Listener: s.Listener}
	s.Listener = counter
	s.Start()
	defer s.Close()

	b := browsertest.Start(t)
	p := b.Page(t, browsertest.Phone)
	p.Open(s.URL + "/gaya")
	p.Wait(`navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)`)
	p.Rest()
	sum, parts := p.Bytes()
	for name, n := range parts {
		t.Logf("%7.0f  %s", n, strings.TrimPrefix(name, s.URL))
	}
	t.Logf("%7.0f  seen by the page; %d sent by the server with the service worker (budget %d)", sum, counter.sent.Load(), firstVisitBudget)
	if sent := counter.sent.Load(); sent > firstVisitBudget || sent < 5000 {
		t.Errorf("first visit sends %d bytes, budget %d", sent, firstVisitBudget)
	}
	before := counter.sent.Load()
	p.Open(s.URL + "/gaya")
	p.Rest()
	if again := counter.sent.Load() - before; again > 20_000 {
		t.Errorf("second visit sends %d bytes: assets are not kept", again)
	} else {
		t.Logf("%7d  second visit", again)
	}

	p.Open(s.URL + "/pelajaran")
	p.Wait(`caches.open('apel-lessons').then((c) => c.keys()).then((k) => k.length === 1)`)
	s.CloseClientConnections()
	s.Listener.Close()
	p.Open(s.URL + "/pelajaran")
	if got := p.Text("h1"); got != "Menyapa di loket" {
		t.Errorf("without a signal the lesson shows %q", got)
	}
	p.Open(s.URL + "/kursus/lain")
	if got := p.Text("h1"); got != "Tidak ada sinyal" {
		t.Errorf("without a signal another page shows %q", got)
	}
	p.Wait(`document.querySelector('[data-kept-list] a') && document.querySelector('[data-kept-list] a').textContent === 'Menyapa di loket'`)
	p.Screenshot("luring-360")
}
