package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

const goodYAML = `# komentar
code: UJI-1
title: Kursus uji
title_en: Test course
summary: Untuk menguji pembaca.
summary_en: To test the reader.
kind: teknis
track: dasar
apel: [melayani]
jp: 1
valid_months: 12
minutes: {lessons: 10, practice: 15, cases: 0, tests: 20}
self_enrolment: true
prerequisites: [UJI-0]
objectives:
  - {code: "1.1", text: "Satu", text_en: "One"}
  - {code: 1.2, text: "Dua", competency: T.04}
targets:
  - {competency: T.04, level: 2}
lessons:
  - {code: L1, file: lessons/01.md, title: "Satu", minutes: 10, objectives: ["1.1", "1.2"]}
banks:
  - {file: items/bank.gift}
quizzes:
  - {code: post, kind: post_test, title: "Tes akhir", bank: bank, draw: {"1.1": 2, "1.2": 1}, time_limit_minutes: 20, attempts: 3, pass_mark: 70}
`

var png = "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)

func good() fstest.MapFS {
	bank := ""
	for i := range 4 {
		bank += fmt.Sprintf("// [id:B%d] [objective:1.%d] [difficulty:mudah]\n::B%d::Soal %d? {\n=benar #ya\n~salah #tidak\n}\n\n", i, 1+i%2, i, i)
	}
	return fstest.MapFS{
		"course.yaml":     {Data: []byte(goodYAML)},
		"lessons/01.md":   {Data: []byte("# Satu\n\n" + strings.Repeat("kata ", 600) + "\n\n![Loket](../pics/a.png)\n\n[pelajaran](02.md)\n")},
		"pics/a.png":      {Data: []byte(png)},
		"items/bank.gift": {Data: []byte(bank)},
	}
}

