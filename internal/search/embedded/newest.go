package embedded

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/search"
)

// newestBlock is how many slots are passed over together where all of them are
// older than what is wanted: slots are given in the order of arrival, so that
// most blocks are.
const newestBlock = 1024

// latestWith are the blocks' latest times with the next slot's.
func latestWith(latest []int64, slot int, published int64) []int64 {
	if slot%newestBlock == 0 {
		return append(latest, published)
	}
	block := slot / newestBlock
	latest[block] = max(latest[block], published)
	return latest
}

// fewToOrder: the newest of so few documents are found by looking at all.
const fewToOrder = 4096

// newest are the first limit documents of a set, the latest published first.
func (c *columns) newest(set *roaring.Bitmap, limit int) []uint32 {
	by := c.order(&search.Query{Sort: search.SortNewest}, nil)
	if set.GetCardinality() <= fewToOrder {
		return top(set.ToArray(), limit, by)
	}
	var list []uint32
	for block, latest := range slices.Backward(c.latest) {
		full := len(list) == limit
		if full && latest < c.published[list[limit-1]] {
			continue
		}
		first := block * newestBlock
		for o := first; o < min(first+newestBlock, len(c.published)); o++ {
			if (!full || c.published[o] >= c.published[list[limit-1]]) && set.Contains(uint32(o)) {
				list = append(list, uint32(o))
			}
		}
		list = slices.Clone(top(list, min(limit, len(list)), by))
	}
	return list
}
