package mongo_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/mongo"
)

// Beside the raw driver on the same server, so that the ratio shows what storage adds. On the wire peer the server's own time is no witness
// for MongoDB's; on a real one, run them with -benchtime 2s.

type row struct {
	Title string `json:"title"`
	State string `json:"state"`
	N     int64  `json:"n"`
	Text  string `json:"text"`
}

func sample(n int64) row {
	return row{"Layanan Tanpa Pungli", "open", n, strings.Repeat("jawaban ", 60)}
}

const stock = 300 // documents there before

func both(b *testing.B) (*storage.Collection[row], *driver.Collection) {
	b.Helper()
	ctx := context.Background()
	name := database()
	e := open(b, mongo.Options{Database: name})
	db, err := storage.New(ctx, e)
	if err != nil {
		b.Fatal(err)
	}
	c, err := storage.Open(ctx, db, storage.Def[row]{Name: "rows", Shape: 1, Indexes: []storage.Index[row]{
		{Name: "state", Of: func(d *storage.Doc[row]) ([]string, string) {
			return []string{d.Value.State}, storage.OrderInt(d.Value.N)
		}},
	}})
	if err != nil {
		b.Fatal(err)
	}
	client, err := driver.Connect(options.Client().ApplyURI(uri(b)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Disconnect(ctx) })
	raw := client.Database(name, options.Database().SetWriteConcern(writeconcern.Majority())).Collection("raw")
	for i := range int64(stock) {
		if err := c.Insert(ctx, &storage.Doc[row]{ID: fmt.Sprint("r", i), Value: sample(i)}); err != nil {
			b.Fatal(err)
		}
		if _, err := raw.InsertOne(ctx, bson.D{{Key: "_id", Value: fmt.Sprint("r", i)}, {Key: "version", Value: 1}, {Key: "n", Value: i}, {Key: "text", Value: sample(i).Text}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	return c, raw
}

func BenchmarkPointRead(b *testing.B) {
	ctx := context.Background()
	b.Run("apel", func(b *testing.B) {
		c, _ := both(b)
		for i := range b.N {
			if _, err := c.Get(ctx, fmt.Sprint("r", i%stock)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("raw", func(b *testing.B) {
		_, raw := both(b)
		for i := range b.N {
			var d bson.M
			if err := raw.FindOne(ctx, bson.D{{Key: "_id", Value: fmt.Sprint("r", i%stock)}}).Decode(&d); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkInsert(b *testing.B) {
	ctx := context.Background()
	b.Run("apel", func(b *testing.B) {
		c, _ := both(b)
		for i := range b.N {
			if err := c.Insert(ctx, &storage.Doc[row]{ID: fmt.Sprint("new", i), Value: sample(int64(i))}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("raw", func(b *testing.B) {
		_, raw := both(b)
		for i := range b.N {
			if _, err := raw.InsertOne(ctx, bson.D{{Key: "_id", Value: fmt.Sprint("new", i)}, {Key: "n", Value: i}, {Key: "text", Value: sample(1).Text}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	ctx := context.Background()
	for _, writers := range []int{1, 32} {
		b.Run(fmt.Sprintf("apel/writers=%d", writers), func(b *testing.B) {
			c, _ := both(b)
			b.SetParallelism((writers + 1) / 2) // per processor; two of them
			var n atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := c.Update(ctx, fmt.Sprint("r", n.Add(1)%stock), func(d *storage.Doc[row]) error { d.Value.Title = "x"; return nil }); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
		b.Run(fmt.Sprintf("raw/writers=%d", writers), func(b *testing.B) {
			_, raw := both(b)
			b.SetParallelism((writers + 1) / 2)
			var n atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					id := fmt.Sprint("r", n.Add(1)%stock)
					var d struct{ Version int64 }
					if err := raw.FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&d); err != nil {
						b.Error(err)
						return
					}
					if _, err := raw.ReplaceOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "version", Value: d.Version}}, bson.D{{Key: "_id", Value: id}, {Key: "version", Value: d.Version + 1}, {Key: "text", Value: sample(1).Text}}); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func BenchmarkPage(b *testing.B) {
	ctx := context.Background()
	b.Run("apel", func(b *testing.B) {
		c, _ := both(b)
		for range b.N {
			if p, err := c.Find(ctx, storage.Query{Index: "state", Term: "open", Limit: 50, After: storage.Cursor{Order: storage.OrderInt(100), ID: "r100"}}); err != nil || len(p.Docs) != 50 {
				b.Fatal(len(p.Docs), err)
			}
		}
	})
	b.Run("raw", func(b *testing.B) {
		_, raw := both(b)
		for range b.N {
			cur, err := raw.Find(ctx, bson.D{{Key: "n", Value: bson.D{{Key: "$gt", Value: 100}}}}, options.Find().SetSort(bson.D{{Key: "n", Value: 1}}).SetLimit(51))
			if err != nil {
				b.Fatal(err)
			}
			var ds []bson.M
			if err := cur.All(ctx, &ds); err != nil || len(ds) != 51 {
				b.Fatal(len(ds), err)
			}
		}
	})
}
