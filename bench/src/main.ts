/** `bun run bench [S1 …] [--quick] [--peers koyalite,floor] [--repetitions n] [--seconds n] [--executable] [--before FOLDER] [--save NAME]` */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SCENARIOS } from './all-scenarios'
import { describeMachine } from './machine'
import { availablePeers, checkoutPeer } from './peers'
import { countFailures, report, summary } from './report'
import type { Cell, Scenario, ScenarioOptions } from './scenario'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'string' },
    repetitions: { type: 'string' },
    seconds: { type: 'string' },
    executable: { type: 'boolean', default: false },
    before: { type: 'string' },
    save: { type: 'string' },
  },
})
const wanted = positionals.map((id) => id.toUpperCase())
const unknown = wanted.filter((id) => !SCENARIOS.some((scenario) => scenario.id === id))
if (unknown.length > 0) {
  console.error(
    `unknown scenario ${unknown.join(', ')}; there are ${SCENARIOS.map((scenario) => scenario.id).join(', ')}`,
  )
  process.exit(2)
}
const options: ScenarioOptions = {
  quick: values.quick,
  repetitions: Number(values.repetitions ?? (values.quick ? 1 : 5)),
  warmUpSeconds: values.quick ? 0.1 : 0.3,
  seconds: Number(values.seconds ?? (values.quick ? 0.3 : 1.2)),
}

const machine = describeMachine()
const heading = `koyalite runs from ${values.executable ? 'dist/koyalite, as it was built last' : 'source'}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Bun ${machine.bun}; ${machine.pinning}`
const conditions = `medians of ${options.repetitions} interleaved repetitions of at most ${options.seconds} s; ratios are medians of those within a repetition; koyalite and floor sync every write to disk before they answer, PocketBase 0.36.8 is at its defaults (synchronous=NORMAL)`
const sections = ['# Benchmark results', '', `${heading}; ${conditions}.`, '']
if (options.quick) sections.push('A quick run shows that everything works. Its figures say nothing.', '')
console.log(sections.join('\n'))
const available = await availablePeers(values.peers?.split(','), values.executable ? 'executable' : 'source')
const peers = values.before === undefined ? available : [...available, checkoutPeer(values.before)]
const results: { scenario: Scenario; cells: readonly Cell[] }[] = []
for (const scenario of SCENARIOS) {
  if (wanted.length > 0 && !wanted.includes(scenario.id)) continue
  const started = performance.now()
  const cells = await scenario.run(peers, options)
  results.push({ scenario, cells })
  sections.push(report(scenario, cells))
  console.log(sections.at(-1))
  console.error(`${scenario.id} took ${Math.round((performance.now() - started) / 1000)} s`)
}
sections.push(summary(results))
console.log(sections.at(-1))
if (values.save !== undefined) {
  const folder = join(import.meta.dir, '../results')
  mkdirSync(folder, { recursive: true })
  await Bun.write(join(folder, `${values.save}.md`), `${sections.join('\n')}\n`)
  const cells = Object.fromEntries(results.map((one) => [one.scenario.id, one.cells]))
  await Bun.write(join(folder, `${values.save}.json`), `${JSON.stringify({ machine, options, cells }, null, 1)}\n`)
}
process.exit(countFailures(results.flatMap(({ cells }) => cells)) > 0 ? 1 : 0)
