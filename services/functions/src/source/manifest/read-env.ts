import type { Report, YamlEntry } from '@koyalite/yaml'
import { envNameProblem } from './env-names'

/** Environment variables as they are written: `{ STRIPE_KEY: '${STRIPE_KEY}' }`. */
export type WrittenEnv = Readonly<Record<string, string>>

const MAX_LENGTH = 65_536

/** A map of names and texts. What is wrong with a text is said without it: it may be a secret. */
export function readEnv({ key, value }: YamlEntry, report: Report): WrittenEnv | undefined {
  if (value.kind !== 'map') {
    report(value.position, `'${key}' must be a map of names and texts, like { STRIPE_KEY: "\${STRIPE_KEY}" }`)
    return undefined
  }
  const env: Record<string, string> = {}
  let isRight = true
  const refuse: Report = (position, message) => {
    isRight = false
    report(position, message)
  }
  for (const { key: name, keyPosition, value: text } of value.entries) {
    const problem = envNameProblem(name)
    if (problem !== undefined) refuse(keyPosition, problem)
    else if (text.kind !== 'scalar' || typeof text.value !== 'string')
      refuse(text.position, `'${key}.${name}' must be a text (in quotes, if it is a number)`)
    else if (text.value.length > MAX_LENGTH)
      refuse(text.position, `'${key}.${name}' must have at most ${MAX_LENGTH} characters`)
    else if (text.value.includes('\0')) refuse(text.position, `'${key}.${name}' must not contain U+0000`)
    else env[name] = text.value
  }
  return isRight ? env : undefined
}
