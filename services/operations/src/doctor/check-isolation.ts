import { findEngineSocket, type Variables } from '@koyalite/kernel'
import { z } from 'zod'
import { type Finding, note, ok, problem, some } from './finding'

type Isolation = 'auto' | 'process' | 'sandbox' | 'container'

/** A command that only succeeds where sandboxes work. */
const SANDBOX = ['bwrap', '--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', 'true']
const TRIAL_MS = 5_000
const ENGINE = z.object({ Version: z.string(), Components: z.array(z.object({ Name: z.string() })).nullish() })

export interface IsolationSettings {
  readonly isolation: Isolation
  readonly container: { readonly socket: string | null }
}

/** Trials start processes, and the studio asks with every page: what one has shown holds for some seconds. */
const KNOWN_MS = 10_000
const trials = new Map<string, { readonly at: number; readonly result: Promise<boolean | string | null> }>()

/** What this machine could keep functions apart by, beside what the settings ask for. */
export async function checkIsolation(
  { isolation: wanted, container: { socket } }: IsolationSettings,
  variables: Variables,
): Promise<Finding> {
  const check = 'isolation'
  const engine = findEngineSocket(socket, variables)
  const [sandbox, container] = await Promise.all([
    works(SANDBOX),
    engine === null ? null : known(engine, () => engineAt(engine)),
  ])
  const found = [
    ...(sandbox ? ['sandboxes (bubblewrap)'] : []),
    ...(container === null ? [] : [`containers (${container})`]),
    'separate processes',
  ]
  const text = `this machine can isolate functions with ${found.join(', ')}`
  const refused = `functions.isolation is ${wanted}, which does not work on this machine`
  if (wanted === 'sandbox' && !sandbox) {
    const advice = 'Install bubblewrap, or let its user run it; or set functions.isolation to auto.'
    return problem(check, refused, advice)
  }
  if ((wanted === 'container' || socket !== null) && container === null) {
    const where = engine === null ? 'Install Podman or Docker' : `Let the engine listen at ${engine}`
    const advice = `${where}, and let the user of the server use it: podman system service, or functions.container.socket in docs/settings.md.`
    return problem(
      check,
      wanted === 'container' ? refused : `functions.container.socket: nothing answers there`,
      advice,
    )
  }
  if (sandbox || container !== null) return ok(check, text)
  return note(
    check,
    `${text} only: functions can read everything that the user of the server can read`,
    'Install bubblewrap, Docker or Podman before you run untrusted functions.',
  )
}

/** @param plain the functions that run as plain processes */
export function checkPlainFunctions(plain: readonly string[]): Finding | null {
  if (plain.length === 0) return null
  const names = `${some(plain)} ${plain.length === 1 ? 'runs as a plain process' : 'run as plain processes'}`
  return note(
    'functions',
    `${names}: their code reaches everything that the user of the server can reach`,
    'Let them run in a sandbox (install bubblewrap on Linux; isolation: auto) or in a container: docs/functions.md.',
  )
}

/** What answers at a socket: "Podman 4.3.1". Null: nothing. */
async function engineAt(socket: string): Promise<string | null> {
  try {
    const init = { unix: socket, signal: AbortSignal.timeout(TRIAL_MS) }
    const { Version, Components } = ENGINE.parse(await (await fetch('http://engine/version', init)).json())
    return `${Components?.some(({ Name }) => Name.startsWith('Podman')) === true ? 'Podman' : 'Docker'} ${Version}`
  } catch {
    return null
  }
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

function works([command = '', ...args]: readonly string[]): Promise<boolean> {
  const path = Bun.which(command)
  return path === null ? Promise.resolve(false) : known(path, () => succeeds([path, ...args]))
}

async function succeeds(command: readonly string[]): Promise<boolean> {
  const child = Bun.spawn([...command], { stdio: ['ignore', 'ignore', 'ignore'], timeout: TRIAL_MS })
  return (await child.exited) === 0
}

/** @param path of what is tried */
function known<T extends boolean | string | null>(path: string, attempt: () => Promise<T>): Promise<T> {
  const before = trials.get(path)
  if (before !== undefined && performance.now() - before.at < KNOWN_MS) return before.result as Promise<T>
  const result = attempt()
  trials.set(path, { at: performance.now(), result })
  return result
}
