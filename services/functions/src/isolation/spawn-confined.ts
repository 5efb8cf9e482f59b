import type { ControlGroup, ControlGroups } from './control-groups'
import type { Confined, Confinement, Launch } from './isolation'
import { hasEnded, processMemory } from './process-memory'

/**
 * Starts a command of this machine, which leads a group of processes: what it starts goes with it.
 * @param groups null where the kernel cannot be asked to bound it: then only the server looks at what it uses
 */
export function spawnConfined(
  { command, env, cwd }: Launch,
  { memory, cpu, tasks }: Pick<Confinement, 'memory' | 'cpu' | 'tasks'>,
  groups: ControlGroups | null,
): Confined {
  const group = groups?.make({ memory, cpu, tasks }) ?? null
  const child = Bun.spawn(group === null ? [...command] : [...joining(group), ...command], {
    ...{ env, cwd, detached: true },
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const { pid, stdout, stderr } = child
  const kill = () => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
    group?.kill()
  }
  const end = async () => {
    const code = await child.exited
    // What it has left behind.
    kill()
    const isOutOfMemory = group?.ranOutOfMemory() ?? false
    void group?.remove()
    return { code, signal: child.signalCode === null ? null : String(child.signalCode), isOutOfMemory }
  }
  return {
    ...{ stdout, stderr, kill },
    ended: end(),
    get hasEnded() {
      return hasEnded(pid)
    },
    usage: (enough) => processMemory(pid, enough),
  }
}

/** Joins before it becomes the command, so that nothing of it is ever outside. */
function joining({ joins }: ControlGroup): readonly string[] {
  const places = joins.map((file) => `echo 0 > ${quoted(file)}`).join(' && ')
  return ['/bin/sh', '-c', `${places} && exec "$@"`, 'sh']
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}
