package exchange

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

// bankXML is what another installation exports: HTML, embedded files, defaults of Moodle's own.
const bankXML = `<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0 -->
<question type="category"><category><text>$course$/top/Layanan/Loket</text></category></question>
<question type="multichoice">
 <name><text>Salam</text></name>
 <questiontext format="html"><text><![CDATA[<p>Apa <b>salam</b> di loket?&nbsp;<u>Pilih</u> H<sub>2</sub>O</p><ul><li>satu</li><li>dua</li></ul><p><img src="@@PLUGINFILE@@/loket.png" alt="Foto loket"></p>]]></text>
  <file name="loket.png" path="/" encoding="base64">PNG</file></questiontext>
 <defaultgrade>2.0000000</defaultgrade><penalty>0.5</penalty><hidden>0</hidden><idnumber>LK-1</idnumber>
 <single>true</single><shuffleanswers>false</shuffleanswers>
 <correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>
 <answer fraction="100" format="html"><text>&lt;p&gt;Selamat pagi&lt;/p&gt;</text><feedback format="html"><text><![CDATA[<p>Ya, <em>tepat</em></p>]]></text></feedback></answer>
 <answer fraction="0" format="html"><text><![CDATA[<p>Ada apa *lagi*?</p>]]></text><feedback format="html"><text></text></feedback></answer>
 <hint format="html"><text>Ingat standar</text></hint>
 <tags><tag><text>loket</text></tag></tags>
</question>
<question type="multichoice">
 <name><text>Gratis</text></name><questiontext format="html"><text>Mana yang gratis?</text></questiontext><single>false</single>
 <answer fraction="50"><text>KTP</text></answer><answer fraction="50"><text>KK</text></answer><answer fraction="0"><text>Paspor</text></answer><answer fraction="0"><text>SIM</text></answer>
</question>
<question type="numerical">
 <name><text>Lama</text></name><questiontext format="moodle_auto_format"><text>Berapa menit?</text></questiontext>
 <answer fraction="100"><text>1.5E1</text><tolerance>0.5</tolerance></answer><answer fraction="0"><text>*</text><feedback><text>Lihat maklumat</text></feedback></answer>
 <units><unit><multiplier>1</multiplier><unit_name>menit</unit_name></unit><unit><multiplier>60</multiplier><unit_name>jam</unit_name></unit></units>
</question>
<question type="ddmatch"><name><text>Jodoh</text></name><questiontext format="html"><text>Jodohkan</text></questiontext>
 <subquestion format="html"><text><![CDATA[<p>Puskesmas</p>]]></text><answer format="html"><text><![CDATA[<p><b>Sehat</b></p>]]></text></answer></subquestion>
 <subquestion format="html"><text>Dinsos</text><answer format="html"><text>Sosial</text></answer></subquestion>
 <subquestion format="html"><text></text><answer format="html"><text>Pajak</text></answer></subquestion>
</question>
<question type="ordering"><name><text>Urut</text></name><questiontext format="html"><text>Urutkan</text></questiontext><gradingtype>LONGEST_ORDERED_SUBSET</gradingtype>
 <answer fraction="3.0000000"><text>Jawab</text></answer><answer fraction="1.0000000"><text>Terima</text></answer><answer fraction="2.0000000"><text>Catat</text></answer>
</question>
<question type="cloze"><name><text>Isi</text></name>
 <questiontext format="html"><text><![CDATA[<p>Ibu kota {1:MULTICHOICE:=Jawa Barat#Ya~Bali} adalah {2:SA:=Bandung~%50%Kota Bandung}; luas {:NM:=167,3:0.5}.</p>]]></text></questiontext>
</question>
<question type="essay"><name><text>Esai</text></name><questiontext format="html"><text>Jelaskan</text></questiontext><responseformat>editor</responseformat>
 <graderinfo format="html"><text>Nilai isi dan bahasa</text></graderinfo></question>
<question type="essay"><name><text>Laporan</text></name><questiontext format="html"><text>Unggah</text></questiontext><responseformat>noinline</responseformat><attachments>2</attachments></question>
<question type="calculated"><name><text>Hitung</text></name><questiontext format="html"><text>{a}+{b}</text></questiontext></question>
<question type="truefalse"><name><text>Skrip</text></name><questiontext format="html"><text><![CDATA[<p onclick="x()">Boleh?</p>]]></text></questiontext>
 <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
</quiz>`

