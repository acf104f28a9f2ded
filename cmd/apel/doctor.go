package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/faults"
)

type doctorVerb struct {
	place
	JSON bool `help:"Print the findings as JSON."`
}

// longWait is how long work may be ready before the doctor wonders whether anybody works.
const longWait = 10 * time.Minute

// finding is one thing the doctor looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Note string `json:"note"`
}

// Run looks at everything and changes nothing. The exit status is 0 only when all is well.
func (v *doctorVerb) Run(e *env) error {
	in, err := open(e.ctx, v.place, as{quiet: true})
	if err != nil {
		return err
	}
	found, err := in.examine(e)
	if err = errors.Join(err, in.close()); err != nil {
		return err
	}
	ill := 0
	for _, f := range found {
		if !f.OK {
			ill++
		}
	}
	if v.JSON {
		if err := print(found); err != nil {
			return err
		}
	} else {
		for _, f := range found {
			mark := "ok "
			if !f.OK {
				mark = "!! "
			}
			fmt.Printf("%s %-26s %s\n", mark, f.What, f.Note)
		}
	}
	if ill > 0 {
		return faults.Newf(faults.Conflict, "%d hal perlu diperhatikan.", "%d things need attention.", ill)
	}
	return nil
}

func (in *installation) examine(e *env) ([]finding, error) {
	ctx := e.ctx
	var out []finding
	note := func(what string, err error, fine string) {
		f := finding{What: what, OK: err == nil, Note: fine}
		if err != nil {
			f.Note = faults.Of(err).Text.In(e.lang)
			if faults.KindOf(err) == faults.Internal {
				f.Note = err.Error()
			}
		}
		out = append(out, f)
	}
	s := in.settings.Current()
	note("pengaturan / settings", s.Check(), s.Institution)
	switch {
	case s.BaseURL == "":
		note("alamat publik / base URL", faults.New(faults.Conflict, "Belum diisi: sertifikat belum dapat diterbitkan.", "Not set: no certificate can be issued."), "")
	case !s.BaseConfirmed && !s.Demo:
		note("alamat publik / base URL", faults.New(faults.Conflict, "Belum dikonfirmasi dari luar.", "Not confirmed from outside."), "")
	default:
		note("alamat publik / base URL", nil, s.BaseURL)
	}
	head, err := in.audit.Check(ctx)
	note("jejak audit / audit journal", err, fmt.Sprintf("%d blok, setiap hash cocok", head.N))
	report, err := in.certificates.CheckLog(ctx)
	if err == nil && len(report.Problems) > 0 {
		err = errors.New(strings.Join(report.Problems, "; "))
	}
	note("log sertifikat / log", err, fmt.Sprintf("%d sertifikat, %d daun, semua cocok dengan jurnal", report.Certificates, report.Leaves))
	differs, err := in.people.Examine(ctx, false)
	if err == nil && len(differs) > 0 {
		err = faults.Newf(faults.Conflict, "%d jalur unit atau klaim tidak cocok dengan sumbernya.", "%d unit paths or claims differ from their source.", len(differs))
	}
	note("register pegawai / register", err, "jalur unit dan klaim cocok")
	parked, waiting := 0, 0
	for _, c := range in.db.Collections() {
		p, err := in.db.Parked(ctx, c, 1000)
		if err != nil {
			return out, err
		}
		parked += len(p)
		r, err := in.db.Ready(ctx, c, in.now().Add(-longWait), 1000)
		if err != nil {
			return out, err
		}
		waiting += len(r)
	}
	var stuck error
	if parked > 0 {
		stuck = faults.Newf(faults.Conflict, "%d pekerjaan ditahan; lihat Kelola > Pekerjaan.", "%d pieces of work are parked; see the page of parked work.", parked)
	}
	note("pekerjaan tertahan / parked", stuck, "tidak ada")
	stuck = nil
	if waiting > 0 {
		stuck = faults.Newf(faults.Conflict, "%d pekerjaan menunggu lebih dari 10 menit: apakah pekerja berjalan?", "%d pieces of work wait for more than 10 minutes: is a worker running?", waiting)
	}
	note("pekerjaan menunggu / waiting", stuck, "tidak ada")
	note("kebijakan / policies", nil, fmt.Sprintf("%d baris", len(in.policy.Rows())))
	return out, nil
}
