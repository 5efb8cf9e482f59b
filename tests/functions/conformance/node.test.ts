import { describeRuntime } from './conformance'

const isThere = Bun.which('node') !== null

describeRuntime({ runtime: 'node', code: 'javascript', missing: isThere ? null : 'Node.js is not installed' })
