import { KEY_SCOPES, OPERATOR_ROLES } from '@koyalite/contracts'
import { z } from 'zod'

/** What the routes answer, for the reference. Tests hold every answer against it. */

const time = z.iso.datetime()
const shortText = z.string()
const seconds = z.int().min(0)

/** A document of `users` as its reader may see it. */
export const userAnswer = z.looseObject({}).describe('A document of `users`, with the fields that the caller may read.')

const account = z.object({
  blocked_at: time.nullable(),
  anonymous: z.boolean(),
  has_password: z.boolean(),
  mfa: z.boolean(),
})

/** A user as operators see them. */
export const accountAnswer = z.looseObject({
  account: account.extend({ providers: z.array(shortText), passkeys: z.int().min(0) }),
})

export const accountsAnswer = z.object({
  users: z.array(z.looseObject({ account })),
  total: z.int().optional(),
  next_cursor: shortText.nullable(),
})

const tokens = { access_token: shortText, token_type: z.literal('Bearer'), expires_in: seconds }
const inBody = { ...tokens, refresh_token: shortText }
const inCookies = { csrf_token: shortText, expires_in: seconds }

export const operatorAnswer = z.object({
  id: shortText,
  email: shortText,
  role: z.enum(OPERATOR_ROLES),
  permissions: z.array(shortText),
  created_at: time,
  disabled_at: time.nullable(),
})

/** Whoever is signed in: an operator, or a document of `users` as that user sees it. */
export const meAnswer = z.union([operatorAnswer, userAnswer])

/** Tokens; with `?cookies=true` they are cookies, and the body has what writes have to repeat. */
export const sessionAnswer = z.union([
  z.object({ user: userAnswer.nullable(), ...inBody }),
  z.object({ user: userAnswer.nullable(), ...inCookies }),
])

/** The same of an operator. */
export const operatorSessionAnswer = z.union([
  z.object({ operator: operatorAnswer.nullable(), ...inBody }),
  z.object({ operator: operatorAnswer.nullable(), ...inCookies }),
])

/** What writes with cookies repeat. */
export const csrfAnswer = z.object({ csrf_token: shortText })

/** Of a refresh, or the second step of a sign-in: of whoever the session is. */
export const refreshedAnswer = z.union([...sessionAnswer.options, ...operatorSessionAnswer.options])

const mfaQuestion = z.object({ mfa_required: z.literal(true), mfa_token: shortText, methods: z.array(shortText) })

/** A session, or the question for a second factor. */
export const signInAnswer = z.union([...sessionAnswer.options, mfaQuestion])

/** The same of an operator. */
export const operatorSignInAnswer = z.union([...operatorSessionAnswer.options, mfaQuestion])

/** It was taken up; nothing else is told. */
export const acceptedAnswer = z.object({ ok: z.literal(true) })

export const signInOrAcceptedAnswer = z.union([...signInAnswer.options, acceptedAnswer])

const session = z.object({
  id: shortText,
  method: shortText,
  ip: shortText.nullable(),
  user_agent: shortText.nullable(),
  created_at: time,
  last_used_at: time,
  expires_at: time,
  current: z.boolean(),
})

export const sessionsAnswer = z.object({ sessions: z.array(session) })

export const allSessionsAnswer = z.object({
  sessions: z.array(
    session.extend({ kind: z.enum(['user', 'operator']), subject: shortText, impersonator: shortText.nullable() }),
  ),
  next_cursor: shortText.nullable(),
})

export const endedAnswer = z.object({ ended: z.int().min(0) })

export const impersonationAnswer = z.object({ ...tokens, user_id: shortText })

export const rolesAnswer = z.object({
  roles: z.array(z.object({ name: shortText, inherits: z.array(shortText), permissions: z.array(shortText) })),
  operator_roles: z.array(z.object({ name: z.enum(OPERATOR_ROLES), permissions: z.array(shortText) })),
})

export const operatorsAnswer = z.object({ operators: z.array(operatorAnswer) })

/** `link` is where the operator chooses a password, null where one was given. */
export const createdOperatorAnswer = operatorAnswer.extend({ link: shortText.nullable() })
export const linkAnswer = z.object({ link: shortText.nullable() })

const key = z.object({
  id: shortText,
  name: shortText.nullable(),
  hint: shortText,
  scopes: z.array(z.object({ scope: z.enum(KEY_SCOPES), collections: z.array(shortText).optional() })),
  created_at: time,
  revoked_at: time.nullable(),
})

export const keysAnswer = z.object({ keys: z.array(key) })
export const createdKeyAnswer = key.extend({ key: shortText.describe('Shown only once.') })
export const signingKeyAnswer = z.object({ kid: shortText })
export const publicKeysAnswer = z.object({ keys: z.array(z.looseObject({ kty: shortText, kid: shortText })) })

/** Until when credentials may be changed without another proof. */
export const freshAnswer = z.object({ fresh_until: time })

export const factorsAnswer = z.object({ totp: z.boolean(), recovery_codes_left: z.int().min(0) })
export const totpOfferAnswer = z.object({ secret: shortText, otpauth_url: shortText })
export const recoveryCodesAnswer = z.object({ recovery_codes: z.array(shortText) })

const passkey = z.object({
  id: shortText,
  name: shortText.nullable(),
  created_at: time,
  last_used_at: time.nullable(),
})
export const passkeyAnswer = passkey
export const passkeysAnswer = z.object({ passkeys: z.array(passkey) })
export const passkeyOptionsAnswer = z
  .looseObject({ challenge: shortText })
  .describe('WebAuthn options, for the browser.')

export const providersAnswer = z.object({
  registration: z.enum(['open', 'closed']),
  providers: z.array(z.object({ name: shortText, label: shortText, url: shortText })),
})
export const identitiesAnswer = z.object({
  identities: z.array(z.object({ provider: shortText, email: shortText.nullable(), linked_at: time })),
})
export const linkStartAnswer = z.object({ url: shortText })
export const oauthOutcomeAnswer = z.union([...signInOrAcceptedAnswer.options, z.object({ code: shortText })])
