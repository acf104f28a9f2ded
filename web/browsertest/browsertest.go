// Package browsertest drives a real Chromium for tests of pages: at the width of a cheap phone and of an office
// screen, light and dark, with and without JavaScript. It looks at what a person would meet: overflow, errors in the
// console, hosts that are not ours, controls without a label, and what axe-core says.
//
//	b := browsertest.Start(t)                       // skips without Chromium, fails when CI=true
//	p := b.Page(t, browsertest.Phone)               // a tab of its own, with its own cookies
//	p.Open(server.URL + "/gaya")
//	p.Check()                                       // no overflow, errors, foreign hosts, unlabelled controls
//	p.Axe()                                         // no violations (skips that part when axe-core is not installed)
//	p.Screenshot("gaya-360-light")                  // written only when APEL_SCREENSHOTS names a folder
package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// View is what a page is looked at with.
type View struct {
	Width, Height int64
	Dark          bool
	NoJS          bool
	Phone         bool // touch and mobile viewport
}

// The views of the stories.
var (
	Phone      = View{Width: 360, Height: 740, Phone: true}
	PhoneDark  = View{Width: 360, Height: 740, Phone: true, Dark: true}
	Office     = View{Width: 1440, Height: 900}
	OfficeDark = View{Width: 1440, Height: 900, Dark: true}
)

// String names a view in test names and files: "360-light".
func (v View) String() string {
	theme := "light"
	if v.Dark {
		theme = "dark"
	}
	if v.NoJS {
		theme += "-nojs"
	}
	return fmt.Sprintf("%d-%s", v.Width, theme)
}

// Browser is one running Chromium; it ends with the test.
type Browser struct {
	ctx context.Context
}

// Start runs Chromium headless. With -short, or without one, the test is skipped and says so; on CI (CI=true) lacking one is a failure. args are further
// flags, such as "host-resolver-rules=MAP * 127.0.0.1".
func Start(t testing.TB, args ...string) *Browser {
	t.Helper()
	return StartIn(t, t.TempDir(), args...)
}

// StartIn is Start with a profile folder that outlives the browser: what a phone keeps when its battery dies and it is switched on again.
func StartIn(t testing.TB, profile string, args ...string) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: -short leaves out what needs a browser")
	}
	path := find()
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium on this machine, and CI must look at the pages: apt-get install chromium")
		}
		t.Skip("skipped: no chromium on this machine (looked for chromium, chromium-browser, google-chrome, APEL_CHROMIUM)")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile),
	}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage",
		"disable-default-apps", "disable-extensions", "mute-audio", "hide-scrollbars", "disable-client-side-phishing-detection", "disable-domain-reliability",
		"disable-features=Translate,MediaRouter,OptimizationHints"} {
		name, value, has := strings.Cut(flag, "=")
		if has {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	for _, arg := range args {
		name, value, has := strings.Cut(arg, "=")
		if has {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	if err := chromedp.Do(ctx); err != nil { // starts it
		stop()
		stopAlloc()
		t.Fatalf("start chromium: %v", err)
	}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		stop()
		stopAlloc()
	})
	return &Browser{ctx: ctx}
}

func find() string {
	if path := os.Getenv("APEL_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Page is one tab with cookies of its own.
type Page struct {
	t    testing.TB
	ctx  context.Context
	View View

	mu       sync.Mutex
	problems []string           // console errors, exceptions, foreign hosts
	bytes    map[string]float64 // URL -> bytes on the wire
	ids      map[network.RequestID]string
	host     string
	frame    cdp.FrameID
	reached  map[lifecycle]bool // what the documents of this tab have reached
	news     chan struct{}      // something was reached
	saved    map[string]string  // files whose download has ended: id -> what the browser calls it
	names    map[string]string  // downloads that have begun
}

// lifecycle is one thing that happened to one document.
type lifecycle struct {
	loader cdp.LoaderID // a document; a reload is another one
	name   string
}

// Fuses, not waits: everything goes on as soon as what it waits for holds. They are long because two loaded cores are slow.
const (
	patience = 5 * time.Minute // one tab, all that is done in it
	fuse     = time.Minute     // one condition
)

// Die ends the browser as a dead battery does: nothing is told, nothing is written any more.
func (b *Browser) Die(t testing.TB) {
	t.Helper()
	process := chromedp.FromContext(b.ctx).Browser.Process()
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = process.Wait()
}

// Page opens a tab. It is closed at the end of the test. Not safe for concurrent use.
func (b *Browser) Page(t testing.TB, v View) *Page {
	t.Helper()
	return b.open(t, v, chromedp.WithNewBrowserContext())
}

// OwnPage is Page with the cookies and the store of the browser's profile instead of ones that go with the tab.
func (b *Browser) OwnPage(t testing.TB, v View) *Page {
	t.Helper()
	return b.open(t, v)
}

// offline is Network.emulateNetworkConditions, which unlike the command that replaced it also tells the page.
var offline = cdp.Command[network.OverrideNetworkStateParams, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

// Offline takes the network away from the tab, or gives it back.
func (p *Page) Offline(away bool) {
	p.t.Helper()
	call(p, offline, network.OverrideNetworkStateParams{Offline: away, DownloadThroughput: -1, UploadThroughput: -1})
}

// Forgive drops what the console said so far, for tests that took the network away on purpose.
func (p *Page) Forgive() { p.mu.Lock(); p.problems = nil; p.mu.Unlock() }

func (b *Browser) open(t testing.TB, v View, as ...chromedp.ContextOption) *Page {
	t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, as...)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as this context
		t.Fatalf("open a tab: %v", err)
	}
	ctx, stopTime := context.WithTimeout(ctx, patience)
	t.Cleanup(stopTime)
	p := &Page{t: t, ctx: ctx, View: v, bytes: map[string]float64{}, ids: map[network.RequestID]string{}, reached: map[lifecycle]bool{}, saved: map[string]string{}, names: map[string]string{}, news: make(chan struct{}, 1)}
	p.frame = call(p, page.GetFrameTree, cdp.Empty{}).FrameTree.Frame.ID
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	call(p, cdpruntime.Enable, cdp.Empty{})
	call(p, page.SetLifecycleEventsEnabled, page.SetLifecycleEventsEnabledParams{Enabled: true})
	p.window(v.Height)
	call(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: v.Phone})
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoJS})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	return p
}

