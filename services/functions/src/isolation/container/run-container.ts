import type { Confined, ProgramEnd } from '../isolation'
import { hasEnded, processMemory } from '../process-memory'
import type { Engine } from './engine-api'
import type { OutputPipes } from './output-pipes'
import { ownPid } from './own-pid'

/** Of a program that was ended by SIGKILL. */
const KILLED = 137

export interface ContainerRun {
  readonly engine: Engine
  /** What it writes its output to. */
  readonly output: OutputPipes
  /** Makes it. @returns its id */
  create(): Promise<string>
}

/** A container, which is created and started meanwhile. */
export function runContainer({ engine, output, create }: ContainerRun): Confined {
  let pid: number | null = null
  let isOver = false
  let isKilled = false
  let kill = () => {}

  async function run(): Promise<ProgramEnd> {
    const id = await create()
    try {
      if (isKilled) return { code: null, signal: 'SIGKILL', isOutOfMemory: false }
      await engine.start(id)
      kill = () => {
        // At once, where its process is one of this machine; the engine takes its time.
        const own = pid === null ? null : ownPid(pid, id)
        if (own === null || !killed(own)) void engine.kill(id).catch(() => {})
      }
      if (isKilled) kill()
      const waiting = engine.wait(id)
      pid = await engine.inspect(id).then(
        (state) => ownPid(state.pid, id),
        () => null,
      )
      const code = await waiting
      const state = await engine.inspect(id)
      const isSigkill = code === KILLED
      // Its first process gets no signal from within: where SIGKILL has ended it and not we, the kernel has, since its memory was used up.
      const isOutOfMemory = !isKilled && (state.isOutOfMemory || isSigkill)
      return isSigkill ? { code: null, signal: 'SIGKILL', isOutOfMemory } : { code, signal: null, isOutOfMemory }
    } finally {
      await engine.remove(id).catch(() => {})
    }
  }

  const ended = run()
    .catch(
      (error): ProgramEnd => ({ code: null, signal: null, isOutOfMemory: false, failure: (error as Error).message }),
    )
    .finally(() => {
      isOver = true
      output.end()
    })
  return {
    ...{ stdout: output.stdout, stderr: output.stderr, ended },
    get hasEnded() {
      return isOver || (pid !== null && hasEnded(pid))
    },
    kill() {
      isKilled = true
      kill()
    },
    usage: (enough) => (pid === null ? null : processMemory(pid, enough)),
  }
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile, or belongs to somebody whom only the engine may do that to.
    return false
  }
}
