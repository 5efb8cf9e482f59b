import { type Finding, note, ok, problem } from './finding'

export type Isolation = 'auto' | 'process' | 'sandbox' | 'container'

/** Tools that can keep functions apart from the server, and a command that only succeeds where they work. */
const TOOLS: readonly {
  readonly kind: 'sandbox' | 'container'
  readonly name: string
  readonly trial: readonly string[]
}[] = [
  {
    kind: 'sandbox',
    name: 'bubblewrap',
    trial: ['bwrap', '--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', 'true'],
  },
  { kind: 'container', name: 'docker', trial: ['docker', 'version', '--format', '{{.Server.Version}}'] },
  { kind: 'container', name: 'podman', trial: ['podman', 'info', '--format', '{{.Host.Arch}}'] },
]
const TRIAL_MS = 5_000

/** What this machine could keep functions apart by, beside what the settings ask for. */
export async function checkIsolation(wanted: Isolation): Promise<Finding> {
  const check = 'isolation'
  const working = await Promise.all(TOOLS.map(async (tool) => ((await works(tool.trial)) ? [tool] : [])))
  const tools = working.flat()
  const names = (kind: 'sandbox' | 'container') => tools.filter((tool) => tool.kind === kind).map(({ name }) => name)
  const found = [
    ...names('sandbox').map((name) => `sandboxes (${name})`),
    ...names('container').map((name) => `containers (${name})`),
    'separate processes',
  ]
  const text = `this machine can isolate functions with ${found.join(', ')}`
  if ((wanted === 'sandbox' || wanted === 'container') && names(wanted).length === 0) {
    const candidates = TOOLS.filter(({ kind }) => kind === wanted).map(({ name }) => name)
    return problem(
      check,
      `functions.isolation is ${wanted}, which does not work on this machine`,
      `Install ${candidates.join(' or ')}, or let its user run it; or set functions.isolation to auto.`,
    )
  }
  if (tools.length > 0) return ok(check, text)
  return note(
    check,
    `${text} only: functions can read everything that the user of the server can read`,
    'Install bubblewrap, docker or podman before you run untrusted functions.',
  )
}

/** An attacker who compromises a process that runs as root owns the machine. */
export function checkUser(): Finding | null {
  const check = 'user'
  const uid = process.getuid?.()
  if (uid === undefined) return null
  if (uid !== 0) return ok(check, `the server's user is ${uid}, not root`)
  return note(
    check,
    'the process runs as root',
    'Run the server as a dedicated user that owns the project folder, or in a container.',
  )
}

async function works([command = '', ...args]: readonly string[]): Promise<boolean> {
  if (Bun.which(command) === null) return false
  const child = Bun.spawn([command, ...args], { stdio: ['ignore', 'ignore', 'ignore'], timeout: TRIAL_MS })
  return (await child.exited) === 0
}