// call sends one protocol command and fails the test when the browser refuses it.
func call[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	answer, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.View, command.Method, err)
	}
	return answer
}

func (p *Page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type == cdpruntime.ConsoleAPICalledTypeError || e.Type == cdpruntime.ConsoleAPICalledTypeWarning {
			var parts []string
			for _, arg := range e.Args {
				parts = append(parts, string(arg.Value)+arg.Description)
			}
			p.problems = append(p.problems, "console: "+strings.Join(parts, " "))
		}
	case *cdpruntime.EventExceptionThrown:
		p.problems = append(p.problems, "exception: "+exception(e.ExceptionDetails))
	case *log.EventEntryAdded:
		// Warnings of the browser about itself are not ours; errors (blocked by policy, 404, broken manifest) are. A refused form is answered with 422 on purpose.
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "status of 422") {
			p.problems = append(p.problems, "log: "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		p.ids[e.RequestID] = e.Request.URL
		u, err := url.Parse(e.Request.URL)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && p.host != "" && u.Host != p.host {
			p.problems = append(p.problems, "foreign host: "+e.Request.URL)
		}
	case *page.EventJavascriptDialogOpening: // a page that asks before it is left is left
		go func() {
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *page.EventLifecycleEvent:
		if e.FrameID != p.frame {
			return
		}
		p.reached[lifecycle{e.LoaderID, e.Name}] = true
		p.tell()
	case *browser.EventDownloadWillBegin:
		p.names[e.GUID] = e.SuggestedFilename
	case *browser.EventDownloadProgress:
		if e.State == browser.DownloadProgressStateCompleted {
			p.saved[e.GUID] = p.names[e.GUID]
			p.tell()
		}
	case *network.EventLoadingFinished:
		p.bytes[p.ids[e.RequestID]] += e.EncodedDataLength
	}
}

func (p *Page) tell() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

func exception(d *cdpruntime.ExceptionDetails) string {
	text := d.Text
	if d.Exception != nil {
		text += " " + d.Exception.Description
	}
	return text + " " + d.URL
}

// Do runs chromedp actions and fails the test when one fails.
func (p *Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v", p.View, err)
	}
}

// Open goes to an address and waits until the page, its styles and its modules have come.
func (p *Page) Open(address string) {
	p.t.Helper()
	if u, err := url.Parse(address); err == nil {
		p.mu.Lock()
		p.host = u.Host
		p.mu.Unlock()
	}
	p.Leave(func() { p.Do(chromedp.Navigate(address)) })
}

// Leave runs something that leads to another page (a click, a submit, a reload) and waits until that page has loaded, scripts included. What a page
// then asks for by itself (an event stream, a report) is not waited for: Wait for what it does, or Rest.
func (p *Page) Leave(act func()) {
	p.t.Helper()
	here := p.document()
	p.mu.Lock()
	before := maps.Clone(p.reached)
	p.mu.Unlock()
	act()
	p.await("the page did not load", func() bool {
		for x := range p.reached {
			if x.name == "load" && x.loader != here && !before[x] {
				return true
			}
		}
		return false
	})
	if p.View.NoJS {
		p.Wait(`document.readyState === 'complete'`)
	} else {
		p.Wait(ready)
	}
}

