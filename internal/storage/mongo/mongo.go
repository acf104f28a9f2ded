// Package mongo is the storage engine for installations that scale out: a replica set or a sharded cluster of MongoDB.
//
// A document is stored as {_id, version, op, body, ix: {<index>: {terms: [...], order: "..."}}}. The body is the JSON text, not BSON: the hash of
// a journal entry and the lift of an old shape need the bytes that were written, and BSON would return other numbers and another order of keys.
// Every write is one command on one document that waits for a majority and its journal; every replace and delete names _id and version. Each
// declared index is one compound index {terms, order, _id}: equality on the array, order on the single key, so that no sort runs in memory.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Engine is a storage.Engine on one MongoDB database.
type Engine struct {
	client *driver.Client
	db     *driver.Database

	mu          sync.RWMutex
	collections map[string]*collection
}

type collection struct {
	docs    *driver.Collection
	indexes map[string]bool // guarded by the engine's mu
}

// Options of Open.
type Options struct {
	URI      string        // mongodb:// or mongodb+srv://; its path is the database unless Database says another
	Database string        // "" takes the URI's, or "apel"
	Timeout  time.Duration // of one operation with its retries; 0 means 10 s

	Monitor *event.CommandMonitor // sees every command; for tests
}

// Open connects and asks the server whether it is there. Unavailable when it does not answer, Invalid when the URI is wrong.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Database == "" {
		o.Database = databaseOf(o.URI)
	}
	c := options.Client().ApplyURI(o.URI).SetTimeout(o.Timeout).SetServerSelectionTimeout(o.Timeout).SetMonitor(o.Monitor).SetAppName("apel")
	if err := c.Validate(); err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Alamat MongoDB tidak benar. Contoh: mongodb://host:27017/apel.", "The MongoDB URI is wrong. Example: mongodb://host:27017/apel.")
	}
	client, err := driver.Connect(c)
	if err != nil {
		return nil, fault(err)
	}
	e := &Engine{client: client, collections: map[string]*collection{}}
	if err := client.Ping(ctx, readpref.Primary()); err != nil {
		return nil, errors.Join(fault(err), e.Close())
	}
	// Whatever the URI says: what was acknowledged survives the loss of a minority, and what is read cannot be rolled back. So a
	// compare-and-swap never builds on, and an unclear write is never settled by, a write that is about to vanish.
	journal := true
	e.db = client.Database(o.Database, options.Database().
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal}).
		SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()))
	return e, nil
}

// databaseOf takes the path of a MongoDB URI; net/url does not know URIs with several hosts.
func databaseOf(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	rest, _, _ = strings.Cut(rest, "?")
	if _, name, _ := strings.Cut(rest, "/"); name != "" {
		return name
	}
	return "apel"
}

// Close ends the connections. Safe to call twice.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := e.client.Disconnect(ctx); err != nil && !errors.Is(err, driver.ErrClientDisconnected) {
		return fault(err)
	}
	return nil
}

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// notImplemented is the code of servers that speak the wire protocol but know no partial indexes (FerretDB).
const notImplemented = 238

// namespaceNotFound is the code of a question about a collection that does not exist.
const namespaceNotFound = 26

