import { KEY_SCOPES, OPERATOR_ROLES } from '@koyalite/contracts'
import { paginated } from '@koyalite/kernel'
import { z } from 'zod'

/** What the routes respond with. Tests check every response against it. */

const time = z.iso.datetime()
const shortText = z.string()
const seconds = z.int().min(0)

/** A document of `users` as its reader may see it. */
export const user = z.looseObject({}).describe('A document of `users`, with the fields that the caller may read.')

const accountFields = z.object({
  blocked_at: time.nullable(),
  block_reason: shortText.nullable(),
  blocked_until: time.nullable(),
  last_sign_in_at: time.nullable(),
  anonymous: z.boolean(),
  has_password: z.boolean(),
  mfa: z.boolean(),
})

/** What every document of `users` has, as operators see it. */
const userFields = {
  id: shortText,
  email: shortText,
  role: shortText,
  verified: z.boolean(),
  created_at: time.optional(),
}

/** A user as operators see them. */
export const account = z.looseObject({
  ...userFields,
  account: accountFields.extend({ providers: z.array(shortText), passkeys: z.int().min(0) }),
})

export const accounts = z.object({
  users: z.array(z.looseObject({ ...userFields, account: accountFields })),
  total: z.int().optional(),
  next_cursor: shortText.nullable(),
})

const tokens = { access_token: shortText, token_type: z.literal('Bearer'), expires_in: seconds }
const inBody = { ...tokens, refresh_token: shortText }
const inCookies = { csrf_token: shortText, expires_in: seconds }

export const operator = z.object({
  id: shortText,
  email: shortText,
  role: z.enum(OPERATOR_ROLES),
  permissions: z.array(shortText),
  created_at: time,
  disabled_at: time.nullable(),
})

/** An operator in the list of those who manage them. */
const listedOperator = operator.extend({
  mfa: z.boolean().describe('Whether a second factor is set up.'),
  sessions: z.int().min(0).describe('How many are open.'),
})

/** The signed-in operator, or a document of `users` as that user sees it. */
export const me = z.union([operator, user])

/** Tokens; with `?cookies=true` they are cookies, and the body has what writes have to repeat. */
export const session = z.union([
  z.object({ user: user.nullable(), ...inBody }),
  z.object({ user: user.nullable(), ...inCookies }),
])

/** The same of an operator. */
export const operatorSession = z.union([
  z.object({ operator: operator.nullable(), ...inBody }),
  z.object({ operator: operator.nullable(), ...inCookies }),
])

export const editingLock = z.object({
  required: z.boolean().describe('Whether documents are locked until somebody unlocks them: in production.'),
  unlocked_until: time.nullable().describe('Until when this session may change them.'),
})

export const operatorProof = z.object({ proved_until: time.describe('Until when the session may write by SQL.') })

/** What writes with cookies repeat. */
export const csrf = z.object({ csrf_token: shortText })

/** Of a refresh, or the second step of a sign-in: of the session's user. */
export const refreshed = z.union([...session.options, ...operatorSession.options])

export const mfaQuestion = z.object({
  mfa_required: z.literal(true),
  mfa_token: shortText,
  methods: z.array(shortText),
})

/** The account is created by the link that was sent. */
export const verificationRequired = z.object({ verification_required: z.literal(true) })

/** A session, or the question for a second factor. */
export const signIn = z.union([...session.options, mfaQuestion])

/** The same of an operator. */
export const operatorSignIn = z.union([...operatorSession.options, mfaQuestion])

/** It was accepted; nothing else is said. */
export const accepted = z.object({ ok: z.literal(true) })

export const signInOrAccepted = z.union([...signIn.options, accepted])

const sessionEntry = z.object({
  id: shortText,
  method: shortText,
  ip: shortText.nullable(),
  user_agent: shortText.nullable(),
  created_at: time,
  last_used_at: time,
  expires_at: time,
  current: z.boolean(),
})

export const sessions = z.object({ sessions: z.array(sessionEntry) })

export const allSessions = paginated(
  'sessions',
  sessionEntry.extend({ kind: z.enum(['user', 'operator']), subject: shortText, impersonator: shortText.nullable() }),
  { user: shortText.optional().describe('All of one user, by id or email address, in one page.') },
)

export const ended = z.object({ ended: z.int().min(0) })

export const impersonation = z.object({ ...tokens, user_id: shortText })

export const roles = z.object({
  roles: z.array(z.object({ name: shortText, inherits: z.array(shortText), permissions: z.array(shortText) })),
  operator_roles: z.array(z.object({ name: z.enum(OPERATOR_ROLES), permissions: z.array(shortText) })),
})

/** How a provider of sign-ins is set up. */
export const providerStates = z.object({
  providers: z.array(
    z.object({
      name: shortText,
      label: shortText,
      configured: z.boolean().describe('Whether users can sign in with it.'),
      missing: z.array(shortText).describe('Settings that it needs and does not have.'),
      callback_url: shortText.describe('To be registered at the provider.'),
      issuer: shortText.nullable(),
      scopes: z.array(shortText),
    }),
  ),
})
export const providerTest = z.object({
  steps: z.array(
    z.object({ step: z.enum(['settings', 'discovery', 'authorize']), ok: z.boolean(), message: shortText }),
  ),
})

export const operators = paginated('operators', listedOperator)

/** `link` is where the operator chooses a password, null where one was given. */
export const createdOperator = operator.extend({ link: shortText.nullable() })
export const link = z.object({ link: shortText.nullable() })

const key = z.object({
  id: shortText,
  name: shortText.nullable(),
  hint: shortText,
  scopes: z.array(
    z.object({
      scope: z.enum(KEY_SCOPES),
      collections: z.array(shortText).optional(),
      functions: z.array(shortText).optional(),
    }),
  ),
  created_at: time,
  revoked_at: time.nullable(),
})

export const keys = paginated(
  'keys',
  key.extend({
    last_used_at: time.nullable().describe('To the minute; null where it is not known that it was used.'),
  }),
)
export const createdKey = key.extend({ key: shortText.describe('Shown only once.') })
export const signingKey = z.object({ kid: shortText })
export const publicKeys = z.object({ keys: z.array(z.looseObject({ kty: shortText, kid: shortText })) })

/** Until when credentials may be changed without another proof. */
export const fresh = z.object({ fresh_until: time })

export const factors = z.object({ totp: z.boolean(), recovery_codes_left: z.int().min(0) })
export const totpOffer = z.object({ secret: shortText, otpauth_url: shortText })
export const recoveryCodes = z.object({ recovery_codes: z.array(shortText) })

export const passkey = z.object({
  id: shortText,
  name: shortText.nullable(),
  created_at: time,
  last_used_at: time.nullable(),
})
export const passkeys = z.object({ passkeys: z.array(passkey) })
export const passkeyOptions = z.looseObject({ challenge: shortText }).describe('WebAuthn options, for the browser.')

export const providers = z.object({
  registration: z.enum(['open', 'closed']),
  providers: z.array(z.object({ name: shortText, label: shortText, url: shortText })),
})
export const identities = z.object({
  identities: z.array(z.object({ provider: shortText, email: shortText.nullable(), linked_at: time })),
})
export const linkStart = z.object({ url: shortText })
export const oauthOutcome = z.union([...signInOrAccepted.options, z.object({ code: shortText })])
