package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

func TestKeysArePrivateFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if _, err := readKeys(dir); !errors.Is(err, errNoKeys) {
		t.Fatalf("an empty place: %v", err)
	}
	if err := makeKeys(dir, noon); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "record-1.pem"): 0o600, filepath.Join(dir, "log.key"): 0o600, filepath.Join(dir, "authority.pem"): 0o600, filepath.Join(dir, "signer-1.pem"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	k, err := readKeys(dir)
	if err != nil || k.kid == "" || k.signer == nil {
		t.Fatal(err)
	}
	if err := makeKeys(dir, noon); err == nil {
		t.Error("keys were made over existing ones")
	}
	if again, err := readKeys(dir); err != nil || again.kid != k.kid {
		t.Errorf("the keys changed: %v", err)
	}
	raw, err := json.Marshal(k.root)
	if err != nil {
		t.Fatal(err)
	}
	root, err := record.ParseRoot(raw)
	if err != nil || root.Fingerprint() != k.root.Fingerprint() || len(root.Fingerprint()) != 16 {
		t.Errorf("exported root: %+v, %v", root, err)
	}
}

// A key file that is another's, lacks, or was only put there is refused at the start and by the doctor, by its name, and nothing is signed with it.
func TestKeysOfAnotherInstallationAreRefused(t *testing.T) {
	const first, second, logKey, signer = "record-1.pem", "record-2.pem", "log.key", "signer-1.pem"
	for _, c := range []struct {
		name string
		harm func(ours, theirs string) error
		file string // that the refusal names
	}{
		{"another record key", func(o, th string) error { return os.Rename(filepath.Join(th, first), filepath.Join(o, first)) }, first},
		{"another log key", func(o, th string) error { return os.Rename(filepath.Join(th, logKey), filepath.Join(o, logKey)) }, logKey},
		{"all of another's", func(o, th string) error {
			return errors.Join(os.Rename(filepath.Join(th, first), filepath.Join(o, first)), os.Rename(filepath.Join(th, logKey), filepath.Join(o, logKey)))
		}, logKey},
		{"a further record key", func(o, th string) error { return os.Rename(filepath.Join(th, first), filepath.Join(o, second)) }, second},
		{"another signer", func(o, th string) error { return os.Rename(filepath.Join(th, signer), filepath.Join(o, signer)) }, signer},
		{"a further signer", func(o, th string) error {
			return os.Rename(filepath.Join(th, signer), filepath.Join(o, "signer-2.pem"))
		}, "signer-2.pem"},
		{"no signer", func(o, _ string) error { return os.Remove(filepath.Join(o, signer)) }, signer},
		{"a damaged signer", func(o, _ string) error { return os.WriteFile(filepath.Join(o, signer), []byte("x"), 0o600) }, signer},
		{"no log key", func(o, _ string) error { return os.Remove(filepath.Join(o, logKey)) }, logKey},
		{"no record key", func(o, _ string) error { return os.Remove(filepath.Join(o, first)) }, first},
		{"a gap", func(o, _ string) error { return os.Rename(filepath.Join(o, first), filepath.Join(o, second)) }, first},
		{"a damaged record key", func(o, _ string) error { return os.WriteFile(filepath.Join(o, first), []byte("x"), 0o600) }, first},
		{"a damaged log key", func(o, _ string) error { return os.WriteFile(filepath.Join(o, logKey), []byte("x\ny\n"), 0o600) }, logKey},
	} {
		for _, sealed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, sealed %v", c.name, sealed), func(t *testing.T) {
				ctx := context.Background()
				r, other := openRoom(t), openRoom(t)
				if sealed {
					r.issue(t, 1)
				}
				ours, theirs := filepath.Join(r.dir, "keys"), filepath.Join(other.dir, "keys")
				if report, err := r.CheckKeys(ctx, ours); err != nil || report.Keys != 1 || !report.Copied.IsZero() {
					t.Fatalf("before: %+v, %v", report, err)
				}
				if err := c.harm(ours, theirs); err != nil {
					t.Fatal(err)
				}
				_, examined := r.CheckKeys(ctx, ours)
				r.db.Close()
				started := r.try(t)
				for how, err := range map[string]error{"doctor": examined, "start": started} {
					if said := faults.Of(err).Text; !errors.Is(err, faults.Conflict) || !strings.Contains(said.ID, "keys/"+c.file+" ") || !strings.Contains(said.EN, "keys/"+c.file+" ") {
						t.Errorf("%s says %v", how, err)
					}
				}
			})
		}
	}
}

