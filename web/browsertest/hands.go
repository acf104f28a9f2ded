package browsertest

import (
	"encoding/base64"
	"fmt"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
)

// Drag presses the pointer on the middle of the first element that matches from, moves it in steps to the upper edge of the one that matches to, and lets go. What is out of sight is
// reached by holding the pointer at the edge of the window until the page has scrolled there.
func (p *Page) Drag(from, to string) {
	p.t.Helper()
	at := Eval[[]float64](p, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({ block: 'center' }); const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2] })()`, from))
	mouse := func(kind input.DispatchMouseEventType, y float64, buttons int64) {
		call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at[0], Y: y, Button: input.MouseButtonLeft, Buttons: buttons, ClickCount: 1})
	}
	mouse(input.DispatchMouseEventTypeMouseMoved, at[1], 0)
	mouse(input.DispatchMouseEventTypeMousePressed, at[1], 1)
	y := at[1]
	for range 200 {
		top := Eval[float64](p, fmt.Sprintf(`new Promise((done) => requestAnimationFrame(() => done(document.querySelector(%q).getBoundingClientRect().top)))`, to))
		next := min(max(top, 8), float64(p.View.Height)-8)
		if next == y && next == top {
			break
		}
		if y < next {
			y = min(y+40, next)
		} else {
			y = max(y-40, next)
		}
		mouse(input.DispatchMouseEventTypeMouseMoved, y, 1)
		if Eval[bool](p, fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().top > document.querySelector(%q).getBoundingClientRect().top`, to, from)) {
			break // it went past
		}
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, y, 0)
}

// Copy puts something on the clipboard of the browser, as another program would have: its kind (text/plain, text/html, image/png) and its bytes.
func (p *Page) Copy(kind string, data []byte) {
	p.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		call(p, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted})
	}
	Eval[bool](p, fmt.Sprintf(`(async () => { window.focus(); const b = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0)); await navigator.clipboard.write([new ClipboardItem({ [%q]: new Blob([b], { type: %q }) })]); return true })()`, base64.StdEncoding.EncodeToString(data), kind, kind))
}

// Paste presses the keys that paste into what has the focus.
func (p *Page) Paste() {
	p.t.Helper()
	const ctrl = 2
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Modifiers: ctrl, Key: "v", Code: "KeyV", WindowsVirtualKeyCode: 86, Commands: []string{"paste"}})
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Modifiers: ctrl, Key: "v", Code: "KeyV", WindowsVirtualKeyCode: 86})
}

// Press presses one key into what has the focus: its name ("Enter") and its Windows code.
func (p *Page) Press(key string, code int64) {
	p.t.Helper()
	text := ""
	if key == "Enter" {
		text = "\r"
	}
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: key, Text: text, WindowsVirtualKeyCode: code})
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key, Code: key, WindowsVirtualKeyCode: code})
}
