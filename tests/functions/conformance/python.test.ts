import { describeRuntime } from './conformance'

const isThere =
  Bun.which('python3') !== null &&
  Bun.spawnSync(['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).success

describeRuntime({ runtime: 'python', code: 'python', missing: isThere ? null : 'Python 3.9 or later is not installed' })
