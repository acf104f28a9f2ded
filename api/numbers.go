package api

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// noNumbers refuses a number that may be a NIP in the query of an address, which servers, proxies and browsers keep: as words to search for, or whole as any
// other value. The refusal says where people are looked up. What the address held is not repeated.
func noNumbers(c *gin.Context) {
	if c.Request.URL.RawQuery == "" {
		return
	}
	for name, values := range c.Request.URL.Query() {
		for _, v := range values {
			if name == "q" && people.MayBeNIP(v) || people.HoldsNIP(v) {
				refusal := faults.OnField("query."+name, "Nomor sepanjang ini bisa jadi NIP dan tidak boleh berada di alamat. Cari orangnya dengan POST "+Prefix+"/people/lookup.",
					"A number this long may be a NIP and must not stand in an address. Find the person with POST "+Prefix+"/people/lookup.")
				if name == "name" { // of a file, see imports.go
					refusal = faults.OnField("query."+name, "Nama berkas memuat angka panjang yang mungkin NIP. Ganti namanya.", "The file's name holds a long number that may be a NIP. Rename it.")
				}
				problem(c.Request.Context(), refusal).write(c.Writer)
				c.Abort()
				return
			}
		}
	}
}
