import type { Schema } from '@koyalite/schema'
import { findControl } from './control-channel'
import { brokenSchemaLines, databasePathOf, type Loaded, type ReadProject, readProject } from './load-project'
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
  const read = await readProject(options)
  const databasePath = databasePathOf(options.dir, read.settings)
  const socket = databasePath === ':memory:' ? null : await findControl(databasePath)
  if (socket !== null) {
    const send = (path: string, init?: RequestInit) =>
      fetch(`http://localhost${path}`, { ...init, unix: socket.address })
    return {
      ...read,
      schema: read.schema ?? (await servedSchema(send, read)),
      live: true,
      heldBack: brokenSchemaLines(read.problems),
      fetch: send,
      close: async () => socket.close(),
    }
  }
  const project = await openProject({ migrate: 'additive', ...options })
  const { settings, environment, schema, warnings, control } = project.current()
  return {
    settings,
    environment,
    schema,
    warnings,
    live: false,
    heldBack: project.heldBack,
    fetch: async (path, init) => control.fetch(new Request(`http://localhost${path}`, init), { ip: '127.0.0.1' }),
    close: () => project.close(),
  }
}

/** What a server serves that was started, or has read its files, before schema.yaml got mistakes. */
async function servedSchema(send: (path: string) => Promise<Response>, { problems }: ReadProject): Promise<Schema> {
  const response = await send('/api/admin/schema')
  if (!response.ok) throw new ProjectError(problems)
  return readSchemaText(((await response.json()) as { served: string }).served)
}
