import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AdminClient } from '@koyalite/client/admin'
import type { ProjectFunctions } from '@koyalite/codegen'
import type { JsonValue } from '@koyalite/contracts'
import { CommandError } from '../command-error'
import { adminOf } from '../project'

export function hasFunctions(dir: string): boolean {
  return existsSync(join(dir, 'functions'))
}

/** The package that functions in Python import, for editors; null where the project has none. */
export async function pythonFunctions(dir: string): Promise<Readonly<Record<string, string>> | null> {
  if (!hasFunctions(dir) || !hasPython(join(dir, 'functions'))) return null
  const { pythonFunctionsSources } = await import('@koyalite/server')
  return pythonFunctionsSources()
}

function hasPython(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some(
    (entry) => entry.name.endsWith('.py') || (entry.isDirectory() && existsSync(join(folder, entry.name, 'main.py'))),
  )
}

/** What a server serves of functions that code calls with an input. Raw ones take requests. */
export async function servedFunctions(
  admin: AdminClient,
  { areHere }: Pick<ProjectFunctions, 'areHere'> = { areHere: true },
): Promise<ProjectFunctions> {
  const { functions } = await admin.listFunctionSchemas()
  // Keys for another server's functions need not see its emails.
  const { templates } = areHere ? await admin.listMailTemplates() : { templates: [] }
  const all = functions.map(({ name, has_door: hasDoor, input, output }) => {
    // JSON Schemas.
    return { name, hasDoor, input: input as JsonValue, output: output as JsonValue }
  })
  return { all, areHere, templates: templates.flatMap(({ name, file }) => (file === null ? [] : [name])) }
}

/**
 * The functions in the folder of a project. Each says what it is when it is run: beside a database in memory, so that neither the project's own nor its
 * server takes notice. Throws a CommandError where one cannot be loaded.
 */
export async function functionsInFolder(dir: string): Promise<ProjectFunctions> {
  const { openProject } = await import('@koyalite/server')
  const project = await openProject({ dir, overrides: { 'database.path': ':memory:' }, terminal: 'none' })
  try {
    const admin = adminOf({
      fetch: async (path, init) =>
        project.current().control.fetch(new Request(`http://localhost${path}`, init), { ip: '127.0.0.1' }),
    })
    const problems = (await admin.listFunctions()).functions.flatMap((one) => one.problems)
    if (problems.length > 0) throw new CommandError(problems.join('\n'), { advice: 'Nothing was generated.' })
    return await servedFunctions(admin)
  } finally {
    await project.close()
  }
}
