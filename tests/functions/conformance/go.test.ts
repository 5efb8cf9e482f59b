import { goCache, hasGo } from '@koyalite/testkit'
import { describeRuntime } from './conformance'

// The library of Go need not be compiled once more.
if (hasGo) process.env.GOCACHE = goCache()

describeRuntime({ runtime: 'go', code: 'go', missing: hasGo ? null : 'Go is not installed' })
