package courses

import "context"

// TestOnlyLine renders a line as forms show it.
var TestOnlyLine = renderLine

// TestOnlyResults reads the gradings of an attempt as stored.
func (s *Service) TestOnlyResults(ctx context.Context, id AttemptID) ([]Grading, error) {
	d, err := s.attempts.Get(ctx, id)
	return d.Value.Results, err
}
