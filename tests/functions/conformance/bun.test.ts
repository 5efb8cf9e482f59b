import { describeRuntime } from './conformance'

describeRuntime({ runtime: 'bun', code: 'javascript', missing: null })
