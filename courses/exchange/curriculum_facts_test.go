package exchange

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The demo's courses cite only rules that were looked up, leave what differs by city to "ketentuan yang berlaku", and name no party, belief or people; PNS and PPPK, women and men
// are all at home in them.
func TestDemoFacts(t *testing.T) {
	known := []string{"uu 20/2023", "uu 27/2022", "uu nomor 27 tahun 2022", "pp 12/2019", "pp 49/2018", "perpres 95/2018", "permenpanrb 59/2020", "permenpanrb 6/2022"}
	articles := []string{"10", "15", "20", "31", "34", "46", "49", "53"}
	law := regexp.MustCompile(`(?i)\b(?:UU|PP|Perpres|Perka|PerLAN|PerBKN|Permen[a-z]*|Kepmen[a-z]*) (?:Nomor |No\.? )?\d+(?:/| Tahun )\d{4}`)
	article := regexp.MustCompile(`(?i)\bpasal (\d+)`)
	days := regexp.MustCompile(`\d+ ?(?:×|x) ?24 jam`)
	named := regexp.MustCompile(`(?i)\b(partai|kampanye|pemilu|pilkada|caleg|politikus|gubernur|presiden|masjid|gereja|vihara|pendeta|ustaz|islam|kristen|katolik|hindu|buddha|konghucu|agama|suku|orang (?:jawa|batak|sunda|minang|bugis|madura|melayu|dayak|papua|tionghoa|cina))\b`)
	said := map[string]int{}
	err := fs.WalkDir(os.DirFS("../../demo/courses"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".png") {
			return err
		}
		b, err := os.ReadFile("../../demo/courses/" + path)
		text := string(b)
		for _, x := range law.FindAllString(text, -1) {
			if !slices.Contains(known, strings.ToLower(x)) {
				t.Errorf("%s cites %s, which nobody has looked up", path, x)
			}
		}
		for _, x := range article.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(articles, x[1]) {
				t.Errorf("%s cites %s, which nobody has looked up", path, x[0])
			}
		}
		for _, x := range days.FindAllString(text, -1) {
			if x != "3 × 24 jam" {
				t.Errorf("%s says %q; the deadline is written 3 × 24 jam", path, x)
			}
		}
		for _, x := range named.FindAllString(text, -1) {
			t.Errorf("%s names %q", path, x)
		}
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n\t.,;:!?\"()*", r) }) {
			switch w {
			case "PNS", "PPPK":
				said[w]++
			case "Pak", "Bapak":
				said["men"]++
			case "Bu", "Ibu":
				said["women"]++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if said["PNS"] < 15 || said["PPPK"] < said["PNS"] || min(said["men"], said["women"])*100 < max(said["men"], said["women"])*60 {
		t.Errorf("%v", said)
	}
}
