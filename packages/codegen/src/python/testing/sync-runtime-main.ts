// `npm run python`: writes the Python runtime without `await` from the one with it. A test fails while it is not as this would write it.
import { join } from 'node:path'
import { RUNTIME, syncRuntime } from './sync-runtime'

for (const [path, text] of syncRuntime()) await Bun.write(join(RUNTIME, path), text)
