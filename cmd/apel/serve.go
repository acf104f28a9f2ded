package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"github.com/apelkota/apel/api"
	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/internal/faults"
)

// place is where an installation's data and queue are. The zero value of Mongo and Redis means: in this process.
type place struct {
	Dir   string `help:"Data folder." default:"apel-data" env:"APEL_DIR" type:"path"`
	Mongo string `placeholder:"URI" help:"MongoDB URI; without it documents are kept in the folder." env:"APEL_MONGO"`
	Redis string `placeholder:"URL" help:"Redis URL; without it the queue lives in this process." env:"APEL_REDIS"`
}

// front is how the server faces the network.
type front struct {
	Listen       string `help:"Address to listen on." default:"127.0.0.1:8080" env:"APEL_LISTEN"`
	TLSCert      string `placeholder:"FILE" help:"TLS certificate file (PEM)." type:"path" env:"APEL_TLS_CERT"`
	TLSKey       string `placeholder:"FILE" help:"TLS key file (PEM)." type:"path" env:"APEL_TLS_KEY"`
	ACMEDomain   string `placeholder:"DOMAIN" help:"Get a TLS certificate for this domain by ACME; listens on :443 and :80." env:"APEL_ACME_DOMAIN"`
	TrustedProxy bool   `help:"A proxy in front sets X-Forwarded-For and ends TLS." env:"APEL_TRUSTED_PROXY"`
}

// stamping is where files get their time stamps.
type stamping struct {
	TSA      string `placeholder:"URL" help:"RFC 3161 time-stamp server; every certificate's file gets its stamp. Needs --tsa-roots." env:"APEL_TSA"`
	TSARoots string `placeholder:"FILE" help:"Root certificates (PEM) that the time-stamp server's must lead to." type:"path" env:"APEL_TSA_ROOTS"`
}

// stamper is the configured time-stamp server's, nil where there is none.
func (s stamping) stamper() (pades.Stamper, error) {
	if s.TSA == "" && s.TSARoots == "" {
		return nil, nil
	}
	if s.TSA == "" || s.TSARoots == "" {
		return nil, faults.New(faults.Invalid, "--tsa dan --tsa-roots hanya berlaku bersama.", "--tsa and --tsa-roots go together.")
	}
	raw, err := os.ReadFile(s.TSARoots)
	if err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Berkas sertifikat akar stempel waktu tidak dapat dibaca: "+s.TSARoots, "The file of the time stamps' root certificates cannot be read: "+s.TSARoots)
	}
	var roots []*x509.Certificate
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, faults.Wrap(err, faults.Invalid, "Sertifikat akar stempel waktu tidak terbaca: "+s.TSARoots, "A root certificate of time stamps cannot be read: "+s.TSARoots)
		}
		roots = append(roots, c)
	}
	if len(roots) == 0 {
		return nil, faults.New(faults.Invalid, "Tidak ada sertifikat dalam "+s.TSARoots+".", "There is no certificate in "+s.TSARoots+".")
	}
	return pades.TimeStamper(s.TSA, roots, &http.Client{Timeout: 15 * time.Second}, rand.Reader), nil
}

type serveVerb struct {
	place
	front
	stamping
	NoWorker   bool `help:"Serve pages and API only; another process works. Needs --mongo and --redis." xor:"half"`
	OnlyWorker bool `help:"Work only; another process serves. Needs --mongo and --redis." xor:"half"`
}

// Run serves until it is told to stop, then lets what is under way finish.
func (v *serveVerb) Run(e *env) error {
	if (v.NoWorker || v.OnlyWorker) && (v.Mongo == "" || v.Redis == "") {
		return faults.New(faults.Invalid, "--no-worker dan --only-worker membagi pekerjaan ke beberapa proses; keduanya memerlukan --mongo dan --redis.",
			"--no-worker and --only-worker split the work over processes; both need --mongo and --redis.")
	}
	stamper, err := v.stamper()
	if err != nil {
		return err
	}
	in, err := open(e.ctx, v.place, as{serving: true, worker: true, asking: v.NoWorker, kind: kindCity, secure: v.front.secure(), stamper: stamper})
	if err != nil {
		return err
	}
	return in.serve(e.ctx, v.front, !v.OnlyWorker, func(address string) {
		fmt.Println("APEL:", address)
		link, err := in.setupLink(e.ctx, address)
		if err != nil {
			in.log.Warn("no set-up link", "err", err)
		} else if link != "" {
			fmt.Println("Tautan sekali pakai untuk admin sistem pertama / one-time link for the first system admin:")
			fmt.Println(" ", link)
		}
	})
}

