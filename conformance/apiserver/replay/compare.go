package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	authorizationv1 "k8s.io/api/authorization/v1"
)

// compare holds the answers of the second server to those of the first. Where several bindings allow, chance picks the one that upstream
// names, so any of them will do.
func compare(dump, reviews, first, second string) error {
	p, err := readPolicy(dump)
	if err != nil {
		return err
	}
	specs, err := lines[authorizationv1.SubjectAccessReviewSpec](reviews)
	if err != nil {
		return err
	}
	a, err := lines[json.RawMessage](first)
	if err != nil {
		return err
	}
	b, err := lines[json.RawMessage](second)
	if err != nil {
		return err
	}
	if len(a) != len(specs) || len(b) != len(specs) {
		return fmt.Errorf("%d reviews, but %d and %d answers", len(specs), len(a), len(b))
	}
	allowed, same, other, differ := 0, 0, 0, 0
	for i, spec := range specs {
		var x, y authorizationv1.SubjectAccessReviewStatus
		if json.Unmarshal(a[i], &x) == nil && x.Allowed {
			allowed++
		}
		switch {
		case string(a[i]) == string(b[i]):
			same++
		case json.Unmarshal(b[i], &y) == nil && x.Allowed && y.Allowed && bothGrant(p.reasons(spec), x.Reason, y.Reason):
			other++
		default:
			differ++
			text, _ := json.Marshal(spec)
			fmt.Printf("differs: %s\n  first:  %s\n  second: %s\n", text, a[i], b[i])
		}
	}
	fmt.Printf("%d reviews (%d allowed): %d answers the same, %d name another of several bindings, %d differ\n", len(specs), allowed, same, other, differ)
	if differ > 0 {
		return fmt.Errorf("the servers differ")
	}
	return nil
}

func bothGrant(reasons map[string]bool, first, second string) bool {
	return reasons[first] && reasons[second]
}

func lines[T any](path string) (out []T, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for in := json.NewDecoder(bufio.NewReader(file)); in.More(); {
		var line T
		if err := in.Decode(&line); err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}
