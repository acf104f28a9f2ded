package web

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/people"
)

// TableQuery is what the form of a Table asks for.
type TableQuery struct {
	Search string
	Sort   string            // column key, "-key" descending
	After  string            // cursor of the next page, from Pager.Next
	Before string            // cursor of the page before
	Filter map[string]string // the named filters that were set
}

// longestQuery keeps a pasted document out of the search.
const longestQuery = 100

// ReadTable reads the query of a Table from the address, or from the body of a posted search. filters are the names of
// Table.Filters. Text that is too long or not valid UTF-8 is cut or dropped.
func ReadTable(c *gin.Context, filters ...string) TableQuery {
	get := func(name string) string {
		v := c.Query(name)
		if c.Request.Method == "POST" {
			if posted, ok := c.GetPostForm(name); ok {
				v = posted
			}
		}
		v = strings.TrimSpace(strings.ToValidUTF8(v, ""))
		if len(v) > longestQuery {
			v = strings.ToValidUTF8(v[:longestQuery], "")
		}
		return v
	}
	q := TableQuery{Search: get("q"), Sort: get("sort"), After: get("after"), Before: get("before"), Filter: map[string]string{}}
	if by := get("by"); by != "" { // the heading of a column was pressed
		q.Sort = by
	}
	for _, name := range filters {
		if v := get(name); v != "" {
			q.Filter[name] = v
		}
	}
	return q
}

// MayBeNIP says whether the search may be a NIP and must not stand in an address. A posted search answers 303 to the internal id it found, or shows the
// list without the search in the address.
func (q TableQuery) MayBeNIP() bool { return people.MayBeNIP(q.Search) }

// URL is the address of the same list with one cursor ("after" or "before") or none. A search that may be a NIP is left out.
func (q TableQuery) URL(path, cursor, value string) string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	if !q.MayBeNIP() {
		set("q", q.Search)
	}
	set("sort", q.Sort)
	for name, value := range q.Filter {
		set(name, value)
	}
	if cursor != "" {
		set(cursor, value)
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
