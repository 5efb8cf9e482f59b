import { admin, SCHEMA_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { type Completions, checkExpression, completeCel, type ExpressionPlace, scopeAt } from '@koyalite/query'
import { OPERATIONS, type Schema } from '@koyalite/schema'
import { z } from 'zod'
import type { RulesContext } from '../rules-context'
import { requireCollection } from './require-collection'

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/)

const place = z.union([
  z.strictObject({
    collection: z.string(),
    operation: z
      .enum(OPERATIONS)
      .describe('Rules that let fields be read have the scope of `read`, those that let them be written of `create`.'),
  }),
  z.strictObject({ definition: name, parameters: z.array(name).max(20).default([]) }),
])

const checked = z.object({
  problems: z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      message: z.string(),
      start: z.int().describe('Offsets in the expression, in UTF-16 units.'),
      end: z.int(),
    }),
  ),
  completions: z
    .object({
      from: z.int().describe('Where the word begins that they replace.'),
      options: z.array(z.object({ label: z.string(), kind: z.string(), detail: z.string() })),
    })
    .nullable(),
})

/** For editors of rules: what is wrong with an expression while it is written, and how it may go on. */
export function checkRoutes(context: RulesContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/admin/rules/check',
      name: 'checkRule',
      summary: 'Check an expression as a rule of the current schema, and say how it may go on',
      access: admin(SCHEMA_AREA, 'read'),
      body: z.strictObject({
        place,
        source: z.string().max(100_000),
        at: z.int().min(0).optional().describe('An offset in the expression: what may be written there.'),
      }),
      responses: { 200: checked },
      handle: ({ body }) => {
        const { schema } = context
        const asked = placeOf(schema, body.place)
        return {
          problems: checkExpression(schema, asked, body.source),
          completions: body.at === undefined ? null : completionsAt(schema, asked, body.source, body.at),
        }
      },
    }),
  ]
}

function placeOf(schema: Schema, asked: z.output<typeof place>): ExpressionPlace {
  if ('definition' in asked) return { kind: 'definition', name: asked.definition, parameters: asked.parameters }
  return { kind: 'rule', collection: requireCollection(schema, asked.collection), operation: asked.operation }
}

/** Beyond this the parser refuses an expression: nothing to complete. */
const MAX_COMPLETED = 8192

function completionsAt(schema: Schema, place: ExpressionPlace, source: string, at: number): Completions | null {
  if (at > source.length) throw new AppError('INVALID_REQUEST', `'at' is ${at}, behind the end of the expression.`)
  if (source.length > MAX_COMPLETED) return null
  const found = completeCel(source, at, scopeAt(schema, place))
  if (place.kind !== 'definition' || found === null) return found
  // The parameters may be anything, so that the scope does not have them.
  const own = place.parameters.map((label) => ({ label, kind: 'variable' as const, detail: 'parameter' }))
  const isName = found.options.some(({ label }) => label === 'auth')
  return isName ? { ...found, options: [...own, ...found.options] } : found
}
