package browsertest

import (
	"encoding/base64"
	"fmt"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
)

// Drag presses the pointer on the middle of the first element that matches from, moves it in steps to the place given in the page's own coordinates, and lets go.
func (p *Page) Drag(from string, x, y float64) {
	p.t.Helper()
	at := Eval[[]float64](p, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({ block: 'center' }); const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2] })()`, from))
	left := int64(1)
	mouse := func(kind input.DispatchMouseEventType, x, y float64, buttons int64) {
		call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: buttons, ClickCount: 1})
	}
	x, y = at[0]+x, at[1]+y
	mouse(input.DispatchMouseEventTypeMouseMoved, at[0], at[1], 0)
	mouse(input.DispatchMouseEventTypeMousePressed, at[0], at[1], left)
	const steps = 12
	for i := 1; i <= steps; i++ {
		part := float64(i) / steps
		mouse(input.DispatchMouseEventTypeMouseMoved, at[0]+(x-at[0])*part, at[1]+(y-at[1])*part, left)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, x, y, 0)
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
