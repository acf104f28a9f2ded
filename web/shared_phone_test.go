package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/web/browsertest"
)

// On a shared phone the next person finds nothing of the one before, whichever door they come in by; the same person finds what waited; who logs out with
// answers that wait is told first.
func TestSharedPhone(t *testing.T) {
	b := browsertest.Start(t)
	s := newStory(t, b, browsertest.View{Width: 360, Height: 740, Phone: true})
	s.activate(nadia)
	lesson := func() {
		t.Helper()
		s.p.Wait(`navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)`)
		s.p.Wait(`caches.open('apel-lessons').then((c) => c.put('/pelajaran/uji', new Response('isi'))).then(() => true)`)
		s.p.Wait(fmt.Sprintf(`(localStorage.setItem('apel.quiz.uji', '{"seq":1,"at":%d,"sent":false,"flight":null,"items":[["a","answer.a=b"]]}'), true)`, time.Now().UnixMilli()))
	}
	const kept = `caches.has('apel-lessons').then((has) => has && localStorage.getItem('apel.quiz.uji') !== null)`
	const nothing = `caches.has('apel-lessons').then((has) => !has && localStorage.getItem('apel.quiz.uji') === null)`
	lesson()
	s.go_("/akun")
	s.p.Wait(kept)

	// Nadia asks to leave and changes her mind; then she leaves.
	s.p.Wait(`(window.confirm = (text) => { window.asked = text; return false; }, true)`)
	s.p.Wait(`(document.querySelector('form[action="/keluar"] button').click(), true)`)
	s.p.Wait(`/belum terkirim/.test(window.asked)`)
	s.p.Wait(kept)
	s.p.Leave(func() {
		s.p.Wait(`(window.confirm = () => true, document.querySelector('form[action="/keluar"] button').click(), true)`)
	})
	s.p.Wait(nothing)

	// Her session ends by itself: logged in again she finds what waited; then somebody else comes in with a slip.
	s.login(nadia)
	lesson()
	s.p.SetCookie(s.rig.URL, visit.SessionCookie, "")
	s.go_("/masuk")
	s.p.Wait(kept)
	s.login(nadia)
	s.p.Wait(`localStorage.getItem('apel.quiz.uji') !== null`)
	lesson()
	s.p.SetCookie(s.rig.URL, visit.SessionCookie, "")
	s.activate(plain)
	s.p.Wait(nothing)
}
