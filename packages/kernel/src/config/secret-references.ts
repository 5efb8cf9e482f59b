import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type LocatedValue, locateValue, type Origin, valueAt, wrapValue } from './located-value'
import { listOptions, type OptionNode } from './option-tree'
import type { SettingsProblem } from './settings-problem'

const VARIABLE = /^\$\{[A-Za-z_]\w*\}$/
const FILE = 'file:'

/** Options whose value must not stand in a settings file, which is committed: `${VAR}` or `file:path` stands for it. */
function references(tree: OptionNode) {
  return listOptions(tree).filter((option) => option.reference)
}

/** What settings files say of such options, before variables are expanded. */
export function checkReferences(tree: OptionNode, files: LocatedValue): readonly SettingsProblem[] {
  return references(tree).flatMap(({ path, variable }) => {
    const found = scalarAt(files, path)
    if (found === null || found.value === null) return []
    const text = String(found.value)
    if (VARIABLE.test(text) || text.startsWith(FILE)) return []
    const name = variable.replace('KOYALITE_', '')
    return [
      {
        at: found.at,
        message: `${path} must not be written in a settings file: use \${${name}} and set that variable, use file:/path/to/the/key, or remove it and set ${variable}`,
      },
    ]
  })
}

/** Reads what `file:` values refer to, relative to the project's folder: a layer above all others. The last end of line of a file is not part of it. */
export function resolveReferences(
  tree: OptionNode,
  root: LocatedValue,
  dir: string,
): {
  readonly layers: readonly LocatedValue[]
  readonly problems: readonly SettingsProblem[]
  readonly warnings: readonly string[]
} {
  const layers: LocatedValue[] = []
  const problems: SettingsProblem[] = []
  const warnings: string[] = []
  for (const { path } of references(tree)) {
    const found = scalarAt(root, path)
    if (found === null || found.value === null) continue
    const written = String(found.value)
    if (written === '') problems.push({ at: found.at, message: `${path} is empty: set a value, or remove it` })
    if (!written.startsWith(FILE)) continue
    const read = readSecret(resolve(dir, written.slice(FILE.length)))
    if ('problem' in read) problems.push({ at: found.at, message: `${path}: ${read.problem}` })
    else {
      if (read.warning !== undefined) warnings.push(`${path}: ${read.warning}`)
      layers.push(wrapValue(path.split('.'), locateValue(read.text, found.at, true)))
    }
  }
  return { layers, problems, warnings }
}

/** A secret that is named by `env:NAME` or `file:path`, as command lines take it. */
export function readSecretReference(
  reference: string,
  options: { readonly dir: string; readonly env: Readonly<Record<string, string | undefined>> },
): Secret {
  if (reference.startsWith(FILE)) return readSecret(resolve(options.dir, reference.slice(FILE.length)))
  if (!reference.startsWith('env:'))
    return { problem: 'pass a reference to the key, env:NAME or file:path, never the key itself' }
  const text = options.env[reference.slice('env:'.length)]
  return text ? { text } : { problem: `the environment variable ${reference.slice('env:'.length)} is not set` }
}

type Secret = { readonly text: string; readonly warning?: string } | { readonly problem: string }

function readSecret(file: string): Secret {
  try {
    const mode = process.platform === 'win32' ? 0 : statSync(file).mode
    if ((mode & 0o022) !== 0)
      return { problem: `${file} is writable by other users, so it cannot be trusted; run: chmod 600 ${file}` }
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    if (text === '') return { problem: `${file} is empty` }
    if ((mode & 0o044) === 0) return { text }
    return { text, warning: `${file} is readable by other users; run: chmod 600 ${file}` }
  } catch (error) {
    return { problem: `${file} cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
}

function scalarAt(
  root: LocatedValue,
  path: string,
): { readonly at: Origin; readonly value: string | number | boolean | null } | null {
  const { value } = valueAt(root, path.split('.'))
  return value.kind === 'scalar' ? value : null
}
