package main

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A real certificate altered in several ways gets one clear sentence, and no comparison of nothing with nothing: at the terminal, on the page and from
// the API.
func TestAlteredFilesGetOneSentence(t *testing.T) {
	c := openCity(t, false)
	learner, anybody := c.as("learner"), c.as("")
	get := func(path string) []byte {
		status, _, b := send(t, learner, http.MethodGet, path, "", "")
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, b)
		}
		return b
	}
	pdf, dir := get("/api/v1/certificates/"+c.owned[c.persons["learner"]]["certificate"]+"/pdf"), t.TempDir()
	root := filepath.Join(dir, "root.json")
	must(t, os.WriteFile(root, get("/api/v1/root"), 0o600))
	name := c.logins["learner"].Name[:5]
	page, _, _ := streamWith(t, pdf, " Tj")
	for _, x := range []struct {
		name   string
		file   []byte
		status string
		says   string // the sentence goes on so
		facts  int    // compared side by side where the register is asked
	}{
		{"as issued", pdf, "valid", "Sertifikat ini asli dan berlaku.", 0},
		{"a byte in the page", at(pdf, page+20), "altered", "Yang berbeda: isi berkas PDF.", 0},
		{"the last byte", at(pdf, len(pdf)-1), "altered", "Yang berbeda: isi berkas PDF.", 0},
		{"bytes appended", append(bytes.Clone(pdf), "catatan\n"...), "altered", "Yang berbeda: isi berkas PDF.", 0},
		{"another revision appended", append(bytes.Clone(pdf), "1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"...), "altered", "tidak terbaca.", 0},
		{"without its end", pdf[:bytes.Index(pdf, []byte("trailer"))], "altered", "tidak terbaca.", 0},
		{"without its signature", bytes.Replace(pdf, []byte("/Contents <30"), []byte("/Contents <00"), 1), "altered", "Yang berbeda: isi berkas PDF.", 0},
		{"another name in the record", inStream(t, pdf, `"name":"`+name, `"name":"`+strings.Repeat("X", len(name))), "altered", "Yang berbeda: ", 1},
		{"half", pdf[:len(pdf)/2], "unknown", "Berkas ini bukan sertifikat dari penerbit ini.", 0}, // what tells whose it is stands at the end
		{"another PDF", []byte("%PDF-1.4\nhalo\n%%EOF\n"), "unknown", "Berkas ini bukan sertifikat dari penerbit ini.", 0},
		{"nothing of a PDF", []byte("halo"), "unknown", "Berkas ini bukan sertifikat dari penerbit ini.", 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			sentence := func(where, s string) {
				t.Helper()
				if !strings.Contains(s, x.says) || strings.Contains(s, "  ") || strings.Contains(s, "\n") || strings.Contains(s, ": .") || strings.Contains(s, ", .") || !strings.HasSuffix(s, ".") || x.status == "altered" && !strings.HasPrefix(s, "TIDAK ASLI: ") {
					t.Errorf("%s says %q", where, s)
				}
			}
			file := filepath.Join(dir, "berkas.pdf")
			must(t, os.WriteFile(file, x.file, 0o600))
			stdout, stderr, code := captured(t, "verify", file, "--root", root)
			first, rest, _ := strings.Cut(stdout, "\n")
			sentence("the terminal", first)
			if code == 0 != (x.status == "valid") || x.status != "valid" && !strings.Contains(stderr, x.status) || strings.Contains(rest, "  !") {
				t.Errorf("exit %d, %s\n%s", code, stderr, stdout)
			}

			type comparison struct{ Fact, Here, Issued string }
			var api struct {
				Status, Sentence string
				Differs          []comparison
			}
			_, _, b := send(t, anybody, http.MethodPost, "/api/v1/checks/file", "application/pdf", string(x.file))
			must(t, json.Unmarshal(b, &api))
			sentence("the API", api.Sentence)
			if api.Status != x.status || len(api.Differs) != x.facts {
				t.Errorf("the API: %s", b)
			}
			for _, d := range api.Differs {
				if d.Fact == "" || d.Here == d.Issued {
					t.Errorf("the API compares nothing: %+v", d)
				}
			}

			media, body := upload(t, url.Values{}, "file", "berkas.pdf", string(x.file))
			_, _, b = send(t, anybody, http.MethodPost, "/periksa", media, body)
			verdict := regexp.MustCompile(`(?s)<section class="verdict.*?</section>`).FindString(string(b))
			shown := regexp.MustCompile(`</h2><p>(.*?)</p>`).FindStringSubmatch(verdict)
			if len(shown) != 2 || html.UnescapeString(shown[1]) != api.Sentence {
				t.Errorf("the page says %q, the API %q", shown, api.Sentence)
			}
			if rows := strings.Count(verdict, `<th scope="row">`); rows != x.facts || strings.Contains(verdict, "<td>–</td><td>–</td>") {
				t.Errorf("%d comparisons on the page, want %d: %s", rows, x.facts, verdict)
			}
		})
	}
}

// at flips a bit of a copy.
func at(file []byte, i int) []byte {
	file = bytes.Clone(file)
	file[i] ^= 1
	return file
}

// streamWith finds the compressed stream that holds a text.
func streamWith(t *testing.T, file []byte, text string) (from, to int, plain []byte) {
	t.Helper()
	for {
		n := bytes.Index(file[from:], []byte("stream\n"))
		if n < 0 {
			t.Fatalf("no stream of the file holds %s", text)
		}
		from += n + len("stream\n")
		r, err := zlib.NewReader(bytes.NewReader(file[from:]))
		if err != nil {
			continue // the end of a stream, or one that is not compressed
		}
		if plain, err = io.ReadAll(r); err == nil && bytes.Contains(plain, []byte(text)) {
			return from, from + bytes.Index(file[from:], []byte("\nendstream")), plain
		}
	}
}

// inStream replaces text in the compressed stream that holds it, in place.
func inStream(t *testing.T, file []byte, text, with string) []byte {
	t.Helper()
	from, to, plain := streamWith(t, file, text)
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	must(t, err)
	w.Write(bytes.ReplaceAll(plain, []byte(text), []byte(with))) //nolint:errcheck // a buffer
	must(t, w.Close())
	if b.Len() > to-from {
		t.Fatalf("%q packs to %d bytes, there are %d", with, b.Len(), to-from)
	}
	file = bytes.Clone(file)
	copy(file[from:to], append(b.Bytes(), make([]byte, to-from-b.Len())...))
	return file
}
