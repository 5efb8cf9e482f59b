package koyalite

import (
	"cmp"
	"strconv"
	"strings"
)

// CompareSeq says which of two positions of a server (LastSeq, Snapshot.Seq) is the later one: -1 if that is b, +1 if it
// is a, 0 if they are the same. ok is false where they belong to different histories, as before and after a restore.
func CompareSeq(a, b string) (order int, ok bool) {
	epochA, numberA, okA := splitSeq(a)
	epochB, numberB, okB := splitSeq(b)
	if !okA || !okB || epochA != epochB {
		return 0, false
	}
	return cmp.Compare(numberA, numberB), true
}

func splitSeq(seq string) (epoch string, number uint64, ok bool) {
	dot := strings.LastIndexByte(seq, '.')
	if dot < 1 {
		return "", 0, false
	}
	number, err := strconv.ParseUint(seq[dot+1:], 10, 64)
	return seq[:dot], number, err == nil
}
