/** Documents that nobody stores: the one at a position is always the same. */
export const TOTAL = 1_200_000
const STEP = 1_000

export const FIELDS = [
  { name: 'id', type: 'int' },
  ...Array.from({ length: 29 }, (_, at) => ({
    name: `field_${at + 1}`,
    type: ['string', 'int', 'float', 'bool', 'timestamp'][at % 5] ?? 'string',
  })),
]

export const SCHEMA = `version: 1
collections:
  events:
    fields:
${FIELDS.map(({ name, type }, at) => `      ${name}: { type: ${type}${at === 0 ? ', primary: true' : ''} }`).join('\n')}
`

export function fakePage(parameters: URLSearchParams): object {
  const limit = Number(parameters.get('limit') ?? 50)
  const start = Number(parameters.get('cursor') ?? parameters.get('offset') ?? 0)
  const names = (parameters.get('fields') ?? 'id').split(',')
  const end = Math.min(TOTAL, start + limit)
  const docs = Array.from({ length: end - start }, (_, at) => fakeDocument(start + at, names))
  return { docs, next_cursor: end < TOTAL ? String(end) : null }
}

export function fakePositions(): object {
  const cursors = Array.from({ length: TOTAL / STEP - 1 }, (_, at) => String((at + 1) * STEP))
  return { total: TOTAL, step: STEP, cursors, seq: 'fake.1' }
}

export function fakeCollections(response: { readonly collections: readonly { readonly name: string }[] }): object {
  return {
    collections: response.collections.map((one) => (one.name === 'events' ? { ...one, documents: TOTAL } : one)),
  }
}

function fakeDocument(position: number, names: readonly string[]): object {
  const document = Object.fromEntries(
    FIELDS.filter(({ name }) => names.includes(name)).map(({ name, type }, at) => [
      name,
      fakeValue(type, position * 31 + at),
    ]),
  )
  return { ...document, id: position, _shown: {} }
}

function fakeValue(type: string, seed: number): unknown {
  switch (type) {
    case 'int':
      return seed
    case 'float':
      return (seed % 10_000) / 7
    case 'bool':
      return seed % 3 === 0
    case 'timestamp':
      return new Date(1.7e12 + seed * 1_000).toISOString()
    default:
      return `A text of document ${seed.toString(36)}`
  }
}
