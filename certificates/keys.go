package certificates

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Keys are the installation's own keys, read from a folder and never from the database:
//
//	record-1.pem, record-2.pem ...  P-256 keys that sign records and files; the highest number signs, the others are kept so that what they
//	                                signed stays verifiable. A file may hold only the public part (PEM "PUBLIC KEY") of a retired key.
//	log.key                         the Ed25519 note key that signs checkpoints of the log
//	authority.pem                   the installation's own certificate authority, key and certificate: needed only to make a signer, so it may be kept elsewhere
//	signer-1.pem ...                what signs PDFs: a private key, its certificate and those above it, the root last. The highest number signs; a
//	                                retired one may hold its certificates only.
//
// Files are 0600, the folder 0700. Which keys they are is registered (keyring.go): a file that holds another key is refused.
type Keys struct {
	Dir     string
	signer  *ecdsa.PrivateKey
	kid     string
	log     note.Signer
	pdfs    []pades.Key // sign PDFs, newest last; retired ones may be without their private key
	signers []string    // their ids
	root    record.Root
}

const logKeyFile = "log.key"

// errNoKeys says that a folder holds no keys.
var errNoKeys = errors.New("no keys")

// keyFault refuses the keys because of one file: what is wrong with it, then what to do.
func keyFault(file, id, en string, cause error) error {
	return faults.Wrap(cause, faults.Conflict, "Berkas kunci keys/"+file+" "+id+" Kembalikan dari salinan kunci instalasi ini (apel backup --with-keys, atau salinan folder keys/).",
		"The key file keys/"+file+" "+en+" Put it back from a copy of this installation's keys (apel backup --with-keys, or a copy of the folder keys/).")
}

func broken(file string, cause error) error {
	return keyFault(file, "rusak atau bukan kunci.", "is damaged or no key.", cause)
}

func missing(file string) error {
	return keyFault(file, "tidak ada.", "is missing.", fs.ErrNotExist)
}

// readKeys reads the keys of a folder. errNoKeys when it has none at all; any half of them is a Conflict that names the file, never a reason to
// make new ones.
func readKeys(dir string) (*Keys, error) {
	numbers, err := keyNumbers(dir, recordKeyFile)
	if err != nil {
		return nil, err
	}
	logKey, err := os.ReadFile(filepath.Join(dir, logKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		if len(numbers) == 0 {
			return nil, errNoKeys
		}
		return nil, missing(logKeyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("read the log's key: %w", err)
	}
	k := &Keys{Dir: dir, root: record.Root{Form: record.Form}}
	skey, vkey, ok := strings.Cut(strings.TrimSpace(string(logKey)), "\n")
	if !ok {
		return nil, broken(logKeyFile, errors.New("two lines expected"))
	}
	if k.log, err = note.NewSigner(skey); err != nil {
		return nil, broken(logKeyFile, err)
	}
	k.root.Log = vkey
	if v, err := note.NewVerifier(vkey); err != nil || v.Name() != k.log.Name() || v.KeyHash() != k.log.KeyHash() {
		return nil, broken(logKeyFile, errors.New("the public line does not fit the private one"))
	}
	if len(numbers) == 0 {
		return nil, missing(recordKeyFile(1))
	}
	for _, n := range numbers {
		private, public, err := readRecordKey(dir, recordKeyFile(n))
		if err != nil {
			return nil, err
		}
		key, err := record.NewKey(public)
		if err != nil {
			return nil, err
		}
		k.root.Keys = append(k.root.Keys, key)
		k.signer, k.kid = private, key.ID // the highest number last
	}
	if err := k.readSigners(); err != nil {
		return nil, err
	}
	if k.signer == nil {
		return nil, keyFault(recordKeyFile(len(numbers)), "hanya berisi bagian publik, jadi tidak ada yang dapat ditandatangani.", "holds only a public key, so nothing can be signed.", errors.New("public key"))
	}
	return k, nil
}

// makeKeys makes the first keys of an installation. Files that exist are never overwritten. The log's origin is random: a log keeps its name
// even when the host changes.
func makeKeys(dir string, now time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the key folder: %w", err)
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, "apel.log/"+storage.NewID()[:12])
	if err != nil {
		return fmt.Errorf("make the log's key: %w", err)
	}
	// The log's key first: if a crash leaves it alone, readKeys refuses loudly instead of a second start making another record key.
	if err := writeNew(filepath.Join(dir, logKeyFile), []byte(skey+"\n"+vkey+"\n")); err != nil {
		return err
	}
	if err := makeRecordKey(dir, 1); err != nil {
		return err
	}
	return makeSigner(dir, 1, now)
}

// makeRecordKey makes the record key of a number, which no file has yet.
func makeRecordKey(dir string, n int) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a record key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("make a record key: %w", err)
	}
	return writeNew(recordKeyPath(dir, n), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write a key: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write a key: %w", err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("write a key: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

func recordKeyFile(n int) string { return fmt.Sprintf("record-%d.pem", n) }

func recordKeyPath(dir string, n int) string { return filepath.Join(dir, recordKeyFile(n)) }

// keyNumbers lists the numbers of a kind of key files, from 1 without a gap.
func keyNumbers(dir string, file func(n int) string) ([]int, error) {
	names, err := filepath.Glob(filepath.Join(dir, strings.Replace(file(0), "0", "*", 1)))
	if err != nil {
		return nil, fmt.Errorf("look for keys: %w", err)
	}
	var out []int
	for n := 1; n <= len(names); n++ {
		_, err := os.Stat(filepath.Join(dir, file(n)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, missing(file(n))
		}
		if err != nil {
			return nil, fmt.Errorf("look for keys: %w", err)
		}
		out = append(out, n)
	}
	return out, nil
}

func readRecordKey(dir, file string) (*ecdsa.PrivateKey, *ecdsa.PublicKey, error) {
	raw, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return nil, nil, fmt.Errorf("read a record key: %w", err)
	}
	block, rest := pem.Decode(raw)
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, nil, broken(file, errors.New("one PEM block expected"))
	}
	var key any
	if block.Type == "PUBLIC KEY" {
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, nil, broken(file, err)
	}
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P256() {
			return key, &key.PublicKey, nil
		}
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return nil, key, nil
		}
	}
	return nil, nil, broken(file, errors.New("not a P-256 key"))
}
