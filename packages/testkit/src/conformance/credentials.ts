import { describe, expect, test } from 'bun:test'
import type { ChangedIdentity, Credentials } from '@koyalite/contracts'
import { until } from '../until'

/** A user who has a token. */
export interface CredentialsBench {
  readonly credentials: Credentials
  readonly user: { readonly id: string; readonly token: string }
  /** Ends what the token stands for; resolves when it is stored. */
  revoke(): Promise<unknown>
  close(): Promise<void>
}

/** What every Credentials must do. */
export function testCredentials(name: string, open: () => Promise<CredentialsBench>): void {
  async function withBench(work: (bench: CredentialsBench) => Promise<void>): Promise<void> {
    const bench = await open()
    try {
      await work(bench)
    } finally {
      await bench.close()
    }
  }
  const codeOf = async (work: () => unknown) => {
    try {
      await work()
      return null
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  }

  describe(`the credentials ${name}`, () => {
    test('say whom a token stands for, and nothing of one that nobody issued', () =>
      withBench(async ({ credentials, user }) => {
        const { actor, expiresAt } = await credentials.identify(user.token)
        expect(actor).toMatchObject({ kind: 'user', id: user.id })
        expect(expiresAt === null || expiresAt > 0).toBe(true)
        expect(await codeOf(() => credentials.identify('nobody'))).toBe('UNAUTHENTICATED')
      }))

    test('find no credential where there is none', () =>
      withBench(async ({ credentials }) => {
        expect(credentials.credentialOf(new Headers())).toBeNull()
      }))

    test('notify listeners when what is true is already identified', () =>
      withBench(async ({ credentials, user, revoke }) => {
        await credentials.identify(user.token)
        const seen: ChangedIdentity[] = []
        const then: Promise<string | null>[] = []
        const unsubscribe = credentials.subscribe((changed) => {
          seen.push(changed)
          then.push(codeOf(() => credentials.identify(user.token)))
        })
        await revoke()
        await until(() => seen.length > 0)
        expect(['session', 'user', 'anything']).toContain(seen[0]?.kind as string)
        expect(new Set(await Promise.all(then))).toEqual(new Set(['UNAUTHENTICATED']))
        unsubscribe()
      }))

    test('notify nobody who has unsubscribed', () =>
      withBench(async ({ credentials, revoke }) => {
        let [left, stayed] = [0, 0]
        const leave = credentials.subscribe(() => left++)
        const stay = credentials.subscribe(() => stayed++)
        leave()
        await revoke()
        await until(() => stayed > 0)
        expect(left).toBe(0)
        stay()
      }))
  })
}
