import { AdminApiError, type AdminClient, createAdminClient } from '@koyalite/client/admin'
import type { ProjectFunctions } from '@koyalite/codegen'
import { formatProblem, parseSchema, type Schema } from '@koyalite/schema'
import { CommandError } from '../command-error'
import { servedFunctions } from './project-functions'

/** The schema and the functions that a server serves. Throws a CommandError where it does not say. */
export async function servedProject(
  url: string,
  token: string | undefined,
): Promise<{ readonly schema: Schema; readonly functions: ProjectFunctions | null }> {
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new CommandError(`'${url}' is not a URL`, { exitCode: 2 })
  const admin = createAdminClient({ url, ...(token !== undefined && { token }) })
  const parsed = parseSchema((await answered(url, admin.getSchema())).served, { file: url })
  if (!parsed.ok)
    throw new CommandError(`the schema of ${url} cannot be read: ${parsed.problems.map(formatProblem).join('\n')}`, {
      advice: 'It may be of a newer version: use the koyalite that the server has.',
    })
  return { schema: parsed.schema, functions: await answered(url, functionsOf(admin)) }
}

/** Servers of before have no such route. */
async function functionsOf(admin: AdminClient): Promise<ProjectFunctions | null> {
  try {
    return await servedFunctions(admin, { areHere: false })
  } catch (error) {
    if (error instanceof AdminApiError && error.status === 404) return null
    throw error
  }
}

async function answered<T>(url: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof AdminApiError))
      throw new CommandError(`${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    const advice =
      error.status === 401 || error.status === 403
        ? '--token takes a service key that may read the schema: koyalite keys create --scope schema'
        : undefined
    throw new CommandError(`${url} does not tell its schema: ${error.message}`, {
      ...(advice !== undefined && { advice }),
      cause: error,
    })
  }
}
