package access

import "context"

// Noter writes that an actor, in a role, looked at what is about a person, where that person can read it. It writes before anything is shown.
type Noter func(ctx context.Context, a Actor, role, person string) error

// Note notes a look at somebody else; one's own things and the program's work leave no trace. A nil Noter notes nothing. Safe to call twice.
func (n Noter) Note(ctx context.Context, a Actor, role, person string) error {
	if n == nil || a.Person == person || a.IsSystem() {
		return nil
	}
	return n(ctx, a, role, person)
}
