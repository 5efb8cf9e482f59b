import { didYouMean } from '@koyalite/contracts'
import { describe } from '@koyalite/schema'
import { fromJson, type Position, type Report, readYaml, type YamlNode } from '@koyalite/yaml'
import type { SourceProblem } from '../source-problem'
import { MANIFEST_KEYS, type ManifestKeyName, type ManifestValues } from './manifest-keys'

/** A manifest as a file or code has it, before the two are put together. */
export interface ReadManifest {
  readonly file: string
  readonly values: ManifestValues
  /** Of each key that is there: where, and as it is written, for messages. */
  readonly written: ReadonlyMap<ManifestKeyName, WrittenKey>
  readonly problems: readonly SourceProblem[]
}

export interface WrittenKey {
  /** Null in code. */
  readonly position: Position | null
  /** Null where it may be secret, or more than a word. */
  readonly text: string | null
}

/** Reads `functions/<name>.yaml`. @param file its path, for messages */
export function parseManifest(text: string, { file }: { readonly file: string }): ReadManifest {
  const problems: SourceProblem[] = []
  const report: Report = (position, message) => problems.push({ file, position, message })
  const node = readYaml(text, report)
  if (node === null) return { ...nothing(file), problems }
  return { file, problems, ...readKeys(node, { where: 'a manifest', isCode: false }, report) }
}

/** Checks the `config` that code has, with the same sentences. @param file the file of the function, for messages */
export function checkConfig(config: unknown, { file }: { readonly file: string }): ReadManifest {
  const problems: SourceProblem[] = []
  const report: Report = (_, message) => problems.push({ file, position: null, message: `config: ${message}` })
  const node = config === null || config === undefined ? null : fromJson(config, report)
  if (node === null) return { ...nothing(file), problems }
  return { file, problems, ...readKeys(node, { where: 'config', isCode: true }, report) }
}

function nothing(file: string): Omit<ReadManifest, 'problems'> {
  return { file, values: {}, written: new Map() }
}

interface Place {
  readonly where: string
  readonly isCode: boolean
}

function readKeys(node: YamlNode, { where, isCode }: Place, report: Report): Pick<ReadManifest, 'values' | 'written'> {
  const values: Record<string, unknown> = {}
  const written = new Map<ManifestKeyName, WrittenKey>()
  // An empty file says nothing.
  if (node.kind === 'scalar' && node.value === null) return { values, written }
  if (node.kind !== 'map') {
    report(node.position, `${where} must be a map of keys and values, not ${describe(node)}`)
    return { values, written }
  }
  for (const entry of node.entries.slice(0, MAX_KEYS)) {
    const { key, keyPosition, value } = entry
    if (!isKey(key)) {
      report(keyPosition, unknownKey(key, where))
      continue
    }
    const { read, ...about } = MANIFEST_KEYS[key]
    const one: unknown = read(entry, report)
    if (one !== undefined) values[key] = one
    const isShown = !('secret' in about) && value.kind === 'scalar'
    written.set(key, { position: isCode ? null : keyPosition, text: isShown ? describe(value) : null })
  }
  return { values, written }
}

/** No right manifest has more, and each wrong key is compared with all others. */
const MAX_KEYS = 100

function isKey(key: string): key is ManifestKeyName {
  return Object.hasOwn(MANIFEST_KEYS, key)
}

function unknownKey(key: string, where: string): string {
  const advice = Object.hasOwn(ADVICE, key) ? ADVICE[key] : didYouMean(key, Object.keys(MANIFEST_KEYS))
  return `unknown key '${key.slice(0, 100)}' in ${where}${advice || `; known are ${Object.keys(MANIFEST_KEYS).join(', ')}`}`
}

const IN_CODE = ': it is part of the code (defineFunction)'

/** What people look for here. */
const ADVICE: Readonly<Record<string, string>> = {
  input: IN_CODE,
  output: IN_CODE,
  handler: IN_CODE,
  secrets: " (did you mean 'env'?)",
  environment: " (did you mean 'env'?)",
  path: " (did you mean 'route'?)",
  cron: " (did you mean 'schedule'?)",
  roles: " (did you mean 'access'?)",
  max_instances: ': it is a setting, functions.max_instances in koyalite.yaml',
  idle_timeout: ': it is a setting, functions.idle_timeout in koyalite.yaml',
}
