import { expect, test } from 'bun:test'
import { changedAtStart, keepOptions, listOptions, loadSettings } from '@koyalite/kernel'
import { SETTINGS } from '../compose'

function settingsWith(overrides: Readonly<Record<string, string>> = {}) {
  const loaded = loadSettings({ declaration: SETTINGS, dir: '/nonexistent', env: {}, overrides })
  if (!loaded.ok) throw new Error('the settings of the test are wrong')
  return loaded.settings
}

test('what the running server was built on needs another start', () => {
  expect(listOptions(SETTINGS.tree).flatMap(({ atStart, path }) => (atStart ? [path] : []))).toEqual([
    'server.host',
    'server.port',
    'server.max_connections',
    'database.path',
    'database.durability',
    'database.encryption_key',
    'database.changes.keep',
    'database.changes.max_bytes',
    'logs.level',
    'logs.keep',
    'logs.max_bytes',
    'logs.stdout',
    'functions.container.socket',
    'functions.container.image',
    'hooks.enabled',
    'studio.host',
    'studio.port',
    'studio.same_origin',
  ])
})

test('only those whose value is another one are named', () => {
  const before = settingsWith()
  expect(
    changedAtStart(SETTINGS.tree, before, settingsWith({ 'server.max_body': '1mb', 'auth.registration': 'closed' })),
  ).toEqual([])
  expect(changedAtStart(SETTINGS.tree, before, settingsWith({ 'database.changes.keep': '24h' }))).toEqual([])
  const after = settingsWith({ 'server.port': '1', 'database.changes.keep': '2h', 'server.max_body': '1mb' })
  expect(changedAtStart(SETTINGS.tree, before, after)).toEqual(['server.port', 'database.changes.keep'])
})

test('those are kept as they were, and all others are taken', () => {
  const before = settingsWith()
  const after = settingsWith({ 'server.port': '1', 'database.changes.keep': '2h', 'server.max_body': '1mb' })
  const kept = keepOptions(['server.port', 'database.changes.keep'], before, after)
  expect(kept).toEqual(settingsWith({ 'server.max_body': '1mb' }))
})
