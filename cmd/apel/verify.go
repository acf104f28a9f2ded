package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

type verifyVerb struct {
	File string `arg:"" optional:"" help:"Certificate as a PDF file." type:"path"`
	Root string `help:"The installation's public root (from /api/v1/root), as a file." default:"apel-root.json" type:"path" env:"APEL_ROOT"`
	Code string `placeholder:"CODE" help:"A verification code; asks the host, since a bare code proves nothing by itself."`
	Host string `placeholder:"URL" help:"Public address to ask with --code, for example https://apel.kota.go.id."`
	JSON bool   `help:"Print the verdict as JSON."`
}

// Run judges a certificate. The exit status is 0 only when it is valid.
func (v *verifyVerb) Run(e *env) error {
	if (v.File == "") == (v.Code == "") {
		return faults.New(faults.Invalid, "Berikan satu berkas PDF, atau --code dengan --host.", "Give one PDF file, or --code with --host.")
	}
	if v.Code != "" {
		return v.ask(e)
	}
	root, err := os.ReadFile(v.Root)
	if err != nil {
		return faults.Wrap(err, faults.Invalid, "Akar publik tidak ditemukan: "+v.Root+". Unduh dari /api/v1/root instalasi penerbit, simpan, lalu berikan dengan --root.",
			"The public root is missing: "+v.Root+". Download it from /api/v1/root of the issuing installation, keep it, and give it with --root.")
	}
	file, err := readAtMost(v.File, verify.MaxFile+1) // one more than is taken, so that a longer one is refused and not cut
	if err != nil {
		return faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca: "+v.File, "The file cannot be read: "+v.File)
	}
	verdict, err := verifyOffline(file, root, time.Now())
	if err != nil {
		return err
	}
	if v.JSON {
		if err := print(verdict); err != nil {
			return err
		}
	} else {
		e.show(verdict)
	}
	return judged(verdict.Status == verify.Valid, string(verdict.Status))
}

func readAtMost(path string, n int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}

// verifyOffline judges a file against a root with no network: what was done after it was issued (a revocation) is not known to it, and it says so.
func verifyOffline(file, root []byte, now time.Time) (verify.Verdict, error) {
	r, err := record.ParseRoot(root)
	if err != nil {
		return verify.Verdict{}, faults.Wrap(err, faults.Invalid, "Berkas akar publik tidak benar. Unduh lagi dari instalasi penerbit.", "The public root file is not right. Download it again from the issuing installation.")
	}
	if len(file) > verify.MaxFile {
		return verify.Verdict{}, faults.New(faults.TooLarge, "Berkas terlalu besar untuk diperiksa. Batasnya 20 MB.", "The file is too large to check. The limit is 20 MB.")
	}
	return verify.Judge(verify.Read(file), verify.Input{Root: r, Now: now}), nil
}

func (e *env) show(v verify.Verdict) {
	fmt.Println(v.Sentence.In(e.lang))
	if r := v.Record; r != nil {
		fmt.Printf("  %s\n  %s\n  %s, %d JP\n", r.Number, r.Name, r.Title, r.JP)
	}
	for _, d := range v.Differs {
		fmt.Println("  !", texts.T(fmt.Sprintf("%s: pada berkas ini %q, yang diterbitkan %q", d.Fact.ID, d.Here, d.Issued), fmt.Sprintf("%s: this file says %q, issued was %q", d.Fact.EN, d.Here, d.Issued)).In(e.lang))
	}
	for _, c := range v.Checks {
		mark := "-"
		if c.OK {
			mark = "+"
		}
		fmt.Printf("  %s %s\n", mark, c.Text.In(e.lang))
	}
	if v.Root != "" {
		fmt.Println("  root", v.Root)
	}
}

// ask lets the issuing host judge a bare code, and says that it did.
func (v *verifyVerb) ask(e *env) error {
	u, err := url.Parse(v.Host)
	if err != nil || u.Host == "" {
		return faults.New(faults.Invalid, "Sebuah kode saja tidak membuktikan apa-apa; berikan --host penerbitnya.", "A bare code proves nothing by itself; give the issuer's --host.")
	}
	req, err := http.NewRequestWithContext(e.ctx, http.MethodGet, strings.TrimSuffix(v.Host, "/")+"/api/v1/checks/"+url.PathEscape(v.Code), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Language", string(e.lang))
	c := http.Client{Timeout: 20 * time.Second}
	res, err := c.Do(req)
	if err != nil {
		return faults.Wrap(err, faults.Unavailable, "Penerbit tidak dapat dihubungi.", "The issuer cannot be reached.")
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	var answer struct {
		Verdict  any    `json:"status"` // a word, or the number of a problem
		Sentence string `json:"sentence"`
		Detail   string `json:"detail"`
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return faults.Wrap(err, faults.Unavailable, "Jawaban penerbit tidak dapat dibaca.", "The issuer's answer cannot be read.")
	}
	if res.StatusCode != http.StatusOK {
		return faults.New(faults.Invalid, answer.Detail, answer.Detail)
	}
	fmt.Printf("%s\n  (%s)\n", answer.Sentence, u.Host)
	return judged(answer.Verdict == string(verify.Valid), fmt.Sprint(answer.Verdict))
}

// judged turns anything but a valid certificate into a failing exit.
func judged(valid bool, status string) error {
	if valid {
		return nil
	}
	return faults.New(faults.Conflict, "Bukan sertifikat yang berlaku ("+status+").", "Not a valid certificate ("+status+").")
}
