import { expect, test } from 'bun:test'
import { useServer } from '@koyalite/testkit'
import { createData, type KoyaliteData, withFunctions } from './data'
import { BLOG_SCHEMA, metadata, type Schema } from './testing/blog'
import { failure } from './testing/use-data'

const AT = '2026-01-02T03:04:05.678Z'
const FILES = {
  'functions/make-report.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  handler: (input: { wait?: number }) =>
    new Promise((resolve) => setTimeout(() => resolve({
      input,
      at: '${AT}',
      rows: [{ at: '${AT}' }, { at: null }, { at: 'soon' }, null],
      days: { one: '${AT}', two: '${AT}' },
      text: '${AT}',
    }), input.wait ?? 0)),
})
`,
}

interface Functions {
  makeReport: { input: { wait?: number | undefined; from?: Date | undefined }; output: Record<string, unknown> }
  none: { input: unknown; output: unknown }
}

const server = useServer({ schema: BLOG_SCHEMA, files: FILES })
const client = () =>
  withFunctions<KoyaliteData<Schema>, Functions>(createData(metadata, { url: server.process.url }), {
    makeReport: { name: 'make-report', timestamps: ['at', 'rows/*/at', 'days/*', 'nowhere/at', 'text/deeper'] },
    none: {},
  })

test('timestamps of an output are Dates where it has them, and all else stays as it is', async () => {
  const at = new Date(AT)
  expect(await client().fn.makeReport()).toEqual({
    input: {},
    at,
    rows: [{ at }, { at: null }, { at: 'soon' }, null],
    days: { one: at, two: at },
    text: AT,
  })
  const { input } = await client().fn.makeReport({ from: at, wait: undefined })
  expect(input).toEqual({ from: AT })
})

test('a call takes the options of every call, and is refused as every call is', async () => {
  const koya = client()
  expect(await failure(() => koya.fn.makeReport({ wait: 5000 }, { timeout: 100 }))).toMatchObject({ code: 'TIMEOUT' })
  const signal = AbortSignal.abort('enough')
  expect(await failure(() => koya.fn.makeReport({}, { signal }))).toMatchObject({ code: 'ABORTED', cause: 'enough' })
  expect(await failure(() => koya.fn.none())).toMatchObject({ code: 'FUNCTION_NOT_FOUND', status: 404 })
  const invalid = await failure(() => koya.fn.makeReport({ from: new Date(Number.NaN) }))
  expect(invalid).toMatchObject({ code: 'VALIDATION_ERROR', status: 0, details: [{ field: 'from' }] })
  expect(await koya.posts.count()).toBe(0)
})
