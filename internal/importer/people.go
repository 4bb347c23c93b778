package importer

import (
	"context"
	"errors"
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// People knows the people whom an organisation names.
type People interface {
	// Named are the ids of the organisation's people of exactly this name.
	Named(ctx context.Context, actor policy.Actor, org, name string) ([]string, error)
	// Enter makes an entry for somebody whom the organisation names first.
	Enter(ctx context.Context, actor policy.Actor, org, name string) (string, error)
}

// errAmbiguous is for a name that several people bear.
var errAmbiguous = errors.New("importer: several people of this name")

// newcomer begins the id of somebody who will be entered at the import.
const newcomer = "new:"

// naming finds the contributors of records by their names, each name once.
type naming struct {
	people People
	actor  policy.Actor
	org    string
	// enter makes entries for those who have none; otherwise they get an id
	// that begins with newcomer.
	enter bool
	known map[string]string
}

func newNaming(people People, actor policy.Actor, org string, enter bool) *naming {
	return &naming{people: people, actor: actor, org: org, enter: enter, known: map[string]string{}}
}

// resolve fills in the ids of a content's contributors. Faults:
// "person_ambiguous" for a name that several people bear, who are told apart by
// their ids alone.
func (n *naming) resolve(ctx context.Context, content any) ([]errs.Field, error) {
	c, ok := content.(*catalog.AchievementContent)
	if !ok || n.people == nil {
		return nil, nil
	}
	var faults []errs.Field
	for i := range c.Contributors {
		p := &c.Contributors[i]
		name := strings.TrimSpace(p.Name)
		if p.PersonID != "" || name == "" {
			continue
		}
		id, err := n.person(ctx, name)
		switch {
		case errors.Is(err, errAmbiguous):
			faults = append(faults, errs.Field{Path: at("contributors", i) + ".name", Code: "person_ambiguous"})
		case errs.KindOf(err) == errs.Invalid:
			faults = append(faults, errs.Field{Path: at("contributors", i) + ".name", Code: "wrong_format"})
		case err != nil:
			return nil, err
		}
		p.PersonID = id
	}
	return faults, nil
}

func (n *naming) person(ctx context.Context, name string) (string, error) {
	if id, there := n.known[name]; there {
		return id, nil
	}
	ids, err := n.people.Named(ctx, n.actor, n.org, name)
	if err != nil {
		return "", err
	}
	var id string
	switch {
	case len(ids) > 1:
		return "", errAmbiguous
	case len(ids) == 1:
		id = ids[0]
	case !n.enter:
		id = newcomer + name
	default:
		if id, err = n.people.Enter(ctx, n.actor, n.org, name); err != nil {
			return "", err
		}
	}
	n.known[name] = id
	return id, nil
}

// awaited tells whether a fault speaks of somebody who will be entered at the
// import.
func awaited(content any, f errs.Field) bool {
	c, ok := content.(*catalog.AchievementContent)
	if !ok || f.Code != "unknown_person" {
		return false
	}
	for i, p := range c.Contributors {
		if strings.HasPrefix(p.PersonID, newcomer) && strings.HasPrefix(f.Path, at("contributors", i)) {
			return true
		}
	}
	return false
}
