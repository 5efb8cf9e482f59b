import {
  type BaseSettings,
  choice,
  duration,
  flag,
  integer,
  list,
  optionalDomain,
  optionalText,
  optionalUrl,
  rate,
  requiredText,
  type SettingsCheck,
  type SettingsOf,
  section,
  table,
  text,
} from '@koyalite/kernel'
import { z } from 'zod'
import { addressOnPage } from './allowed-address'

const passkeyOrigin = z.string().regex(/^(?:https?:\/\/[^\s/?#@]+\/?|(?:android|ios):[\w:.-]+)$/, {
  error: 'expected an origin like https://app.example.com, or android:apk-key-hash:…',
})

const passkeys = z
  .strictObject({
    rp_id: optionalDomain('Domain that passkeys belong to, like example.com; null: the host of server.url'),
    origins: list(
      passkeyOrigin,
      [],
      'Origins and apps that may use passkeys besides server.url; empty: server.cors.origins',
    ),
  })
  .superRefine(({ rp_id, origins }, context) => {
    if (rp_id === null) return
    for (const [i, origin] of origins.entries()) {
      const host: string = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin).hostname : rp_id
      if (host === rp_id || host.endsWith(`.${rp_id}`)) continue
      const message = `browsers reject passkeys of ${rp_id} on ${host}: list origins on ${rp_id} or its subdomains`
      context.addIssue({ code: 'custom', path: ['origins', i], message })
    }
  })
  .prefault({})

const claimName = requiredText('A claim, such as name or picture')

const provider = z.strictObject({
  client_id: optionalText('Client id at the provider; without it the provider is disabled'),
  client_secret: optionalText('Client secret at the provider', { secret: true }),
  scopes: list(z.string(), [], 'Scopes to request in addition to those that sign-in needs'),
  issuer: optionalUrl('Issuer URL of an OpenID provider that is not built in'),
  nonce: flag(true, 'Send a nonce and expect it in the ID token; false for OpenID providers that omit it'),
  profile: table(claimName, 'Fields of users, each with the claim that fills it at the first sign-in', {
    pattern: /^(?!(?:id|email|role|verified|claims|created_at|updated_at)$)[a-z][a-z0-9_]{0,62}$/,
    expected: 'a field of users that the schema adds, or metadata',
  }),
})

const page = (after: string) =>
  optionalText(
    `Where the browser goes after ${after}: a path, or a URL on server.url or an origin in server.cors.origins`,
  )

const auth = section({
  registration: choice(
    ['open', 'closed'],
    'open',
    'Whether anyone may create an account; closed: only operators create accounts',
  ),
  enumeration: choice(
    ['visible', 'hidden'],
    'visible',
    'Whether responses may reveal which email addresses have an account; hidden: an account is created, and can sign in, once its address is confirmed',
  ),
  jwt: section({
    secret: optionalText(
      'Secret that signs access tokens (HS256, 32 characters or more); null: a generated EdDSA key',
      {
        min: 32,
        secret: true,
      },
    ),
    access_ttl: duration('15m', 'Lifetime of an access token'),
    refresh_ttl: duration('7d', 'Lifetime of a refresh token'),
    issuer: text('koyalite', 'Issuer of the tokens'),
  }),
  sessions: section({
    absolute: duration('30d', 'Maximum lifetime of a session'),
    inactivity: duration('7d', 'How long an unused session stays valid'),
    fresh: duration('15m', 'How long after sign-in or reauthentication credentials may be changed'),
  }),
  password: section({
    min_length: integer(8, { min: 1, max: 1024 }, 'Minimum length'),
    require_uppercase: flag(false, 'Require an upper-case letter'),
    require_number: flag(false, 'Require a digit'),
    require_special: flag(false, 'Require a character that is neither letter nor digit'),
    common: choice(
      ['refuse', 'allow'],
      'refuse',
      'Whether the most common passwords may be chosen, which attackers try first',
    ),
  }),
  pages: section({
    after_verify: page('confirming an email address'),
    after_reset: page('choosing a new password'),
    after_email_change: page('confirming a new email address'),
    after_magic_link: page('signing in with an emailed link'),
  }),
  passkeys,
  oauth: table(provider, 'Sign-in with other providers'),
  rate_limit: section({
    login: rate('5/minute', 'Sign-in attempts per IP address and account'),
    register: rate('3/minute', 'Registrations per IP address'),
    password_reset: rate('3/hour', 'Password reset emails per IP address and account'),
    mail: rate('10/hour', 'Other emailed links and codes, per caller and per recipient'),
    api: rate('1000/minute', 'Requests per IP address, and per account or key'),
    routes: table(
      rate('1000/minute', 'Requests'),
      'Requests to single routes, by method and path, like POST /api/functions/:name',
      {
        pattern: /^(\*|GET|POST|PUT|PATCH|DELETE) \/\S*$/,
        expected: 'a method (or *) and a path, like POST /api/functions/:name',
      },
    ),
  }),
})

export const AUTH_SETTINGS = { auth }

/** Links in mails must not lead wherever a mistake in the settings says. */
export const checkPages: SettingsCheck<AuthSettings> = ({ auth, server }, fault) => {
  for (const [name, address] of Object.entries(auth.pages)) {
    if (address === null || addressOnPage(address, server) !== null) continue
    fault(
      ['auth', 'pages', name],
      'expected a path like /welcome, or a URL on server.url or on an origin in server.cors.origins',
    )
  }
}

/** The part of a project's settings that signing in depends on. */
export interface AuthSettings extends SettingsOf<typeof AUTH_SETTINGS> {
  readonly name: string
  readonly server: Pick<BaseSettings['server'], 'cors' | 'url'>
  /** Its pages stand in for those of operators here. */
  readonly studio?: { readonly enabled: boolean; readonly path: string }
}
