import type { Report, YamlEntry } from '@koyalite/yaml'
import { CLIENTS_KEYS } from './file/field-keys'
import { keysOf } from './file/file-key'
import { nameProblem } from './names'
import { readOptions, readText } from './shape'

/** `clients: { name: sign_ins }` of a collection or field. @param owner in messages: `collection 'auth'` */
export function readClientName(entry: YamlEntry | undefined, owner: string, report: Report): string | undefined {
  if (!entry) return undefined
  const option = readOptions(entry.value, { what: `'clients' of ${owner}`, keys: keysOf(CLIENTS_KEYS) }, report)?.get(
    'name',
  )
  const name = readText(option, report)
  const problem = name === undefined ? undefined : nameProblem(name, 'client')
  if (problem && option) report(option.value.position, problem)
  return name
}
