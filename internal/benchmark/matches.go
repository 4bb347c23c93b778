package benchmark

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// listed is how many needs and results have their lists measured.
const listed = 500

// matches measures the lists of both sides, with their explanations, and how long
// a change takes to be in them.
func (b *bench) matches(ctx context.Context, name string, p *program) error {
	buyer, err := p.as(ctx, engineer)
	if err != nil {
		return err
	}
	seller, err := p.as(ctx, head)
	if err != nil {
		return err
	}
	other, err := p.as(ctx, manager)
	if err != nil {
		return err
	}
	needs, err := buyer.published(ctx, "needs", listed)
	if err != nil {
		return err
	}
	briefNeeds, err := other.published(ctx, "needs", listed)
	if err != nil {
		return err
	}
	results, err := seller.published(ctx, "achievements", listed)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		name, kind string
		who        visitor
		ids        []string
	}{
		{"matches of a need", "needs", buyer, needs},
		{"of a need in brief", "needs", other, briefNeeds},
		{"matches of a result", "achievements", seller, results},
	} {
		before, err := processorTime(p.server.Process.Pid)
		if err != nil {
			return err
		}
		asked := 0
		took, err := Load(ctx, oneClient, len(side.ids), func(ctx context.Context, i int) error {
			asked++ // by one client
			_, err := side.who.matchesOf(ctx, side.kind, side.ids[i%len(side.ids)])
			return err
		})
		if err != nil {
			return err
		}
		after, err := processorTime(p.server.Process.Pid)
		if err != nil {
			return err
		}
		b.say("%-28s %-20s %s, %.1f ms of processor time each", name, side.name, took, milliseconds(after-before)/float64(asked))
	}
	took, err := b.followed(ctx, buyer, seller, needs)
	if err != nil {
		return err
	}
	b.say("%-28s %-20s %d changes, p50 %.0f ms, at most %.0f ms", name, "change matched", len(took),
		milliseconds(took[len(took)/2]), milliseconds(took[len(took)-1]))
	return nil
}

// matched is a listing in a list of matches.
type matched struct {
	Kind string
	ID   string `json:"subject_id"`
}

// matchesOf are the results, or needs, that match a listing, best first.
func (v visitor) matchesOf(ctx context.Context, kind, id string) ([]matched, error) {
	var list struct{ Items []matched }
	err := v.get(ctx, "/api/v1/"+kind+"/"+id+"/matches", &list)
	return list.Items, err
}

const (
	// changes is how many changes are waited for, and patience how long for each.
	changes  = 20
	patience = time.Minute
)

// followed suspends results and resumes them, and gives, in order, the times from
// the answer that one is resumed until it is in the list of a need again that had
// it before.
func (b *bench) followed(ctx context.Context, buyer, seller visitor, needs []string) ([]time.Duration, error) {
	var took []time.Duration
	for _, need := range needs {
		if len(took) == changes {
			break
		}
		found, err := buyer.matchesOf(ctx, "needs", need)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(found, func(m matched) bool { return m.Kind == "achievement" && seller.owns(ctx, m.ID) })
		if at < 0 {
			continue
		}
		changed := found[at]
		for _, action := range []string{"suspend", "resume"} {
			if err := seller.step(ctx, changed.ID, action); err != nil {
				return nil, err
			}
		}
		began := time.Now()
		for {
			again, err := buyer.matchesOf(ctx, "needs", need)
			if err != nil {
				return nil, err
			}
			if slices.Contains(again, changed) {
				break
			}
			if time.Since(began) > patience {
				return nil, fmt.Errorf("%s was resumed and is no match of %s again", changed.ID, need)
			}
		}
		took = append(took, time.Since(began))
	}
	if len(took) == 0 {
		return nil, fmt.Errorf("no result of the owner matches any of %d needs", len(needs))
	}
	slices.Sort(took)
	return took, nil
}

// owns tells whether an achievement is the visitor's organisation's.
func (v visitor) owns(ctx context.Context, id string) bool {
	_, err := v.tag(ctx, "/api/v1/achievements/"+id+"/draft")
	return err == nil
}

// step takes an achievement a step on.
func (v visitor) step(ctx context.Context, id, action string) error {
	tag, err := v.tag(ctx, "/api/v1/achievements/"+id+"/draft")
	if err != nil {
		return err
	}
	return v.post(ctx, "/api/v1/achievements/"+id+"/steps", http.Header{"If-Match": {tag}},
		map[string]string{"action": action, "reason": "measured"}, nil)
}
