package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// openssl makes a file as an office would; it is everywhere CI runs.
func openssl(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("openssl is not installed")
	}
	if said, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, said)
	}
}

// What an authority gives as PKCS#12 becomes the signer: only with its passphrase and its whole chain, registered, and told by the doctor.
func TestImportSigner(t *testing.T) {
	dir, at := t.TempDir(), t.TempDir()
	own(t, dir)
	file := func(name string) string { return filepath.Join(at, name) }
	for name, text := range map[string]string{"word": "rahasia panjang\n", "wrong": "bukan ini\n", "leaf.cnf": "keyUsage=critical,nonRepudiation\n"} {
		if err := os.WriteFile(file(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openssl(t, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file("ca.key"), "-out", file("ca.pem"), "-subj", "/CN=Akar", "-days", "400")
	openssl(t, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", file("leaf.key"), "-out", file("leaf.csr"), "-subj", "/CN=Kepala BKPSDMD")
	openssl(t, "x509", "-req", "-in", file("leaf.csr"), "-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "60", "-extfile", file("leaf.cnf"), "-out", file("leaf.pem"))
	openssl(t, "pkcs12", "-export", "-inkey", file("leaf.key"), "-in", file("leaf.pem"), "-out", file("leaf.p12"), "-passout", "file:"+file("word"))

	for name, x := range map[string]struct {
		args []string
		want string
	}{
		"a wrong passphrase":       {[]string{file("leaf.p12"), "--passphrase-file", file("wrong"), "--chain", file("ca.pem")}, "Frasa sandi berkas PKCS#12 salah"},
		"without what is above it": {[]string{file("leaf.p12"), "--passphrase-file", file("word")}, "--chain"},
		"something else":           {[]string{file("ca.pem"), "--passphrase-file", file("word")}, "bukan berkas PKCS#12"},
		"no file":                  {[]string{file("tidak-ada.p12"), "--passphrase-file", file("word")}, "tidak dapat dibaca"},
	} {
		if _, stderr, code := captured(t, append([]string{"import-signer", "--dir", dir, "--why", "Uji"}, x.args...)...); code == 0 || !strings.Contains(stderr, x.want) {
			t.Errorf("%s: %d, %s", name, code, stderr)
		}
	}
	stdout, stderr, code := captured(t, "import-signer", "--dir", dir, "--why", "Sertifikat dari instansi induk", file("leaf.p12"), "--passphrase-file", file("word"), "--chain", file("ca.pem"))
	if code != 0 || !strings.Contains(stdout, "Kepala BKPSDMD") {
		t.Fatalf("%d, %s, %s", code, stdout, stderr)
	}
	if why := starts(t, dir); why != "" {
		t.Fatalf("does not start with the signer: %s", why)
	}
	if info, err := os.Stat(filepath.Join(dir, dirKeys, "signer-2.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	stdout, _, _ = captured(t, "doctor", "--dir", dir)
	if !strings.Contains(stdout, "!   penanda tangan PDF / PDF signer") || !strings.Contains(stdout, "pasang yang berikutnya") {
		t.Errorf("the doctor does not warn of a signer that ends in 60 days:\n%s", stdout)
	}
	if _, stderr, code := captured(t, "import-signer", "--dir", dir, "--why", "Lagi", file("leaf.p12"), "--passphrase-file", file("word"), "--chain", file("ca.pem")); code == 0 || !strings.Contains(stderr, "sudah terpasang") {
		t.Errorf("a second time: %d, %s", code, stderr)
	}
}
