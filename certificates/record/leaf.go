package record

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// What a leaf of the log can say.
const (
	LeafIssue     = "issue"
	LeafRendered  = "rendered"
	LeafRevoke    = "revoke"
	LeafSuspend   = "suspend"
	LeafReinstate = "reinstate"
)

// Leaf is one entry of the public log. It names no person, no number and no course: only the commitment, which nobody can compute without the
// salted record, when it happened, and for a rendered file its SHA-256.
type Leaf struct {
	Kind       string
	Commitment [32]byte
	At         time.Time // UTC, whole seconds
	File       [32]byte  // only of rendered
}

// Bytes is the leaf as it stands in the log: lines "apel/1 KIND", commitment in hex, instant, and for a rendered file its hash in hex.
func (l Leaf) Bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "apel/1 %s\n%x\n%s\n", l.Kind, l.Commitment, l.At.UTC().Format(time.RFC3339))
	if l.Kind == LeafRendered {
		fmt.Fprintf(&b, "%x\n", l.File)
	}
	return b.Bytes()
}

// FormatCheckpoint is the text of a checkpoint in the C2SP form, before it is signed: origin, size, root hash.
func FormatCheckpoint(origin string, size int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root[:]))
}

// OpenCheckpoint checks a signed checkpoint of the log named by the root and returns the tree it states.
func (r Root) OpenCheckpoint(signed string) (tlog.Tree, error) {
	v, err := note.NewVerifier(r.Log)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("log key: %w", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != v.Name() {
		return tlog.Tree{}, errors.New("checkpoint of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, errors.New("checkpoint: size is not a number")
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	return tlog.Tree{N: size, Hash: hash}, nil
}

// Proof shows that a leaf stands in the log: its index, the signed checkpoint it is proven against and the hashes in between.
type Proof struct {
	Index      int64       `json:"index"`
	At         time.Time   `json:"at"` // the leaf's instant; with the commitment it gives the leaf
	Checkpoint string      `json:"checkpoint"`
	Hashes     []tlog.Hash `json:"hashes"`
}

// Check verifies that the leaf stands in the log at the proof's index and returns the size of the log it was proven against.
func (p Proof) Check(root Root, leaf Leaf) (size int64, err error) {
	tree, err := root.OpenCheckpoint(p.Checkpoint)
	if err != nil {
		return 0, err
	}
	if p.Index < 0 || p.Index >= tree.N {
		return tree.N, errors.New("log position lies outside the checkpoint")
	}
	return tree.N, tlog.CheckRecord(tlog.RecordProof(p.Hashes), tree.N, tree.Hash, p.Index, tlog.RecordHash(leaf.Bytes()))
}
