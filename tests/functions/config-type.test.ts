import { expect, test } from 'bun:test'
import type { FunctionConfig } from '@koyalite/functions'
import { MANIFEST_KEYS } from '@koyalite/functions-service'

/** The compiler sees to it that the type has these keys and no others. */
const TYPED: Readonly<Record<keyof FunctionConfig, true>> = {
  name: true,
  runtime: true,
  access: true,
  auth: true,
  admin: true,
  read: true,
  calls: true,
  queue: true,
  queues: true,
  schedule: true,
  run_as: true,
  events: true,
  ignore_own: true,
  publishes: true,
  rate: true,
  network: true,
  env: true,
  dependencies: true,
  trusted: true,
  build_env: true,
  isolation: true,
  start_timeout: true,
  timeout: true,
  stream_timeout: true,
  memory: true,
  cpu: true,
  concurrency: true,
  route: true,
  methods: true,
  max_body: true,
  cors: true,
  html: true,
}

test('config in code has the keys of a manifest', () => {
  expect(Object.keys(TYPED).sort()).toEqual(Object.keys(MANIFEST_KEYS).sort())
})
