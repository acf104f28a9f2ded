package main

import (
	"context"
	"fmt"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/workers"
)

// filesFor gives a room the files. A room gets them only by saying how it tells which of them its documents name, so that the sweep cannot forget a
// room. names is asked later, when the rooms are open.
func (in *installation) filesFor(names blobs.Names) *blobs.Store {
	in.namers = append(in.namers, names)
	return in.blobs
}

// named tells every file that any document names.
func (in *installation) named(ctx context.Context, name func(hash string)) error {
	for _, names := range in.namers {
		if err := names(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// sweepFiles removes files that nobody named for seven days. Daily; only where the work is done, so that one process at a time removes.
func (in *installation) sweepFiles() workers.Periodic {
	return workers.Periodic{Name: "sweep files", Every: 24 * time.Hour, Do: func(ctx context.Context) error {
		n, err := in.blobs.Sweep(ctx, in.now(), in.named)
		if n > 0 {
			in.log.Info("files that no document names were removed", "n", n)
		}
		return err
	}}
}

// examineFiles compares the folder of files with what documents name.
func (in *installation) examineFiles(ctx context.Context) (fine string, err error) {
	found, err := in.blobs.Survey(ctx, in.named)
	if err != nil {
		return "", err
	}
	if n := len(found.Missing); n > 0 {
		return "", faults.Newf(faults.Conflict, "%d berkas disebut data tetapi tidak ada, mulai dari %s. Pulihkan dari cadangan.", "%d files are named by documents and missing, beginning with %s. Restore them from a backup.", n, found.Missing[0])
	}
	swept := "belum pernah disapu"
	if !found.SweptAt.IsZero() {
		swept = "disapu " + string(in.settings.Zone().Day(found.SweptAt))
	}
	return fmt.Sprintf("%d berkas, %.1f MB, %d belum disebut data, %s", found.Files, float64(found.Bytes)/(1<<20), found.Unnamed, swept), nil
}
