import { expectStatus, type TestServer, until } from '@koyalite/testkit'

export interface SettledFunction {
  readonly name: string
  readonly version: number | null
  readonly problems: readonly string[]
}

/** What the server says of a function, once it has been loaded or could not be. */
export function settledFunction({ api }: Pick<TestServer, 'api'>, name: string): Promise<SettledFunction> {
  return until(
    async () => {
      const { functions } = expectStatus(await api.get('/api/admin/functions'), 200).body
      const found = (functions as readonly SettledFunction[]).find((one) => one.name === name)
      if (found === undefined || found.problems.some((text) => text.includes('still being loaded'))) return undefined
      return found.version === null && found.problems.length === 0 ? undefined : found
    },
    { withinMs: 30_000 },
  )
}
