import {
  choice,
  duration,
  integer,
  list,
  optionalText,
  requiredText,
  type SettingsCheck,
  type SettingsOf,
  section,
} from '@koyalite/kernel'
import { z } from 'zod'
import { isAllowEntry } from './endpoints/allow-entry'
import { ENDPOINT_NAME } from './endpoints/endpoint'
import { urlProblem } from './endpoints/endpoint-url'
import { parseSecrets } from './signing/webhook-secret'

const endpoint = z.strictObject({
  name: requiredText('Name of the endpoint: lower-case letters, digits, - and _'),
  events: list(
    z.string().regex(/^\S+\.\S+$/, 'expected events like posts.created or posts.*'),
    [],
    'Events to send: <collection>.created, .updated and .deleted, auth.*, job.dead, function.failed, and those that functions publish; * at the end stands for anything',
  ),
  // Some have a secret in their path.
  url: requiredText('URL to send events to', { secret: true }),
  secret: optionalText(
    'Secret that signs the events: whsec_ and 24 to 64 random bytes in base64; two, separated by a space, while receivers change from one to the other',
    { secret: true },
  ),
  when: optionalText('CEL condition over doc, old and type: send only if true'),
  fields: list(z.string(), [], 'Fields of documents to send besides the key; empty: all that are not internal'),
  order: choice(
    ['document', 'none'],
    'document',
    'document: events of one document arrive in the order of their commits, and one that fails holds back those behind it',
  ),
  payload: choice(['full', 'thin'], 'full', 'thin: only the key of the document is sent'),
})

const allowed = z.string().refine(isAllowEntry, {
  error: 'expected a host name, a host with a port, an address or a network like 10.0.0.0/8',
})

export const WEBHOOKS_SETTINGS = {
  webhooks: section({
    allow: list(
      allowed,
      [],
      'Hosts (hooks.internal, or hooks.internal:8080), addresses and networks outside of the public internet that webhooks may be sent to, by http too; under dev this machine may always be',
    ),
    endpoints: list(endpoint, [], 'Endpoints that receive webhooks'),
    max_waiting: integer(
      100_000,
      { min: 1 },
      'How many events may wait for one endpoint; those beyond it are not sent, and can be replayed while the change log has them',
    ),
    keep: duration('7d', 'How long deliveries are kept once they are over, with what was sent'),
  }),
}

export type WebhooksSettings = SettingsOf<typeof WEBHOOKS_SETTINGS>
export type EndpointSettings = WebhooksSettings['webhooks']['endpoints'][number]

/** What an endpoint must have whatever the schema is. */
export const checkEndpoints: SettingsCheck<WebhooksSettings> = ({ webhooks }, fault) => {
  const names = new Set<string>()
  for (const [i, { name, url, secret, events }] of webhooks.endpoints.entries()) {
    const at = (option: string) => ['webhooks', 'endpoints', i, option]
    if (!ENDPOINT_NAME.test(name))
      fault(at('name'), 'expected up to 63 lower-case letters, digits, - and _, beginning with a letter or digit')
    if (names.has(name)) fault(at('name'), `there are two endpoints named '${name}'`)
    names.add(name)
    const problem = urlProblem(url)
    if (problem !== null) fault(at('url'), problem)
    if (events.length === 0) fault(at('events'), 'is required: events to send, like [posts.created]')
    if (secret === null)
      fault(['webhooks', 'endpoints', i], `has no secret: ${SECRET_ADVICE}, and write secret: \${${variableFor(name)}}`)
    else if (parseSecrets(secret) === null) fault(at('secret'), `is not a secret of webhooks: ${SECRET_ADVICE}`)
  }
}

const SECRET_ADVICE = 'make one with echo "whsec_$(openssl rand -base64 32)", set it as a variable'

function variableFor(name: string): string {
  return `${name.toUpperCase().replace(/-/g, '_')}_SECRET`
}