func TestMoodle(t *testing.T) {
	data := strings.Replace(bankXML, ">PNG<", ">"+base64.StdEncoding.EncodeToString([]byte(png))+"<", 1)
	var kept []File
	b, r, err := Read("bank.xml", []byte(data), Defaults{Objective: "1.1", Prefix: "M", Keep: func(f File) (string, error) { kept = append(kept, f); return keptAs, nil }})
	if err != nil || b.Format != Moodle || len(b.Items) != 10 {
		t.Fatalf("%s %d %+v %v", b.Format, len(b.Items), r, err)
	}
	if got, want := b.Tally(r), (Tally{Taken: 8, Changed: 4, Uncertain: 2, Refused: 2}); got != want {
		t.Errorf("%+v, want %+v: %+v", got, want, r)
	}
	first := b.Items[0]
	if first.Code != "LK-1" || first.Title != "Salam" || first.Category != "Layanan/Loket" || !first.Fixed || first.Tags[0] != "loket" || first.Objective != "1.1" ||
		first.Stem != "Apa **salam** di loket? Pilih H₂O\n\n- satu\n- dua\n\n![Foto loket](berkas/"+keptAs+")" || first.Options[0].Text != "Selamat pagi" || first.Options[0].Feedback != "Ya, *tepat*" || first.Options[1].Text != `Ada apa \*lagi\*?` {
		t.Errorf("%+v", first)
	}
	if len(kept) != 1 || kept[0].Name != "loket.png" || kept[0].Alt != "Foto loket" || kept[0].Type != "image/png" || string(kept[0].Data) != png {
		t.Errorf("%d pictures are kept", len(kept))
	}
	found(t, r, Changed, 5, "garis bawah")
	if !slices.Equal(first.Hints, []string{"Ingat standar"}) {
		t.Errorf("hints %q", first.Hints)
	}
	if m := b.Items[1]; m.Type != grading.Multiple || m.Options[2].Mark != -grading.Full/2 {
		t.Errorf("%+v", m)
	}
	found(t, r, Changed, 17, "minus 50%")
	if n := b.Items[2]; n.Options[0].Text != "15" || n.General != "Lihat maklumat" || len(n.Units) != 1 {
		t.Errorf("%+v", n)
	}
	if m := b.Items[3]; len(m.Options) != 3 || len(m.Parts) != 2 || m.Options[0].Text != "**Sehat**" {
		t.Errorf("%+v", m)
	}
	if o := b.Items[4]; o.Options[0].Text != "Terima" || o.Options[2].Text != "Jawab" {
		t.Errorf("%+v", o)
	}
	if c := b.Items[5]; c.Stem != "Ibu kota [[1]] adalah [[2]]; luas [[3]]." || c.Parts[1].Weight != 2 || c.Parts[2].Options[0].Tolerance != "0.5" || c.Parts[0].Options[0].Feedback != "Ya" {
		t.Errorf("%+v", c)
	}
	if e := b.Items[6]; e.Rubric[0].Text != "Nilai isi dan bahasa" {
		t.Errorf("%+v", e)
	}
	if u := b.Items[7]; u.Type != "upload" || u.Limit != 2 {
		t.Errorf("%+v", u)
	}
	found(t, r, Refused, 0, "calculated")
	found(t, r, Refused, 0, "onclick")
	found(t, r, Changed, 0, "defaultgrade")
	found(t, r, Changed, 0, "Potongan")
}

func TestMoodleRefusesAttacks(t *testing.T) {
	deep := strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)
	svg := base64.StdEncoding.EncodeToString([]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>`))
	virus := base64.StdEncoding.EncodeToString(eicar)
	with := func(text, file string) string {
		return `<?xml version="1.0"?><quiz><question type="truefalse"><questiontext format="html"><text><![CDATA[` + text + `]]></text><file name="a.svg" encoding="base64">` + file + `</file></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>`
	}
	for name, c := range map[string]struct{ data, says string }{
		"an external entity":  {`<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>`, "DOCTYPE"},
		"a billion laughs":    {`<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>`, "DOCTYPE"},
		"depth":               {`<?xml version="1.0"?><quiz><question>` + deep + `</question></quiz>`, "terlalu dalam"},
		"an unknown entity":   {`<?xml version="1.0"?><quiz>&x;</quiz>`, "rusak"},
		"no bank":             {`<?xml version="1.0"?><html></html>`, "<quiz>"},
		"a script":            {with(`<script>x()</script>Boleh?`, ""), "skrip"},
		"a script in a link":  {with(`<a href=" java&#10;script:x()">Boleh?</a>`, ""), "skrip"},
		"a script in an SVG":  {with(`<svg onload="x()"></svg>Boleh?`, ""), "skrip"},
		"an SVG file":         {with(`Boleh?`, svg), "SVG"},
		"the virus test file": {with(`Boleh?`, virus), "berbahaya"},
		"no base64":           {with(`Boleh?`, "!!!"), "base64"},
	} {
		b, r, err := Read("x.xml", []byte(c.data), Defaults{Objective: "1"})
		if err != nil || len(b.Taken(r)) > 0 {
			t.Errorf("%s: %d taken, %v", name, len(b.Taken(r)), err)
		}
		found(t, r, Refused, 0, c.says)
	}
}

func FuzzMoodle(f *testing.F) {
	var b bytes.Buffer
	var items []grading.Item
	for _, it := range gradingtest.Samples() {
		if notMoodle(it).Empty() {
			items = append(items, it)
		}
	}
	if _, err := writeMoodle(&b, items, nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(strings.Replace(bankXML, ">PNG<", ">"+base64.StdEncoding.EncodeToString([]byte(png))+"<", 1)))
	f.Add([]byte(draggedXML))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, r, err := Read("x", append([]byte("<?xml version=\"1.0\"?>"), bytes.TrimPrefix(data, []byte(`<?xml version="1.0" encoding="UTF-8"?>`))...), Defaults{Objective: "1", Keep: album{}.keep})
		if err != nil {
			return
		}
		checkReport(t, b, r)
	})
}

func FuzzHTML(f *testing.F) {
	f.Add("<p>a <b>b</b> <i>c</i></p><ul><li>x<ol><li>y</li></ol></li></ul><table><tr><td>1</td><td>2</td></tr></table><pre>a\nb</pre><a href='https://x.example'>y</a>")
	f.Add("<p>1 &lt;%ta@le&gt; <%ta@le></p>")
	f.Add("<script>x</script><img src=x alt=y><h1>z</h1><br><blockquote>q</blockquote>")
	f.Fuzz(func(t *testing.T, s string) {
		h := readHTML(s, 1, nil)
		_ = look(h.markdown, func(line int) { t.Fatalf("HTML is left in %q of %q", h.markdown, s) }, func(picture) { t.Fatalf("a picture is left in %q of %q", h.markdown, s) },
			func(to string, line int) {
				if !safeLink(to) {
					t.Fatalf("the link %q is left of %q", to, s)
				}
			})
	})
}
