package backup

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/apelkota/apel/internal/faults"
)

// MinPassphrase is the least number of characters of a passphrase for keys. The work per guess is set by argon2id below.
const MinPassphrase = 12

// sealed is the form of keys.sealed: XChaCha20-Poly1305 under a key that argon2id makes from the passphrase. The parameters stand beside it, so
// that later versions may raise them; they are those of RFC 9106, second choice (64 MiB, 3 passes, 4 lanes).
type sealed struct {
	Format  int    `json:"format"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory"` // KiB
	Threads uint8  `json:"threads"`
	Salt    []byte `json:"salt"`
	Nonce   []byte `json:"nonce"`
	Content []byte `json:"content"`
}

const maxMemory = 1 << 20 // KiB; a file of somebody else's does not make us allocate more

func (s sealed) key(passphrase string) []byte {
	return argon2.IDKey([]byte(passphrase), s.Salt, s.Time, s.Memory, s.Threads, chacha20poly1305.KeySize)
}

// sealKeys reads every file below a folder and seals them together.
func sealKeys(dir, passphrase string) ([]byte, error) {
	if utf8.RuneCountInString(passphrase) < MinPassphrase {
		return nil, faults.Newf(faults.Invalid, "Frasa sandi untuk kunci paling sedikit %d huruf.", "The passphrase for the keys has at least %d characters.", MinPassphrase)
	}
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no ordinary file", path)
		}
		files[path], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		return nil, away(err)
	}
	if len(files) == 0 {
		return nil, faults.New(faults.NotFound, "Tidak ada kunci di folder kunci.", "There is no key in the folder of keys.")
	}
	plain, err := json.Marshal(files)
	if err != nil {
		return nil, err
	}
	s := sealed{Format: 1, Time: 3, Memory: 64 << 10, Threads: 4, Salt: make([]byte, 16), Nonce: make([]byte, chacha20poly1305.NonceSizeX)}
	for _, b := range [][]byte{s.Salt, s.Nonce} {
		if _, err := rand.Read(b); err != nil {
			return nil, err
		}
	}
	aead, err := chacha20poly1305.NewX(s.key(passphrase))
	if err != nil {
		return nil, err
	}
	s.Content = aead.Seal(nil, s.Nonce, plain, nil)
	return json.Marshal(s)
}

// openKeys opens keys.sealed. NotFound when the backup was made without keys, Invalid when the passphrase is wrong or the file damaged.
func openKeys(path, passphrase string) (map[string][]byte, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, faults.New(faults.NotFound, "Cadangan ini dibuat tanpa kunci.", "This backup was made without keys.")
	}
	if err != nil {
		return nil, away(err)
	}
	wrong := func(err error) error {
		return faults.Wrap(err, faults.Invalid, "Frasa sandi salah, atau keys.sealed rusak.", "The passphrase is wrong, or keys.sealed is damaged.")
	}
	var s sealed
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, wrong(err)
	}
	if s.Format != 1 || s.Time < 1 || s.Threads < 1 || s.Memory < 8 || s.Memory > maxMemory || len(s.Nonce) != chacha20poly1305.NonceSizeX {
		return nil, wrong(errors.New("unknown parameters"))
	}
	aead, err := chacha20poly1305.NewX(s.key(passphrase))
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, s.Nonce, s.Content, nil)
	if err != nil {
		return nil, wrong(err)
	}
	var files map[string][]byte
	if err := json.Unmarshal(plain, &files); err != nil {
		return nil, wrong(err)
	}
	for name := range files {
		if !local(name) {
			return nil, wrong(fmt.Errorf("the name %q", name))
		}
	}
	return files, nil
}

// writeKeys puts keys back where only their owner reads them.
func writeKeys(dir string, files map[string][]byte) error {
	for name, b := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return away(err)
		}
		if err := writeFile(path, b); err != nil {
			return err
		}
	}
	return nil
}
