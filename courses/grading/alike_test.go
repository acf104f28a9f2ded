package grading_test

import (
	"fmt"
	"reflect"
	"testing"

	. "github.com/apelkota/apel/courses/grading"
)

func worded(stem string, options ...string) Item {
	it := Item{Type: Single, Stem: stem}
	for i, o := range options {
		it.Options = append(it.Options, Option{ID: OptionID(i), Text: o})
	}
	return it
}

func TestAlike(t *testing.T) {
	base := worded("Warga memberi amplop setelah KTP selesai dicetak. Apa yang Anda lakukan pertama kali di depan warga itu?", "Menolak dengan sopan dan menjelaskan aturan", "Menerima lalu melapor besok pagi", "Diam saja sampai warga pergi")
	turned := worded("Warga memberi amplop setelah KTP selesai dicetak. Apa yang anda lakukan PERTAMA kali di depan warga itu ?", "Diam saja sampai warga pergi", "Menolak dengan sopan dan menjelaskan aturan", "Menerima lalu melapor besok pagi")
	other := worded("Warga memberi amplop sebelum KTP dicetak. Kepada siapa Anda melapor?", "Atasan langsung", "Unit pengendali gratifikasi", "Tidak perlu")
	short := worded("Ibu kota?", "Bandung", "Jakarta")
	items := []Item{base, other, short, turned, worded("Ibu kota?", "Bandung", "Serang")}
	if got := Alike(items); len(got) != 1 || got[0].A != 0 || got[0].B != 3 || got[0].Share < 95 {
		t.Errorf("%+v", got)
	}
	var many []Item // a thousand on one pattern: what all share says nothing
	for i := range 1000 {
		many = append(many, worded(fmt.Sprintf("Apa yang dilakukan petugas loket nomor %d sesuai standar pelayanan?", i), fmt.Sprintf("Langkah pertama butir %d", i), "Tidak tahu"))
	}
	if got := Alike(many); len(got) != 0 {
		t.Errorf("%d pairs in a bank on one pattern", len(got))
	}
}

func TestDifferences(t *testing.T) {
	was := Item{ID: "x", Version: 1, Code: "B", Type: Single, Stem: "Lama?", Tags: []string{"a", "b"}, Options: []Option{{ID: "a", Text: "satu", Mark: Full}, {ID: "b", Text: "dua"}, {ID: "c", Text: "tiga", Feedback: "bukan"}},
		Rubric: []Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: []Level{{Text: "kurang"}, {Text: "baik", Mark: Full}}}}}
	now := was
	now.ID, now.Version, now.Stem, now.Tags, now.Fixed = "y", 2, "Baru?", []string{"a"}, true
	now.Options = []Option{{ID: "a", Text: "satu"}, {ID: "c", Text: "tiga", Feedback: "bukan", Mark: Full}, {ID: "d", Text: "empat"}}
	now.Rubric = []Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: []Level{{Text: "kurang"}, {Text: "sangat baik", Mark: Full}}}}
	var got [][3]string
	for _, d := range Differences(was, now) {
		got = append(got, [3]string{d.Path + "=" + d.Name.ID, d.Was, d.Now})
	}
	want := [][3]string{{"tags=Tag", "a, b", "a"}, {"stem=Pertanyaan", "Lama?", "Baru?"}, {"options[a].mark=Pilihan A, nilai", "100%", "0%"}, {"options[c].mark=Pilihan C, nilai", "0%", "100%"},
		{"options[d].text=Pilihan D", "", "empat"}, {"options[d].mark=Pilihan D, nilai", "", "0%"}, {"rubric[a].levels[1].text=Kriteria A, Tingkat 2", "baik", "sangat baik"}, {"fixed=Urutan tetap", "", "ya"},
		{"options[b].text=Pilihan B", "dua", ""}, {"options[b].mark=Pilihan B, nilai", "0%", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if d := Differences(now, now); len(d) != 0 {
		t.Error(d)
	}
}
