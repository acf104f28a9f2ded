package certificates

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// keyring says which keys this installation signs with: their public parts, kept with the data, so that a key file of somebody else's is told from
// ours before it signs anything. Registered, with an audit entry, when the keys are made.
type keyring struct {
	Log     string       `json:"log"`               // verifier key of the log
	Keys    []record.Key `json:"keys"`              // record keys, newest last; that one signs
	Signers []string     `json:"signers,omitempty"` // ids of the signers of PDFs, newest last; that one signs
	Copied  time.Time    `json:"copied,omitzero"`
}

const (
	ringCollection = "signing_keys"
	ringID         = "keys"
)

// ring is what is registered. An installation from before keys were registered is taken to own those that sealed; ours is false then, and while
// there are no keys at all.
func (s *Service) ring(ctx context.Context) (r keyring, ours bool, err error) {
	d, err := s.rings.Get(ctx, ringID)
	if !errors.Is(err, faults.NotFound) {
		return d.Value, err == nil, err
	}
	state, err := s.state(ctx)
	if err != nil {
		return r, false, err
	}
	r.Log, r.Keys = state.Public.Log, slices.Clone(state.Public.Keys)
	for n := state.Seal + 1; ; n++ { // what its projections do not show yet
		entries, err := s.journal.Range(ctx, n, 1)
		if err != nil || len(entries) == 0 {
			return r, false, err
		}
		if e := entries[0].Payload; !slices.Contains(r.Keys, e.Key) {
			r.Log, r.Keys = e.Log, append(r.Keys, e.Key)
		}
	}
}

// register stores which keys are ours. Nothing happens when somebody else has done so: the caller compares.
func (s *Service) register(ctx context.Context, k *Keys, how string) error {
	a := access.System("keys")
	d := storage.Doc[keyring]{ID: ringID, Value: keyring{Log: k.root.Log, Keys: k.root.Keys, Signers: k.signers}}
	d.Trail = []storage.Audit{{ID: storage.NewID(), At: s.now().UTC(), Who: a.Name(), Role: "system", Verb: "register_keys", Thing: ringCollection + "/" + ringID,
		Note: fmt.Sprintf("%s: %s; log %s", how, strings.Join(k.ids(), ", "), k.log.Name())}}
	if err := s.rings.Insert(ctx, &d); !errors.Is(err, faults.Conflict) {
		return err
	}
	return nil
}

func (k *Keys) ids() (out []string) {
	for _, x := range k.root.Keys {
		out = append(out, x.ID)
	}
	return out
}

// fits compares a folder's keys with those that are registered. Conflict names the first file that is another's or lacks.
func (k *Keys) fits(r keyring) error {
	if k.root.Log != r.Log {
		return keyFault(logKeyFile, "bukan kunci log instalasi ini.", "is not this installation's log key.", fmt.Errorf("log %s", k.log.Name()))
	}
	for i, key := range k.root.Keys {
		if !slices.Contains(r.Keys, key) {
			file := recordKeyFile(i + 1)
			if i >= len(r.Keys) {
				return faults.Wrap(errors.New(key.ID), faults.Conflict, "Berkas kunci keys/"+file+" tidak dikenal instalasi ini: kunci baru tidak diterima hanya karena berkasnya ada. Pindahkan berkas itu dari keys/. Kunci baru hanya dibuat dengan apel new-key.",
					"The key file keys/"+file+" is unknown to this installation: a new key is not accepted because its file is there. Move it out of keys/. New keys are made by apel new-key only.")
			}
			return keyFault(file, fmt.Sprintf("bukan kunci penerbit instalasi ini (isinya %s, seharusnya %s).", key.ID, r.Keys[i].ID),
				fmt.Sprintf("is not this installation's issuing key (it holds %s, it should hold %s).", key.ID, r.Keys[i].ID), errors.New(key.ID))
		}
	}
	for i, key := range r.Keys {
		if !slices.Contains(k.root.Keys, key) {
			return missing(recordKeyFile(i + 1))
		}
	}
	if last := r.Keys[len(r.Keys)-1].ID; k.kid != last {
		return keyFault(recordKeyFile(len(r.Keys)), "bukan kunci penerbit terbaru: "+last+".", "is not the newest issuing key: "+last+".", errors.New(k.kid))
	}
	if len(r.Signers) == 0 { // from before PDFs were signed inside: see firstSigner
		return nil
	}
	for i := range max(len(k.signers), len(r.Signers)) {
		switch {
		case i >= len(k.signers):
			return missing(signerFile(i + 1))
		case i >= len(r.Signers):
			return keyFault(signerFile(i+1), "tidak dikenal instalasi ini.", "is unknown to this installation.", errors.New(k.signers[i]))
		case k.signers[i] != r.Signers[i]:
			return keyFault(signerFile(i+1), fmt.Sprintf("bukan penanda tangan PDF instalasi ini (isinya %s, seharusnya %s).", k.signers[i], r.Signers[i]),
				fmt.Sprintf("is not this installation's PDF signer (it holds %s, it should hold %s).", k.signers[i], r.Signers[i]), errors.New(k.signers[i]))
		}
	}
	return nil
}

