package main

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// gcPercent lets the heap grow to three times what is alive before it is collected: with some 15 MB alive that is little memory, and an exam spends a
// tenth less CPU (docs/performance.md). A large heap is held back by memoryLimit.
const gcPercent = 200

// tuneMemory sets the collector where the environment (GOGC, GOMEMLIMIT) does not: from half of the machine's memory on it collects as often as it must.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		if limit := memoryOfMachine() / 2; limit > 0 {
			debug.SetMemoryLimit(limit)
		}
	}
}

// memoryOfMachine is what the machine or the container has, in bytes; 0 where that cannot be told (not on Linux).
func memoryOfMachine() int64 {
	least := int64(math.MaxInt64)
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		if f := strings.Fields(string(b)); len(f) > 1 && f[0] == "MemTotal:" {
			if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				least = kb << 10
			}
		}
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if b, err := os.ReadFile(path); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && n > 0 { // "max" is no number
				least = min(least, n)
			}
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}
