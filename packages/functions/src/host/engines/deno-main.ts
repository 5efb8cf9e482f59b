import { runHost } from '../run-host'
import { denoEngine } from './deno-engine'

await runHost(denoEngine)