// firstSigner gives an installation its first signer of PDFs, where it is from before PDFs were signed inside. A file that is there already without being
// registered is one that a crash left, and is taken: with no signer registered nothing was ever signed with another. Safe to call twice.
func (s *Service) firstSigner(ctx context.Context, dir string) (*Keys, error) {
	keys, err := readKeys(dir)
	if err == nil && len(keys.signers) == 0 {
		if err = makeSigner(dir, 1, s.now()); err == nil {
			keys, err = readKeys(dir)
		}
	}
	if err != nil {
		return nil, err
	}
	a := access.System("keys")
	_, err = s.rings.Update(ctx, ringID, func(d *storage.Doc[keyring]) error {
		if len(d.Value.Signers) > 0 {
			return storage.Unchanged
		}
		d.Value.Signers, d.Value.Copied = keys.signers, time.Time{} // of the new one there is no copy
		d.Trail = append(d.Trail, storage.Audit{ID: storage.NewID(), At: s.now().UTC(), Who: a.Name(), Role: "system", Verb: "add_signer", Thing: ringCollection + "/" + ringID, Note: strings.Join(keys.signers, ", ")})
		return nil
	})
	return keys, err
}

func (s *Service) openKeys(ctx context.Context, c Config) error {
	if c.KeyDir == "" {
		return nil
	}
	ring, ours, err := s.ring(ctx)
	if err != nil {
		return err
	}
	keys, err := readKeys(c.KeyDir)
	how := "found"
	if errors.Is(err, errNoKeys) {
		if ring.Log != "" || c.DB.ReadOnly() != "" {
			s.log.Warn("signing keys are missing; certificates are shown and checked, not issued", "folder", c.KeyDir)
			return nil
		}
		how = "made"
		if err = makeKeys(c.KeyDir, s.now()); err == nil {
			keys, err = readKeys(c.KeyDir)
		}
	}
	if err != nil {
		return fmt.Errorf("open signing keys: %w", err)
	}
	if !ours && c.DB.ReadOnly() == "" {
		if ring.Log != "" { // sealed before keys were registered
			if err := keys.fits(ring); err != nil {
				return err
			}
		}
		if err := s.register(ctx, keys, how); err != nil {
			return err
		}
		if ring, _, err = s.ring(ctx); err != nil {
			return err
		}
		s.log.Info("registered signing keys", "how", how, "kid", keys.kid, "log", keys.log.Name())
	}
	if len(ring.Signers) == 0 && ring.Log != "" && c.DB.ReadOnly() == "" {
		if keys, err = s.firstSigner(ctx, c.KeyDir); err != nil {
			return err
		}
		if ring, _, err = s.ring(ctx); err != nil {
			return err
		}
	}
	if ring.Log != "" {
		if err := keys.fits(ring); err != nil {
			return err
		}
	}
	s.keys = keys
	return nil
}

// KeyReport is what CheckKeys found.
type KeyReport struct {
	Keys   int       // issuing keys in the folder
	Copied time.Time // when a copy of the keys was last made by a backup; zero: never
	Until  time.Time // last instant of what signs PDFs now; zero where nothing does
}

// CheckKeys compares the key files in a folder with what is registered and with what sealed. For `apel doctor`; it changes nothing and keeps no
// private key. Conflict names the file that does not fit, or says that there are none although there should be.
func (s *Service) CheckKeys(ctx context.Context, dir string) (KeyReport, error) {
	ring, _, err := s.ring(ctx)
	r := KeyReport{Copied: ring.Copied}
	if err != nil {
		return r, err
	}
	keys, err := readKeys(dir)
	if errors.Is(err, errNoKeys) {
		if ring.Log == "" { // before the first start
			return r, nil
		}
		return r, missing(recordKeyFile(1))
	}
	if err != nil || ring.Log == "" {
		return r, err
	}
	r.Keys = len(keys.root.Keys)
	for _, c := range keys.newestSigner().Chain { // it is worth no more than those above it
		if r.Until.IsZero() || c.NotAfter.Before(r.Until) {
			r.Until = c.NotAfter
		}
	}
	if err := keys.fits(ring); err != nil {
		return r, err
	}
	state, err := s.state(ctx)
	if err != nil || state.Public.Log == "" {
		return r, err
	}
	for _, key := range state.Public.Keys {
		if !slices.Contains(ring.Keys, key) || state.Public.Log != ring.Log {
			return r, faults.Wrap(errors.New(key.ID), faults.Conflict, "Sertifikat pernah disegel dengan kunci yang tidak terdaftar: "+key.ID+". Periksa jejak audit dan cadangan.",
				"Certificates were sealed with a key that is not registered: "+key.ID+". Look at the audit trail and the backups.")
		}
	}
	return r, nil
}

