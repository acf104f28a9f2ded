package exchange

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/uploads"
)

// MaxZip bounds a zipped course, packed and unpacked.
const MaxZip = 50 << 20

// OpenZip opens a zipped course folder for ReadFolder. course.yaml may lie at the top or in the only folder there is.
//
// Whatever tries to be more than a folder of files is refused whole, with the entry named: paths that leave the folder, links, encrypted entries,
// the same name twice (also in other case), archives inside, the virus test mark, over MaxFiles entries, over MaxZip bytes counted while unpacking (sizes in the
// directory may lie). Faults: TooLarge for the two limits, Invalid for the rest.
func OpenZip(r io.Reader) (fs.FS, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxZip+1))
	if err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Berkas zip tidak dapat dibaca sampai selesai. Kirim ulang.", "The zip could not be read to its end. Send it again.")
	}
	tooLarge := faults.New(faults.TooLarge, "Isi zip lebih dari 50 MB. Perkecil gambarnya.", "The zip holds more than 50 MB. Make the pictures smaller.")
	if len(data) > MaxZip {
		return nil, tooLarge
	}
	if err := harmless(data); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Berkas ini bukan zip atau rusak. Kemas ulang folder kursus sebagai .zip.", "This is no zip or it is damaged. Pack the course folder again as .zip.")
	}
	if len(z.File) > 4*MaxFiles {
		return nil, faults.Newf(faults.TooLarge, "Zip ini memuat lebih dari %d berkas.", "This zip holds more than %d files.", MaxFiles)
	}

	// What passes is packed again, uncompressed, under clean names: the file system handed out holds nothing that was not looked at here.
	var clean bytes.Buffer
	w := zip.NewWriter(&clean)
	seen := map[string]bool{}
	left, files := int64(MaxZip), 0
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if ignored(name) {
			continue
		}
		if err := safeEntry(f, name, seen); err != nil {
			return nil, err
		}
		if f.Mode().IsDir() {
			continue
		}
		if files++; files > MaxFiles {
			return nil, faults.Newf(faults.TooLarge, "Zip ini memuat lebih dari %d berkas.", "This zip holds more than %d files.", MaxFiles)
		}
		in, err := f.Open()
		if err != nil {
			return nil, damaged(err, name)
		}
		out, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, damaged(err, name)
		}
		var mark uploads.Finder
		n, err := io.Copy(io.MultiWriter(out, &mark), io.LimitReader(in, left+1))
		in.Close()
		if left -= n; left < 0 {
			return nil, tooLarge
		}
		if err != nil {
			return nil, damaged(err, name)
		}
		if mark.Found {
			return nil, faults.New(faults.Invalid, "Zip ditolak karena "+shorten(name)+": isinya memuat penanda uji virus (EICAR). Kirim berkas yang bersih.", "The zip is refused because of "+shorten(name)+": it holds the virus test mark (EICAR). Send a clean file.")
		}
	}
	if err := w.Close(); err != nil {
		return nil, damaged(err, "zip")
	}
	packed, err := zip.NewReader(bytes.NewReader(clean.Bytes()), int64(clean.Len()))
	if err != nil {
		return nil, damaged(err, "zip")
	}
	return top(packed)
}

// top steps into the only folder when course.yaml does not lie at the top.
func top(z *zip.Reader) (fs.FS, error) {
	if _, err := fs.Stat(z, "course.yaml"); err == nil {
		return z, nil
	}
	entries, err := fs.ReadDir(z, ".")
	if err != nil {
		return nil, damaged(err, "zip")
	}
	if len(entries) == 1 && entries[0].IsDir() {
		if sub, err := fs.Sub(z, entries[0].Name()); err == nil {
			if _, err := fs.Stat(sub, "course.yaml"); err == nil {
				return sub, nil
			}
		}
	}
	return nil, faults.New(faults.Invalid, "Tidak ada course.yaml di dalam zip. Kemas satu folder kursus, dengan course.yaml di dalamnya.", "There is no course.yaml in the zip. Pack one course folder with course.yaml in it.")
}

func damaged(err error, name string) error {
	return faults.Wrap(err, faults.Invalid, "Isi zip rusak pada "+shorten(name)+". Kemas ulang.", "The zip is damaged at "+shorten(name)+". Pack it again.")
}

func shorten(s string) string { return uploads.Shown(s) }

// ignored are files that desktops add by themselves.
func ignored(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX") || base == ".DS_Store" || base == "Thumbs.db" || base == "desktop.ini"
}

func safeEntry(f *zip.File, name string, seen map[string]bool) error {
	refuse := func(id, en string) error {
		return faults.New(faults.Invalid, "Zip ditolak karena "+shorten(name)+": "+id, "The zip is refused because of "+shorten(name)+": "+en)
	}
	switch {
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return refuse("nama berkas memuat huruf yang tidak sah.", "the file name holds illegal characters.")
	case !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, `\:`) || len(name) > 200 || strings.Count(name, "/") > 6:
		return refuse("jalurnya keluar dari folder atau terlalu dalam.", "its path leaves the folder or is too deep.")
	case !f.Mode().IsRegular() && !f.Mode().IsDir():
		return refuse("tautan dan berkas khusus tidak diterima.", "links and special files are not accepted.")
	case f.Flags&1 != 0:
		return refuse("berkas diberi kata sandi. Kemas ulang tanpa kata sandi.", "it is encrypted. Pack it without a password.")
	case seen[strings.ToLower(name)]:
		return refuse("nama yang sama ada dua kali.", "the same name is there twice.")
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".zip", ".rar", ".7z", ".gz", ".tar", ".exe", ".bat", ".cmd", ".js", ".html", ".htm", ".svg", ".docm", ".xlsm":
		return refuse("jenis berkas ini tidak diterima. Yang diterima: .yaml, .md, .gift, gambar (PNG, JPEG, WebP, GIF), serta video dan suara dari paket kursus. Keluarkan berkas itu dari zip.", "this kind of file is not accepted. Accepted are .yaml, .md, .gift, pictures (PNG, JPEG, WebP, GIF), and video and sound of a course package. Take the file out of the zip.")
	}
	seen[strings.ToLower(name)] = true
	return nil
}