func TestFolderReadsDifficulties(t *testing.T) {
	f := good()
	f["course.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(goodYAML, `"1.1": 2, "1.2": 1`, `"1.1": {mudah: 1, any: 1}, "1.2": 1`, 1))}
	d, r := ReadFolder(context.Background(), f)
	want := grading.Blueprint{{Objective: "1.1", Difficulty: grading.Easy}: 1, {Objective: "1.1"}: 1, {Objective: "1.2"}: 1}
	if len(r) > 0 || !maps.Equal(d.Quizzes[0].Draw, want) {
		t.Fatalf("%+v %+v", r, d.Quizzes[0].Draw)
	}
}

func TestFolderReads(t *testing.T) {
	d, r := ReadFolder(context.Background(), good())
	if len(r) > 0 {
		t.Fatalf("%+v", r)
	}
	if d.Code != "UJI-1" || d.JP != 1 || !d.SelfEnrolment || d.Minutes["practice"] != 15 || d.Objectives[1] != (Objective{"1.2", "Dua", "", "T.04"}) || d.Targets[0] != (Target{"T.04", 2}) ||
		d.Lessons[0].Words != 603 || d.Lessons[0].Part != "lessons" || len(d.Banks[0].Items) != 4 || d.Quizzes[0].Draw[grading.Cell{Objective: "1.1"}] != 2 || d.Quizzes[0].PassMark != 70 ||
		len(d.Pictures) != 1 || d.Pictures[0].File != "pics/a.png" || d.Pictures[0].Type != "image/png" || d.Prerequisites[0] != "UJI-0" {
		t.Fatalf("%+v", d)
	}
}

// Each change to the good folder must give exactly this finding, at this place.
func TestFolderMistakes(t *testing.T) {
	yaml := func(old, new string) func(fstest.MapFS) {
		return func(m fstest.MapFS) {
			s := strings.Replace(goodYAML, old, new, 1)
			if s == goodYAML {
				panic("nothing to replace: " + old)
			}
			m["course.yaml"] = &fstest.MapFile{Data: []byte(s)}
		}
	}
	lesson := func(text string) func(fstest.MapFS) {
		return func(m fstest.MapFS) {
			m["lessons/01.md"] = &fstest.MapFile{Data: []byte(string(m["lessons/01.md"].Data) + text)}
		}
	}
	for _, c := range []struct {
		name    string
		change  func(fstest.MapFS)
		where   string
		says    string
		warning bool
	}{
		{"no course.yaml", func(m fstest.MapFS) { delete(m, "course.yaml") }, "course.yaml", "tidak ada", false},
		{"broken YAML", yaml("apel: [melayani]", "apel: [melayani"), "course.yaml:", "YAML", false},
		{"unknown key", yaml("valid_months:", "valid_month:"), "course.yaml:11:1", "valid_months?", false},
		{"unknown nested key", yaml("minutes: 10,", "minute: 10,"), "course.yaml:21", "minutes?", false},
		{"key twice", yaml("jp: 1\n", "jp: 1\njp: 2\n"), "course.yaml:", "", false},
		{"missing title", yaml("title: Kursus uji\n", ""), "course.yaml", "title belum diisi", false},
		{"code", yaml("code: UJI-1", "code: uji 1"), "course.yaml:2:7", "huruf besar", false},
		{"kind", yaml("kind: teknis", "kind: tehnis"), "course.yaml:7:7", "teknis, manajerial", false},
		{"value", yaml("apel: [melayani]", "apel: [ramah]"), "course.yaml:9:8", "ramah", false},
		{"jp is text", yaml("jp: 1", "jp: satu"), "course.yaml:10:5", "bilangan bulat", false},
		{"minutes below the JP", yaml("practice: 15", "practice: 5"), "course.yaml:12", "90%", false},
		{"minutes far above", yaml("practice: 15", "practice: 95"), "course.yaml:10", "jauh di atas", true},
		{"minutes of lessons differ", yaml("lessons: 10,", "lessons: 12,"), "course.yaml:12", "daftar pelajaran 10", true},
		{"prerequisite", yaml("[UJI-0]", "[uji]"), "course.yaml:14", "APEL-101", false},
		{"own prerequisite", yaml("[UJI-0]", "[UJI-1]"), "course.yaml:14", "dirinya", false},
		{"competency of an objective", yaml("competency: T.04}", "competency: x4}"), "course.yaml:17", "x4", false},
		{"objective twice", yaml("code: 1.2", "code: 1.1"), "course.yaml:17", "dua kali", false},
		{"level too high", yaml("level: 2", "level: 3"), "course.yaml:19", "butuh tugas lapangan", false},
		{"competency", yaml("{competency: T.04, level", "{competency: X.04, level"), "course.yaml:19", "X.04", false},
		{"unknown objective of a lesson", yaml(`["1.1", "1.2"]`, `["1.3"]`), "course.yaml:21", "1.3", false},
		{"lesson file missing", yaml("lessons/01.md", "lessons/02.md"), "course.yaml:21", "lessons/02.md", false},
		{"lesson outside", yaml("lessons/01.md", "../01.md"), "course.yaml:21", "..", false},
		{"bank not gift", yaml("items/bank.gift", "items/bank.txt"), "course.yaml:23", ".gift", false},
		{"unknown bank", yaml("bank: bank", "bank: lain"), "course.yaml:25", "lain", false},
		{"draw over the bank", yaml(`"1.1": 2`, `"1.1": 3`), "course.yaml:25", "baru ada 2", false},
		{"draw over the bank's difficulty", yaml(`"1.1": 2, "1.2": 1`, `"1.1": {mudah: 1, sulit: 1}`), "course.yaml:25", "tingkat sulit butuh 1", false},
		{"draw of any behind a difficulty", yaml(`"1.1": 2, "1.2": 1`, `"1.1": {mudah: 1, any: 2}`), "course.yaml:25", "butuh 2 soal, baru ada 1", false},
		{"draw of an unknown difficulty", yaml(`"1.1": 2`, `"1.1": {berat: 1}`), "course.yaml:25", "berat", false},
		{"draw of an unknown objective", yaml(`"1.1": 2`, `"1.7": 2`), "course.yaml:25", "1.7", false},
		{"draw of nothing", yaml(`"1.1": 2`, `"1.1": 0`), "course.yaml:25", "antara 1", false},
		{"post-test without a pass mark", yaml(", pass_mark: 70", ""), "course.yaml:25", "pass_mark", false},
		{"no post-test", yaml("kind: post_test", "kind: practice"), "course.yaml:25", "post_test", false},
		{"anchor", yaml("title: Kursus uji", "title: &a Kursus uji"), "course.yaml:3", "Jangkar", false},
		{"two documents", yaml("code: UJI-1", "code: UJI-1\n---\ncode: UJI-2"), "course.yaml:1", "dokumen", false},
		{"scalar for a list", yaml("prerequisites: [UJI-0]", "prerequisites: UJI-0"), "course.yaml:14", "daftar", false},
		{"list for a mapping", yaml("minutes: {lessons: 10, practice: 15, cases: 0, tests: 20}", "minutes: [10]"), "course.yaml:12", "pasangan", false},
		{"lesson without a title", func(m fstest.MapFS) {
			m["lessons/01.md"].Data = bytes.TrimPrefix(m["lessons/01.md"].Data, []byte("# "))
		}, "lessons/01.md:1", "judul", false},
		{"almost empty lesson", func(m fstest.MapFS) { m["lessons/01.md"].Data = []byte("# Satu\n\nkata\n") }, "lessons/01.md:1", "hampir kosong", false},
		{"long lesson", lesson(strings.Repeat("kata ", 3000)), "course.yaml:21", "menit", true},
		{"html", lesson("\n\nini <b>tebal</b>\n"), "lessons/01.md:10", "HTML", false},
		{"html block", lesson("\n<script>\nalert(1)\n</script>\n"), "lessons/01.md:9", "HTML", false},
		{"html comment", lesson("\n<!-- x -->\n"), "lessons/01.md:9", "HTML", false},
		{"script link", lesson("\n[x](javascript:alert(1))\n"), "lessons/01.md:9", "javascript", false},
		{"picture from elsewhere", lesson("\n![x](https://lain.example/a.png)\n"), "lessons/01.md:9", "luar", false},
		{"picture outside", lesson("\n![x](../../a.png)\n"), "lessons/01.md:9", "folder kursus", false},
		{"picture missing", lesson("\n![x](b.png)\n"), "lessons/01.md:9", "lessons/b.png", false},
		{"picture without words", lesson("\n![](../pics/a.png)\n"), "lessons/01.md:9", "pengganti", true},
		{"picture too large", func(m fstest.MapFS) { m["pics/a.png"].Data = []byte(png + strings.Repeat("x", MaxPicture)) }, "lessons/01.md:5", "300 KB", false},
		{"svg", func(m fstest.MapFS) { m["pics/a.png"].Data = []byte("<svg xmlns='http://www.w3.org/2000/svg'/>") }, "lessons/01.md:5", "PNG", false},
		{"broken UTF-8", lesson("\xff"), "lessons/01.md:8:1", "UTF-8", false},
		{"item of an unknown objective", func(m fstest.MapFS) {
			m["items/bank.gift"].Data = bytes.Replace(m["items/bank.gift"].Data, []byte("[objective:1.1]"), []byte("[objective:9.9]"), 1)
		}, "items/bank.gift:2", "9.9", false},
		{"mistake in the bank", func(m fstest.MapFS) {
			m["items/bank.gift"].Data = bytes.Replace(m["items/bank.gift"].Data, []byte("=benar"), []byte("~benar"), 1)
		}, "items/bank.gift:3", "minus", false},
		{"item id in two banks", func(m fstest.MapFS) {
			yaml("  - {file: items/bank.gift}", "  - {file: items/bank.gift}\n  - {file: items/dua.gift}")(m)
			m["items/dua.gift"] = &fstest.MapFile{Data: []byte("// [id:B2] [objective:1.1]\nApa? {T}")}
		}, "items/dua.gift:2", "items/bank.gift:14", false},
		{"a file nobody names", func(m fstest.MapFS) { m["lessons/lupa.md"] = &fstest.MapFile{Data: []byte("x")} }, "lessons/lupa.md", "tidak disebut", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := good()
			c.change(m)
			_, r := ReadFolder(context.Background(), m)
			for _, x := range r {
				if badVerb.MatchString(x.Text.ID+x.Text.EN) || x.Text.EN == "" {
					t.Errorf("sentence: %+v", x.Text)
				}
				if strings.HasPrefix(x.Where(), c.where) && strings.Contains(x.Text.ID, c.says) && x.Warning() == c.warning {
					return
				}
			}
			t.Fatalf("want %s %q, got %+v", c.where, c.says, r)
		})
	}
}

