package match

import (
	"slices"
	"testing"
)

func TestWordsThatManySayAreNamedWhereLittleElseIs(t *testing.T) {
	found := func(names ...string) map[string]run {
		all := map[string]run{
			"magnetometer": {"magnetometer", nil, []int32{1}, 5}, "towed": {"towed", nil, []int32{2}, 4}, "UAV": {"UAV", nil, []int32{3}, 3},
			"navy yard": {"Navy yard", nil, []int32{4, 5}, 1.5}, "check": {"check", nil, []int32{6}, 1},
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
