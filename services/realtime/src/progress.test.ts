import { afterEach, expect, test } from 'bun:test'
import { ANONYMOUS } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'
import { type LiveWorld, openLiveWorld } from './testing/live-world'
import { MODEL_SCHEMA, seedWorld } from './testing/random-world'
import { note } from './testing/world-steps'

let world: LiveWorld
const leaving = new AbortController()
afterEach(async () => {
  leaving.abort()
  await world.close()
})

/** The events of a stream of notes; comments are left out. */
async function* events(query: string): AsyncIterable<{ id: string | null; type: string; seq: string }> {
  const route = world.realtime.routes.find(({ path }) => path === '/api/collections/:collection/live')
  const request = {
    ...{ actor: ANONYMOUS, ip: '127.0.0.1', isLocal: true, params: { collection: 'notes' } },
    ...{ headers: new Headers(), query: new URLSearchParams(query), signal: leaving.signal },
  }
  const response = await route?.handle(request as unknown as ApiRequest)
  if (!(response instanceof Response) || response.body === null) throw new Error('no stream')
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, id = null, type, data] = /^(?:id: (.*)\n)?event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
      text = text.slice(end + 2)
      if (type !== undefined) yield { id, type, seq: JSON.parse(data ?? '').payload.seq }
    }
  }
}

test('M5 an event stream says up to where everything has been sent, with each heartbeat', async () => {
  world = await openLiveWorld(MODEL_SCHEMA, { heartbeatMs: 5 })
  await world.write((tx) => seedWorld(tx))
  const { feed } = world.database
  // Of the first of these the list shows nothing: the position moves on without another message.
  const writes = ['b', 'a']
  const seen: string[] = []
  for await (const { id, type, seq } of events('filter=id:eq:a')) {
    seen.push(type)
    if (type !== 'progress') continue
    // A stream goes on from a message that has a list, not from here.
    expect(id).toBe(null)
    if (seq !== `${feed.epoch}.${feed.lastSeq}`) continue
    const next = writes.shift()
    if (next === undefined) break
    await world.write((tx) => note(tx, next))
  }
  expect(seen.filter((one) => one !== 'progress')).toEqual(['subscribed', 'snapshot', 'delta'])
  // Nothing is said of a list that is not there yet.
  expect(seen.indexOf('progress')).toBeGreaterThan(seen.indexOf('snapshot'))
})
