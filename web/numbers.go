package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/people"
)

// noNumber is what a search box that travels in the address accepts: anything without 8 digits in a row, counted as people.MayBeNIP counts. The browser
// says so before it sends, with scripts off too.
const noNumber = `(?!.*[0-9]([ .\-]*[0-9]){7}).*`

// NoNumbers keeps a NIP out of addresses. A page asked for with a search that may be a NIP, or with any value that holds a whole one, is answered by 303 to the
// same page without it and a sentence that says where people are looked up; the address of the first request is not logged, and the browser forgets it.
// It belongs before everything that reads the address.
func (e *Engine) NoNumbers() gin.HandlerFunc {
	return func(c *gin.Context) {
		r := c.Request
		if r.Method != http.MethodGet || r.URL.RawQuery == "" || strings.HasPrefix(r.URL.Path, "/api/") {
			return
		}
		query, found := r.URL.Query(), false
		for name, values := range query {
			for _, v := range values {
				if people.MayBeNIP(v) && name == "q" || people.HoldsNIP(v) {
					query.Del(name)
					found = true
					break
				}
			}
		}
		if !found {
			return
		}
		e.Flash(c, Notice{Kind: Warn, Text: e.T(c, "Nomor sepanjang ini bisa jadi NIP, jadi tidak dicari lewat alamat halaman. Cari pegawai di kotak pencarian halaman Pegawai.")})
		to := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query.Encode()}
		c.Redirect(http.StatusSeeOther, LocalPath(to.String()))
		c.Abort()
	}
}
