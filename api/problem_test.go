package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/texts"
)

// TestDecoderIsNotQuoted reads what encoding/json says of a body that fits no Go type: no reader is shown names of Go types.
func TestDecoderIsNotQuoted(t *testing.T) {
	for _, body := range []string{`{"seq":99999999999999999999}`, `{"seq":1e3}`, `{"seq":1.5}`, `{"seq":"x"}`} {
		var in struct {
			Seq int `json:"seq"`
		}
		err := json.Unmarshal([]byte(body), &in)
		if err == nil {
			t.Fatalf("%s was read", body)
		}
		for _, lang := range []texts.Lang{texts.ID, texts.EN} {
			if got := translate(err.Error(), lang); strings.Contains(got, "json") || strings.Contains(got, "Go ") {
				t.Errorf("%s in %s: %s", body, lang, got)
			}
		}
	}
}
