import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type AdminClient, createAdminClient } from '@koyalite/client/admin'
import type { ErrorDetail } from '@koyalite/contracts'
import type { connectProject } from '@koyalite/server'
import { CommandError } from './command-error'
import { runningCommand } from './record-command'
import { note } from './terminal'

/** A project that a command works on, through its running server or without one. Its requests may do everything. */
export type Project = Awaited<ReturnType<typeof connectProject>>

/**
 * Opens the project in `dir` for the time of `action`. Throws a CommandError if there is none.
 * @param migrate what is done to the database of a project that no server has open; without it, what comes by itself
 */
export async function withProject<T>(
  dir: string | undefined,
  action: (project: Project) => Promise<T>,
  { migrate = 'additive' }: { readonly migrate?: 'additive' | 'none' } = {},
): Promise<T> {
  const folder = projectFolder(dir)
  // Loaded here, so that --help and init do not pay for the server.
  const { connectProject } = await import('@koyalite/server')
  const connection = await connectProject({ dir: folder, migrate })
  for (const line of connection.heldBack) note(line)
  const command = runningCommand(process.argv.slice(2))
  const project: Project = {
    ...connection,
    fetch(path, init) {
      command.asks(path, init?.method ?? 'GET')
      return connection.fetch(path, init)
    },
  }
  try {
    const result = await action(project)
    await command.ended(adminOf(connection), null)
    return result
  } catch (error) {
    await command.ended(adminOf(connection), error)
    throw error
  } finally {
    await connection.close()
  }
}

/** The absolute path of the project's folder, which has a schema.yaml, or a database that was made by one. Throws a CommandError where it has neither. */
export function projectFolder(dir: string | undefined): string {
  const folder = resolve(dir ?? '.')
  if (['schema.yaml', 'data/koyalite.db'].some((file) => existsSync(join(folder, file)))) return folder
  throw new CommandError(`${folder} has no schema.yaml`, {
    advice: 'Run this in a project, pass --dir, or create one: koyalite init my-app',
  })
}

/** A response of the project's API that is not 2xx. */
export class ApiError extends CommandError {
  readonly status: number
  readonly details: readonly ErrorDetail[]
  /** Index of the failing operation, where the request had several. */
  readonly operation: number | undefined

  constructor(status: number, error: { message?: string; details?: readonly ErrorDetail[]; operation?: number }) {
    super(error.message ?? `the server responded with ${status}`)
    this.status = status
    this.details = error.details ?? []
    this.operation = error.operation
  }
}

/** The admin API of the project. Its methods throw an ApiError. */
export function adminOf(project: Pick<Project, 'fetch'>): AdminClient {
  return createAdminClient({
    url: 'http://localhost',
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const body = request.body === null ? {} : { body: await request.arrayBuffer() }
      const response = await project.fetch(`${pathname}${search}`, {
        method: request.method,
        headers: request.headers,
        ...body,
      })
      if (!response.ok) throw apiErrorOf(response.status, await response.text())
      return response
    },
  })
}

/** Sends a request and returns the body of the response; undefined if it has none. Throws an ApiError. */
export async function callProject(project: Project, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await project.fetch(path, init)
  const text = await response.text()
  if (response.ok) return text === '' ? undefined : JSON.parse(text)
  throw apiErrorOf(response.status, text)
}

/** The error that a response of the project's API holds. */
export function apiErrorOf(status: number, body: string): ApiError {
  return new ApiError(status, readError(body))
}

function readError(text: string): { message?: string; details?: readonly ErrorDetail[]; operation?: number } {
  try {
    return (JSON.parse(text) as { error?: object }).error ?? {}
  } catch {
    return {}
  }
}
