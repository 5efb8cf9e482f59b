package koyalite

import (
	"runtime/pprof"
	"sync"
	"time"
	"unsafe"
)

// lateTime is how long after its answer something may still be said of a call.
const lateTime = 10 * time.Second

// labelled has the calls by the labels of their goroutines.
var labelled sync.Map

// goroutineLabels returns the labels of the present goroutine: one pointer for all that share them. The runtime keeps
// this function for packages that follow goroutines.
//
//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() unsafe.Pointer

var _ = pprof.Do

// remember makes the present goroutine, and those that it starts, one of a call.
func remember(opened *call) unsafe.Pointer {
	labels := goroutineLabels()
	labelled.Store(labels, opened)
	return labels
}

// forget is for when a call has ended: what it has left running may still log, for a while.
func forget(labels unsafe.Pointer) {
	time.AfterFunc(lateTime, func() { labelled.Delete(labels) })
}

// currentCall returns the call that the present goroutine belongs to; nil where that is not known.
func currentCall() *call {
	if found, ok := labelled.Load(goroutineLabels()); ok {
		return found.(*call)
	}
	return nil
}
