/** `bun run bench [S1 …] [--quick] [--peers koyalite,floor] [--repetitions n] [--seconds n] [--save NAME]` */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SCENARIOS } from './all-scenarios'
import { describeMachine } from './machine'
import { availablePeers } from './peers'
import { report } from './report'
import type { Cell, ScenarioOptions } from './scenario'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'string' },
    repetitions: { type: 'string' },
    seconds: { type: 'string' },
    save: { type: 'string' },
  },
})
const unknown = positionals.filter((id) => !SCENARIOS.some((scenario) => scenario.id === id))
if (unknown.length > 0) {
  console.error(
    `unknown scenario ${unknown.join(', ')}; there are ${SCENARIOS.map((scenario) => scenario.id).join(', ')}`,
  )
  process.exit(2)
}
const options: ScenarioOptions = {
  quick: values.quick,
  repetitions: Number(values.repetitions ?? (values.quick ? 1 : 5)),
  warmUpSeconds: values.quick ? 0.5 : 2,
  seconds: Number(values.seconds ?? (values.quick ? 2 : 10)),
}

const machine = describeMachine()
const heading = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Bun ${machine.bun}; ${machine.pinning}`
const conditions = `medians of ${options.repetitions} interleaved repetitions of at most ${options.seconds} s; koyalite and floor sync every write to disk before they answer, PocketBase is at its defaults (synchronous=NORMAL)`
const sections = ['# Benchmark results', '', `${heading}; ${conditions}.`, '']
console.log(sections.join('\n'))
const peers = await availablePeers(values.peers?.split(','))
const raw: Record<string, readonly Cell[]> = {}
for (const scenario of SCENARIOS) {
  if (positionals.length > 0 && !positionals.includes(scenario.id)) continue
  const cells = await scenario.run(peers, options)
  raw[scenario.id] = cells
  sections.push(report(scenario, cells))
  console.log(sections.at(-1))
}
if (values.save !== undefined) {
  const folder = join(import.meta.dir, '../results')
  mkdirSync(folder, { recursive: true })
  await Bun.write(join(folder, `${values.save}.md`), `${sections.join('\n')}`)
  await Bun.write(join(folder, `${values.save}.json`), `${JSON.stringify({ machine, options, cells: raw }, null, 1)}\n`)
}
const failed = Object.values(raw).some((cells) =>
  cells.some(({ result }) => 'failures' in result && Object.keys(result.failures).length > 0),
)
process.exit(failed ? 1 : 0)
