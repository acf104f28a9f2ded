package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
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
	http.StatusConflict:              {"Data sudah berubah", "Ada perubahan lain yang lebih dahulu tersimpan. Muat ulang halaman, lalu coba lagi."},
	http.StatusRequestEntityTooLarge: {"Kiriman terlalu besar", "Perkecil berkas atau isian, lalu kirim lagi."},
	http.StatusUnprocessableEntity:   {"Isian belum benar", "Periksa kembali isian Anda, lalu coba lagi."},
	http.StatusTooManyRequests:       {"Terlalu banyak permintaan", "Tunggu sebentar, lalu coba lagi."},
	http.StatusInternalServerError:   {"Terjadi kesalahan pada sistem", "Bukan salah Anda. Data yang sudah tersimpan tetap aman. Coba lagi sebentar lagi."},
	http.StatusServiceUnavailable:    {"Layanan sedang penuh", "Jawaban yang sudah tersimpan tetap aman. Coba lagi sebentar lagi."},
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

// Fail shows an error that a handler returned.
func (e *Engine) Fail(c *gin.Context, err error) {
	e.config.Log.ErrorContext(c.Request.Context(), "page", "path", c.FullPath(), "error", err)
	e.Refuse(c, http.StatusInternalServerError, "")
}
