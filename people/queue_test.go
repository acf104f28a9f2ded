package people_test

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// crowd lets logins wait behind a held queue and then be served one after the other.
type crowd struct {
	*city
	giveOne func()
	wg      sync.WaitGroup
	mu      sync.Mutex
	order   []string
	errs    map[string]error
}

func newCrowd(c *city) *crowd { return &crowd{city: c, giveOne: c.Hold(), errs: map[string]error{}} }

// comes starts a login and returns when it waits, or was turned away.
func (r *crowd) comes(who string, in people.LoginInput) {
	before := r.Waiting()
	done := make(chan struct{})
	r.wg.Go(func() {
		defer close(done)
		_, _, err := r.Login(r.ctx, in)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.order = append(r.order, who)
		r.errs[who] = err
	})
	for r.Waiting() == before {
		select {
		case <-done:
			return
		default:
			runtime.Gosched()
		}
	}
}

func (r *crowd) serve() {
	r.giveOne()
	r.wg.Wait()
}

var (
	office    = netip.MustParseAddr("192.0.2.10")
	elsewhere = netip.MustParseAddr("198.51.100.7")
)

// Many wrong logins for invented numbers keep neither a known browser nor somebody from another network waiting, whether that number exists or not.
func TestInventedNumbersKeepNobodyWaiting(t *testing.T) {
	c := newCity(t)
	session, _ := c.activate(c.person(nipAni, "Ani", ""))
	c.activate(c.person(nipBudi, "Budi", ""))
	r := newCrowd(c)
	const invented = 40
	for i := range invented {
		r.comes(fmt.Sprintf("invented %d", i), people.LoginInput{NIP: fmt.Sprintf("1990010120200%05d", i), Password: "salah salah salah", From: elsewhere})
	}
	r.comes("nobody", people.LoginInput{NIP: "198001012020012999", Password: "salah salah salah", From: netip.MustParseAddr("2001:db8::1")})
	r.comes("new browser", people.LoginInput{NIP: nipBudi, Password: secret, From: office})
	r.comes("known browser", people.LoginInput{NIP: nipAni, Password: secret, Device: session.Device, From: elsewhere})
	r.serve()
	for who, err := range r.errs {
		if (who == "new browser" || who == "known browser") != (err == nil) || err != nil && !errors.Is(err, faults.Unauthenticated) {
			t.Errorf("%s: %v", who, err)
		}
	}
	for _, who := range []string{"nobody", "new browser", "known browser"} {
		if i := slices.Index(r.order, who); i > 8 {
			t.Errorf("%s came %dth of %d", who, i+1, len(r.order))
		}
	}
}

// Strangers who try one number all at once do not fill the place of its owner's browser, known or new.
func TestStrangersDoNotFillTheOwnersPlace(t *testing.T) {
	c := newCity(t)
	session, _ := c.activate(c.person(nipAni, "Ani", ""))
	r := newCrowd(c)
	for i := range 30 {
		r.comes(fmt.Sprint("stranger ", i), people.LoginInput{NIP: nipAni, Password: "salah salah salah", From: elsewhere})
	}
	r.comes("new browser", people.LoginInput{NIP: nipAni, Password: secret, From: office})
	r.comes("known browser", people.LoginInput{NIP: nipAni, Password: secret, Device: session.Device, From: elsewhere})
	r.serve()
	for _, who := range []string{"new browser", "known browser"} {
		if err := r.errs[who]; err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// Strangers who slow the account down at the door do not keep its owner from typing the password in a running session.
func TestStrangersDoNotSlowTheSession(t *testing.T) {
	c := newCity(t)
	_, token := c.activate(c.person(nipAni, "Ani", ""))
	for range 6 {
		if _, _, err := c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: "salah salah salah", From: elsewhere}); err == nil {
			t.Fatal("logged in with a wrong password")
		}
	}
	must(t, c.Confirm(c.ctx, token, secret))
	for range 10 {
		wants(t, c.Confirm(c.ctx, token, "salah salah salah"), faults.Invalid)
	}
	wants(t, c.Confirm(c.ctx, token, secret), faults.TooMany)
}
