import { AdminApiError, createAdminClient } from '@koyalite/client/admin'
import { formatProblem, parseSchema, type Schema } from '@koyalite/schema'
import { CommandError } from '../command-error'

/** The schema that a server serves. Throws a CommandError where it does not say. */
export async function servedSchema(url: string, token: string | undefined): Promise<Schema> {
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new CommandError(`'${url}' is not a URL`, { exitCode: 2 })
  const admin = createAdminClient({ url, ...(token !== undefined && { token }) })
  const parsed = parseSchema((await answered(url, admin.getSchema())).served, { file: url })
  if (!parsed.ok)
    throw new CommandError(`the schema of ${url} cannot be read: ${parsed.problems.map(formatProblem).join('\n')}`, {
      advice: 'It may be of a newer version: use the koyalite that the server has.',
    })
  return parsed.schema
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
