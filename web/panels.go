package web

// PanelsPage is the page of the workbench: panels from top to bottom, each with what stands in it in a fixed order. Pages of admins are composed of
// the same few things (facts, a table, a form with its reason), so they share one template and look alike.
type PanelsPage struct {
	Base
	Tabs   *Tabs
	Panels []Panel
	Pager  Pager // of a page whose panels are a list
}

// Panel is one box of a PanelsPage. Everything in it may be empty.
type Panel struct {
	ID      string // to jump to
	Label   string // heading, words
	Name    string // heading, data; wins over Label
	Text    string // a sentence or two below the heading
	Badges  []Badge
	Bare    bool // without a box around it: stats, tables, notices
	Fold    bool // behind its heading until opened; an open one has errors or was asked for
	Open    bool
	Half    bool // two such panels in a row stand side by side on wide screens
	Notices []Notice
	Stats   []Stat
	Bar     *Progress
	Facts   []Fact
	Fit     *Fit
	Reasons []Reason
	Cards   []Card
	Table   *Table
	Charts  []Chart
	Levels  []Level
	Events  *Timeline
	Prose   Prose
	Form    *PanelForm
	Actions []Button
	Empty   *Empty
	Live    string  // address of an event stream: the box, which needs an ID, is drawn anew whenever it says so (assets/js/live.js)
	Inner   []Panel // smaller boxes inside, with headings of the next rank
}

// PanelForm is a form in a panel: its fields in order, and what sends it.
type PanelForm struct {
	URL     string
	Form    Form // for its errors
	Fields  []Field
	Groups  []FieldGroup
	Tail    []Field // behind the groups
	Buttons []Button
	Files   bool // the form sends files
	Get     bool // the form asks and changes nothing
	Rows    bool // short fields side by side
}

// PanelRow is panels that stand beside each other.
type PanelRow struct {
	Half   bool
	Panels []Panel
}

// Rows groups neighbouring half panels.
func (p PanelsPage) Rows() []PanelRow { return panelRows(p.Panels) }

func panelRows(panels []Panel) []PanelRow {
	var rows []PanelRow
	for _, panel := range panels {
		if last := len(rows) - 1; panel.Half && last >= 0 && rows[last].Half {
			rows[last].Panels = append(rows[last].Panels, panel)
			continue
		}
		rows = append(rows, PanelRow{Half: panel.Half, Panels: []Panel{panel}})
	}
	return rows
}

// add puts panels at the end of the page.
func (p *PanelsPage) add(panels ...Panel) { p.Panels = append(p.Panels, panels...) }

// reasoned is the field every decision about somebody else asks for.
func reasoned(f Form, hint string) Field {
	field := f.Need("textarea", "why", "Alasan").Tall(2)
	field.Hint, field.Length = hint, 500
	return field
}

// hidden is a value a form carries along.
func hidden(name, value string) Field { return Field{Kind: "hidden", Name: name, Value: value} }

// prefixed keeps the ids of controls apart where the same name stands in several forms of a page.
func (f Field) prefixed(prefix string) Field { f.IDPrefix = prefix; return f }
