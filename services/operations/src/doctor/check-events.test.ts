import { expect, test } from 'bun:test'
import type { SubscriberHealth } from '@koyalite/contracts'
import { checkEvents } from './check-events'

const WELL: SubscriberHealth = { name: 'functions', state: 'live', pending: 0, lagMs: 0, failing: null, setAside: 0 }
const found = (...health: readonly SubscriberHealth[]) => checkEvents({ events: { health: () => health } })

test('subscribers of events that are late, and those that fail', () => {
  expect(found()).toBeNull()
  expect(found(WELL, { ...WELL, name: 'webhooks', lagMs: 4 * 60_000 })).toMatchObject({ level: 'ok' })
  expect(found({ ...WELL, pending: 7, lagMs: 6 * 60_000 })).toMatchObject({
    level: 'problem',
    message: 'subscribers of events are behind: functions: 7 changes, 6 minutes',
  })
  const failing = { event: 'e-1', error: 'posts.created e-1: the queue is full', since: new Date() }
  expect(found(WELL, { ...WELL, name: 'webhooks', state: 'retrying', failing })).toMatchObject({
    level: 'problem',
    message: 'events cannot be delivered: webhooks (posts.created e-1: the queue is full)',
  })
  expect(found(WELL, { ...WELL, name: 'webhook_crm', setAside: 2 })).toMatchObject({
    level: 'problem',
    message: 'events could not be delivered and are set aside: webhook_crm: 2',
  })
})
