import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createVerifiedTokens, type Invalidation, type VerifiedToken } from './verified-tokens'

const session = (id: string) => ({ kind: 'session', id }) as const
const user = (id: string) => ({ kind: 'user', id }) as const

function verified(...dependsOn: VerifiedToken['dependsOn']): VerifiedToken {
  return { actor: { kind: 'service_key', id: 'k', scopes: [] }, dependsOn, expiresAt: null }
}

test('listeners are notified of every invalidation, whether a token that depends on it is cached or not', () => {
  const tokens = createVerifiedTokens(1)
  const notified: Invalidation[] = []
  tokens.subscribe((what) => notified.push(what))
  tokens.add('a', verified(session('a')))
  tokens.add('b', verified(session('b')))
  expect(tokens.find('a', 0)).toBeUndefined()
  const all: Invalidation[] = [session('a'), session('b'), user('nobody'), { kind: 'anything' }]
  for (const what of all) tokens.invalidate(what)
  expect(notified).toEqual(all)
  expect(tokens.invalidations).toBe(4)
})

test('a token added after an invalidation does not depend on anything before it', () => {
  const tokens = createVerifiedTokens()
  tokens.add('old', verified(session('s'), user('u')))
  tokens.invalidate(user('u'))
  tokens.add('new', verified(session('s'), user('u')))
  expect(tokens.find('old', 0)).toBeUndefined()
  expect(tokens.find('new', 0)).toBeDefined()
  tokens.invalidate(session('s'))
  expect(tokens.find('new', 0)).toBeUndefined()
})

/** Every token with the names it depends on, searched from end to end: what the real cache must not do. */
class Model {
  readonly #tokens = new Map<string, readonly string[]>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  knows(token: string): boolean {
    return this.#tokens.has(token)
  }

  add(token: string, names: readonly string[]): void {
    this.#tokens.delete(token)
    const [oldest] = this.#tokens.keys()
    if (this.#tokens.size >= this.#max && oldest !== undefined) this.#tokens.delete(oldest)
    this.#tokens.set(token, names)
  }

  invalidate(name: string | null): void {
    for (const [token, names] of this.#tokens) if (name === null || names.includes(name)) this.#tokens.delete(token)
  }
}

const id = fc.integer({ min: 0, max: 3 }).map(String)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), token: id, session: id, user: id }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('invalidate' as const), what: fc.oneof(id.map(session), id.map(user)) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('all' as const) }) },
)

test('invalidated tokens are not found, and others are not evicted while there is room', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      // One with room for all: invalid tokens still take their place, so of a full cache only "no more than" can be
      // said.
      const [roomy, tiny] = [createVerifiedTokens(10), createVerifiedTokens(2)]
      const model = new Model(10)
      for (const one of steps) {
        for (const tokens of [roomy, tiny]) {
          if (one.do === 'add') tokens.add(one.token, verified(session(one.session), user(one.user)))
          else tokens.invalidate(one.do === 'invalidate' ? one.what : { kind: 'anything' })
        }
        if (one.do === 'add') model.add(one.token, [`session ${one.session}`, `user ${one.user}`])
        else model.invalidate(one.do === 'invalidate' ? `${one.what.kind} ${one.what.id}` : null)
        for (const token of ['0', '1', '2', '3']) {
          expect(roomy.find(token, 0) !== undefined).toBe(model.knows(token))
          if (tiny.find(token, 0) !== undefined) expect(model.knows(token)).toBe(true)
        }
      }
    }),
    { verbose: 1 },
  )
})
