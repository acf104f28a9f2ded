package web

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/access"
	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/people"
)

// Lists of the workbench are turned in pages: none shows everything at once, none leaves out what it does not show.
func TestPostsAreTurnedInPages(t *testing.T) {
	r := newRig(t)
	const many = 120
	csv := "code,name,kind,jenjang,eselon,class,unit,seats,standard\n"
	for i := range many {
		csv += fmt.Sprintf("UJI-%d,Loket Uji %03d,pelaksana,pelaksana,,7,DISDUKCAPIL,1,\n", i, i)
	}
	sheet := must[*tables.Sheet](t)(tables.Read("positions.csv", strings.NewReader(csv), tables.Options{}))
	_, err := r.Rooms.People.RunImport(context.Background(), access.System("test"), people.ImportInput{Kind: people.ImportPositions, Name: "positions.csv", Sheet: sheet}, nil)
	check(t, err)
	unit := must[people.Unit](t)(r.Rooms.People.UnitByCode(context.Background(), "DISDUKCAPIL"))
	for nip, pages := range map[string][]string{trainingAdmin: {"/kelola/unor/" + string(unit.ID), "/kelola/jabatan"}, analyst: {"/kelola/lowongan"}} {
		client := r.enter(nip)
		for _, path := range pages {
			seen := map[string]bool{}
			for at, turns := path, 0; at != "" && turns < 20; turns++ {
				_, page := r.get(client, at)
				rows := regexp.MustCompile(`Loket Uji \d+`).FindAllString(page, -1)
				on := map[string]bool{}
				for _, row := range rows {
					on[row], seen[row] = true, true
				}
				if len(on) > 60 {
					t.Errorf("%s shows %d posts at once", at, len(on))
				}
				at = ""
				for _, m := range regexp.MustCompile(`href="([^"]*sesudah=[^"]*)"`).FindAllStringSubmatch(page, -1) {
					at = html.UnescapeString(m[1])
				}
			}
			if len(seen) != many {
				t.Errorf("the pages of %s show %d of %d posts", path, len(seen), many)
			}
		}
	}
}
