package match

import "slices"

// posting says that a slot has a term: the slot in the upper 24 bits, enough
// for sixteen million, and in the lowest eight how strongly it is about the term,
// rounded up. What is rounded serves to find candidates; those are weighed by their
// own vectors.
type posting uint32

const (
	postingScale = 1<<8 - 1
	// impactStep is how much of an impact is one step of a posting's.
	impactStep = impactScale / postingScale
)

func postingOf(slot uint32, impact uint16) posting {
	return posting(slot<<8 | (uint32(impact)+impactStep-1)/impactStep)
}

func (p posting) slot() uint32 { return uint32(p) >> 8 }

// impact is an upper bound of the slot's impact, by less than a step, as a
// share of postingScale.
func (p posting) impact() uint32 { return uint32(p) & postingScale }

func bySlot(p posting, slot uint32) int {
	switch {
	case p.slot() < slot:
		return -1
	case p.slot() > slot:
		return 1
	}
	return 0
}

// post adds a slot to the postings of a term.
func (h *half) post(term, slot uint32, impact uint16) {
	list := h.postings[term]
	i := len(list)
	if i > 0 && list[i-1].slot() > slot { // a slot used again
		i, _ = slices.BinarySearchFunc(list, slot, bySlot)
	}
	h.postings[term] = slices.Insert(list, i, postingOf(slot, impact))
}

// unpost takes a slot out of the postings of a term.
func (h *half) unpost(term, slot uint32) {
	list := h.postings[term]
	if i, found := slices.BinarySearchFunc(list, slot, bySlot); found {
		h.postings[term] = slices.Delete(list, i, i+1)
	}
}

// seek is the place of the first posting of a slot or of one behind it. It is for
// those that are not far from the first: it goes on in steps that double.
func seek(list []posting, slot uint32) int {
	from, to := 0, 1
	for to <= len(list) && list[to-1].slot() < slot {
		from, to = to, 2*to+1
	}
	for to = min(to-1, len(list)); from < to; {
		if middle := int(uint(from+to) / 2); list[middle].slot() < slot {
			from = middle + 1
		} else {
			to = middle
		}
	}
	return from
}
