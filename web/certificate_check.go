package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/faults"
)

// CheckPage is the public page on which anybody checks a certificate, without logging in.
type CheckPage struct {
	Base
	Form    Form
	Verdict *VerdictView // nil: nothing was asked yet
}

// VerdictView is the answer to a check: one clear sentence, then what it rests on.
type VerdictView struct {
	Kind     string // Success, Warn, Danger, Info
	Icon     string
	Label    string
	Sentence string
	Facts    []Fact
	Levels   []Fact
	Decision []Fact // revoked or suspended: when, why, who
	Differs  []DifferenceView
	Checks   []Reason
	Basis    []Fact // root, log, age, time of the check
}

// DifferenceView is a fact that is not what was issued.
type DifferenceView struct{ Fact, Here, Issued string }

func (l *learner) showCheck(c *gin.Context) error {
	l.Render(c, http.StatusOK, "check", &CheckPage{})
	return nil
}

// checkNone leads an address whose code is missing to where a code can be typed.
func (l *learner) checkNone(c *gin.Context) error { return see(c, "/periksa") }

// checkCode answers the address that stands on the certificate and in its QR code.
func (l *learner) checkCode(c *gin.Context) error {
	v, err := l.Certificates.CheckCode(c.Request.Context(), c.Param("code"))
	p := &CheckPage{}
	p.Form.Values = map[string][]string{"code": {c.Param("code")}}
	if err != nil {
		return l.again(c, &p.Form, err, "check", p)
	}
	p.Verdict = l.verdict(c, v)
	l.Render(c, http.StatusOK, "check", p)
	return nil
}

// check takes a typed code, a number with the last three digits of the NIP and the holder's name, or a file. Digits, names and files stand in the body only, never in an address.
func (l *learner) check(c *gin.Context) error {
	ctx := c.Request.Context()
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, verify.MaxFile+1<<20)
	file, err := uploaded(c, "file", verify.MaxFile)
	p := &CheckPage{Form: posted(c)}
	var v verify.Verdict
	switch {
	case err != nil:
	case file != nil:
		v, err = l.Certificates.CheckFile(ctx, file)
	case p.Form.Get("code") != "":
		if code, ok := record.ReadCode(p.Form.Get("code")); ok {
			return see(c, address("v", code))
		}
		_, err = l.Certificates.CheckCode(ctx, p.Form.Get("code"))
	case p.Form.Values.Has("code"): // each of the three forms says what it lacks itself
		err = faults.OnField("code", "Isi kode verifikasi.", "Type the verification code.")
	case c.ContentType() == "multipart/form-data":
		err = faults.OnField("file", "Pilih berkas sertifikatnya.", "Choose the file of the certificate.")
	default:
		v, err = l.Certificates.CheckNumber(ctx, p.Form.Get("number"), p.Form.Get("nip"), p.Form.Get("name"))
	}
	if errors.Is(err, faults.TooLarge) {
		p.Form.Wrong("file", in(c, faults.Of(err).Text))
		l.Render(c, http.StatusRequestEntityTooLarge, "check", p)
		return nil
	}
	if err != nil {
		return l.again(c, &p.Form, err, "check", p)
	}
	p.Verdict = l.verdict(c, v)
	l.Render(c, http.StatusOK, "check", p)
	return nil
}

// uploaded reads a file of a form; nil when none was chosen. TooLarge when it is over max bytes.
func uploaded(c *gin.Context, name string, max int64) ([]byte, error) {
	tooLarge := faults.Newf(faults.TooLarge, "Berkas terlalu besar. Batasnya %d MB.", "The file is too large. The limit is %d MB.", max>>20)
	head, err := c.FormFile(name)
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &limit):
		return nil, tooLarge
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return nil, nil
	case err != nil:
		return nil, faults.Wrap(err, faults.Invalid, "Kiriman ini tidak dapat dibaca. Kirim sekali lagi.", "What was sent cannot be read. Send it once more.")
	case head.Size > max:
		return nil, tooLarge
	case head.Size == 0:
		return nil, nil
	}
	f, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// verdictLooks say how each verdict is shown.
var verdictLooks = map[verify.Status]VerdictView{
	verify.Valid: {Kind: Success, Icon: "check", Label: "Berlaku"}, verify.Expired: {Kind: Warn, Icon: "clock", Label: "Kedaluwarsa"},
	verify.Revoked: {Kind: Danger, Icon: "stop", Label: "Dicabut"}, verify.Suspended: {Kind: Warn, Icon: "pause", Label: "Ditangguhkan"},
	verify.Altered: {Kind: Danger, Icon: "stop", Label: "Tidak asli: telah diubah"}, verify.Unknown: {Kind: Danger, Icon: "question", Label: "Tidak dikenal"},
	verify.Pending: {Kind: Info, Icon: "clock", Label: "Sedang diterbitkan"},
}

func (l *learner) verdict(c *gin.Context, v verify.Verdict) *VerdictView {
	out := verdictLooks[v.Status]
	out.Sentence = in(c, v.Sentence)
	f := l.format(c)
	if v.Record != nil {
		out.Facts, out.Levels = l.recordFacts(c, *v.Record), competencyFacts(l, c, *v.Record)
		out.Facts = append(out.Facts, Fact{Label: "Penerbit", Value: v.Record.Issuer, Note: v.Record.Institution})
	}
	if !v.Since.IsZero() {
		out.Decision = append(out.Decision, Fact{Label: "Sejak", Value: f.moment(v.Since)})
	}
	if v.Why != "" {
		out.Decision = append(out.Decision, Fact{Label: "Alasan", Value: v.Why}, Fact{Label: "Diputuskan oleh", Value: v.Official})
	}
	for _, d := range v.Differs {
		out.Differs = append(out.Differs, DifferenceView{in(c, d.Fact), d.Here, d.Issued})
	}
	for _, x := range v.Checks {
		kind := Danger
		if x.OK {
			kind = Success
		}
		out.Checks = append(out.Checks, Reason{Kind: kind, Text: in(c, x.Text)})
	}
	out.Basis = []Fact{{Label: "Diperiksa", Value: f.moment(v.At)}}
	if v.Root != "" {
		out.Basis = append(out.Basis, Fact{Label: "Sidik jari kunci penerbit", Value: v.Root, Code: true})
	}
	if v.Log != nil {
		out.Basis = append(out.Basis, Fact{Label: "Letak di log publik", Value: l.T(c, "baris %s dari %s", l.count(c, int(v.Log.Index+1)), l.count(c, int(v.Log.Size))),
			Note: l.T(c, "tercatat %s", f.moment(v.Log.At))})
	}
	return &out
}
