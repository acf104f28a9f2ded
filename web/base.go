package web

import (
	"context"
	"slices"
	"time"
)

// Base is embedded by the data of every page. The handler fills what it knows, the engine fills Chrome.
// The zero value is a page titled as declared in pages.go.
type Base struct {
	// Title is the heading and the window title, as data (a course's name). Empty: the Label of the Page.
	Title string
	// Lead is one sentence under the heading, already translated.
	Lead string
	// Active is the key of the navigation item this page belongs to.
	Active string
	// Crumbs lead from the start page to the parent of this page; the page itself is added by the layout.
	Crumbs []Link
	// Notices stand above the content, most important first. A message that must survive a redirect is a Flash.
	Notices []Notice
	// Actions are the buttons beside the heading.
	Actions []Button
	// OwnHeading says that the page's template prints the only <h1> itself.
	OwnHeading bool
	// RefreshSeconds reloads the page in browsers without JavaScript (waiting pages). 0: never.
	RefreshSeconds int
	// KeepOffline lets the service worker keep this page for reading without a signal (lessons). Never set it on a
	// page that shows another person's data; everything kept is dropped at logout.
	KeepOffline bool
	// PreviewAccent shows this one page in another colour than the institution's ("#rrggbb").
	PreviewAccent string

	Chrome
}

func (b *Base) base() *Base { return b }

// Chrome is what stands around every page. The engine fills it for each request; handlers only read it.
type Chrome struct {
	Lang        string      // "id" or "en"
	Theme       string      // "", "light" or "dark"; empty follows the device
	Owner       string      // a mark of who is logged in that names nobody: what a browser keeps is one person's
	Institution Institution // whose installation this is
	Nav         Navigation  // what this person may open
	Flash       []Notice    // said once, after a redirect
	Demo        bool        // every page says CONTOH
	Path        string      // path and query of this page, to come back to
	Heading     string      // the resolved title
	Page        string      // name of the page
	Now         time.Time   // the server's clock when the page was made
	Assets      string      // "/assets/<hash>"
	AccentCSS   string      // URL of the institution's colour, empty for the built-in one
}

// Institution says whose installation this is. It comes from the settings; nothing in templates names a city.
type Institution struct {
	Name   string         // "Pemerintah Kota Contoh"
	Short  string         // "Kota Contoh", used on phones
	Agency string         // the personnel body, "BKPSDM Kota Contoh"
	Logo   string         // URL of the logo on this host; empty: our neutral mark
	Accent string         // "#rrggbb"; empty: the built-in colour. Shades with enough contrast are derived from it.
	Zone   *time.Location // civil dates are computed here; nil: Asia/Jakarta
}

// Link is a place to go. Label is words of the program; Name is data (a course's name) and wins over Label.
type Link struct {
	Label string
	Name  string
	URL   string
}

// Navigation is what one person sees around the page. Which items exist is decided by policies, not here.
type Navigation struct {
	// Person is nil for a visitor who is not logged in.
	Person *Viewer
	// Groups stand in the side column in order; a group with Step 1..3 is one of the three areas (langkah).
	Groups []NavGroup
	// Phone are the at most four items of the bottom bar; the fifth, "Menu", is added by the layout.
	Phone []NavItem
}

// Viewer is the person who looks at the page.
type Viewer struct {
	Name       string
	Role       string // the role in words, already translated
	URL        string // own profile
	LogoutURL  string // posted to
	InboxURL   string
	InboxCount int
}

// NavGroup is one block of the navigation.
type NavGroup struct {
	Step  int // 1 SDM, 2 Integrasi, 3 Evaluasi; 0: not one of the three areas
	Label string
	Items []NavItem
}

// Holds says whether the page of a key is in the group; the others stay folded where there are many.
func (g NavGroup) Holds(key string) bool {
	return slices.ContainsFunc(g.Items, func(i NavItem) bool { return i.Key == key })
}

// NavItem is one entry of the navigation. Icon names a symbol of assets/icons.svg.
type NavItem struct {
	Key   string
	Label string
	Icon  string
	URL   string
	Count int // unread or waiting; 0 shows nothing
}

// Settings answers what the pages need to know about the installation. It is asked on every request, so it must
// answer from memory.
type Settings func(ctx context.Context) Institution
