import { expect, setDefaultTimeout, test } from 'bun:test'
import { type ApiResponse, errorProblem, expectStatus, type RawOutcome, rawRequest, useServer } from '@koyalite/testkit'
import { createRandom } from '../fixtures/random'
import { FUZZED } from '../fixtures/schemas'
import { type FuzzContext, type FuzzRequest, generateRequest } from './generate-request'
import { type ApiOperation, OpenApi } from './openapi-operations'

const REQUESTS = Number(process.env.KOYALITE_FUZZ_REQUESTS ?? 3000)
const SEED = Number(process.env.KOYALITE_FUZZ_SEED ?? Date.now() % 1_000_000)

const server = useServer({ schema: FUZZED })
setDefaultTimeout(60_000 + REQUESTS * 20)

const AUTHOR = '0190a5f0-7b1c-7def-8abc-00000000000a'
const POSTS = ['0190a5f0-7b1c-7def-8abc-0000000000b1', '0190a5f0-7b1c-7def-8abc-0000000000b2'] as const

/** Makes the documents that the requests aim at, again if some of them have been deleted or changed. */
async function plant(): Promise<void> {
  const documents: readonly (readonly [path: string, data: object])[] = [
    [`authors/${AUTHOR}`, { name: 'Ann' }],
    [`posts/${POSTS[0]}`, { title: 'a', author_id: AUTHOR, tags: ['x'], meta: { a: 1 } }],
    [`posts/${POSTS[1]}`, { title: 'b' }],
    ['comments/1', { post_id: POSTS[0], text: 'x' }],
    ['links/l', {}],
    ['things/2', { j: [1] }],
  ]
  for (const [path, data] of documents) expectStatus(await server.api.put(`/api/collections/${path}`, data), 200, 201)
}

async function prepare(): Promise<FuzzContext> {
  await plant()
  const api = new OpenApi((await server.api.get('/api/openapi.json')).body)
  return {
    api,
    key: server.key,
    ids: { authors: [AUTHOR], posts: POSTS, comments: ['1'], things: ['2'], links: ['l'] },
  }
}
const seqNow = async () => (await server.api.list('links', { limit: 1, fields: 'id' })).headers.get('koyalite-seq')

/** What is wrong with the outcome of a request, in a sentence; undefined if nothing is. */
function fault(request: FuzzRequest, outcome: RawOutcome): string | undefined {
  if (outcome.kind === 'hang') return 'no answer'
  if (outcome.kind === 'closed') return request.wellFormed ? 'closed without an answer' : undefined
  const { response } = outcome
  if (response.status >= 500) return `${response.status}: ${response.text.slice(0, 300)}`
  if (!request.wellFormed) return undefined
  if (!response.headers.get('x-request-id')) return `${response.status} without X-Request-Id`
  if (response.headers.get('x-injected') !== null) return 'a header was injected'
  if (response.status < 400 || request.method === 'HEAD') return undefined
  return isPage(response) ? undefined : errorProblem(response)
}

/** For people, whom a link in an email has led there. */
function isPage({ status, headers }: ApiResponse): boolean {
  return status === 404 && (headers.get('content-type') ?? '').startsWith('text/html')
}

const isSuccessfulWrite = (request: FuzzRequest, outcome: RawOutcome) =>
  outcome.kind === 'response' && outcome.response.status < 300 && !['GET', 'HEAD', 'OPTIONS'].includes(request.method)

test(`${REQUESTS} requests made from the OpenAPI document: never a 5xx, a hang, or a write that was not answered as one`, async () => {
  console.log(`seed ${SEED} (KOYALITE_FUZZ_SEED)`)
  const random = createRandom(SEED)
  const context = await prepare()
  const operations = fuzzed(context.api)
  expect(operations.length).toBeGreaterThan(20)
  // The other routes answer most requests early; those on documents go deepest.
  const documents = operations.filter(({ path }) => path.startsWith('/api/collections/') || path === '/api/batch')
  const statuses = new Map<string, number>()
  const faults: string[] = []
  let seq = await seqNow()
  for (let n = 0; n < REQUESTS && faults.length < 20; n++) {
    if (n % 50 === 0) {
      await plant()
      seq = await seqNow()
    }
    const request = generateRequest(random.pick(random.chance(0.6) ? documents : operations), context, random)
    const outcome = await rawRequest(server.process.port, request.bytes, {
      bodiless: request.method === 'HEAD',
      endsAfter: !request.wellFormed,
    })
    const what = fault(request, outcome)
    const status = outcome.kind === 'response' ? String(outcome.response.status) : outcome.kind
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const next = await seqNow()
    const wrote =
      next !== seq &&
      !isSuccessfulWrite(request, outcome) &&
      !request.splits &&
      (request.wellFormed || status !== 'closed')
    seq = next
    if (what !== undefined || wrote)
      faults.push(`request ${n}: ${what ?? `a write answered with ${status}`}\n${show(request)}`)
  }
  console.log(
    `answers: ${[...statuses]
      .sort()
      .map(([status, count]) => `${status} × ${count}`)
      .join(', ')}`,
  )
  expect(faults.join('\n\n')).toBe('')
  expect(Number(statuses.get('200') ?? 0) + Number(statuses.get('201') ?? 0)).toBeGreaterThan(REQUESTS / 50)
  expectStatus(await server.api.get('/health/ready'), 200)
})

test('many at once: every one is answered', async () => {
  const random = createRandom(SEED + 1)
  const context = await prepare()
  const operations = fuzzed(context.api)
  const faults: string[] = []
  for (let round = 0; round < Math.ceil(REQUESTS / 400); round++) {
    const requests = Array.from({ length: 100 }, () => generateRequest(random.pick(operations), context, random))
    await Promise.all(
      requests.map(async (request) => {
        const outcome = await rawRequest(server.process.port, request.bytes, {
          bodiless: request.method === 'HEAD',
          endsAfter: !request.wellFormed,
        })
        const what = fault(request, outcome)
        if (what !== undefined) faults.push(`${what}\n${show(request)}`)
      }),
    )
  }
  expect(faults.slice(0, 20).join('\n\n')).toBe('')
})

test('after all of it the server lives and its data is whole', async () => {
  // What was there may all have been deleted.
  await prepare()
  const response: ApiResponse = expectStatus(await server.api.list('posts', { limit: 500, expand: 'author' }), 200)
  expect(response.body.docs.length).toBeGreaterThan(0)
  expect(server.process.output()).not.toContain('polluted')
})

function show(request: FuzzRequest): string {
  const text = request.bytes.toString('latin1').replaceAll(server.key, '<key>')
  return text.length > 900 ? `${text.slice(0, 600)} … (${request.bytes.length} bytes) … ${text.slice(-200)}` : text
}

/** Random requests with every right would end what the others need: the walks over all routes look at the admin API. */
function fuzzed(api: OpenApi): readonly ApiOperation[] {
  return api.operations().filter(({ path }) => !path.startsWith('/api/admin/'))
}