func TestFolderListsAllMistakes(t *testing.T) {
	m := good()
	s := strings.NewReplacer("jp: 1", "jp: x", "kind: teknis", "kind: y", "level: 2", "level: 9", "pass_mark: 70", "pas_mark: 70", "track: dasar\n", "").Replace(goodYAML)
	m["course.yaml"].Data = []byte(s)
	m["lessons/01.md"].Data = append(m["lessons/01.md"].Data, "<b>x</b>"...)
	_, r := ReadFolder(context.Background(), m)
	if n := len(r.Mistakes()); n < 6 {
		t.Fatalf("%d mistakes: %+v", n, r)
	}
	err := r.Err()
	if !errors.Is(err, faults.Invalid) || len(faults.Of(err).Fields) != len(r.Mistakes()) {
		t.Fatal(err)
	}
}

// The demo city's courses are what an author would send; they must read without a mistake or a warning.
func TestDemoCourses(t *testing.T) {
	dirs, _ := filepath.Glob("../../demo/courses/*/course.yaml")
	if len(dirs) == 0 {
		t.Fatal("no demo courses")
	}
	for _, y := range dirs {
		dir := filepath.Dir(y)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			d, r := ReadFolder(context.Background(), os.DirFS(dir))
			for _, m := range r {
				t.Errorf("%s: %s", m.Where(), m.Text.ID)
			}
			if d.Code != filepath.Base(dir) || len(d.Lessons) < 3 || len(d.Banks) < 3 {
				t.Errorf("%s: %d lessons, %d banks", d.Code, len(d.Lessons), len(d.Banks))
			}
			largest := 0
			for _, b := range d.Banks {
				largest = max(largest, len(b.Items))
				var out bytes.Buffer
				var again Bank
				var report Report
				if filepath.Ext(b.File) == ".yaml" { // holds types that GIFT does not know
					if err := PrintOwn(&out, b.Items); err != nil {
						t.Fatal(err)
					}
					in := newIntake(b.File, nil, new(int))
					readOwn(in, out.Bytes())
					again, report = in.end()
				} else {
					if err := PrintGIFT(&out, b.Items); err != nil {
						t.Fatal(err)
					}
					again, report = ParseGIFT(b.File, out.Bytes())
				}
				if len(report) > 0 || !reflect.DeepEqual(again.Items, b.Items) {
					t.Errorf("%s does not survive printing: %+v", b.File, report)
				}
			}
			if largest < 30 {
				t.Errorf("the largest bank has %d items", largest)
			}
			for _, q := range d.Quizzes {
				bank, _ := d.Bank(q.Bank)
				for i := range bank.Items {
					bank.Items[i].ID = bank.Items[i].Code
				}
				plan := grading.Plan{Blueprint: q.Draw}
				form, err := grading.Draw(1, bank.Items, plan)
				if err != nil || len(form.Slots) != plan.Count() {
					t.Errorf("%s: %v", q.Code, err)
				}
			}
		})
	}
}

