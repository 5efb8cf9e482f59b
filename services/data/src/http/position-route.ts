import { byRules, OPERATORS_DATA } from '@koyalite/access'
import { formatSeq } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { DataContext } from '../data-context'
import { mapPositions } from '../operations/map-positions'
import { parseListRead } from './list-query'
import { callerOf } from './request-caller'

const positionMap = z.object({
  total: z.int(),
  step: z.int(),
  cursors: z.array(z.string()),
  seq: z.string().describe('The state of the database that it is of, as in Koyalite-Seq.'),
})

/** For a scrollbar over a list of millions: only below the paths of operators, since it looks at every document. */
export function positionRoute(context: DataContext): Route {
  return route({
    method: 'GET',
    path: `${OPERATORS_DATA}positions/:collection`,
    name: 'mapPositions',
    summary: 'Count the documents of a list, and get a cursor for every 1,000th of them',
    access: byRules,
    query: z.strictObject({
      filter: z.array(z.string()).optional(),
      where: z.string().optional(),
      params: z.string().optional(),
      sort: z.string().optional(),
    }),
    responses: { 200: positionMap },
    async handle({ params: { collection }, request }) {
      const caller = callerOf(context, request)
      const { query, asked } = parseListRead(context, caller, { collection, params: request.query })
      const { seq, ...map } = await mapPositions(context, caller, { query, asked, signal: request.signal })
      return { ...map, seq: formatSeq(context.database.feed.epoch, seq) }
    },
  })
}