// AddKey makes the next issuing key and registers it, audited with the reason: it signs from the next start on, the older ones stay for what they
// signed. Not to be called twice in one process. Invalid without a reason, Conflict where this process holds no keys.
func (s *Service) AddKey(ctx context.Context, a access.Actor, why string) (kid string, err error) {
	switch why = Normal(why); {
	case !a.IsSystem():
		return "", faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
	case why == "":
		return "", faults.OnField("why", "Isi alasannya.", "Give the reason.")
	case s.keys == nil:
		return "", missing(recordKeyFile(1))
	}
	if err := makeRecordKey(s.keys.Dir, len(s.keys.root.Keys)+1); err != nil {
		return "", err
	}
	own, err := s.keys.own()
	if err != nil {
		return "", err
	}
	if own { // a certificate that somebody else gave is renewed there, and imported
		if err := makeSigner(s.keys.Dir, len(s.keys.signers)+1, s.now()); err != nil {
			return "", err
		}
	}
	keys, err := readKeys(s.keys.Dir)
	if err != nil {
		return "", err
	}
	entry := storage.Audit{ID: storage.NewID(), At: s.now().UTC(), Who: a.Name(), Role: "system", Verb: "add_key", Thing: ringCollection + "/" + ringID, Why: why, Note: keys.kid}
	if _, err := s.rings.Update(ctx, ringID, func(d *storage.Doc[keyring]) error {
		d.Value.Keys, d.Value.Signers, d.Value.Copied = keys.root.Keys, keys.signers, time.Time{} // of the new ones there is no copy
		d.Trail = append(d.Trail, entry)
		return nil
	}); err != nil {
		return "", err
	}
	return keys.kid, nil
}

// AddSigner takes a key and certificate that somebody else gave as what signs PDFs from the next start on, audited with the reason; the older ones stay
// for what they signed. The chain goes from the signer to its root. Not to be called twice in one process. Invalid where the certificate cannot serve or
// there is no reason, Conflict where this process holds no keys or the signer is registered already.
func (s *Service) AddSigner(ctx context.Context, a access.Actor, k pades.Key, why string) (id string, err error) {
	switch why = Normal(why); {
	case !a.IsSystem():
		return "", faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
	case why == "":
		return "", faults.OnField("why", "Isi alasannya.", "Give the reason.")
	case s.keys == nil:
		return "", missing(recordKeyFile(1))
	}
	if err := checkImported(k, s.now()); err != nil {
		return "", err
	}
	id = signerID(k.Chain[0])
	if slices.Contains(s.keys.signers, id) {
		return "", faults.New(faults.Conflict, "Penanda tangan ini sudah terpasang.", "This signer is installed already.")
	}
	if err := writeChain(filepath.Join(s.keys.Dir, signerFile(len(s.keys.signers)+1)), k); err != nil {
		return "", err
	}
	entry := storage.Audit{ID: storage.NewID(), At: s.now().UTC(), Who: a.Name(), Role: "system", Verb: "add_signer", Thing: ringCollection + "/" + ringID, Why: why, Note: id}
	_, err = s.rings.Update(ctx, ringID, func(d *storage.Doc[keyring]) error {
		d.Value.Signers, d.Value.Copied = append(slices.Clone(s.keys.signers), id), time.Time{} // of the new one there is no copy
		d.Trail = append(d.Trail, entry)
		return nil
	})
	return id, err
}

// NoteCopy notes, audited, that a copy of the keys was made. Nothing happens where this process holds none. Safe to call twice: the later one stands.
func (s *Service) NoteCopy(ctx context.Context, a access.Actor) error {
	if s.keys == nil {
		return nil
	}
	if !a.IsSystem() { // only the machine's owner copies keys, by a verb
		return faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
	}
	now := s.now().UTC()
	_, err := s.rings.Update(ctx, ringID, func(d *storage.Doc[keyring]) error {
		d.Value.Copied = now
		d.Trail = append(d.Trail, storage.Audit{ID: storage.NewID(), At: now, Who: a.Name(), Role: "system", Verb: "copy_keys", Thing: ringCollection + "/" + ringID, Note: strings.Join(s.keys.ids(), ", ")})
		return nil
	})
	return err
}
