package embedded

import (
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// array is one that is being made, value after value: in memory, or in the room
// that a file has for it, so that a large one never lies in memory as a whole.
type array[T byte | uint32 | uint64] struct {
	// values are all of them in memory, or those that are not written yet.
	values []T
	length int
	// into is nil for memory.
	into     *segmentDraft
	extent   extent
	checksum *xxhash.Digest
	err      error
}

// unwritten is how many bytes of an array wait until they are written together.
const unwritten = 1 << 16

// newArray makes an array of at most so many values.
func newArray[T byte | uint32 | uint64](into *segmentDraft, most int) *array[T] {
	a := &array[T]{into: into}
	if into == nil {
		a.values = make([]T, 0, most)
		return a
	}
	a.values = make([]T, 0, unwritten/sizeOf[T]())
	a.extent.at = into.room(most * sizeOf[T]())
	a.checksum = xxhash.New()
	return a
}

func (a *array[T]) add(values ...T) {
	a.length += len(values)
	if a.into == nil {
		a.values = append(a.values, values...)
		return
	}
	for len(values) > 0 {
		n := min(len(values), cap(a.values)-len(a.values))
		a.values = append(a.values, values[:n]...)
		values = values[n:]
		if len(a.values) == cap(a.values) {
			a.flush()
		}
	}
}

func (a *array[T]) flush() {
	b := bytesOf(a.values)
	_, _ = a.checksum.Write(b) // never fails
	if a.err == nil {
		a.err = a.into.write(b, a.extent.at+a.extent.length)
	}
	a.extent.length += uint64(len(b))
	a.values = a.values[:0]
}

// finish writes the rest and tells where the array lies.
func (a *array[T]) finish() (extent, error) {
	a.flush()
	a.extent.checksum = a.checksum.Sum64()
	return a.extent, a.err
}

func sizeOf[T byte | uint32 | uint64 | int64]() int {
	var v T
	return int(unsafe.Sizeof(v))
}

// bytesOf are the bytes that values lie in, in this machine's order.
func bytesOf[T byte | uint32 | uint64 | int64](values []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*sizeOf[T]())
}

// valuesIn are the values that lie in bytes, which begin at a multiple of eight
// of what is mapped; false where they are no whole number of them.
func valuesIn[T byte | uint32 | uint64](b []byte) ([]T, bool) {
	size := sizeOf[T]()
	if len(b) == 0 {
		return nil, true
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/size), len(b)%size == 0
}
