package web

import (
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestReadQuizPost(t *testing.T) {
	gin.SetMode(gin.TestMode)
	read := func(v url.Values) QuizPost {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest("POST", "/", strings.NewReader(v.Encode()))
		c.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return ReadQuizPost(c)
	}
	got := read(url.Values{"seq": {"8"}, "tab": {"t1"}, "go": {"next"}, "shown": {"a", "b", "c", "a"}, "answer.a": {"1"}, "answer.b": {"x", "", " y "},
		"answer.foreign": {"1"}, "flag.c": {"1"}})
	want := QuizPost{Seq: 8, Tab: "t1", Go: "next", Shown: []string{"a", "b", "c"}, Answers: map[string][]string{"a": {"1"}, "b": {"x", "y"}}, Flags: map[string]bool{"c": true}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := read(url.Values{"seq": {"x"}}); got.Seq != 0 {
		t.Errorf("a broken seq reads as %d", got.Seq)
	}
	big := url.Values{"shown": {"a"}, "answer.a": {strings.Repeat("é", 5000), "\xff"}}
	for n := range 1000 {
		big.Add("shown", "s"+strconv.Itoa(n))
	}
	if got := read(big); len(got.Shown) != mostShown || len(got.Answers["a"]) != 1 || len(got.Answers["a"][0]) > longestAnswer || strings.Contains(got.Answers["a"][0], "\ufffd") {
		t.Errorf("limits: %d shown, %d bytes", len(got.Shown), len(got.Answers["a"][0]))
	}
}