// An installation from before keys were registered keeps those it sealed with, and takes no others.
func TestKeysThatSealedAreRegisteredLater(t *testing.T) {
	ctx := context.Background()
	for _, foreign := range []bool{false, true} {
		r, other := openRoom(t), openRoom(t)
		r.issue(t, 1)
		d, err := r.rings.Get(ctx, ringID)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.rings.Delete(ctx, d.ID, d.Version); err != nil {
			t.Fatal(err)
		}
		if foreign { // and the projections are behind, so that only the journal says it
			if err := errors.Join(deleteAll(ctx, r.states), os.Rename(filepath.Join(other.dir, "keys", "record-1.pem"), filepath.Join(r.dir, "keys", "record-1.pem"))); err != nil {
				t.Fatal(err)
			}
		}
		r.db.Close()
		if err := r.try(t); foreign != errors.Is(err, faults.Conflict) || !foreign && err != nil {
			t.Errorf("foreign %v: %v", foreign, err)
		}
		if foreign {
			continue
		}
		if again, err := r.rings.Get(ctx, ringID); err != nil || !reflect.DeepEqual(again.Value, d.Value) {
			t.Errorf("registered %+v, %v", again.Value, err)
		}
	}
}

// An installation from before PDFs were signed inside gets its signer at the next start, registered, and its files are genuine.
func TestSignerOfAnOlderInstallation(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	for _, f := range []string{"signer-1.pem", "authority.pem"} {
		if err := os.Remove(filepath.Join(r.dir, "keys", f)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.rings.Update(ctx, ringID, func(d *storage.Doc[keyring]) error { d.Value.Signers = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.db.Close()
		if err := r.try(t); err != nil {
			t.Fatal(err)
		}
		if got := r.trail(t); !slices.Equal(got, []string{"register_keys", "add_signer"}) {
			t.Fatalf("noted: %v", got)
		}
	}
	id := r.issue(t, 1)
	_, pdf, err := r.Download(ctx, admin, id)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := r.CheckFile(ctx, pdf); err != nil || v.Status != verify.Valid {
		t.Errorf("%+v, %v", v, err)
	}
}

// A new key brings a new signer of the same authority; what the older one signed stays genuine.
func TestNewSignerKeepsOlderFiles(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	_, before, err := r.Download(ctx, admin, r.issue(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.AddKey(ctx, access.System("new-key"), "Penggantian berkala"); err != nil {
		t.Fatal(err)
	}
	r.db.Close()
	r.open(t)
	_, after, err := r.Download(ctx, admin, r.issue(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	root, err := r.Root(ctx)
	if err != nil || len(root.Anchors) != 1 || len(r.keys.signers) != 2 {
		t.Fatalf("%+v, %v, %v", root.Anchors, r.keys.signers, err)
	}
	for n, pdf := range [][]byte{before, after} {
		if v := verify.Judge(verify.Read(pdf), verify.Input{Root: root, Now: noon}); v.Status != verify.Valid {
			t.Errorf("file %d: %+v", n, v)
		}
	}
}

func TestCopyOfKeysIsNoted(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	if err := r.NoteCopy(ctx, admin); !errors.Is(err, faults.NotFound) {
		t.Errorf("by a person: %v", err)
	}
	if err := r.NoteCopy(ctx, access.System("backup")); err != nil {
		t.Fatal(err)
	}
	report, err := r.CheckKeys(ctx, filepath.Join(r.dir, "keys"))
	if err != nil || !report.Copied.Equal(noon) || !slices.Equal(r.trail(t), []string{"register_keys", "copy_keys"}) {
		t.Errorf("%+v, %v; the trail has %v", report, err, r.trail(t))
	}
	if _, err := r.AddKey(ctx, access.System("new-key"), "Kunci bocor"); err != nil {
		t.Fatal(err)
	}
	if report, err := r.CheckKeys(ctx, filepath.Join(r.dir, "keys")); err != nil || !report.Copied.IsZero() {
		t.Errorf("of the new key there is no copy: %+v, %v", report, err)
	}
}

// trail lists what was noted about the keys.
func (r *room) trail(t testing.TB) (verbs []string) {
	t.Helper()
	d, err := r.rings.Get(context.Background(), ringID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range d.Trail {
		if a.Note == "" || a.Who == "" || a.At.IsZero() {
			t.Errorf("noted without telling what: %+v", a)
		}
		verbs = append(verbs, a.Verb)
	}
	return verbs
}
