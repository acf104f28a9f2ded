package people

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// device is a browser that has logged in before. It is known by a random token in a cookie, stored hashed.
type device struct {
	Hash    string    `json:"hash"`
	Agent   string    `json:"agent,omitempty"` // what the browser says it is, shortened
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
	Slow    slowdown  `json:"slow,omitzero"`
}

// Device is a known browser as its owner sees it.
type Device struct {
	ID      string
	Agent   string
	FirstAt time.Time
	LastAt  time.Time
}

const maxDevices = 10

// hashToken hashes a random token; being long and random it needs neither salt nor key.
func hashToken(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// device finds a known browser by its token.
func (a *account) device(token string) int {
	if token == "" {
		return -1
	}
	h := hashToken(token)
	return slices.IndexFunc(a.Devices, func(d device) bool { return d.Hash == h })
}

// remember notes that a browser logged in; beyond maxDevices the one not seen for longest is forgotten.
func (a *account) remember(token, agent string, now time.Time) {
	a.Devices = slices.Clone(a.Devices)
	if i := a.device(token); i >= 0 {
		a.Devices[i].LastAt, a.Devices[i].Agent, a.Devices[i].Slow = now, agent, slowdown{}
		return
	}
	if len(a.Devices) >= maxDevices {
		oldest := 0
		for i, d := range a.Devices {
			if d.LastAt.Before(a.Devices[oldest].LastAt) {
				oldest = i
			}
		}
		a.Devices = slices.Delete(a.Devices, oldest, oldest+1)
	}
	a.Devices = append(a.Devices, device{Hash: hashToken(token), Agent: agent, FirstAt: now, LastAt: now})
}

func shorten(s string, n int) string {
	rs := []rune(s)
	return string(rs[:min(len(rs), n)])
}