// secure says whether people reach the server by https.
func (f front) secure() bool { return f.TLSCert != "" || f.ACMEDomain != "" || f.TrustedProxy }

// serve runs the server and the workers of an opened installation until ctx ends, then closes the installation. ready gets the address once
// requests are accepted.
func (in *installation) serve(ctx context.Context, f front, pages bool, ready func(address string)) (err error) {
	defer func() { err = errors.Join(err, in.close()) }()
	var handler http.Handler
	if pages { // before the work starts: the edge has scheduled work of its own
		if handler, err = in.handler(ctx, f); err != nil {
			return err
		}
	} else { // nobody else does the edge's work: processes that serve pages beside this one only ask
		clean, err := api.Cleaner(ctx, in.db, in.now)
		if err != nil {
			return err
		}
		in.cleans(clean)
	}
	if why := in.db.Newer(); why != "" {
		in.log.Warn("this data is of a newer program: it is shown, nothing is changed and no work is done", "why", why)
	} else if in.workers != nil && !in.working && !in.asking {
		if err := in.startWork(ctx); err != nil {
			return err
		}
	}
	stopControl, err := in.control(ctx)
	if err != nil {
		return err
	}
	defer stopControl()
	if !pages {
		ready("(pekerja saja / worker only)")
		<-ctx.Done()
		return nil
	}
	l, address, err := f.listener(in.folder)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(in.log.Handler(), slog.LevelWarn), BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	debug.FreeOSMemory() // opening, and filling a demo city, takes more than serving needs
	ready(address)
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", address, err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		in.log.Warn("some requests were cut off", "err", err)
		if err := srv.Close(); err != nil {
			return err
		}
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// settle chooses the port where any would do (":0"), so that what is written before the first page is asked for, such as the address on a certificate,
// names the one that is served.
func (f *front) settle() error {
	if _, port, err := net.SplitHostPort(f.Listen); err != nil || port != "0" {
		return nil //nolint:nilerr // listener says what is wrong with the address
	}
	l, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return busy(err, f.Listen)
	}
	f.Listen = l.Addr().String()
	return l.Close()
}

// listener opens the port, with TLS where files or a domain are given, and tells the address people type.
func (f front) listener(d *folder) (net.Listener, string, error) {
	switch {
	case f.ACMEDomain != "":
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(f.ACMEDomain), Cache: autocert.DirCache(filepath.Join(d.path, dirKeys, "acme"))}
		l, err := net.Listen("tcp", ":443")
		if err != nil {
			return nil, "", busy(err, ":443")
		}
		plain, err := net.Listen("tcp", ":80") // answers the challenge and sends people to https
		if err != nil {
			return nil, "", errors.Join(busy(err, ":80"), l.Close())
		}
		go http.Serve(plain, m.HTTPHandler(nil)) //nolint:errcheck,gosec // ends with the process
		return tls.NewListener(l, m.TLSConfig()), "https://" + f.ACMEDomain, nil
	case f.TLSCert != "" || f.TLSKey != "":
		c, err := tls.LoadX509KeyPair(f.TLSCert, f.TLSKey)
		if err != nil {
			return nil, "", faults.Wrap(err, faults.Invalid, "Berkas TLS tidak dapat dibaca. Berikan --tls-cert dan --tls-key (PEM).", "The TLS files cannot be read. Give --tls-cert and --tls-key (PEM).")
		}
		l, err := net.Listen("tcp", f.Listen)
		if err != nil {
			return nil, "", busy(err, f.Listen)
		}
		return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), "https://" + l.Addr().String(), nil
	}
	l, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return nil, "", busy(err, f.Listen)
	}
	return l, "http://" + strings.Replace(l.Addr().String(), "[::]", "127.0.0.1", 1), nil
}

func busy(err error, address string) error {
	return faults.Wrap(err, faults.Unavailable, "Alamat "+address+" tidak dapat dipakai. Pilih yang lain dengan --listen.", "The address "+address+" cannot be used. Choose another with --listen.")
}

// logger writes to standard error; APEL_LOG=debug|info|warn sets how much. Log lines never hold a NIP: rooms log internal ids only.
func logger(quiet bool) *slog.Logger {
	level := slog.LevelInfo
	if quiet {
		level = slog.LevelWarn
	}
	if s := os.Getenv("APEL_LOG"); s != "" {
		if err := level.UnmarshalText([]byte(s)); err != nil {
			level = slog.LevelInfo
		}
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
