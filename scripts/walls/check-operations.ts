import type { CheckedFile } from './check-imports'
import { HTTP_NAMES } from './import-table'
import type { Located } from './source-facts'
import type { Violation } from './violation'

/**
 * Violations of "operations know no HTTP" in one file of a service's `operations/` folder: they are called by functions, GraphQL and the command line
 * too.
 */
export function checkOperations(file: CheckedFile): readonly Violation[] {
  const { path, workspace, isTest, facts } = file
  if (workspace.role !== 'service' || isTest || !path.includes('/operations/', workspace.folder.length)) return []
  const found: readonly Located[] = [
    ...facts.importedNames.filter(({ from, text }) => from === '@koyalite/kernel' && HTTP_NAMES.test(text)),
    ...facts.webTypes,
  ]
  return found.map(({ line, text }) => ({
    file: path,
    line,
    message: `an operation knows no HTTP, and so no ${text}; http/ translates`,
  }))
}
