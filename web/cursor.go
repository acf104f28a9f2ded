package web

import (
	"encoding/base64"
	"strings"

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
