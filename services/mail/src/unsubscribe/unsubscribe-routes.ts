import { ANYONE } from '@koyalite/contracts'
import { type Reply, type Route, reply, route, type SecretBox, type ServerPage } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { suppress } from '../store/suppressions'
import { readToken, UNSUBSCRIBE_PATH } from './unsubscribe-link'
import { askPage, donePage, invalidPage } from './unsubscribe-page'

export interface UnsubscribeContext {
  readonly database: Database
  readonly secrets: SecretBox
  /** The project's name. */
  readonly project: () => string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const PAGE = { mediaType: 'text/html; charset=utf-8' } as const
const query = z.object({ token: z.string().max(1000).default('') })

/** A GET changes nothing. A POST is what the button sends, or the program that reads mail (RFC 8058): nobody signs in for it, and its body says nothing. */
export function unsubscribeRoutes({ database, secrets, project, now }: UnsubscribeContext): readonly Route[] {
  const common = { path: UNSUBSCRIBE_PATH, access: ANYONE, credentials: 'none', query } as const
  return [
    route({
      ...common,
      method: 'GET',
      summary: 'Ask whether to unsubscribe from emails',
      responses: { 200: PAGE, 404: PAGE },
      handle({ query: { token } }) {
        const found = readToken(secrets, token)
        return found === null ? shown(404, invalidPage(project())) : shown(200, askPage(project(), found))
      },
    }),
    {
      ...route({
        ...common,
        method: 'POST',
        summary: 'Unsubscribe from emails',
        bodyLimit: 4096,
        body: { mediaType: 'application/x-www-form-urlencoded' },
        responses: { 200: PAGE, 404: PAGE },
        async handle({ query: { token } }) {
          const found = readToken(secrets, token)
          if (found === null) return shown(404, invalidPage(project()))
          const entry = { ...found, reason: 'unsubscribe', note: null, createdAt: now() } as const
          await database.write((tx) => suppress(tx, entry))
          return shown(200, donePage(project(), found))
        },
      }),
      // Pages of others may not read whether a link is good.
      ownCors: true,
    },
  ]
}

function shown<Status extends 200 | 404>(status: Status, { text, headers }: ServerPage): Reply<Status, string> {
  return reply(status, text, { headers })
}
