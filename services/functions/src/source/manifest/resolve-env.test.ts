import { expect, test } from 'bun:test'
import { resolveEnv } from './resolve-env'

const VARIABLES = { STRIPE_KEY: 'sk_live_51H8x2', PADDED: ' sk_live_51H8x2\n', ZERO: 'a\0b' }

test('variables are read as settings read them', () => {
  const written = { KEY: '${STRIPE_KEY}', URL: 'https://x/${STRIPE_KEY}?', LEVEL: '${LEVEL:-debug}', PRICE: '$${5}' }
  expect(resolveEnv(written, VARIABLES, 'env')).toEqual({
    ok: true,
    env: { KEY: 'sk_live_51H8x2', URL: 'https://x/sk_live_51H8x2?', LEVEL: 'debug', PRICE: '${5}' },
    warnings: [],
  })
})

test('one that is not set names itself, its key and where to set it', () => {
  expect(resolveEnv({ A: '${NONE}', B: '${STRIPE_KEY}${NONE}${OTHER}${NONE}' }, VARIABLES, 'env')).toEqual({
    ok: false,
    problems: [
      'env.A needs the variable NONE, which is not set: add NONE=… to .env, or set it in the environment of the server',
      'env.B needs the variable NONE, which is not set: add NONE=… to .env, or set it in the environment of the server',
      'env.B needs the variable OTHER, which is not set: add OTHER=… to .env, or set it in the environment of the server',
    ],
  })
})

test('what is doubtful about a value is said without it', () => {
  const resolved = resolveEnv({ A: '${PADDED}', B: '${STRIPE_KEY}' }, VARIABLES, 'build_env')
  expect(resolved).toMatchObject({ ok: true, warnings: ['build_env.A begins or ends with a blank or a line break'] })
  expect(resolveEnv({ A: '${ZERO}' }, VARIABLES, 'env')).toEqual({
    ok: false,
    problems: ['env.A must not contain U+0000'],
  })
  expect(JSON.stringify(resolveEnv({ A: '${PADDED}${NONE}' }, VARIABLES, 'env'))).not.toContain('sk_live')
})
