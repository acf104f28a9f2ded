package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// Languages are those the pages speak; the first is the default.
var Languages = []string{"id", "en"}

// Names of the cookies that hold a reader's choices. They carry no personal data.
const (
	langCookie  = "bahasa"
	themeCookie = "tampilan"
	flashCookie = "kabar"
)

// Lang is the language this reader chose ("id" or "en"); Indonesian where none was chosen, whatever the browser
// says: cheap phones are often sold set to English.
func Lang(c *gin.Context) string {
	if v, err := c.Cookie(langCookie); err == nil && v == "en" {
		return "en"
	}
	return "id"
}

// theme is "light", "dark" or "" (as the device).
func theme(c *gin.Context) string {
	switch v, _ := c.Cookie(themeCookie); v {
	case "terang":
		return "light"
	case "gelap":
		return "dark"
	}
	return ""
}

// savePreferences keeps language and theme in cookies and goes back. Safe to repeat.
func (e *Engine) savePreferences(c *gin.Context) {
	if v := c.PostForm("bahasa"); v == "id" || v == "en" {
		e.setCookie(c, langCookie, v, 365*24*3600)
	}
	switch v := c.PostForm("tampilan"); v {
	case "terang", "gelap":
		e.setCookie(c, themeCookie, v, 365*24*3600)
	case "otomatis":
		e.setCookie(c, themeCookie, "", -1)
	}
	c.Redirect(http.StatusSeeOther, LocalPath(c.PostForm("kembali")))
}

func (e *Engine) setCookie(c *gin.Context, name, value string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: e.config.Secure, SameSite: http.SameSiteLaxMode})
}

// LocalPath answers path when it stays on this host, else "/". Use it on every address that came with a request
// before redirecting to it.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return "/"
	}
	return path
}

// Flash keeps a message for the next page, for the way "save, redirect, say so". Text is already translated, short,
// and holds no personal data: it travels in a cookie that lives for a minute.
func (e *Engine) Flash(c *gin.Context, n Notice) {
	text, err := json.Marshal([]string{n.Kind, n.Text})
	if err != nil || len(text) > 2000 {
		return
	}
	e.setCookie(c, flashCookie, base64.RawURLEncoding.EncodeToString(text), 60)
}

func takeFlash(c *gin.Context) []Notice {
	v, err := c.Cookie(flashCookie)
	if err != nil || v == "" {
		return nil
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	text, err := base64.RawURLEncoding.DecodeString(v)
	if err != nil {
		return nil
	}
	var pair []string
	if json.Unmarshal(text, &pair) != nil || len(pair) != 2 || pair[1] == "" {
		return nil
	}
	return []Notice{{Kind: pair[0], Text: pair[1]}}
}
