import { describe, expect, test } from 'bun:test'
import { listOptions, loadSettings, nodeAt } from '@koyalite/kernel'
import { SETTINGS } from '../compose'

describe('the list of options', () => {
  test('tells path, variable, type, default and help of each', () => {
    const options = listOptions(SETTINGS.tree)
    expect(options.find((option) => option.path === 'server.max_body')).toEqual({
      path: 'server.max_body',
      variable: 'KOYALITE_SERVER_MAX_BODY',
      kind: 'size',
      default: '10mb',
      nullable: false,
      secret: false,
      reference: false,
      atStart: false,
      choices: [],
      help: 'Maximum size of a request body',
    })
    expect(options.filter((option) => option.help === '')).toEqual([])
    expect(options.filter((option) => option.secret).map((option) => option.path)).toEqual([
      'database.encryption_key',
      'email.url',
      'email.api_key',
      'email.webhook_secret',
      'auth.jwt.secret',
      'functions.registries.npm',
      'functions.registries.python',
      'functions.registries.go',
    ])
  })

  test('has no two options with the same variable', () => {
    const variables = listOptions(SETTINGS.tree).map((option) => option.variable)
    expect(new Set(variables).size).toBe(variables.length)
  })

  test('every default, set by its variable, is accepted as it is documented', () => {
    const env: Record<string, string> = {}
    for (const option of listOptions(SETTINGS.tree))
      if (option.default !== null) env[option.variable] = String(option.default)
    const loaded = loadSettings({ declaration: SETTINGS, dir: '/nonexistent/blog', env })
    const untouched = loadSettings({ declaration: SETTINGS, dir: '/nonexistent/blog', env: {} })
    if (!loaded.ok || !untouched.ok) throw new Error(JSON.stringify(loaded))
    expect(loaded.settings).toEqual(untouched.settings)
    expect(loaded.settings.name).toBe('blog')
  })

  test('reaches into tables and lists', () => {
    expect(nodeAt(SETTINGS.tree, ['auth', 'oauth', 'github', 'client_secret'])).toMatchObject({
      kind: 'option',
      meta: { secret: true },
    })
    expect(nodeAt(SETTINGS.tree, ['webhooks', 'endpoints', 3, 'secret'])).toMatchObject({
      kind: 'option',
      meta: { secret: true },
    })
    expect(nodeAt(SETTINGS.tree, ['webhooks', 'endpoints', 3, 'nothing'])).toBeUndefined()
  })
})
