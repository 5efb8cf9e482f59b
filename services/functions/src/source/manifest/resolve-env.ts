import { expandText, type Variables } from '@koyalite/kernel'
import type { WrittenEnv } from './read-env'

export type ResolvedEnv =
  | {
      readonly ok: true
      readonly env: Readonly<Record<string, string>>
      /** About values, without them. */
      readonly warnings: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Replaces `${VAR}` and `${VAR:-default}` as settings do. A variable that is not set is a problem: the function would meet `undefined` at its
 * first call. Neither problems nor warnings have a value in them.
 * @param of the key of the manifest: `env`
 */
export function resolveEnv(written: WrittenEnv, variables: Variables, of: string): ResolvedEnv {
  const env: Record<string, string> = {}
  const problems: string[] = []
  const warnings: string[] = []
  for (const [name, text] of Object.entries(written)) {
    const { text: value, missing } = expandText(text, variables)
    for (const variable of new Set(missing)) {
      problems.push(
        `${of}.${name} needs the variable ${variable}, which is not set: add ${variable}=… to .env, or set it in the environment of the server`,
      )
    }
    if (value.includes('\0')) problems.push(`${of}.${name} must not contain U+0000`)
    else if (value !== value.trim()) warnings.push(`${of}.${name} begins or ends with a blank or a line break`)
    env[name] = value
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, env, warnings }
}