// Declare makes the indexes of a collection. Safe to call again, also with more indexes.
func (e *Engine) Declare(ctx context.Context, name string, indexes []string) error {
	for _, n := range append([]string{name}, indexes...) {
		if !nameRule.MatchString(n) {
			return fmt.Errorf("%q is no name for a collection or an index", n)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.collections[name]
	if c == nil {
		c = &collection{e.db.Collection(name), map[string]bool{}}
	}
	var models []driver.IndexModel
	var added, names []string
	for _, ix := range indexes {
		if !c.indexes[ix] {
			added = append(added, ix)
		}
	}
	there, err := c.there(ctx, added)
	if err != nil {
		return err
	}
	for _, ix := range added {
		if there[indexName(ix)] {
			continue
		}
		names = append(names, indexName(ix))
		// Partial: documents without terms are not in the index, so the due index does not grow with history.
		models = append(models, driver.IndexModel{
			Keys:    bson.D{{Key: termsOf(ix), Value: 1}, {Key: orderOf(ix), Value: 1}, {Key: "_id", Value: 1}},
			Options: options.Index().SetName(indexName(ix)).SetPartialFilterExpression(bson.D{{Key: termsOf(ix), Value: bson.D{{Key: "$exists", Value: true}}}}),
		})
	}
	if len(models) > 0 {
		_, err := c.docs.Indexes().CreateMany(ctx, models)
		var ce driver.CommandError
		if errors.As(err, &ce) && ce.Code == notImplemented {
			for i := range models {
				models[i].Options = options.Index().SetName(names[i])
			}
			_, err = c.docs.Indexes().CreateMany(ctx, models)
		}
		if err != nil {
			return fault(err)
		}
	}
	for _, ix := range added {
		c.indexes[ix] = true
	}
	e.collections[name] = c
	return nil
}

// there says which indexes the collection has. A start finds them all, so nothing is asked to be made again: FerretDB's connection breaks on that.
func (c *collection) there(ctx context.Context, wanted []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(wanted) == 0 {
		return out, nil
	}
	specs, err := c.docs.Indexes().ListSpecifications(ctx)
	var ce driver.CommandError
	if errors.As(err, &ce) && ce.Code == namespaceNotFound {
		return out, nil
	}
	if err != nil {
		return nil, fault(err)
	}
	for _, s := range specs {
		out[s.Name] = true
	}
	return out, nil
}

// Collections lists every collection that is stored, declared or not, in alphabetical order.
func (e *Engine) Collections(ctx context.Context) ([]string, error) {
	all, err := e.db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return nil, fault(err)
	}
	names := slices.DeleteFunc(all, func(n string) bool { return !nameRule.MatchString(n) })
	slices.Sort(names)
	return names, nil
}

func indexName(ix string) string { return "ix_" + ix }
func termsOf(ix string) string   { return "ix." + ix + ".terms" }
func orderOf(ix string) string   { return "ix." + ix + ".order" }

func (e *Engine) collection(name string) (*collection, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	c, ok := e.collections[name]
	if !ok {
		return nil, fmt.Errorf("collection %q was not declared", name)
	}
	return c, nil
}

// place is a document's place in one index.
type place struct {
	Terms []string `bson:"terms,omitempty"`
	Order string   `bson:"order"`
}

// stored is a document's form in MongoDB.
type stored struct {
	ID      string           `bson:"_id"`
	Version int64            `bson:"version"`
	Op      string           `bson:"op"`
	Body    string           `bson:"body"`
	Ix      map[string]place `bson:"ix,omitempty"`
}

func encode(r storage.Record) stored {
	d := stored{ID: r.ID, Version: r.Version, Op: r.Op, Body: string(r.Body)}
	for _, x := range r.Entries {
		if d.Ix == nil {
			d.Ix = map[string]place{}
		}
		p := d.Ix[x.Index]
		p.Terms, p.Order = append(p.Terms, x.Term), x.Order // one order key per index is the collection's promise
		d.Ix[x.Index] = p
	}
	return d
}

func (d stored) record() storage.Record {
	r := storage.Record{ID: d.ID, Version: d.Version, Op: d.Op, Body: []byte(d.Body)}
	for ix, p := range d.Ix {
		for _, term := range p.Terms {
			r.Entries = append(r.Entries, storage.Entry{Index: ix, Term: term, Order: p.Order})
		}
	}
	return r
}

// Insert stores a new document. The server's unique _id decides between two.
func (e *Engine) Insert(ctx context.Context, name string, r storage.Record) error {
	c, err := e.collection(name)
	if err != nil {
		return err
	}
	_, err = c.docs.InsertOne(ctx, encode(r))
	return fault(err)
}

// Replace swaps a document whose version is r.Version-1.
func (e *Engine) Replace(ctx context.Context, name string, r storage.Record) error {
	c, err := e.collection(name)
	if err != nil {
		return err
	}
	res, err := c.docs.ReplaceOne(ctx, at(r.ID, r.Version-1), encode(r))
	if err != nil {
		return fault(err)
	}
	if res.MatchedCount == 0 {
		return c.missed(ctx, r.ID)
	}
	return nil
}

// Delete removes a document at a version.
func (e *Engine) Delete(ctx context.Context, name, id string, version int64) error {
	c, err := e.collection(name)
	if err != nil {
		return err
	}
	res, err := c.docs.DeleteOne(ctx, at(id, version))
	if err != nil {
		return fault(err)
	}
	if res.DeletedCount == 0 {
		return c.missed(ctx, id)
	}
	return nil
}

func at(id string, version int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "version", Value: version}}
}

// missed tells why a compare-and-swap met nothing.
func (c *collection) missed(ctx context.Context, id string) error {
	err := c.docs.FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	if err == nil {
		return faults.Conflict
	}
	return fault(err)
}

// Get reads one document by its id.
func (e *Engine) Get(ctx context.Context, name, id string) (storage.Record, error) {
	c, err := e.collection(name)
	if err != nil {
		return storage.Record{}, err
	}
	var d stored
	fields := bson.D{{Key: "version", Value: 1}, {Key: "op", Value: 1}, {Key: "body", Value: 1}}
	if err := c.docs.FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(fields)).Decode(&d); err != nil {
		return storage.Record{}, fault(err)
	}
	return d.record(), nil
}

// Slice streams a collection by id.
func (e *Engine) Slice(ctx context.Context, name, after string, limit int) ([]storage.Record, error) {
	c, err := e.collection(name)
	if err != nil {
		return nil, err
	}
	cur, err := c.docs.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, fault(err)
	}
	var ds []stored
	if err := cur.All(ctx, &ds); err != nil {
		return nil, fault(err)
	}
	rs := make([]storage.Record, 0, len(ds))
	for _, d := range ds {
		rs = append(rs, d.record())
	}
	return rs, nil
}