// ready is true when the modules that a page of ours fetches by itself stand, and on pages that are not ours.
const ready = `document.readyState === 'complete' && (document.documentElement.hasAttribute('data-ready') || !document.querySelector('script[type=module][src*="/app.js"]'))`

// Download runs something that fetches a file (a click on a link) and answers the name the browser saved it under, and what is in it.
func (p *Page) Download(act func()) (name string, content []byte) {
	p.t.Helper()
	folder, events := p.t.TempDir(), true
	call(p, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: folder, EventsEnabled: &events,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID})
	p.mu.Lock()
	clear(p.saved)
	p.mu.Unlock()
	act()
	var id string
	p.await("nothing was downloaded", func() bool {
		for id, name = range p.saved {
			return true
		}
		return false
	})
	content, err := os.ReadFile(filepath.Join(folder, id))
	if err != nil {
		p.t.Fatal(err)
	}
	return name, content
}

// Rest waits until nothing was asked of the network for half a second since the page came: for measuring what a page costs.
func (p *Page) Rest() {
	p.t.Helper()
	idle := lifecycle{p.document(), "networkIdle"}
	p.await("the page did not come to rest", func() bool { return p.reached[idle] })
}

// document names the document that the tab shows.
func (p *Page) document() cdp.LoaderID {
	p.t.Helper()
	return call(p, page.GetFrameTree, cdp.Empty{}).FrameTree.Frame.LoaderID
}

// await waits until holds, which is asked with the lock held, after each thing a document reached.
func (p *Page) await(otherwise string, holds func() bool) {
	p.t.Helper()
	late := time.After(fuse)
	for {
		p.mu.Lock()
		done := holds()
		p.mu.Unlock()
		if done {
			return
		}
		select {
		case <-p.news:
		case <-late:
			p.shoot("failed-"+p.View.String(), chromedp.FullScreenshot(80))
			p.t.Fatalf("%s: %s", p.View, otherwise)
		case <-p.ctx.Done():
			p.t.Fatalf("%s: %s: %v", p.View, otherwise, p.ctx.Err())
		}
	}
}

// Eval runs an expression in a page and answers its value. Promises are awaited.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %.200s: %v", p.View, expression, err)
	}
	return value
}

// Click clicks the first element that matches and is seen.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Type types into a control.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Do(chromedp.SendKeys(chromedp.CSS(selector), text, chromedp.NodeVisible))
}

// SetCookie gives the tab a cookie for an address, as if a page there had set it.
func (p *Page) SetCookie(address, name, value string) {
	p.t.Helper()
	call(p, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: address})
}

// Text is the seen text of the first element that matches.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.View, selector, err)
	}
	return text
}

// Wait waits until an expression is true in the page, also across a navigation.
func (p *Page) Wait(expression string) {
	p.t.Helper()
	until := time.Now().Add(fuse)
	for p.View.NoJS { // what chromedp asks with is a script of the page's own, which does not run there
		if done, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression)); err == nil && done {
			return
		} else if p.ctx.Err() != nil || time.Now().After(until) {
			p.t.Fatalf("%s: waiting for %s: %v", p.View, expression, err)
		}
		select {
		case <-p.news:
		case <-time.After(50 * time.Millisecond):
		}
	}
	for {
		err := chromedp.Do(p.ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(30*time.Millisecond), chromedp.WithPollingTimeout(time.Until(until))))
		if err == nil {
			return
		}
		if p.ctx.Err() != nil || time.Now().After(until) || errors.Is(err, chromedp.ErrPollingTimeout) {
			p.shoot("failed-"+p.View.String(), chromedp.FullScreenshot(80))
			p.t.Fatalf("%s: waiting for %s: %v", p.View, expression, err)
		}
	}
}

// Check fails the test for everything a page of ours must not have.
func (p *Page) Check() {
	p.t.Helper()
	p.mu.Lock()
	for _, problem := range p.problems {
		p.t.Errorf("%s: %s", p.View, problem)
	}
	p.problems = nil
	p.mu.Unlock()
	for _, where := range Eval[[]string](p, overflow) {
		p.t.Errorf("%s: wider than the screen: %s", p.View, where)
	}
	for _, where := range Eval[[]string](p, unlabelled) {
		p.t.Errorf("%s: no label: %s", p.View, where)
	}
	for _, where := range Eval[[]string](p, targets) {
		p.t.Errorf("%s: target under 44 px: %s", p.View, where)
	}
}