type entry struct {
	name, body string
	mode       fs.FileMode
	flags      uint16
}

func pack(t testing.TB, entries ...entry) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Flags: e.flags}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(e.body))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func folderEntries(under string) (out []entry) {
	for name, f := range good() {
		out = append(out, entry{name: under + name, body: string(f.Data)})
	}
	return out
}

func TestZip(t *testing.T) {
	for name, entries := range map[string][]entry{
		"at the top":      folderEntries(""),
		"in a folder":     append(folderEntries("UJI-1/"), entry{name: "UJI-1/", mode: fs.ModeDir | 0o755}),
		"packed by a Mac": append(folderEntries("UJI-1/"), entry{name: "__MACOSX/UJI-1/._course.yaml", body: "x"}, entry{name: "UJI-1/.DS_Store", body: "x"}),
	} {
		fsys, err := OpenZip(pack(t, entries...))
		if err != nil {
			t.Fatal(name, err)
		}
		if d, r := ReadFolder(context.Background(), fsys); len(r) > 0 || len(d.Banks[0].Items) != 4 {
			t.Fatal(name, r)
		}
	}
	many := folderEntries("")
	for i := range MaxFiles {
		many = append(many, entry{name: fmt.Sprintf("lessons/x%d.md", i), body: "x"})
	}
	bomb := pack(t, append(folderEntries(""), entry{name: "lessons/bom.md", body: strings.Repeat("a", MaxZip+1)})...)
	if bomb.Len() > 1<<20 {
		t.Fatal("the bomb is not small")
	}
	for _, c := range []struct {
		name string
		zip  *bytes.Reader
		kind faults.Kind
		says string
	}{
		{"bomb", bomb, faults.TooLarge, "50 MB"},
		{"too many", pack(t, many...), faults.TooLarge, "500"},
		{"up", pack(t, append(folderEntries(""), entry{name: "../x.md", body: "x"})...), faults.Invalid, "../x.md"},
		{"up in the middle", pack(t, append(folderEntries(""), entry{name: "a/../../x.md", body: "x"})...), faults.Invalid, "keluar"},
		{"absolute", pack(t, append(folderEntries(""), entry{name: "/etc/passwd", body: "x"})...), faults.Invalid, "keluar"},
		{"backslash", pack(t, append(folderEntries(""), entry{name: `a\..\x.md`, body: "x"})...), faults.Invalid, "keluar"},
		{"drive", pack(t, append(folderEntries(""), entry{name: "C:x.md", body: "x"})...), faults.Invalid, "keluar"},
		{"link", pack(t, append(folderEntries(""), entry{name: "lessons/02.md", body: "/etc/passwd", mode: fs.ModeSymlink | 0o777})...), faults.Invalid, "tautan"},
		{"encrypted", pack(t, append(folderEntries(""), entry{name: "lessons/02.md", body: "x", flags: 1})...), faults.Invalid, "kata sandi"},
		{"twice", pack(t, append(folderEntries(""), entry{name: "Course.YAML", body: "x"})...), faults.Invalid, "dua kali"},
		{"archive inside", pack(t, append(folderEntries(""), entry{name: "a.zip", body: "x"})...), faults.Invalid, "jenis berkas"},
		{"svg", pack(t, append(folderEntries(""), entry{name: "a.svg", body: "x"})...), faults.Invalid, "jenis berkas"},
		{"control character", pack(t, append(folderEntries(""), entry{name: "a\n.md", body: "x"})...), faults.Invalid, "tidak sah"},
		{"no course", pack(t, entry{name: "a.md", body: "x"}), faults.Invalid, "course.yaml"},
		{"two folders", pack(t, append(folderEntries("A/"), folderEntries("B/")...)...), faults.Invalid, "course.yaml"},
		{"no zip", bytes.NewReader([]byte("halo")), faults.Invalid, "bukan zip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys, err := OpenZip(c.zip)
			if !errors.Is(err, c.kind) || fsys != nil || !strings.Contains(faults.Of(err).Text.ID, c.says) {
				t.Fatalf("%v", err)
			}
		})
	}
	// A packed byte flipped is seen by the checksum.
	whole := pack(t, folderEntries("")...)
	raw := make([]byte, whole.Len())
	whole.Read(raw)
	raw[60] ^= 0xff
	if _, err := OpenZip(bytes.NewReader(raw)); !errors.Is(err, faults.Invalid) {
		t.Fatal(err)
	}
}

