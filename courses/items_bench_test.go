package courses_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
)

// BenchmarkItems1000 is what an author waits for: a file of 1,000 items looked at (the dry run), and taken into the bank of a draft. The budget of both together is 5 s.
func BenchmarkItems1000(b *testing.B) {
	w := newWorld(b)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(b, err)
	items := make([]grading.Item, 1000)
	for i := range items {
		it := grading.Item{Code: fmt.Sprintf("N-%04d", i), Type: grading.Single, Objective: "9.1", Difficulty: grading.Medium, General: fmt.Sprintf("Lihat bagian %d dari standar pelayanan.", i),
			Stem: fmt.Sprintf("Warga ke-%d datang ke loket %d membawa berkas nomor %d yang belum lengkap. Apa yang Anda lakukan lebih dahulu?", i, i%7, i*13)}
		for n := range 4 {
			o := grading.Option{ID: grading.OptionID(n), Text: fmt.Sprintf("Pilihan %d: tindakan ke-%d yang cukup panjang untuk dibaca", n, i*4+n), Feedback: fmt.Sprintf("Karena alasan ke-%d.", i*4+n)}
			if n == i%4 {
				o.Mark = grading.Full
			}
			it.Options = append(it.Options, o)
		}
		items[i] = it
	}
	for _, f := range []exchange.Format{exchange.XLSX, exchange.GIFT, exchange.Moodle} {
		var file bytes.Buffer
		if _, err := exchange.Write(&file, f, items, nil); err != nil {
			b.Fatal(err)
		}
		b.Run(string(f), func(b *testing.B) {
			var looked time.Duration
			for n := range b.N {
				began := time.Now()
				bank := fmt.Sprintf("b-%s-%d", f, n%3)
				read, err := w.ReadItems(ctx, author, v.ID, bank, courses.ItemFile{Name: "soal", Data: file.Bytes()})
				must(b, err)
				if got := read.Bank.Tally(read.Report); got.Taken != 1000 {
					b.Fatalf("%+v", got)
				}
				looked += time.Since(began)
				taken := read.Bank.Items
				for i := range taken { // new ones each time, so that all are written
					taken[i].General += fmt.Sprint(" ", f, n)
				}
				_, err = w.TakeItems(ctx, author, v.ID, 0, bank, taken, true)
				must(b, err)
			}
			b.ReportMetric(float64(looked.Milliseconds())/float64(b.N), "ms-looked")
		})
	}
}
