package web

import "strings"

// Table is a list with search, sorting and paging. On a phone each row becomes a card with the labels beside the
// values. Searching, filtering and sorting are a plain form; with JavaScript it sends itself.
type Table struct {
	Whole   bool   // the filters only say which list it is: an empty one shows Empty, not "nothing matches"
	ID      string // when several tables stand on a page
	Label   string // words: what the rows are; caption of the table
	URL     string // address of the page the form is sent to
	Columns []Column
	Rows    []Row

	// Search is the text looked for; with NoSearch there is no search box. Person lists set SearchPost: their search may
	// hold a NIP, which must not stand in an address; the handler answers the post with 303.
	Search      string
	SearchLabel string // words, "Cari nama atau unit"
	NoSearch    bool
	SearchPost  bool
	Filters     []Field // selects, named as the handler reads them
	Sort        string  // key of the column sorted by; "-key" for descending
	Keep        []Fact  // hidden values to keep in the form: Name, Value

	Pager   Pager
	Empty   Empty
	Actions []Button // above the table: "Tambah pegawai"
	Wide    bool     // many columns: scrolls sideways in its own frame on tablets
}

// Column of a Table.
type Column struct {
	Key     string // for sorting; empty: not sortable
	Label   string // words
	Numeric bool
	Main    bool // heading of the card on phones, and header cell of the row
	Minor   bool // left out on phones
	Actions bool // holds buttons; the label is only read out
}

// Row of a Table.
type Row struct {
	URL   string // where the main cell leads
	Cells []Cell
	Mark  string // Warn, Danger: a line at the edge
}

// Cell of a Row.
type Cell struct {
	Text    string
	Sub     string // a second, quieter line
	URL     string
	Badge   *Badge
	Button  *Button
	Percent *Progress
	Depth   int // how deep in a tree, 0 to 6: how far the main cell is set in
}

// Sorted is "ascending", "descending" or "" for a column, as aria-sort wants it.
func (t Table) Sorted(c Column) string {
	switch {
	case c.Key == "":
		return ""
	case t.Sort == c.Key:
		return "ascending"
	case t.Sort == "-"+c.Key:
		return "descending"
	}
	return ""
}

// SortValue is what clicking the heading of a column asks for.
func (t Table) SortValue(c Column) string {
	if t.Sort == c.Key {
		return "-" + c.Key
	}
	return c.Key
}

// Sortable says whether any column can be sorted by.
func (t Table) Sortable() bool {
	for _, c := range t.Columns {
		if c.Key != "" {
			return true
		}
	}
	return false
}

// Toolbar says whether there is anything above the table.
func (t Table) Toolbar() bool {
	return !t.NoSearch || len(t.Filters) > 0 || t.Sortable() || len(t.Actions) > 0
}

// Narrowed says whether search or filters leave rows out, so that an empty table says so.
func (t Table) Narrowed() bool {
	if t.Search != "" {
		return true
	}
	if t.Whole {
		return false
	}
	for _, f := range t.Filters {
		if f.Value != "" {
			return true
		}
	}
	return false
}

// Column of the cell at place i.
func (t Table) Column(i int) Column {
	if i < len(t.Columns) {
		return t.Columns[i]
	}
	return Column{}
}

// FormID ties the sort buttons of the headings to the form above.
func (t Table) FormID() string { return "table" + strings.TrimSpace(t.ID) }

// Searched is the field of the search box.
func (t Table) Searched() Field {
	label := t.SearchLabel
	if label == "" {
		label = "Cari"
	}
	return Field{Kind: "search", Name: "q", Label: label, Value: t.Search, IDPrefix: t.ID, Length: 100, Words: !t.SearchPost}
}
