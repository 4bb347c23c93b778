package match

import (
	"slices"
	"testing"
)

func TestWordsThatManySayAreNamedWhereLittleElseIs(t *testing.T) {
	found := func(names ...string) map[string]run {
		all := map[string]run{
			"magnetometer": {surface: "magnetometer", terms: []int32{1}, tells: 5}, "towed": {surface: "towed", terms: []int32{2}, tells: 4}, "UAV": {surface: "UAV", terms: []int32{3}, tells: 3},
			"navy yard": {surface: "Navy yard", terms: []int32{4, 5}, tells: 1.5}, "check": {surface: "check", terms: []int32{6}, tells: 1},
		}
		for name := range all {
			if !slices.Contains(names, name) {
				delete(all, name)
			}
		}
		return all
	}
	const seldom = 2
	for _, c := range []struct{ found, want []string }{
		{[]string{"check"}, []string{"check"}},
		{[]string{"towed", "UAV", "check"}, []string{"towed", "UAV", "check"}},
		{[]string{"magnetometer", "towed", "UAV", "check"}, []string{"magnetometer", "towed", "UAV"}},
		{[]string{"magnetometer", "towed", "UAV", "navy yard", "check"}, []string{"magnetometer", "towed", "UAV", "Navy yard"}},
	} {
		if got := named(found(c.found...), seldom); !slices.Equal(got, c.want) {
			t.Errorf("of %q %q are named, not %q", c.found, got, c.want)
		}
	}
}
