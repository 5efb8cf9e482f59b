import { basename, join, resolve } from 'node:path'
import { ENVIRONMENTS, type Environment, loadSettings } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import { SETTINGS } from './compose'
import { ENVIRONMENT_HEADER, findControl } from './control-channel'
import {
  brokenSchemaLines,
  brokenSettingsLines,
  databasePathOf,
  type Loaded,
  type ReadProject,
  readProject,
} from './load-project'
import { openProject, type ProjectOptions } from './project'
import { ProjectError } from './project-error'
import { readSchemaText } from './project-migrations'

/** A project as the command line uses it: its API, as one who may do everything. */
export interface ProjectConnection extends Loaded {
  /** Whether a server that was running already answers. */
  readonly live: boolean
  /** Why the schema of the tables is not the one of schema.yaml, where nothing serves them; empty where it is. */
  readonly heldBack: readonly string[]
  /** @param path with its query, as in `/api/collections/posts?limit=1` */
  fetch(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

/**
 * Connects to the server of a project if one is running, or else opens the project in this process, without a port.
 * Either way the same routes answer. Throws ProjectError.
 */
export async function connectProject(options: ProjectOptions): Promise<ProjectConnection> {
  const server = await findServer(options)
  if (server !== null) {
    const { read, socket, settingsProblems = [] } = server
    const send = (path: string, init?: RequestInit) =>
      fetch(`http://localhost${path}`, { ...init, unix: socket.address })
    return {
      ...read,
      schema: read.schema ?? (await servedSchema(send, read)),
      live: true,
      heldBack: [...brokenSettingsLines(settingsProblems), ...brokenSchemaLines(read.problems)],
      fetch: send,
      close: async () => socket.close(),
    }
  }
  const project = await openProject({ migrate: 'additive', ...options })
  const { settings, environment, variables, schema, warnings, control } = project.current()
  return {
    settings,
    environment,
    variables,
    schema,
    warnings,
    live: false,
    heldBack: project.heldBack,
    fetch: async (path, init) => control.fetch(new Request(`http://localhost${path}`, init), { ip: '127.0.0.1' }),
    close: () => project.close(),
  }
}

type Control = NonNullable<Awaited<ReturnType<typeof findControl>>>

interface FoundServer {
  readonly read: ReadProject
  readonly socket: Control
  /** What is wrong with the files of settings, which the server has read when they were right. */
  readonly settingsProblems?: readonly string[]
}

/**
 * The running server of a project, and the settings as it reads them: `start` is production where KOYALITE_ENV does not say otherwise, which may mean
 * another overlay, another database and other seeds than a command would take by itself.
 */
async function findServer(options: ProjectOptions): Promise<FoundServer | null> {
  const own = await readProject(options).catch((error: unknown) => {
    if (error instanceof ProjectError) return error
    throw error
  })
  if (own instanceof ProjectError) return serverOfBefore(options, own)
  const started = await readProject({ ...options, mode: 'start' }).catch(() => own)
  let other: FoundServer | null = null
  for (const read of own.environment === started.environment ? [own] : [own, started]) {
    const databasePath = databasePathOf(options.dir, read.settings)
    const socket = databasePath === ':memory:' ? null : await findControl(databasePath)
    if (socket === null) continue
    const environment = await environmentOf(socket)
    if (environment === null || environment === read.environment) {
      other?.socket.close()
      return { read, socket }
    }
    // Of an environment that neither reading is of: its name decides about seeds, and about what is refused.
    if (other === null) other = { read: { ...read, environment }, socket }
    else socket.close()
  }
  return other
}

/** A server that runs since before the settings got mistakes, at the place where databases are by default. Throws what is wrong if there is none. */
async function serverOfBefore({ dir }: ProjectOptions, { problems }: ProjectError): Promise<FoundServer> {
  const folder = resolve(dir)
  const defaults = loadSettings({
    declaration: SETTINGS,
    dir: join(folder, 'data'),
    env: {},
    overrides: { name: basename(folder) },
  })
  const socket = defaults.ok ? await findControl(databasePathOf(folder, defaults.settings)) : null
  if (!defaults.ok || socket === null) throw new ProjectError(problems)
  const environment = (await environmentOf(socket)) ?? defaults.environment
  const read = { settings: defaults.settings, environment, variables: {}, schema: null, problems: [], warnings: [] }
  return { read, socket, settingsProblems: problems }
}

async function environmentOf(socket: Control): Promise<Environment | null> {
  const { headers } = await fetch('http://localhost/health/live', { unix: socket.address })
  const name = headers.get(ENVIRONMENT_HEADER)
  return ENVIRONMENTS.find((environment) => environment === name) ?? null
}

/** What a server serves that was started, or has read its files, before schema.yaml got mistakes. */
async function servedSchema(send: (path: string) => Promise<Response>, { problems }: ReadProject): Promise<Schema> {
  const response = await send('/api/admin/schema')
  if (!response.ok) throw new ProjectError(problems)
  return readSchemaText(((await response.json()) as { served: string }).served)
}
