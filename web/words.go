package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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

// newWords reads words/en.json (the engine and the parts) and words/en-<room>.json (the pages of a room). A sentence may stand
// in several files when they agree.
func newWords() *words {
	w := &words{english: map[string][2]string{}}
	names, err := fs.Glob(wordFiles, "words/*.json")
	if err != nil {
		panic("web: " + err.Error())
	}
	for _, name := range names {
		text, err := wordFiles.ReadFile(name)
		if err != nil {
			panic("web: " + err.Error())
		}
		raw := map[string]any{}
		if err := json.Unmarshal(text, &raw); err != nil {
			panic("web: " + name + ": " + err.Error())
		}
		for key, value := range raw {
			forms, err := englishForms(value)
			if err != nil {
				panic("web: " + name + ": " + key + ": " + err.Error())
			}
			if before, ok := w.english[key]; ok && before != forms {
				panic("web: " + name + ": " + key + " has another English elsewhere: " + before[1])
			}
			w.english[key] = forms
		}
	}
	return w
}

// englishForms reads "Save" or ["%d course", "%d courses"].
func englishForms(value any) ([2]string, error) {
	switch v := value.(type) {
	case string:
		return [2]string{v, v}, nil
	case []any:
		if len(v) == 2 {
			one, ok1 := v[0].(string)
			other, ok2 := v[1].(string)
			if ok1 && ok2 {
				return [2]string{one, other}, nil
			}
		}
	}
	return [2]string{}, errors.New("want a string or [one, many]")
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
