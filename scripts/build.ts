// `npm run build`: dist/koyalite, for this machine.
import { statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildExecutable } from './release/build-executable'
import { executableName, targetFor, thisMachine } from './release/targets'

const target = targetFor(thisMachine())
if (target === undefined) throw new Error(`there is no SQLite library for ${process.platform} on ${process.arch}`)
const { values } = parseArgs({ options: { outfile: { type: 'string' } } })
const outfile = resolve(values.outfile ?? join(import.meta.dir, '..', 'dist', executableName(target)))
await buildExecutable({ target, outfile })
console.log(`${relative('.', outfile)}  ${(statSync(outfile).size / 1_000_000).toFixed(0)} MB`)
