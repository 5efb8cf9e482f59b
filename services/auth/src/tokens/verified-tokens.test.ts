import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createVerifiedTokens, type Forgotten, type VerifiedToken } from './verified-tokens'

const session = (id: string) => ({ kind: 'session', id }) as const
const user = (id: string) => ({ kind: 'user', id }) as const

function verified(...restsOn: VerifiedToken['restsOn']): VerifiedToken {
  return { actor: { kind: 'service_key', id: 'k', scopes: [] }, restsOn, expiresAt: null }
}

test('whoever listens is told of everything that ends, whether a token of it is remembered or not', () => {
  const tokens = createVerifiedTokens(1)
  const told: Forgotten[] = []
  tokens.subscribe((what) => told.push(what))
  tokens.remember('a', verified(session('a')))
  tokens.remember('b', verified(session('b')))
  expect(tokens.find('a', 0)).toBeUndefined()
  const all: Forgotten[] = [session('a'), session('b'), user('nobody'), { kind: 'anything' }]
  for (const what of all) tokens.forget(what)
  expect(told).toEqual(all)
  expect(tokens.forgets).toBe(4)
})

test('a token that is remembered after what it rests on was forgotten stands on ground of its own', () => {
  const tokens = createVerifiedTokens()
  tokens.remember('old', verified(session('s'), user('u')))
  tokens.forget(user('u'))
  tokens.remember('new', verified(session('s'), user('u')))
  expect(tokens.find('old', 0)).toBeUndefined()
  expect(tokens.find('new', 0)).toBeDefined()
  tokens.forget(session('s'))
  expect(tokens.find('new', 0)).toBeUndefined()
})

/** Every token with what it rests on, looked through from end to end: what the real one must not do. */
class Model {
  readonly #tokens = new Map<string, readonly string[]>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  knows(token: string): boolean {
    return this.#tokens.has(token)
  }

  remember(token: string, names: readonly string[]): void {
    this.#tokens.delete(token)
    const [oldest] = this.#tokens.keys()
    if (this.#tokens.size >= this.#most && oldest !== undefined) this.#tokens.delete(oldest)
    this.#tokens.set(token, names)
  }

  forget(name: string | null): void {
    for (const [token, names] of this.#tokens) if (name === null || names.includes(name)) this.#tokens.delete(token)
  }
}

const id = fc.integer({ min: 0, max: 3 }).map(String)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('remember' as const), token: id, session: id, user: id }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('forget' as const), what: fc.oneof(id.map(session), id.map(user)) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('all' as const) }) },
)

test('nothing is given of what was forgotten, and nothing else is lost where there is room', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      // With room for all: what was forgotten still takes its place, so that of a full one only "no more than" can be said.
      const [roomy, tiny] = [createVerifiedTokens(10), createVerifiedTokens(2)]
      const model = new Model(10)
      for (const one of steps) {
        for (const tokens of [roomy, tiny]) {
          if (one.do === 'remember') tokens.remember(one.token, verified(session(one.session), user(one.user)))
          else tokens.forget(one.do === 'forget' ? one.what : { kind: 'anything' })
        }
        if (one.do === 'remember') model.remember(one.token, [`session ${one.session}`, `user ${one.user}`])
        else model.forget(one.do === 'forget' ? `${one.what.kind} ${one.what.id}` : null)
        for (const token of ['0', '1', '2', '3']) {
          expect(roomy.find(token, 0) !== undefined).toBe(model.knows(token))
          if (tiny.find(token, 0) !== undefined) expect(model.knows(token)).toBe(true)
        }
      }
    }),
    { verbose: 1 },
  )
})
