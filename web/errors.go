package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// ErrorPage is what a person sees when something cannot be done.
type ErrorPage struct {
	Base
	Status  int
	Text    string // one safe sentence
	Request string // id to tell the help desk, may be empty
}

// errorTexts are the headings and sentences by status, used where the error brings no sentence of its own.
var errorTexts = map[int][2]string{
	http.StatusBadRequest:            {"Permintaan tidak dapat dibaca", "Periksa kembali isian Anda, lalu coba lagi."},
	http.StatusUnauthorized:          {"Anda perlu masuk", "Masuk dahulu, lalu buka halaman ini lagi."},
	http.StatusForbidden:             {"Tidak diizinkan", "Akun Anda tidak berwenang melakukan ini."},
	http.StatusNotFound:              {"Halaman tidak ditemukan", "Alamat ini tidak ada, atau bukan untuk akun Anda."},
	http.StatusMethodNotAllowed:      {"Permintaan tidak dapat dibaca", "Alamat ini tidak dapat dipakai dengan cara itu. Buka lagi dari menu."},
	http.StatusConflict:              {"Data sudah berubah", "Ada perubahan lain yang lebih dahulu tersimpan. Muat ulang halaman, lalu coba lagi."},
	http.StatusRequestEntityTooLarge: {"Kiriman terlalu besar", "Perkecil berkas atau isian, lalu kirim lagi."},
	http.StatusUnprocessableEntity:   {"Isian belum benar", "Periksa kembali isian Anda, lalu coba lagi."},
	http.StatusTooManyRequests:       {"Terlalu banyak permintaan", "Tunggu sebentar, lalu coba lagi."},
	http.StatusInternalServerError:   {"Terjadi kesalahan pada sistem", "Bukan salah Anda. Data yang sudah tersimpan tetap aman. Tunggu sebentar, lalu coba lagi."},
	http.StatusServiceUnavailable:    {"Layanan sedang penuh", "Jawaban yang sudah tersimpan tetap aman. Tunggu sebentar, lalu coba lagi."},
}

func (e *Engine) errorPage(c *gin.Context, status int, text string) *ErrorPage {
	words, ok := errorTexts[status]
	if !ok {
		words = errorTexts[http.StatusInternalServerError]
	}
	if text == "" {
		text = e.words.say(Lang(c), words[1])
	}
	return &ErrorPage{Base: Base{Title: e.words.say(Lang(c), words[0])}, Status: status, Text: text, Request: c.GetString("request")}
}

// Refuse answers with the error page of a status and, where text is empty, its usual sentence.
func (e *Engine) Refuse(c *gin.Context, status int, text string) {
	c.Writer.Header().Set("Cache-Control", "no-store")
	e.Render(c, status, "error", e.errorPage(c, status, text))
}

// NotFound answers 404: the address does not exist, or the person may not see it. Both look the same.
func (e *Engine) NotFound(c *gin.Context) { e.Refuse(c, http.StatusNotFound, "") }

func (e *Engine) refuseForeign(c *gin.Context) {
	e.Refuse(c, http.StatusForbidden, e.T(c, "Formulir ini dikirim dari situs lain dan tidak diterima."))
}

// Fail shows an error that a handler returned: the status of its kind, its safe sentence, and the whole error once in
// the log. Handlers that can show the form again do so themselves with 422 and the typed values (see Form.Take).
func (e *Engine) Fail(c *gin.Context, err error) {
	fault := faults.Of(err)
	status := fault.Kind.Status()
	level := slog.LevelInfo
	switch fault.Kind {
	case faults.Internal:
		level = slog.LevelError
	case faults.Unavailable:
		level = slog.LevelWarn
	}
	e.config.Log.Log(c.Request.Context(), level, "page refused", "route", c.FullPath(), "status", status, "error", err)
	if status == http.StatusServiceUnavailable && c.Writer.Header().Get("Retry-After") == "" {
		c.Header("Retry-After", "5")
	}
	p := e.errorPage(c, status, fault.Text.In(texts.Lang(Lang(c))))
	if fault.Kind == faults.ReadOnly {
		p.Title = e.T(c, "Hanya dapat dibaca")
	}
	c.Writer.Header().Set("Cache-Control", "no-store")
	e.Render(c, status, "error", p)
}

// Recover turns a panic of a handler into the error page. The stack goes to the log, never to the person.
func (e *Engine) Recover() gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			e.config.Log.ErrorContext(c.Request.Context(), "page panicked", "route", c.FullPath(), "panic", v, "stack", string(debug.Stack()))
			c.Abort()
			if !c.Writer.Written() {
				e.Refuse(c, http.StatusInternalServerError, "")
			}
		}()
		c.Next()
	}
}
