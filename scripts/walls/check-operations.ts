import { posix } from 'node:path'
import type { CheckedFile } from './check-imports'
import { HTTP_NAMES } from './import-table'
import type { Located } from './source-facts'
import type { Violation } from './violation'

/**
 * Violations of "operations know no HTTP" in one file of a service's `operations/` folder: functions, GraphQL and the
 * command line call them too.
 */
export function checkOperations(file: CheckedFile): readonly Violation[] {
  const { path, workspace, isTest, facts } = file
  if (workspace.role !== 'service' || isTest || !path.includes('/operations/', workspace.folder.length)) return []
  const found: readonly Located[] = [
    ...facts.importedNames.filter(({ from, text }) => from === '@koyalite/kernel' && HTTP_NAMES.test(text)),
    ...facts.imports.filter(({ text }) => leadsToHttp(file, text)),
    ...facts.webTypes,
  ]
  return found.map(({ line, text }) => ({
    file: path,
    line,
    message: `an operation knows no HTTP, and so no ${text}; http/ translates`,
  }))
}

function leadsToHttp({ path, workspace }: CheckedFile, specifier: string): boolean {
  const target = posix.join(posix.dirname(path), specifier)
  return specifier.startsWith('.') && target.startsWith(`${workspace.folder}/src/http/`)
}