// The parser takes time squared in the depth; what is too deep must be refused before it, not by its stack.
func TestDeepYAML(t *testing.T) {
	for _, c := range []string{strings.Repeat("[", 60000), strings.Repeat("{a: ", 15000), "a:\n  " + strings.Repeat("- ", 30000) + "x", strings.Repeat("? ", 30000)} {
		m := good()
		m["course.yaml"].Data = []byte(c)
		if _, r := ReadFolder(context.Background(), m); len(r) != 1 || !strings.Contains(r[0].Text.ID, "terlalu dalam") {
			t.Fatalf("%.10s: %+v", c, r)
		}
	}
	m := good()
	m["course.yaml"].Data = []byte(goodYAML + strings.Repeat("# x\n", maxYAML/4))
	if _, r := ReadFolder(context.Background(), m); len(r.Mistakes()) != 1 || !strings.Contains(r[0].Text.ID, "64 KB") {
		t.Fatalf("%+v", r)
	}
}

// A thousand items are read in well under the five seconds an author would wait.
func BenchmarkGIFT1000(b *testing.B) {
	var gift strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&gift, "// [id:B%d] [objective:1.1] [difficulty:mudah]\n::B%d::Soal %d, cukup panjang seperti biasanya ditulis orang? {\n=benar #ya, sebab begitu\n~salah #tidak, sebab begini\n~lain #bukan\n~empat #bukan juga\n}\n\n", i, i, i)
	}
	for b.Loop() {
		if bank, r := ParseGIFT("x", []byte(gift.String())); len(bank.Items) != 1000 || len(r) > 0 {
			b.Fatal(r)
		}
	}
}

