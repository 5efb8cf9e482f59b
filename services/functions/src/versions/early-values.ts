import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { literalConfig } from '../javascript/literal-config'
import type { FoundFunction } from '../source/discovery/found-entry'
import type { ManifestValues } from '../source/manifest/manifest-keys'
import { checkConfig } from '../source/manifest/read-manifest'
import { FunctionProblem } from './function-loader'

const KEYS = ['runtime', 'dependencies', 'trusted'] as const

/** What has to be known of a function before its code runs. */
export type EarlyValues = Pick<ManifestValues, (typeof KEYS)[number]>

/** What code says in a literal of it. @param dir the project's folder */
export function earlyInCode(dir: string, { entry, language }: FoundFunction): EarlyValues {
  if (language !== 'javascript') return {}
  const config = literalConfig(readFileSync(join(dir, entry), 'utf8'))
  const { values } = checkConfig(config, { file: entry })
  return Object.fromEntries(KEYS.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])))
}

/** What code says once it runs, and had to be known before. @throws FunctionProblem */
export function checkEarly(found: FoundFunction, early: EarlyValues, config: unknown): void {
  const { values } = checkConfig(config, { file: found.entry })
  const late = KEYS.filter((key) => values[key] !== undefined && !Bun.deepEquals(values[key], early[key]))
  if (late.length === 0) return
  const literal = found.language === 'javascript' ? 'write a literal `export const config = { … }`, or ' : ''
  throw new FunctionProblem(
    late.map(
      (key) =>
        `${found.entry}: '${key}' has to be known before the code runs: ${literal}put it into functions/${found.name}.yaml`,
    ),
  )
}