// overflow lists what makes the page scroll sideways.
const overflow = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
  const found = [];
  document.querySelectorAll('body *').forEach((el) => {
    const box = el.getBoundingClientRect();
    if (box.right > width + 1 && box.width > 0 && !el.closest('.table-scroll, .tabs, .hide, pre')) found.push(el.tagName + '.' + el.getAttribute('class') + ' ends at ' + Math.round(box.right) + ' of ' + width);
  });
  return found.length ? found.slice(0, 8) : ['document ' + document.documentElement.scrollWidth + ' of ' + width];
})()`

// unlabelled lists controls that a screen reader could not name.
const unlabelled = `Array.from(document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')).filter((el) => {
  if (el.closest('[hidden]')) return false;
  const named = (el.labels && Array.from(el.labels).some((l) => l.textContent.trim())) || (el.getAttribute('aria-label') || '').trim() ||
    (el.getAttribute('aria-labelledby') || '').split(' ').some((id) => document.getElementById(id)) ||
    ((el.tagName === 'BUTTON' || el.tagName === 'A') && (el.textContent.trim() || el.querySelector('img[alt]:not([alt=""])')));
  return !named;
}).map((el) => el.outerHTML.slice(0, 160))`

// targets lists buttons and controls that are too small for a thumb. Links inside running text are exempt, as in WCAG 2.2.
const targets = `Array.from(document.querySelectorAll('button, .btn, select, summary, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), label.choice, nav a')).filter((el) => {
  const box = el.getBoundingClientRect();
  if (box.width === 0 || box.height === 0 || el.closest('.hide') || el.disabled) return false;
  return box.height < 43.5 || box.width < 43.5;
}).map((el) => el.outerHTML.slice(0, 140) + ' ' + Math.round(el.getBoundingClientRect().width) + 'x' + Math.round(el.getBoundingClientRect().height))`

// Bytes sums what came over the wire since the tab was opened, headers included, and answers the parts by address.
func (p *Page) Bytes() (sum float64, parts map[string]float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	parts = map[string]float64{}
	for u, n := range p.bytes {
		sum += n
		parts[u] = n
	}
	return sum, parts
}

// Screenshot writes the whole page as PNG into the folder named by APEL_SCREENSHOTS; without it nothing is done.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	if os.Getenv("APEL_SCREENSHOTS") == "" {
		return
	}
	// A window as tall as the page: what sticks to its edges stands at the page's edges, not across its middle.
	p.window(max(p.View.Height, Eval[int64](p, "window.scrollTo(0, 0); document.documentElement.scrollHeight")))
	p.shoot(name, chromedp.CaptureScreenshot())
	p.window(p.View.Height)
}

// window sets the height of the window; its width stays.
func (p *Page) window(height int64) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: p.View.Width, Height: height, DeviceScaleFactor: 1, Mobile: p.View.Phone})
}

// ScreenshotWindow writes what the window shows: for dialogs and menus.
func (p *Page) ScreenshotWindow(name string) {
	p.t.Helper()
	p.shoot(name, chromedp.CaptureScreenshot())
}

func (p *Page) shoot(name string, action chromedp.Action[[]byte]) {
	p.t.Helper()
	folder := os.Getenv("APEL_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, action)
	if err != nil {
		p.t.Fatalf("%s: screenshot: %v", p.View, err)
	}
	path := filepath.Join(folder, name+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// axePath is where npm ci puts axe-core: web/browsertest of the module that the running test belongs to. Found from the working folder, which go
// test sets to the tested package's, so that binaries built with -trimpath find it too.
func axePath() string {
	inside := filepath.Join("web", "browsertest", "node_modules", "axe-core", "axe.min.js")
	for folder := "."; len(folder) < 64; folder = filepath.Join(folder, "..") {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, inside)
		}
	}
	return inside
}

// Axe runs axe-core with the rules of WCAG 2.2 A and AA and good practice, and fails for every violation. Without axe-core it logs that it
// was not run; on CI (CI=true) that is a failure.
func (p *Page) Axe() {
	p.t.Helper()
	if p.View.NoJS {
		return // axe works in timers of the page, and those do not run there; the same page with scripts is looked at elsewhere
	}
	source, err := os.ReadFile(axePath())
	if err != nil {
		if os.Getenv("CI") == "true" {
			p.t.Fatal("axe-core is missing and CI must run it: npm ci in web/browsertest")
		}
		p.t.Log("axe-core not run: npm ci in web/browsertest installs it")
		return
	}
	Eval[int](p, string(source)+";0")
	result := Eval[string](p, `axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
	  .then((r) => JSON.stringify(r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 5).map((n) => n.html.slice(0, 200) + ' | ' + n.failureSummary.slice(0, 300))}))))`)
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(result), &violations); err != nil {
		p.t.Fatal(err)
	}
	for _, v := range violations {
		p.t.Errorf("%s: axe %s: %s\n\t%s", p.View, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}
