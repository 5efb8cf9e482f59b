import { runHost } from '../run-host'
import { bunEngine } from './bun-engine'

await runHost(bunEngine)
