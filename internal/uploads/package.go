package uploads

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/faults"
)

// Limits of an office package (.docx, .xlsx).
const (
	maxParts  = 3000     // entries
	maxPacked = 50 << 20 // bytes when unpacked, all entries together, those of packages inside counted too
	maxRatio  = 200      // an entry of over 1 MB may unpack to so many times its size
	maxDepth  = 2        // packages inside packages: a table in a document, a picture's source in a table
)

var errSwells = faults.New(faults.TooLarge, "Isi berkas ini membengkak melebihi batas saat dibuka, jadi ditolak. Perkecil gambarnya atau bagi berkasnya.", "The content of this file swells over the limit when opened and is refused. Make its pictures smaller or split it.")

// OpenPackage looks at every entry of an office package before any of it is used, also of packages inside it. Faults: Invalid with the entry named, TooLarge.
func OpenPackage(data []byte) (*zip.Reader, error) {
	p := packageLook{left: maxPacked, parts: maxParts}
	return p.open(data, 0)
}

// packageLook is what a package and those inside it may still unpack to.
type packageLook struct {
	left  int64
	parts int
}

func (p *packageLook) open(data []byte, depth int) (*zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Berkas ini rusak. Buka di Word atau Excel, lalu simpan ulang.", "This file is damaged. Open it in Word or Excel and save it again.")
	}
	if p.parts -= len(z.File); p.parts < 0 {
		return nil, errSwells
	}
	seen := map[string]bool{}
	for _, f := range z.File {
		if err := p.entry(f, seen, depth); err != nil {
			return nil, err
		}
	}
	return z, nil
}

func (p *packageLook) entry(f *zip.File, seen map[string]bool, depth int) error {
	refuse := func(id, en string) error {
		return faults.New(faults.Invalid, "Berkas ditolak karena "+Shown(f.Name)+": "+id, "The file is refused because of "+Shown(f.Name)+": "+en)
	}
	name := strings.TrimSuffix(f.Name, "/")
	switch lower := strings.ToLower(name); {
	case !fs.ValidPath(strings.TrimPrefix(name, "/")) || strings.Contains(name, `\`):
		return refuse("jalurnya keluar dari berkas.", "its path leaves the file.")
	case !f.Mode().IsRegular() && !f.Mode().IsDir():
		return refuse("tautan dan berkas khusus tidak diterima.", "links and special files are not accepted.")
	case f.Flags&1 != 0:
		return refuse("berkas diberi kata sandi.", "it is encrypted.")
	case seen[lower]:
		return refuse("nama yang sama ada dua kali.", "the same name is there twice.")
	case strings.HasSuffix(lower, "vbaproject.bin") || strings.HasSuffix(lower, ".exe") || strings.HasSuffix(lower, ".js"):
		return refuse("berkas ini memuat program (makro). Simpan sebagai .docx atau .xlsx biasa.", "it holds a program (macros). Save it as a plain .docx or .xlsx.")
	default:
		seen[lower] = true
	}
	r, err := f.Open()
	if err != nil {
		return refuse("isinya rusak.", "its content is damaged.")
	}
	defer r.Close()
	left := p.left
	if f.CompressedSize64 > 0 && f.UncompressedSize64 > 1<<20 {
		left = min(left, int64(min(f.CompressedSize64, maxPacked))*maxRatio)
	}
	var look entryLook
	n, err := io.Copy(&look, io.LimitReader(r, left+1))
	p.left -= n
	switch {
	case n > left:
		return errSwells
	case err != nil:
		return refuse("isinya rusak.", "its content is damaged.")
	case look.mark.Found:
		return refuse("isinya memuat penanda uji virus (EICAR).", "it holds the virus test mark (EICAR).")
	case Harmless(look.head) == ErrProgram:
		return refuse("di dalamnya ada program.", "there is a program in it.")
	case look.inner == nil:
		return nil
	case depth == maxDepth:
		return refuse("berkas zip bertumpuk terlalu dalam.", "zip files lie in one another too deeply.")
	}
	if _, err := p.open(look.inner, depth+1); err != nil {
		fault := faults.Of(err)
		return faults.New(fault.Kind, Shown(f.Name)+": "+fault.Text.ID, Shown(f.Name)+": "+fault.Text.EN)
	}
	return nil
}

// entryLook looks for the virus test mark in what is written to it, and keeps what is a package itself.
type entryLook struct {
	mark  Finder
	head  []byte // the first bytes
	inner []byte // all of it, where it is a package
}

const headLength = 4096

func (m *entryLook) Write(p []byte) (int, error) {
	if m.inner != nil {
		m.inner = append(m.inner, p...)
	} else if len(m.head) < 4 { // as little as a writer likes to give at once
		if begin := append(bytes.Clone(m.head), p...); bytes.HasPrefix(begin, []byte("PK\x03\x04")) {
			m.inner = begin
		}
	}
	m.head = append(m.head, p[:min(len(p), headLength-len(m.head))]...)
	return m.mark.Write(p)
}

// Shown is a name out of a file as a sentence may repeat it: no control characters, at most 80 letters.
func Shown(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "..."
	}
	return s
}
