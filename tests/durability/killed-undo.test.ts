import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  createApi,
  createProject,
  expectStatus,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'
import { OPERATOR_PASSWORD } from '../fixtures/operators'

const SCHEMA = `version: 1
collections:
  orders: { fields: { id: { type: int, primary: true }, text: { type: string } } }
  lines:
    fields: { id: { type: int, primary: true }, order_id: { type: int, references: orders.id, onDelete: cascade } }
`
const ORDERS = 1000
const LINES = 3000
/** How many later requests are answered while the undo runs, before the server is killed. */
const MOMENTS = [1, 2, 4, 8, 16]
const DATA = '/api/admin/data'

setDefaultTimeout(120_000)
let project: TempProject
let token = ''
beforeAll(async () => {
  project = createProject({ schema: SCHEMA })
  const server = await startServer(project, { env: { KOYALITE_ENV: 'staging' } })
  const setupLink = () => /_\/auth\/setup#token=([\w-]+)/.exec(server.output())?.[1]
  const account = { email: 'owner@example.com', password: OPERATOR_PASSWORD }
  const setup = { token: await until(setupLink), ...account }
  token = expectStatus(await createApi(server.url).post('/api/admin/setup', setup), 201).body.access_token
  await server.kill('SIGTERM')
})
afterAll(() => project.remove())

const count = async (api: Api, collection: string): Promise<number> =>
  expectStatus(await api.get(`${DATA}/collections/${collection}?count=true&limit=1`), 200).body.total

async function fill(api: Api): Promise<void> {
  const orders = Array.from({ length: ORDERS }, (_, n) => ({ id: n, text: 'x'.repeat(500) }))
  expectStatus(await api.post(`${DATA}/collections/orders`, orders), 201)
  for (let first = 0; first < LINES; first += 1000) {
    const lines = Array.from({ length: 1000 }, (_, n) => ({ id: first + n, order_id: (first + n) % ORDERS }))
    expectStatus(await api.post(`${DATA}/collections/lines`, lines), 201)
  }
}

/** Kills the server while it undoes an action; returns whether the undo was answered before. */
async function killWhile(server: ServerProcess, undo: Promise<{ readonly status: number }>, moment: number) {
  let status: number | null = null
  const answered = undo.then(
    (response) => {
      status = response.status
    },
    () => {},
  )
  for (let n = 0; n < moment && status === null; n++) await fetch(`${server.url}/health/live`)
  await server.kill('SIGKILL')
  await answered
  return status
}

test(`kill -9 during an undo of ${ORDERS + LINES} documents, ${MOMENTS.length} times: it is whole, or not there`, async () => {
  for (const moment of MOMENTS) {
    const server = await startServer(project, { env: { KOYALITE_ENV: 'staging' } })
    const api = createApi(server.url, token)
    if ((await count(api, 'orders')) === 0) await fill(api)
    const body = { operation: 'delete', match: {} }
    const { action } = expectStatus(await api.post(`${DATA}/bulk/orders`, body), 200).body
    expect([await count(api, 'orders'), await count(api, 'lines')]).toEqual([0, 0])
    const status = await killWhile(server, api.post(`/api/admin/changes/${action}/undo`, {}), moment)

    const restarted = await startServer(project, { env: { KOYALITE_ENV: 'staging' } })
    const after = createApi(restarted.url, token)
    const found = [await count(after, 'orders'), await count(after, 'lines')]
    const { actions } = expectStatus(await after.get('/api/admin/changes'), 200).body
    const { undone_by } = actions.find(({ id }: { readonly id: string }) => id === action)
    expect({ moment, found }).toEqual({ moment, found: undone_by === null ? [0, 0] : [ORDERS, LINES] })
    // What was answered is kept.
    if (status === 200) expect(undone_by).not.toBeNull()
    else expect(status).toBeNull()
    expect(await restarted.kill('SIGTERM')).toBe(0)
  }
})
