// Command ferretdb answers the MongoDB wire protocol on 127.0.0.1 for functional tests of internal/storage/mongo, where no mongod is to be had.
//
// It is FerretDB v1 on its SQLite backend, which loses acknowledged updates under racing writers: never a place for data, and no witness for
// races. It is a module of its own so that the product's go.mod stays free of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run() error {
	port := flag.Int("port", 0, "port on 127.0.0.1; 0 takes a free one")
	dir := flag.String("dir", "", "folder for the data; empty takes a temporary one and removes it at the end")
	flag.Parse()
	if flag.NArg() > 0 {
		return errors.New("no arguments are known besides the flags")
	}
	if *dir == "" {
		tmp, err := os.MkdirTemp("", "apel-ferretdb-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		*dir = tmp
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: fmt.Sprintf("127.0.0.1:%d", *port)},
		Handler:   "sqlite",
		SQLiteURL: "file:" + *dir + "/",
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	fmt.Println(f.MongoDBURI()) // the one line a script waits for
	<-ctx.Done()
	select { // connections that a client left open are no reason to stay
	case err = <-done:
	case <-time.After(2 * time.Second):
	}
	return err
}
