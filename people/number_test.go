package people_test

import (
	"testing"

	"github.com/apelkota/apel/people"
)

func TestMayBeNIP(t *testing.T) {
	for text, want := range map[string]bool{
		"199001012020012999": true, "19900101 202001 2 999": true, "1990-01.01": true, "NIP 19900101": true, "1990 0101": true, "budi 19900101": true,
		"": false, "1990010": false, "budi 1990": false, "00012/APEL-103/BKPSDMD/XI/2026": false, "APEL-103 2026": false, "a1b2c3d4e5f6g7h8": false,
	} {
		if got := people.MayBeNIP(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{"199001012020012999": true, "/kelola/pegawai?q=19900101 202001 2 999": true, "19900101202001299": false, "19900101 202001 x 2999": false} {
		if got := people.HoldsNIP(text); got != want {
			t.Errorf("%q holds a NIP: %v", text, got)
		}
	}
}
