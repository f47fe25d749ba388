package civic_test

import (
	"errors"
	"testing"

	"anju/server/civic"
)

// wantCode checks that an error is a Problem with the code; no code, no error.
func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Errorf("%s: %v, want no problem", what, err)
		}
		return
	}
	var problem *civic.Problem
	if !errors.As(err, &problem) {
		t.Errorf("%s: %v, want problem %s", what, err, code)
		return
	}
	if problem.Code != code {
		t.Errorf("%s: problem %s, want %s", what, problem.Code, code)
	}
}
