import { writeSync } from 'node:fs'
import { replaceProcess } from './replace-process'
import { noteStopped } from './stopped-hooks'
import { NOTHING, SLOTS, type Watched } from './watched'

declare const self: Worker

const LOOK_MS = 250

/** How often in a row a counter was seen as it is. Counted, not timed: a process that was stopped meanwhile, or a machine asleep, has looked at nothing. */
class Standstill {
  #seen = 0
  #times = 0

  look(counter: number, index: number): number {
    this.#times = index === NOTHING || counter !== this.#seen ? 0 : this.#times + 1
    this.#seen = counter
    return this.#times * LOOK_MS
  }
}

let watched: Watched | null = null
const holding = new Standstill()
const waiting = new Standstill()

self.onmessage = ({ data }: MessageEvent<Watched>) => {
  watched = data
}

setInterval(() => {
  if (watched === null) return
  const { state, limitMs } = watched
  const [active, entries, later, beats] = [SLOTS.active, SLOTS.entries, SLOTS.waiting, SLOTS.beats].map((slot) =>
    Atomics.load(state, slot),
  ) as [number, number, number, number]
  if (holding.look(entries, active) >= limitMs) end(watched, active)
  else if (waiting.look(beats, later) >= limitMs) end(watched, later)
}, LOOK_MS)

/** The event loop is held for good: nothing in this process can be asked to do anything any more. What was acknowledged is on disk. */
function end({ hooks, file, command, limitMs }: Watched, index: number): void {
  const hook = hooks[index]
  const message = `${hook?.place ?? 'a hook'} has held the server for ${limitMs / 1000} s: the process is replaced, and the server starts again`
  try {
    if (hook !== undefined) noteStopped(file, hook, new Date().toISOString())
    writeSync(1, `${JSON.stringify({ level: 'error', time: Date.now(), msg: message })}\n`)
  } finally {
    replaceProcess(command)
    // A supervisor starts it again.
    process.kill(process.pid, 'SIGKILL')
  }
}
