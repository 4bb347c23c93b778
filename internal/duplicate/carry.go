package duplicate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"chengqiao/internal/errs"
)

// Choice is one field that the survivor takes from the other listing.
type Choice struct {
	Field string
	// Items are the places of the items of a list that are added to the
	// survivor's own; empty takes the whole field in the place of the
	// survivor's.
	Items []int
}

// own are fields that say something of the listing itself, not of the result.
var own = []string{"audience", "tiers", "source"}

// attached are the keys that name files of the other listing: a file belongs
// to the listing that it was uploaded to, so its owner attaches it again.
var attached = []string{"proof_file_id", "file_id"}

// carry puts chosen fields of another content into the survivor's. Error:
// errs.Invalid with the choice at fault.
func carry(survivor, other json.RawMessage, choices []Choice) (json.RawMessage, error) {
	var into, from map[string]json.RawMessage
	for raw, fields := range map[*json.RawMessage]*map[string]json.RawMessage{&survivor: &into, &other: &from} {
		if err := json.Unmarshal(*raw, fields); err != nil {
			return nil, errs.Wrap(errs.Internal, "internal", fmt.Errorf("decode content: %w", err))
		}
	}
	var faults []errs.Field
	for i, c := range choices {
		value, there := from[c.Field]
		path := fmt.Sprintf("carry[%d]", i)
		if !there || slices.Contains(own, c.Field) {
			faults = append(faults, errs.Field{Path: path + ".field", Code: "unknown_value"})
			continue
		}
		if len(c.Items) == 0 {
			into[c.Field] = detached(value)
			continue
		}
		joined, ok := added(into[c.Field], value, c.Items)
		if !ok {
			faults = append(faults, errs.Field{Path: path + ".items", Code: "out_of_range"})
			continue
		}
		into[c.Field] = joined
	}
	if err := errs.InvalidFields(faults); err != nil {
		return nil, err
	}
	out, err := json.Marshal(into)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, "internal", err)
	}
	return out, nil
}

// added appends items of a list to another, those that it has already aside.
func added(into, from json.RawMessage, items []int) (json.RawMessage, bool) {
	var have, offered []json.RawMessage
	if len(into) > 0 && json.Unmarshal(into, &have) != nil || json.Unmarshal(from, &offered) != nil {
		return nil, false
	}
	for _, i := range items {
		if i < 0 || i >= len(offered) {
			return nil, false
		}
		item := detached(offered[i])
		if !slices.ContainsFunc(have, func(h json.RawMessage) bool { return sameJSON(detached(h), item) }) {
			have = append(have, item)
		}
	}
	out, err := json.Marshal(have)
	return out, err == nil
}

// detached is a value without the files it names.
func detached(raw json.RawMessage) json.RawMessage {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return raw
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			detach(item)
		}
	default:
		detach(v)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return raw
	}
	return out
}

func detach(v any) {
	if object, ok := v.(map[string]any); ok {
		for _, key := range attached {
			delete(object, key)
		}
	}
}
