package storage

import (
	"context"
	"errors"
	"syscall"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// IsFull says whether an error of the system means that there is no room left.
func IsFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// Full is the fault for a write that found no room: Unavailable, since it goes on by itself once there is some.
func Full(cause error) error {
	return faults.Wrap(cause, faults.Unavailable, "Penyimpanan penuh: tidak ada yang dapat disimpan sampai ada ruang lagi di disk server. Hubungi admin sistem.",
		"The storage is full: nothing can be stored until the server's disk has room again. Tell the system admin.")
}

// noteWrite remembers how the last write went, for Trouble. A caller that went away says nothing about the storage.
func (db *DB) noteWrite(err error) {
	switch {
	case err == nil || errors.Is(err, faults.Conflict):
		if db.trouble.Load() != nil {
			db.trouble.Store(nil)
		}
	case errors.Is(err, faults.Unavailable) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		t := faults.Of(err).Text
		db.trouble.Store(&t)
	}
}

// Trouble says why this process could not store what it wanted to last, nil when it could. Work that is due then waits, and its document cannot tell.
func (db *DB) Trouble() *texts.Text { return db.trouble.Load() }

// Writable is nil, or the ReadOnly fault that every write gets: the folder was opened for reading, or a newer program wrote here.
func (db *DB) Writable() error {
	db.mu.RLock()
	defer db.mu.RUnlock()
	switch {
	case db.newer != "":
		return faults.Wrap(errors.New(db.newer), faults.ReadOnly, "Program ini lebih lama daripada datanya, jadi tidak ada yang dapat diubah dan tidak ada yang dapat masuk; hanya halaman publik yang dapat dibuka. Pasang versi APEL yang terakhir dipakai untuk data ini, atau yang lebih baru.",
			"This program is older than its data, so nothing can be changed and nobody can log in; only public pages open. Install the version of APEL that this data was used with last, or a newer one.")
	case db.readOnly != "":
		return faults.Wrap(errors.New(db.readOnly), faults.ReadOnly, "Data ini sedang dibuka hanya untuk dibaca.", "This data is open for reading only.")
	}
	return nil
}
