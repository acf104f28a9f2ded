package certificates

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/apelkota/apel/certificates/record"
)

func TestKeysArePrivateFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if _, err := openKeys(dir); !errors.Is(err, errNoKeys) {
		t.Fatalf("an empty place: %v", err)
	}
	if err := makeKeys(dir); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "record-1.pem"): 0o600, filepath.Join(dir, "log.key"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	k, err := openKeys(dir)
	if err != nil || k.kid == "" || k.signer == nil {
		t.Fatal(err)
	}
	if err := makeKeys(dir); err == nil {
		t.Error("keys were made over existing ones")
	}
	if again, err := openKeys(dir); err != nil || again.kid != k.kid {
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

func TestHalfAKeyFolderIsAnError(t *testing.T) {
	for name, harm := range map[string]func(dir string) error{
		"no log key":    func(d string) error { return os.Remove(filepath.Join(d, "log.key")) },
		"no record key": func(d string) error { return os.Remove(filepath.Join(d, "record-1.pem")) },
		"a gap": func(d string) error {
			return os.Rename(filepath.Join(d, "record-1.pem"), filepath.Join(d, "record-2.pem"))
		},
		"a broken record": func(d string) error { return os.WriteFile(filepath.Join(d, "record-1.pem"), []byte("x"), 0o600) },
		"a broken log":    func(d string) error { return os.WriteFile(filepath.Join(d, "log.key"), []byte("x\ny\n"), 0o600) },
	} {
		dir := filepath.Join(t.TempDir(), "keys")
		if err := makeKeys(dir); err != nil {
			t.Fatal(err)
		}
		if err := harm(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := openKeys(dir); err == nil || errors.Is(err, errNoKeys) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
