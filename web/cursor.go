package web

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/storage"
)

// encodeCursor writes the place in a list into an address.
func encodeCursor(at storage.Cursor) string {
	if at.Zero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(at.Order + "\n" + at.ID))
}

// decodeCursor reads it back; anything else is the beginning of the list.
func decodeCursor(text string) storage.Cursor {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) > 2000 {
		return storage.Cursor{}
	}
	order, id, ok := strings.Cut(string(raw), "\n")
	if !ok {
		return storage.Cursor{}
	}
	return storage.Cursor{Order: order, ID: id}
}

// pageOf cuts a page out of a list that a room gives whole. name tells entries apart; where the one before the page is gone, the list begins again.
func pageOf[T any](c *gin.Context, all []T, name func(T) string) ([]T, Pager) {
	begin := 1 + slices.IndexFunc(all, func(x T) bool { return name(x) == cursor(c).ID })
	end := min(begin+storage.DefaultPage, len(all))
	var next storage.Cursor
	if end < len(all) {
		next.ID = name(all[end-1])
	}
	return all[begin:end], nextPage(c, next)
}
