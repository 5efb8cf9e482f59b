import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { CommandError } from '../command-error'

/** Sets options in koyalite.yaml, which keeps its comments and its order. */
export function writeSettings(dir: string, values: Readonly<Record<string, string | number | null>>): void {
  const file = join(dir, 'koyalite.yaml')
  const document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '')
  if (document.errors.length > 0) throw new CommandError(`koyalite.yaml cannot be read: ${document.errors[0]?.message}`)
  for (const [path, value] of Object.entries(values)) document.setIn(path.split('.'), value)
  const part = `${file}.part`
  writeFileSync(part, document.toString({ lineWidth: 0 }))
  renameSync(part, file)
}