// FuzzPackage opens whatever is sent as a zipped course: no crash, no file under a name that leaves the folder, nothing that reads without mistakes and is no course.
func FuzzPackage(f *testing.F) {
	var entries []entry
	for name, file := range good() {
		entries = append(entries, entry{name: name, body: string(file.Data)})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	whole, err := io.ReadAll(pack(f, entries...))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys, err := OpenZip(bytes.NewReader(data))
		if err != nil {
			if f := faults.Of(err); f.Kind == faults.Internal || f.Text.Empty() {
				t.Fatalf("%v says nothing", err)
			}
			return
		}
		d, r := ReadFolder(context.Background(), fsys)
		if len(r.Mistakes()) == 0 && d.Code == "" {
			t.Fatalf("accepted %+v", d)
		}
		_ = fs.WalkDir(fsys, ".", func(name string, _ fs.DirEntry, err error) error {
			if err == nil && (!fs.ValidPath(name) || strings.ContainsAny(name, `\:`)) {
				t.Fatalf("a file is called %q", name)
			}
			return nil
		})
	})
}

func FuzzCourseYAML(f *testing.F) {
	f.Add([]byte(goodYAML))
	f.Add([]byte("code: a\nlessons:\n  - {code: x}\n  - y\nquizzes: {draw: 1}\n"))
	f.Add([]byte("? [a]\n: b\n<<: *x\n!!str z: |\n  t\n"))
	base := good()
	f.Fuzz(func(t *testing.T, data []byte) {
		base["course.yaml"] = &fstest.MapFile{Data: data}
		d, r := ReadFolder(context.Background(), base)
		for _, m := range r {
			if m.Text.ID == "" || m.Text.EN == "" || m.File == "" {
				t.Fatalf("%+v", m)
			}
		}
		if len(r.Mistakes()) == 0 && (d.Code == "" || d.JP == 0 || len(d.Quizzes) == 0) {
			t.Fatalf("accepted %+v", d)
		}
	})
}

// A text the Markdown parser would chew on for minutes is a mistake with its file and line; so is what stands after the request has ended.
func TestHardTextsAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ file, text, says, where string }{
		"a lesson": {"lessons/01.md", "# Judul\n\n" + strings.Repeat("*a_", 60_000) + "\n", "baris kosong", "lessons/01.md:3"},
		"an item":  {"items/bank.gift", "// [id:H-1] [objective:1.1]\n" + strings.Repeat("*a_", 20_000) + " {=a ~b}\n", "baris kosong", "items/bank.gift:2"},
		"deep":     {"lessons/01.md", "# Judul\n" + strings.Repeat(">", 100_000) + "a\n", "terlalu dalam", "lessons/01.md:2"},
	} {
		fsys := good()
		if fsys[c.file] == nil {
			t.Fatalf("%s: the good folder has no %s", name, c.file)
		}
		fsys[c.file] = &fstest.MapFile{Data: []byte(c.text)}
		_, r := ReadFolder(context.Background(), fsys)
		if !slices.ContainsFunc(r.Mistakes(), func(m Mistake) bool { return strings.Contains(m.Text.ID, c.says) && m.Where() == c.where }) {
			t.Errorf("%s: %v", name, r.Mistakes())
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	fsys := counted{good(), cancel, new(int)}
	if _, r := ReadFolder(ctx, fsys); len(r.Mistakes()) == 0 || *fsys.opened != 2 {
		t.Errorf("read on after the end: %d files, %v", *fsys.opened, r.Mistakes())
	}
}

// counted ends the request while its second file is read.
type counted struct {
	fstest.MapFS
	end    func()
	opened *int
}

func (c counted) Open(name string) (fs.File, error) {
	if path.Ext(name) != "" {
		if *c.opened++; *c.opened == 2 {
			c.end()
		}
	}
	return c.MapFS.Open(name)
}
