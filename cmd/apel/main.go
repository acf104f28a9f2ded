// apel is one program: pages, API and workers on one data folder, and the verbs an operator needs.
//
// This room wires the others together and is the only one that knows concrete types. main.go lists the verbs; each verb has its file.
// installation.go opens a data folder and its rooms, wiring.go joins rooms that must not know each other.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// verbs is the command line.
type verbs struct {
	Config kong.ConfigFlag `help:"JSON file with any of these options." placeholder:"FILE"`
	Lang   string          `enum:"id,en" default:"id" env:"APEL_LANG" help:"Language of messages: id or en."`

	Serve        serveVerb        `cmd:"" help:"Serve pages, API and workers."`
	Demo         demoVerb         `cmd:"" help:"Fill a fresh folder with the demo city (./contoh-apel unless --dir names another) and serve it; with --once run the main job and exit."`
	Import       importVerb       `cmd:"" help:"Import the register, standards, rules, courses or apps from files."`
	Verify       verifyVerb       `cmd:"" help:"Check a certificate without a network; the exit status is 0 only when it is valid."`
	Backup       backupVerb       `cmd:"" help:"Write a consistent copy of the data, also while the server runs."`
	Restore      restoreVerb      `cmd:"" help:"Put a backup into an empty folder and compare it."`
	Courses      coursesVerb      `cmd:"" help:"Look at courses."`
	Attempts     attemptsVerb     `cmd:"" help:"Check results of tests."`
	Doctor       doctorVerb       `cmd:"" help:"Check configuration, storage, signatures, log, queue and half-done work; the exit status is 0 only when all is well."`
	ImportSigner importSignerVerb `cmd:"" help:"Sign PDFs with a key and certificate that somebody else gave (PKCS#12), while no server runs; the older ones stay."`
	NewKey       newKeyVerb       `cmd:"" help:"Make the next key that signs certificates, while no server runs; the older ones stay."`
	Bench        benchVerb        `cmd:"" help:"Measure the published figures."`
	Version      versionVerb      `cmd:"" help:"Print the version."`
}

// env is what every verb gets.
type env struct {
	ctx  context.Context
	lang texts.Lang
}

func main() {
	tuneMemory()
	os.Exit(run(os.Args[1:]))
}

// run carries out one command line and returns the exit status: 0 done, 1 it failed, 2 the command line is wrong.
func run(args []string) int {
	var v verbs
	p, err := kong.New(&v, kong.Name("apel"), kong.Description("Aparatur yang Melayani, Kompeten, dan Berintegritas."), kong.Configuration(kong.JSON), kong.UsageOnError(),
		kong.Vars{"import_kinds": strings.Join(importOrder, ", ")})
	if err != nil {
		panic(err) // the verbs above are wrong
	}
	k, err := p.Parse(args)
	if err != nil {
		p.Errorf("%s", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{ctx: ctx, lang: texts.Parse(v.Lang)}
	if err := k.Run(e); err != nil {
		e.complain(err)
		return 1
	}
	return 0
}

// complain shows an error to the person at the terminal: the safe sentence first, then the cause, since the operator may see it.
func (e *env) complain(err error) {
	f := faults.Of(err)
	fmt.Fprintln(os.Stderr, "apel:", f.Text.In(e.lang))
	for _, x := range f.Fields {
		fmt.Fprintf(os.Stderr, "  %s: %s\n", x.Path, x.Text.In(e.lang))
	}
	if f.Kind == faults.Internal || f.Kind == faults.Unavailable || os.Getenv("APEL_LOG") == "debug" {
		fmt.Fprintln(os.Stderr, "  ", err)
	}
}

type versionVerb struct{}

// Run prints the version.
func (versionVerb) Run(*env) error {
	fmt.Println("apel", version())
	return nil
}
