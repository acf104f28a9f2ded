package people

import (
	"context"
	"time"
)

// Mail is one message to one person.
type Mail struct {
	To        string
	Subject   string
	Text      string    // plain text, the only form sent
	MessageID string    // without angle brackets; the same for every try, so a receiver can drop the second copy
	At        time.Time // the Date header
}

// Mailer sends mail. Send returns nil when the next server took the message; Unavailable when trying again later may help.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}
