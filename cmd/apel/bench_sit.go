package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// How a taker without scripts hands in answers.
const (
	pagesOne  = "one"  // the whole form once
	pagesEach = "each" // after every question, with the page drawn again: what one question a page costs
)

// waitingRefresh is how often the waiting page of a browser without scripts asks for itself (web.WaitingPage).
const waitingRefresh = 2 * time.Second

var (
	inputTag   = regexp.MustCompile(`<input [^>]*>`)
	inputField = regexp.MustCompile(` (type|name|value)="([^"]*)"`)
	seqField   = regexp.MustCompile(`name="seq" value="(\d+)"`)
)

// drawnForm is what a person without scripts has before them: the hidden fields as they are, and per question what can be chosen or typed.
type drawnForm struct {
	items   []string
	hidden  url.Values
	choices map[string][]string
}

func readForm(page string) drawnForm {
	f := drawnForm{hidden: url.Values{}, choices: map[string][]string{}}
	for _, tag := range inputTag.FindAllString(page, -1) {
		is := map[string]string{}
		for _, m := range inputField.FindAllStringSubmatch(tag, -1) {
			is[m[1]] = m[2]
		}
		item, answers := strings.CutPrefix(is["name"], "answer.")
		switch {
		case is["name"] == "item":
			f.items = append(f.items, is["value"])
			f.hidden.Add("item", is["value"])
		case is["name"] == "seq" || is["name"] == "as":
			f.hidden.Add(is["name"], is["value"])
		case answers && is["type"] != "text":
			f.choices[item] = append(f.choices[item], is["value"])
		}
	}
	return f
}

// sitPages takes one exam as a browser without scripts does: cover, form, a last look, handing in, the waiting page until the result. Bytes are those on
// the wire, headers included.
func sitPages(ctx context.Context, shared *client, t taker, how string) (x exam) {
	b := newBrowser(shared.base, t.Cookie)
	defer func() {
		b.http.CloseIdleConnections()
		shared.sent.Add(b.up.Load())
		shared.received.Add(b.down.Load())
	}()
	x = exam{steps: map[string]time.Duration{}, taker: t, answers: map[string]formAnswer{}}
	at, text := "", ""
	timed := func(name string, do func() error) {
		if x.err != nil {
			return
		}
		begin := time.Now()
		if err := do(); err != nil {
			x.err = fmt.Errorf("%s: %w", name, err)
		}
		x.steps[name] = max(x.steps[name], time.Since(begin))
	}
	get := func(path string) (err error) {
		at, text, err = b.fetch(ctx, http.MethodGet, path, page, nil)
		return err
	}
	post := func(path string, form url.Values) (err error) {
		at, text, err = b.fetch(ctx, http.MethodPost, path, page, form)
		return err
	}
	quiz := "/belajar/" + t.Enrolment + "/tes/practice"
	timed("cover", func() error { return get(quiz) })
	timed("start", func() error { return post(quiz, url.Values{}) })
	if x.err != nil {
		return x
	}
	here, _, _ := strings.Cut(at, "#")
	f := readForm(text)
	if len(f.items) == 0 {
		x.err = fmt.Errorf("start: the form at %s asks nothing", here)
		return x
	}
	form := f.hidden
	for i, item := range f.items {
		a := formAnswer{Text: strconv.Itoa(i)}
		if can := f.choices[item]; len(can) > 0 {
			a = formAnswer{Choices: []string{can[i%len(can)]}}
			form.Set("answer."+item, a.Choices[0])
		} else {
			form.Set("answer."+item, a.Text)
		}
		last := i == len(f.items)-1
		if how == pagesOne && !last {
			x.answers[item] = a
			continue
		}
		form.Set("go", "item:"+item)
		if last {
			form.Set("go", "review")
		}
		timed("save", func() error { return post(here, form) })
		if x.err != nil {
			return x
		}
		if m := seqField.FindStringSubmatch(text); m != nil {
			form.Set("seq", m[1])
		}
		x.answers[item] = a
		x.attempt = strings.TrimPrefix(here, "/percobaan/")
	}
	if unescaped, err := url.PathUnescape(x.attempt); err == nil {
		x.attempt = unescaped
	}
	timed("submit", func() error { return post(here+"/kumpulkan", url.Values{}) })
	timed("result", func() error {
		for !strings.HasSuffix(at, "/hasil") {
			if err := pause(ctx, waitingRefresh); err != nil {
				return err
			}
			if err := get(at); err != nil {
				return err
			}
		}
		return nil
	})
	return x
}
