package mongo

import (
	"context"
	"errors"

	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/apelkota/apel/internal/faults"
)

// fault sorts a driver's error. Unavailable is everything after which a write may or may not have happened, or after which trying again may
// help: the network, a timeout, a change of primary, a majority that did not answer in time. What is left is a defect or a wrong set-up
// (no permission, a bad command) and stays Internal, so that work parks instead of trying for ever.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, driver.ErrNoDocuments):
		return faults.NotFound
	case driver.IsDuplicateKeyError(err):
		return faults.Conflict
	case away(err):
		return faults.Wrap(err, faults.Unavailable, "Penyimpanan data sedang tidak dapat dijangkau. Tunggu sebentar, lalu coba lagi.", "The data storage is away at the moment. Try again shortly.")
	}
	return err
}

func away(err error) bool {
	if driver.IsNetworkError(err) || driver.IsTimeout(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, driver.ErrClientDisconnected) {
		return true
	}
	var we driver.WriteException
	if errors.As(err, &we) && we.WriteConcernError != nil { // stored, but not by a majority
		return true
	}
	var se driver.ServerError
	if !errors.As(err, &se) { // no answer of a server: it was not reached, or what it sent could not be read
		return true
	}
	for _, label := range []string{"RetryableWriteError", "TransientTransactionError", "NoWritesPerformed"} {
		if se.HasErrorLabel(label) {
			return true
		}
	}
	for _, code := range awayCodes {
		if se.HasErrorCode(code) {
			return true
		}
	}
	return false
}

// awayCodes are the server's answers while a primary changes, a node starts or stops, or a wait for the majority ran out.
var awayCodes = []int{
	6,     // HostUnreachable
	7,     // HostNotFound
	50,    // MaxTimeMSExpired
	64,    // WriteConcernFailed (the majority did not answer in time)
	89,    // NetworkTimeout
	91,    // ShutdownInProgress
	134,   // ReadConcernMajorityNotAvailableYet
	189,   // PrimarySteppedDown
	202,   // NetworkInterfaceExceededTimeLimit
	262,   // ExceededTimeLimit
	10107, // NotWritablePrimary
	11600, // InterruptedAtShutdown
	11602, // InterruptedDueToReplStateChange
	13435, // NotPrimaryNoSecondaryOk
	13436, // NotPrimaryOrSecondary
}
