import type { Variables } from '@koyalite/kernel'
import type { FunctionsSettings } from '../functions-settings'

/** Where packages of a language come from. */
export interface Registry {
  readonly url: string
  /** What an installation may connect to, `host:port` each. */
  readonly hosts: readonly string[]
}

/** The variable that the tools of a language go by. */
const VARIABLES = { npm: 'npm_config_registry', python: 'PIP_INDEX_URL', go: 'GOPROXY' } as const

export type RegistryName = keyof typeof VARIABLES

/**
 * What the setting says; else the variable of the tools; else where the tools go by themselves.
 * @param own asks them that
 * @throws Error in words, where they do not say it either
 */
export async function registryOf(
  name: RegistryName,
  { functions: { registries } }: FunctionsSettings,
  variables: Variables,
  own: () => Promise<Registry | null>,
): Promise<Registry> {
  const url = registries[name] ?? firstUrl(variables[VARIABLES[name]])
  const found = url === undefined ? await own() : { url, hosts: [hostOf(url)] }
  if (found === null)
    throw new Error(
      `where packages come from is not known here: set functions.registries.${name}, or ${VARIABLES[name]}`,
    )
  return { url: found.url, hosts: [...new Set([...found.hosts, ...registries.hosts])] }
}

/** Of a list (GOPROXY has one, with words such as `direct` in it) the first address. */
export function firstUrl(written: string | undefined): string | undefined {
  return written?.split(/[,|\s]/).find((part) => /^https?:\/\//.test(part) && URL.canParse(part))
}

/** `host:port` */
export function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url)
  return `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`
}

/** Asks until there is an answer, and remembers that: it takes a process each time. */
export function askedOnce(ask: () => Promise<Registry | null>): () => Promise<Registry | null> {
  let known: Registry | null = null
  return async () => {
    known ??= await ask()
    return known
  }
}
