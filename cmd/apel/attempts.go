package main

import (
	"errors"
	"fmt"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// attemptsVerb is work on attempts at the machine.
type attemptsVerb struct {
	Recompute recomputeVerb `cmd:"" help:"Grade every stored result once more and compare it bit for bit; writes nothing. The exit status is 0 only when all are the same."`
}

type recomputeVerb struct {
	place
	JSON bool `help:"Print the counts and every result that is not the same as JSON."`
}

// otherResult is a stored result that is not the one computed again.
type otherResult struct {
	Attempt string `json:"attempt"`
	Result  int    `json:"result"` // of the attempt, from 1
	Why     string `json:"why"`    // differs, reduced
}

// shownResults is how many are printed for people; JSON has all.
const shownResults = 20

// Run reads every attempt; a running server goes on meanwhile.
func (v *recomputeVerb) Run(e *env) error {
	in, err := open(e.ctx, v.place, as{quiet: true})
	if err != nil {
		return err
	}
	others := []otherResult{}
	done, err := in.courses.Recompute(e.ctx, func(attempt courses.AttemptID, n int, why string) {
		others = append(others, otherResult{attempt, n, why})
	})
	if err = errors.Join(err, in.close()); err != nil {
		return err
	}
	if v.JSON {
		err = print(struct {
			courses.Recomputed
			Others []otherResult `json:"others"`
		}{done, others})
	} else {
		say := texts.T("%d percobaan, %d hasil: %d sama sampai bit terakhir, %d memuat nilai dari penilai, %d berbeda, %d tidak dapat dihitung lagi (data dasarnya berkurang atau aturannya lain).",
			"%d attempts, %d results: %d the same bit for bit, %d hold marks by a person, %d differ, %d cannot be computed again (they rest on reduced data or other rules).").In(e.lang)
		fmt.Printf(say+"\n", done.Attempts, done.Results, done.Same, done.Human, done.Differ, done.Reduced)
		for i, x := range others {
			if i == shownResults {
				fmt.Printf("  ... %d\n", len(others)-i)
				break
			}
			fmt.Printf("  %s #%d %s\n", x.Attempt, x.Result, x.Why)
		}
	}
	if err == nil && done.Differ > 0 {
		err = faults.Newf(faults.Conflict, "%d hasil berbeda dari hitungan ulang.", "%d results differ from what is computed again.", done.Differ)
	}
	return err
}
