import { beforeAll, beforeEach } from 'bun:test'
import { createOpenData } from '@koyalite/client/adapter'
import type { AdminDb } from '../db-types'
import { membersOf } from '../host/db-members'
import { namedCollections } from '../host/named-collections'
import type { PartClient } from '../host/open-part'
import { type Connection, readConnection, resetData } from './connection'
import { clearJobs, drainJobs } from './project-jobs'
import { readMails } from './project-mails'
import { signIn } from './sign-in'
import type { Caller, Execution, TestProject } from './test-project'

export interface ProjectOptions {
  /**
   * When the data is reset to the seeds of the project: before each test, or before the first one of the file.
   * @default 'test'
   */
  readonly fresh?: 'test' | 'file'
}

/**
 * The project for the tests of a file, served by the command that runs them.
 *
 * ```ts
 * const project = useProject()
 *
 * test('greets', async () => {
 *   expect(await project.call('greet', { name: 'Ann' })).toEqual({ message: 'Hello Ann' })
 * })
 * ```
 */
export function useProject({ fresh = 'test' }: ProjectOptions = {}): TestProject {
  const connection = readConnection()
  const { url } = connection
  const clientOf = (caller: Caller) => openClient(connection, caller)
  const service = clientOf('service')
  let since = ''
  const reset = async () => {
    await clearJobs(service)
    await resetData()
    since = new Date().toISOString()
  }
  if (fresh === 'test') beforeEach(reset)
  else beforeAll(reset)

  const dbAs = (caller: Caller): AdminDb => {
    const members = membersOf(clientOf(caller))
    return namedCollections(members, members.collection) as unknown as AdminDb
  }
  return {
    ...{ url, reset, dbAs, db: dbAs('service') },
    call: async (name, input, { as = 'anonymous' } = {}) =>
      (await clientOf(as).request('POST', `/api/functions/${encodeURIComponent(name)}`, {
        body: input ?? {},
      })) as never,
    fetch(path, { as = 'anonymous', ...init } = {}) {
      const headers = new Headers(init.headers)
      const token = tokenOf(connection, as)
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
      return fetch(new URL(path, url), { ...init, headers })
    },
    signIn: (user) => signIn({ service, anyone: clientOf('anonymous') }, user),
    async executions(name) {
      const query = name === undefined ? '' : `&function=${encodeURIComponent(name)}`
      const { executions } = (await service.request('GET', `/api/admin/functions/executions?limit=100${query}`)) as {
        readonly executions: readonly (Execution & { readonly started_at: string })[]
      }
      return executions.filter((one) => one.started_at >= since)
    },
    jobs: { drain: (options) => drainJobs(service, options) },
    mails: () => readMails(service, since),
  }
}

function tokenOf({ key }: Connection, caller: Caller): string | undefined {
  return caller === 'anonymous' ? undefined : caller === 'service' ? key : caller.token
}

/** What a test sends is sent once: what goes wrong is what it asks about. */
function openClient(connection: Connection, caller: Caller): PartClient {
  const token = tokenOf(connection, caller)
  return createOpenData({
    ...{ url: connection.url, collections: connection.collections, isDevelopment: false, retries: 0 },
    ...(token !== undefined && { token }),
    around: (options, send) => send(options),
  })
}
