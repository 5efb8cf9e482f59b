import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port'
import { FIB, type FunctionRuntime, RUNTIMES } from '../functions/runtimes'
import { Latencies } from '../latencies'
import { type Peer, type RunningPeer, startPeer } from '../peers'
import type { Cell, Scenario, ScenarioOptions } from '../scenario'
import { figureBound, type Target } from '../target'

const BESIDE = 'reads beside 64 × fib(40)'
const IDLE_MS = 1_000
const CALLERS = 64

/** Calls of functions: the first one, warm ones beside the least that answers the same, and what heavy ones leave to others. */
export const FUNCTIONS: Scenario = {
  id: 'S10',
  title: 'functions: cold and warm calls beside a bare server of the same runtime; reads beside heavy functions',
  note:
    'A call is cold when the instance has ended meanwhile. Calls come one after the other over one connection, from this process; nothing is ' +
    'pinned. Runtimes that the machine does not have are left out.',
  targets: [
    ...RUNTIMES.flatMap(({ name, coldMs }) => [
      ...(coldMs === null ? [] : [figureBound(name, 'cold ms', { below: coldMs })]),
      overFloor(name),
    ]),
    figureBound(BESIDE, 'p99 ms', { below: 20 }),
  ],
  async run(peers, options) {
    const ours = peers.find(({ kind }) => kind === 'koyalite')
    if (ours === undefined) return []
    const running = await startPeer(withFunctions(ours))
    try {
      const served = await servedRuntimes(running)
      const cells: Cell[] = []
      for (let repetition = 0; repetition < options.repetitions; repetition++) {
        for (const runtime of served) {
          cells.push({
            cell: runtime.name,
            peer: 'koyalite',
            repetition,
            result: await callsOf(running, runtime, options),
          })
          const floor = await floorOf(runtime, options)
          if (floor !== null) cells.push({ cell: runtime.name, peer: 'floor', repetition, result: floor })
        }
        cells.push({ cell: BESIDE, peer: 'koyalite', repetition, result: await readsBesideFib(running, options) })
      }
      return cells
    } finally {
      await running.stop()
    }
  },
}

/** For comparison: what the server adds. */
function overFloor(name: string): Target {
  const figure = 'warm p50 ms'
  return {
    says: `${name}: ${figure} / floor`,
    of: { cell: name, peer: 'koyalite', figure },
    over: { cell: name, peer: 'floor', figure },
  }
}

function withFunctions(ours: Peer): Peer {
  return {
    ...ours,
    onAllCores: true,
    command(folder, port) {
      const words = ours.command(folder, port)
      appendFileSync(join(folder, 'koyalite.yaml'), `functions: { idle_timeout: ${IDLE_MS / 1000}s }\n`)
      mkdirSync(join(folder, 'functions'))
      writeFileSync(join(folder, 'functions', 'fib.ts'), FIB)
      for (const [name, text] of RUNTIMES.flatMap(({ files }) => Object.entries(files)))
        writeFileSync(join(folder, 'functions', name), text)
      return words
    },
  }
}

/** Those whose function is served here, once all that can be are. */
async function servedRuntimes({ port, key }: RunningPeer): Promise<readonly FunctionRuntime[]> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/api/admin/functions`, {
      headers: { authorization: `Bearer ${key}` },
    })
    const text = await response.text()
    const { functions } = JSON.parse(text) as {
      readonly functions: readonly { name: string; version: number | null }[]
    }
    if (!text.includes('is still being loaded')) {
      const served = functions.flatMap(({ name, version }) => (version === null ? [] : name))
      return RUNTIMES.filter(({ name }) => served.includes(`hello-${name}`))
    }
    await Bun.sleep(100)
  }
}

async function callsOf(
  { port }: RunningPeer,
  { name }: FunctionRuntime,
  options: ScenarioOptions,
): Promise<Cell['result']> {
  const url = `http://127.0.0.1:${port}/api/functions/hello-${name}`
  // Idle for long enough to have ended, however often that is looked at.
  await Bun.sleep(IDLE_MS * 3)
  const started = performance.now()
  const failures = (await call(url)) ? 0 : 1
  const cold = performance.now() - started
  const { latencies, failed } = await warmCalls(url, options)
  return { measured: { 'cold ms': cold, ...warmFigures(latencies) }, failures: failuresOf(failures + failed) }
}

async function floorOf(runtime: FunctionRuntime, options: ScenarioOptions): Promise<Cell['result'] | null> {
  const port = freePort()
  const words = runtime.floor(port)
  if (words === null) return null
  const child = Bun.spawn([...words], { stdio: ['ignore', 'ignore', 'ignore'] })
  try {
    const url = `http://127.0.0.1:${port}/`
    while (child.exitCode === null && !(await call(url).catch(() => false))) await Bun.sleep(5)
    const { latencies, failed } = await warmCalls(url, options)
    return { measured: warmFigures(latencies), failures: failuresOf(failed) }
  } finally {
    child.kill('SIGKILL')
    await child.exited
  }
}

async function warmCalls(url: string, { warmUpSeconds, seconds }: ScenarioOptions) {
  const latencies = new Latencies()
  let failed = 0
  const begin = performance.now() + warmUpSeconds * 1000
  for (let now = performance.now(); now < begin + seconds * 1000; now = performance.now()) {
    const isRight = await call(url)
    if (!isRight) failed++
    if (now >= begin) latencies.add(performance.now() - now)
  }
  return { latencies, failed }
}

/** Whether the answer is right. */
async function call(url: string): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Ann"}',
  })
  return (await response.text()).replace(/\s/g, '') === '{"message":"HelloAnn"}'
}

async function readsBesideFib({ port }: RunningPeer, { seconds }: ScenarioOptions): Promise<Cell['result']> {
  const url = `http://127.0.0.1:${port}`
  let isOver = false
  const callers = Array.from({ length: CALLERS }, async () => {
    // Those for whom there is no room ask again.
    while (!isOver) {
      await fetch(`${url}/api/functions/fib`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"n":40}',
      })
      await Bun.sleep(50)
    }
  })
  await Bun.sleep(1_000)
  const latencies = new Latencies()
  let failed = 0
  const end = performance.now() + Math.max(seconds, 1) * 2_000
  for (let now = performance.now(); now < end; now = performance.now()) {
    const response = await fetch(`${url}/api/collections/announcements?limit=1`)
    await response.text()
    if (!response.ok) failed++
    latencies.add(performance.now() - now)
  }
  isOver = true
  await Promise.all(callers)
  const { p50, p99 } = latencies.summary()
  return { measured: { 'p50 ms': p50, 'p99 ms': p99 }, failures: failuresOf(failed) }
}

function warmFigures(latencies: Latencies): Record<string, number> {
  const { p50, p99 } = latencies.summary()
  return { 'warm p50 ms': p50, 'warm p99 ms': p99 }
}

function failuresOf(count: number): Record<string, number> {
  return count === 0 ? {} : { 'wrong answers': count }
}
