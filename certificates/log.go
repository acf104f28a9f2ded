package certificates

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// The log's hashes are kept as tiles of the C2SP tlog-tiles form (256 hashes each), one document per tile, widened in place. They are a
// projection of the seal journal: computed from its leaves, never decided here.

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// tile is one tile: the hashes it has so far, base64 of 32 bytes each.
type tile struct {
	Hashes string `json:"hashes"`
}

func tileID(level int, n int64) string {
	return fmt.Sprintf("%d/%s", level, storage.OrderInt(n))
}

// tiles reads tiles for tlog, which authenticates what it reads against the tree's hash.
type tiles struct {
	ctx  context.Context
	docs *storage.Collection[tile]
}

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(want))
	for i, w := range want {
		data, err := t.read(w.L, w.N)
		if err != nil {
			return nil, err
		}
		if len(data) < w.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %s has %d hashes, %d are needed: rebuild from the journal", tileID(w.L, w.N), len(data)/tlog.HashSize, w.W)
		}
		out[i] = data[:w.W*tlog.HashSize]
	}
	return out, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) read(level int, n int64) ([]byte, error) {
	d, err := t.docs.Get(t.ctx, tileID(level, n))
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(d.Value.Hashes)
}

// growth is what adding leaves does to a tree: the new hashes by their stored index, and the tree afterwards.
type growth struct {
	from   int64
	tree   tlog.Tree
	hashes map[int64]tlog.Hash
	edge   map[int64]tlog.Hash // the new tree's right edge: all that the next growth needs
}

// edge lists the stored indexes of the roots of the full subtrees that a tree of a size consists of.
func edge(size int64) (out []int64) {
	for level := 0; size>>level > 0; level++ {
		if n := size >> level; n&1 == 1 {
			out = append(out, tlog.StoredHashIndex(level, n-1))
		}
	}
	return out
}

// known reads hashes from memory.
type known map[int64]tlog.Hash

func (k known) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		h, ok := k[x]
		if !ok {
			return nil, fmt.Errorf("hash %d of the log is not at hand", x)
		}
		out[i] = h
	}
	return out, nil
}

// grow adds leaves to a tree. Only the right edge of the old tree is read, once.
func grow(old tlog.Tree, reader tlog.HashReader, leaves [][]byte) (growth, error) {
	g := growth{from: old.N, hashes: make(map[int64]tlog.Hash, 2*len(leaves)), edge: map[int64]tlog.Hash{}}
	all := make(known, 2*len(leaves)+16)
	if indexes := edge(old.N); len(indexes) > 0 {
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return g, fmt.Errorf("read the edge of the log: %w", err)
		}
		for i, x := range indexes {
			all[x] = hashes[i]
		}
	}
	n := old.N
	for _, leaf := range leaves {
		hashes, err := tlog.StoredHashes(n, leaf, all)
		if err != nil {
			return g, err
		}
		at := tlog.StoredHashIndex(0, n)
		for i, h := range hashes {
			g.hashes[at+int64(i)], all[at+int64(i)] = h, h
		}
		n++
	}
	root, err := tlog.TreeHash(n, all)
	if err != nil {
		return g, err
	}
	g.tree = tlog.Tree{N: n, Hash: root}
	for _, x := range edge(n) {
		g.edge[x] = all[x]
	}
	return g, nil
}

// saveTiles writes the tiles a growth touches. A tile that is already as wide stays: racing projections write the same bytes.
func saveTiles(ctx context.Context, docs *storage.Collection[tile], g growth) error {
	for _, t := range tlog.NewTiles(tileHeight, g.from, g.tree.N) {
		_, err := docs.Upsert(ctx, tileID(t.L, t.N), func(d *storage.Doc[tile]) error {
			have, err := base64.StdEncoding.DecodeString(d.Value.Hashes)
			if err != nil {
				return err
			}
			if len(have) >= t.W*tlog.HashSize {
				return storage.Unchanged
			}
			for i := len(have) / tlog.HashSize; i < t.W; i++ {
				h, ok := g.hashes[tlog.StoredHashIndex(t.L*tileHeight, t.N<<tileHeight+int64(i))]
				if !ok {
					return fmt.Errorf("tile %s lacks hash %d: rebuild from the journal", tileID(t.L, t.N), i)
				}
				have = append(have, h[:]...)
			}
			d.Value.Hashes = base64.StdEncoding.EncodeToString(have)
			return nil
		})
		if err != nil {
			return fmt.Errorf("write tile %s: %w", tileID(t.L, t.N), err)
		}
	}
	return nil
}

// reader gives the hashes of a tree from its tiles.
func (s *Service) reader(ctx context.Context, tree tlog.Tree) tlog.HashReader {
	if tree.N == 0 {
		return tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, errors.New("the log is empty") })
	}
	return tlog.TileHashReader(tree, tiles{ctx, s.tiles})
}

// logState is how far the projections have come: the last seal whose effects all stand, and what follows from it.
type logState struct {
	Seal       int64            `json:"seal"`
	Size       int64            `json:"size"`
	Root       string           `json:"root"` // tlog.Hash
	Checkpoint string           `json:"checkpoint"`
	Series     map[string]int64 `json:"series"` // the last number drawn in each series
	Public     record.Root      `json:"public"` // every public key that sealed something
}

const logStateID = "log"

// checkpoint is the signed checkpoint of one seal, kept beside the journal so that proving a place needs no whole seal.
type checkpoint struct {
	Size   int64  `json:"size"`
	Signed string `json:"signed"`
	Log    string `json:"log"` // verifier key
}

func (s *Service) state(ctx context.Context) (logState, error) {
	d, err := s.states.Get(ctx, logStateID)
	if errors.Is(err, faults.NotFound) {
		return logState{Series: map[string]int64{}}, nil
	}
	return d.Value, err
}

func (l logState) tree() (tlog.Tree, error) {
	if l.Size == 0 {
		return tlog.Tree{}, nil
	}
	h, err := tlog.ParseHash(l.Root)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("stored root of the log: %w", err)
	}
	return tlog.Tree{N: l.Size, Hash: h}, nil
}

// withKeys is the root after a seal: the keys of all seals so far. The log's key is that of the first seal; a change of it is no ordinary seal.
func (l logState) withKeys(e seal) (record.Root, error) {
	root := record.Root{Form: record.Form, Log: l.Public.Log, Keys: slices.Clone(l.Public.Keys), Anchors: slices.Clone(l.Public.Anchors)}
	if root.Log == "" {
		root.Log = e.Log
	}
	if root.Log != e.Log {
		return root, errors.New("the seal is signed with the key of another log")
	}
	if !slices.Contains(root.Keys, e.Key) {
		root.Keys = append(root.Keys, e.Key)
	}
	if e.Anchor != "" && !slices.Contains(root.Anchors, e.Anchor) {
		root.Anchors = append(root.Anchors, e.Anchor)
	}
	if e.Key.ID != e.KeyID {
		return root, errors.New("the seal names another key than it carries")
	}
	return root, nil
}
