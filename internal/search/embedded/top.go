package embedded

import "slices"

// ranked is an order of slots: those of a greater key come first, and less,
// which is total, agrees with that and decides among equal keys.
type ranked struct {
	key  func(o uint32) int64
	less func(a, b uint32) bool
}

// top keeps the first limit elements, in order. It begins at the end of the
// list: of slots those are the newest documents, which most often come first.
func top(list []uint32, limit int, by ranked) []uint32 {
	less := by.less
	compare := func(a, b uint32) int {
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	}
	if limit >= len(list) {
		slices.SortFunc(list, compare)
		return list
	}
	// A bounded heap with the last of the kept at its root.
	rest, heap := list[:len(list)-limit], list[len(list)-limit:]
	sink := func(i int) {
		for {
			worst := i
			for _, child := range []int{2*i + 1, 2*i + 2} {
				if child < len(heap) && less(heap[worst], heap[child]) {
					worst = child
				}
			}
			if worst == i {
				return
			}
			heap[i], heap[worst] = heap[worst], heap[i]
			i = worst
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(i)
	}
	if limit > 0 {
		least := by.key(heap[0])
		for _, o := range slices.Backward(rest) {
			if by.key(o) >= least && less(o, heap[0]) {
				heap[0] = o
				sink(0)
				least = by.key(heap[0])
			}
		}
	}
	slices.SortFunc(heap, compare)
	return heap
}
