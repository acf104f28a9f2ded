package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gin-gonic/gin"
)

//go:embed words
var wordFiles embed.FS

// words holds the English of every Indonesian sentence. The Indonesian sentence is the key, so templates read as they
// will be read. A sentence without English is shown in Indonesian; a test lists it.
type words struct {
	english map[string][2]string // [one, other]

	mu      sync.Mutex
	missing map[string]bool // only filled when not nil, by tests
}

func newWords() *words {
	w := &words{english: map[string][2]string{}}
	text, err := wordFiles.ReadFile("words/en.json")
	if err != nil {
		panic("web: " + err.Error())
	}
	raw := map[string]any{}
	if err := json.Unmarshal(text, &raw); err != nil {
		panic("web: words/en.json: " + err.Error())
	}
	for key, value := range raw {
		switch v := value.(type) {
		case string:
			w.english[key] = [2]string{v, v}
		case []any: // ["%d course", "%d courses"]
			one, ok1 := v[0].(string)
			other, ok2 := v[len(v)-1].(string)
			if len(v) != 2 || !ok1 || !ok2 {
				panic("web: words/en.json: " + key + " wants a string or [one, many]")
			}
			w.english[key] = [2]string{one, other}
		default:
			panic("web: words/en.json: " + key + " wants a string or [one, many]")
		}
	}
	return w
}

// say translates an Indonesian sentence and fills in its arguments as fmt.Sprintf does. The first whole number among
// them chooses between one and many in English.
func (w *words) say(lang, sentence string, args ...any) string {
	if sentence == "" {
		return ""
	}
	text := sentence
	if lang != "id" {
		if forms, ok := w.english[sentence]; ok {
			text = forms[1]
			for _, arg := range args {
				if n, isInt := arg.(int); isInt {
					if n == 1 {
						text = forms[0]
					}
					break
				}
			}
		} else if w.missing != nil {
			w.mu.Lock()
			w.missing[sentence] = true
			w.mu.Unlock()
		}
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// T is the sentence in the reader's language, for handlers; in templates it is {{t "..." ...}}. The sentence must be
// a literal so that the test finds it: e.T(c, "%d pegawai ditambahkan", n).
func (e *Engine) T(c *gin.Context, sentence string, args ...any) string {
	return e.words.say(Lang(c), sentence, args...)
}
