import { runHost } from '../run-host'
import { nodeEngine } from './node-engine'

await runHost(nodeEngine)
