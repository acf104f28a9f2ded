package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// fieldJob is a field task under way in the made past: it is handed in on one day of learning and judged on a later one, by whoever the course says. What is judged too weak is improved.
type fieldJob struct {
	*pupil
	task   exchange.FieldTask
	handed bool
	weak   bool // the next verdict sends it back
	rest   int  // days of learning until something happens
}

// plan lets somebody who passed begin the field tasks of the course: those the certificate waits for, and sometimes an optional one.
func (f *filler) plan(p *pupil) {
	for _, t := range f.tasks[p.Course] {
		if t.Optional && p.r.Float64() > 0.12 {
			continue
		}
		f.works = append(f.works, &fieldJob{pupil: p, task: t, weak: p.r.Float64() > p.Skill, rest: p.r.IntN(3)})
	}
}

// fieldwork lets a day pass for everybody with a field task.
func (f *filler) fieldwork(ctx context.Context) error {
	var hand, judge, left []*fieldJob
	for _, j := range f.works {
		switch {
		case j.rest > 0:
			j.rest--
			left = append(left, j)
		case j.handed:
			judge = append(judge, j)
		default:
			hand = append(hand, j)
			left = append(left, j)
		}
	}
	if len(hand)+len(judge) == 0 {
		return nil
	}
	if err := each(ctx, hand, f.handIn); err != nil {
		return err
	}
	for _, j := range judge { // one after the other: two works of one supervisor are two claims of one person
		if err := f.judge(ctx, j); err != nil {
			return fmt.Errorf("%s of %s: %w", j.task.Code, j.Course, err)
		}
		if j.weak {
			j.weak, j.handed = false, false
			left = append(left, j)
		}
	}
	f.works = left
	f.clock.step(time.Minute)
	_, err := f.drain(ctx, courses.FieldWorksCollection, courses.MarkingsCollection, courses.EnrolmentsCollection)
	if err != nil {
		return err
	}
	for _, j := range judge {
		if e, err := f.courses.Enrolment(ctx, j.actor, j.enrolment); err != nil {
			return err
		} else if e.State == courses.Completed && !j.certified {
			j.certified = true
			f.counts.certificates++
		}
	}
	return nil
}

// handIn writes a field task and hands it in.
func (f *filler) handIn(ctx context.Context, j *fieldJob) error {
	if err := f.courses.BeginWork(ctx, j.actor, j.enrolment, j.task.Code); err != nil {
		return err
	}
	if j.task.Files > 0 {
		note := courses.FileInput{Name: "catatan-contoh.txt", Content: strings.NewReader("Catatan contoh: keadaan sebelum dan sesudah, tanpa nama siapa pun.\n")}
		if err := f.courses.AddFileToWork(ctx, j.actor, j.enrolment, j.task.Code, note); err != nil {
			return err
		}
	}
	x, err := f.courses.OwnWork(ctx, j.actor, j.enrolment, j.task.Code)
	if err != nil {
		return err
	}
	text := "Laporan contoh. Saya memilih satu meja, melihatnya dari kursi warga, dan menemukan satu hal yang perlu dibenahi."
	if len(x.Editions) > 0 {
		text += " Menurut catatan penilai saya menambahkan keadaan sebelum dan sesudahnya, serta siapa yang melanjutkan."
	} else if !j.weak {
		text += " Yang saya kerjakan: satu langkah diubah, dua rekan mencobanya, dan sepekan kemudian saya memeriksanya lagi."
	}
	j.handed, j.rest = true, j.r.IntN(2)
	return f.courses.HandIn(ctx, j.actor, j.enrolment, j.task.Code, courses.WorkDraft{Text: text}, x.Seq)
}

// judge gives what was handed in its verdict: the supervisor of the day does, or a marker.
func (f *filler) judge(ctx context.Context, j *fieldJob) error {
	by, err := f.markers(ctx)
	if err != nil {
		return err
	}
	if j.task.Judge == string(courses.BySupervisor) {
		boss, err := f.people.SupervisorOf(ctx, people.ID(j.actor.Person))
		if err != nil {
			return err
		}
		if boss != "" {
			by = access.Actor{Person: string(boss)}
		}
	}
	id, err := f.courses.MarkingOfTask(ctx, j.enrolment, j.task.Code)
	if err != nil {
		return err
	}
	m, err := f.courses.Claim(ctx, by, id)
	if errors.Is(err, faults.NotFound) || errors.Is(err, faults.Forbidden) { // a marker never judges the own work: it waits
		j.weak = false
		return nil
	}
	if err != nil {
		return err
	}
	given := courses.MarkDraft{Levels: map[string]int{}, Comment: "Jelas dan sudah dikerjakan. Teruskan, dan periksa lagi bulan depan."}
	for n, c := range j.task.Rubric {
		given.Levels[c.ID] = len(c.Levels) - 1 - n%2
		if j.weak {
			given.Levels[c.ID] = 1
		}
	}
	if j.weak {
		given.Comment = "Temuannya baik. Tambahkan keadaan sebelum dan sesudah, dan siapa yang melanjutkannya."
	}
	_, err = f.courses.GiveMark(ctx, by, id, given, m.Seq)
	return err
}

// markers is who marks what no supervisor judges: the marker of roles.csv, who is granted the role when the past is over.
func (f *filler) markers(ctx context.Context) (access.Actor, error) {
	for _, r := range f.hand["roles"].Rows() {
		if r[1] == "marker" {
			p, err := f.people.LookByNIP(ctx, r[0])
			return access.Actor{Person: string(p.ID), Grants: []access.Grant{{Role: "marker"}}}, err
		}
	}
	return access.Actor{}, faults.New(faults.NotFound, "Kota contoh tidak punya penilai.", "The demo city has no marker.")
}
