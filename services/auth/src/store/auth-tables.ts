import { ACCOUNTS_TABLE } from './accounts'
import { FORGOTTEN_TABLE, FORGOTTEN_TRIGGERS } from './forgotten'
import { IDENTITIES_INDEX, IDENTITIES_TABLE } from './identities'
import { KEYS_TABLE } from './keys'
import { LOGIN_FAILURES_INDEX, LOGIN_FAILURES_TABLE } from './login-failures'
import { ONE_TIME_TOKENS_INDEXES, ONE_TIME_TOKENS_TABLE } from './one-time-tokens'
import { OPERATORS_TABLE } from './operators'
import { PASSKEYS_INDEX, PASSKEYS_TABLE } from './passkeys'
import { REFRESH_TOKENS_INDEX, REFRESH_TOKENS_TABLE } from './refresh-tokens'
import { SESSION_PROOFS_TABLE } from './session-proofs'
import { SESSIONS_INDEXES, SESSIONS_TABLE } from './sessions'
import { RECOVERY_CODES_TABLE, TOTP_TABLE } from './totp'

/** Makes the tables of this service, each where it is not there yet. */
export const AUTH_TABLES: readonly string[] = [
  KEYS_TABLE,
  ACCOUNTS_TABLE,
  SESSIONS_TABLE,
  ...SESSIONS_INDEXES,
  SESSION_PROOFS_TABLE,
  REFRESH_TOKENS_TABLE,
  REFRESH_TOKENS_INDEX,
  ONE_TIME_TOKENS_TABLE,
  ...ONE_TIME_TOKENS_INDEXES,
  LOGIN_FAILURES_TABLE,
  LOGIN_FAILURES_INDEX,
  OPERATORS_TABLE,
  TOTP_TABLE,
  RECOVERY_CODES_TABLE,
  PASSKEYS_TABLE,
  PASSKEYS_INDEX,
  IDENTITIES_TABLE,
  IDENTITIES_INDEX,
  FORGOTTEN_TABLE,
  ...FORGOTTEN_TRIGGERS,
]
