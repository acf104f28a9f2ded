package certificates

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestTilesProveEveryLeaf grows a log over the edges of tiles in uneven steps and proves leaves and its own past from the stored tiles alone.
func TestTilesProveEveryLeaf(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	var tree tlog.Tree
	var trees []tlog.Tree
	var all [][]byte
	for _, step := range []int{1, 1, 253, 1, 1, 255, 100, 500, 3} {
		var leaves [][]byte
		for range step {
			leaves = append(leaves, fmt.Appendf(nil, "leaf %d", len(all)+len(leaves)))
		}
		g, err := grow(tree, r.reader(ctx, tree), leaves)
		if err != nil {
			t.Fatal(err)
		}
		fromEdge, err := grow(tree, r.reader(ctx, tree), leaves)
		if err != nil || fromEdge.tree != g.tree || len(g.edge) != len(edge(g.tree.N)) {
			t.Fatalf("edge of %d: %d hashes, %v", g.tree.N, len(g.edge), err)
		}
		for range 2 { // writing twice changes nothing
			if err := saveTiles(ctx, r.tiles, g); err != nil {
				t.Fatal(err)
			}
		}
		tree, all, trees = g.tree, append(all, leaves...), append(trees, g.tree)
	}
	for _, now := range trees {
		for _, i := range []int64{0, 1, 254, 255, 256, 511, 512, 1000, now.N / 2, now.N - 1} {
			if i >= now.N {
				continue
			}
			proof, err := tlog.ProveRecord(now.N, i, r.reader(ctx, now))
			if err != nil {
				t.Fatalf("leaf %d in %d: %v", i, now.N, err)
			}
			if err := tlog.CheckRecord(proof, now.N, now.Hash, i, tlog.RecordHash(all[i])); err != nil {
				t.Errorf("leaf %d in %d: %v", i, now.N, err)
			}
		}
		proof, err := tlog.ProveTree(tree.N, now.N, r.reader(ctx, tree))
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, now.N, now.Hash); err != nil {
			t.Errorf("size %d is no past of %d: %v", now.N, tree.N, err)
		}
	}
}
