package exchange

import "testing"

// wordClipboard is what Word puts on the clipboard, shortened.
const wordClipboard = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset=utf-8><style>p.MsoNormal{margin:0}</style></head><body lang=IN><!--StartFragment-->
<h2>Menyapa warga</h2>
<p class=MsoNormal>Sapa <b>dahulu</b>, lalu dengarkan.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Berdiri<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span></span><![endif]>tegak</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>2.</span><![endif]>Senyum</p>
<table class=MsoTableGrid><tr><td><p class=MsoNormal><b>Waktu</b></p></td><td><p class=MsoNormal>Sapaan</p></td></tr><tr><td><p class=MsoNormal>Pagi</p></td><td><p class=MsoNormal>Selamat pagi</p></td></tr></table>
<!--EndFragment--></body></html>`

func TestWordListsAreLists(t *testing.T) {
	got, _, err := ReadLessons("tempelan.html", []byte(wordClipboard), 0, nil)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d lessons, %v", len(got), err)
	}
	const want = "# Menyapa warga\n\nSapa **dahulu**, lalu dengarkan.\n\n1. Berdiri\n   - tegak\n2. Senyum\n\n| **Waktu** | Sapaan |\n| --- | --- |\n| Pagi | Selamat pagi |\n"
	if got[0].Markdown != want {
		t.Errorf("got\n%s\nwant\n%s", got[0].Markdown, want)
	}
}
