import { denoFolder } from '../deno-folder'
import { describeRuntime } from './conformance'

describeRuntime({
  ...{ runtime: 'deno', code: 'javascript', isolations: ['sandbox', 'container'], path: denoFolder },
  missing: denoFolder === null ? 'Deno is not installed' : null,
})
