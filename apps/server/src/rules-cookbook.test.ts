import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FileReport, runTests } from '@koyalite/rules'
import type { Schema } from '@koyalite/schema'
import { YAML } from 'bun'
import { loadSchema, sandboxOf } from './testing/open-sandbox'

const PAGE = join(import.meta.dir, '../../../docs/rules-cookbook.md')

interface Recipe {
  readonly title: string
  readonly schema: string
  readonly tests: string
  /** What its page says not to write: parts that take the place of those of the schema. */
  readonly wrong: readonly string[]
}

const recipes = readFileSync(PAGE, 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((section): Recipe => {
    const blocks = Array.from(section.matchAll(/^```yaml\n([\s\S]*?)^```/gm), ([, text = '']) => text)
    const one = (start: RegExp) => blocks.filter((block) => start.test(block))
    const [schema = '', ...schemas] = one(/^version:/)
    const [tests = '', ...more] = one(/^actors:/)
    const wrong = one(/^# Wrong: /)
    const title = section.slice(0, section.indexOf('\n'))
    expect({ title, left: blocks.length - 2 - wrong.length, schemas, more }).toEqual({
      title,
      left: 0,
      schemas: [],
      more: [],
    })
    return { title, schema, tests, wrong }
  })

test('the page has recipes', () => expect(recipes.length).toBeGreaterThanOrEqual(10))

describe.each(recipes)('$title', ({ schema, tests, wrong }) => {
  test('its tests pass', async () => {
    const { problems, cases } = await report(loadSchema(schema), tests)
    expect(problems).toEqual([])
    expect(cases.filter(({ ok }) => !ok)).toEqual([])
  })

  test('says what not to write', () => expect(wrong.length).toBeGreaterThan(0))

  const lines = wrong.map((text) => [text.slice(2, text.indexOf('\n')), text] as const)
  test.each(lines)('its tests notice %s', async (_line, text) => {
    const changed = merge(YAML.parse(schema), YAML.parse(text))
    const { problems, cases } = await report(loadSchema(YAML.stringify(changed, null, 2)), tests)
    expect(problems).toEqual([])
    // Not just any failure: something was allowed, or shown, that should not be.
    expect(cases.filter(({ ok, status }) => !ok && status < 300)).not.toEqual([])
  })
})

async function report(schema: Schema, source: string): Promise<FileReport> {
  const { files } = await runTests({ schema, openSandbox: sandboxOf(schema) }, [
    { name: 'rules/recipe.test.yaml', source },
  ])
  return files[0] as FileReport
}

/** Maps are merged; everything else is replaced. */
function merge(value: unknown, change: unknown): unknown {
  if (!isMap(value) || !isMap(change)) return change
  const keys = new Set([...Object.keys(value), ...Object.keys(change)])
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(change, key) ? merge(value[key], change[key]) : value[key]]),
  )
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
