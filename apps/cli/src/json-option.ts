import { inexactMessage, inexactNumbers } from '@koyalite/contracts'
import { CommandError } from './command-error'

/** The object that an option holds as JSON. Throws a usage error if it is not one, or has numbers that would become others. */
export function jsonObjectOption(name: string, text: string): Readonly<Record<string, unknown>> {
  const value = jsonOption(name, text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CommandError(`${name} must be a JSON object`, { exitCode: 2 })
  return { ...value }
}

/** The list that an option holds as JSON. Throws as `jsonObjectOption` does. */
export function jsonListOption(name: string, text: string): readonly unknown[] {
  const value = jsonOption(name, text)
  if (!Array.isArray(value)) throw new CommandError(`${name} must be a JSON list, like '["Ann",5]'`, { exitCode: 2 })
  return value
}

/** Any JSON that an option holds. Throws as `jsonObjectOption` does. */
export function jsonOption(name: string, text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CommandError(`${name} is not JSON: ${(cause as Error).message}`, { exitCode: 2, cause })
  }
  const [lost] = inexactNumbers(text)
  if (lost) throw new CommandError(`${name}: ${inexactMessage(lost.path.join('.'), lost.token)}`, { exitCode: 2 })
  return value
}
