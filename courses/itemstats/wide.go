package itemstats

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/bits"
)

// Wide is a signed whole number of 128 bits, for exact power sums: marks are counted in 252,000ths, so the fourth power of one total of 40 items has 94 bits. Addition wraps and is
// therefore exact in any order; the limits of Frame keep sums far below the edge. In JSON it is a decimal in a string.
type Wide struct {
	hi int64
	lo uint64
}

func wide(v int64) Wide { return Wide{hi: v >> 63, lo: uint64(v)} }

// product multiplies two numbers that are not negative.
func product(a, b int64) Wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return Wide{hi: int64(hi), lo: lo}
}

func (a Wide) plus(b Wide) Wide {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	return Wide{hi: a.hi + b.hi + int64(carry), lo: lo}
}

func (a Wide) minus(b Wide) Wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	return Wide{hi: a.hi - b.hi - int64(borrow), lo: lo}
}

// signed adds b when sign is 1 and takes it away when sign is -1.
func (a Wide) signed(b Wide, sign int64) Wide {
	if sign < 0 {
		return a.minus(b)
	}
	return a.plus(b)
}

// Int is the number for exact arithmetic.
func (a Wide) Int() *big.Int {
	n := big.NewInt(a.hi)
	n.Lsh(n, 64)
	return n.Add(n, new(big.Int).SetUint64(a.lo))
}

// MarshalJSON writes a decimal in a string.
func (a Wide) MarshalJSON() ([]byte, error) { return []byte(`"` + a.Int().String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Wide) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok || n.BitLen() > 127 {
		return fmt.Errorf("wide number %.50q", s)
	}
	low := new(big.Int).And(n, new(big.Int).SetUint64(^uint64(0)))
	*a = Wide{hi: new(big.Int).Rsh(n, 64).Int64(), lo: low.Uint64()}
	return nil
}

// Exact integer helpers: the cancellation in n·Σx² − (Σx)² happens between whole numbers, where it costs nothing.

func whole(v int64) *big.Int { return big.NewInt(v) }

func mul(fs ...*big.Int) *big.Int {
	out := big.NewInt(1)
	for _, f := range fs {
		out.Mul(out, f)
	}
	return out
}

func sub(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
func add(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }

func float(a *big.Int) float64 { f, _ := new(big.Float).SetInt(a).Float64(); return f }

// ratio divides two whole numbers; the divisor is not zero.
func ratio(a, b *big.Int) float64 { f, _ := new(big.Rat).SetFrac(a, b).Float64(); return f }
