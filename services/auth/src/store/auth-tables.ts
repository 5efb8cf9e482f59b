import type { ServiceTables } from '@koyalite/contracts'
import { FACTOR_OF_OPERATOR } from '../operations/second-factor/totp-secret'
import { ACCOUNT_DETAILS_TABLE, ACCOUNTS_TABLE, SIGNED_IN_INDEX } from './accounts'
import { EDITING_GRANTS_TABLE } from './editing-grants'
import { IDENTITIES_INDEX, IDENTITIES_TABLE } from './identities'
import { INVALIDATION_TRIGGERS, INVALIDATIONS_TABLE } from './invalidations'
import { KEY_USES_TABLE } from './key-uses'
import { KEYS_TABLE } from './keys'
import { LOGIN_FAILURES_INDEX, LOGIN_FAILURES_TABLE } from './login-failures'
import { ONE_TIME_TOKENS_BY_SUBJECT, ONE_TIME_TOKENS_INDEX, ONE_TIME_TOKENS_TABLE } from './one-time-tokens'
import { OPERATORS_TABLE } from './operators'
import { PASSKEYS_INDEX, PASSKEYS_TABLE } from './passkeys'
import { REFRESH_TOKENS_INDEX, REFRESH_TOKENS_TABLE } from './refresh-tokens'
import { SESSION_PROOFS_TABLE } from './session-proofs'
import { SESSIONS_IMPERSONATOR_INDEX, SESSIONS_INDEXES, SESSIONS_TABLE } from './sessions'
import { RECOVERY_CODES_TABLE, TOTP_TABLE } from './totp'

const OPERATOR_SESSIONS = `"kind" = 'operator'`

export const AUTH_TABLES: ServiceTables = {
  service: 'auth',
  steps: [
    [
      KEYS_TABLE,
      ACCOUNTS_TABLE,
      SESSIONS_TABLE,
      ...SESSIONS_INDEXES,
      SESSION_PROOFS_TABLE,
      REFRESH_TOKENS_TABLE,
      REFRESH_TOKENS_INDEX,
      ONE_TIME_TOKENS_TABLE,
      ONE_TIME_TOKENS_INDEX,
      LOGIN_FAILURES_TABLE,
      OPERATORS_TABLE,
      TOTP_TABLE,
      RECOVERY_CODES_TABLE,
      PASSKEYS_TABLE,
      PASSKEYS_INDEX,
      IDENTITIES_TABLE,
      IDENTITIES_INDEX,
      INVALIDATIONS_TABLE,
      ...INVALIDATION_TRIGGERS,
    ],
    [SESSIONS_IMPERSONATOR_INDEX, ...ONE_TIME_TOKENS_BY_SUBJECT, LOGIN_FAILURES_INDEX],
    [EDITING_GRANTS_TABLE],
    [ACCOUNT_DETAILS_TABLE, SIGNED_IN_INDEX],
    [KEY_USES_TABLE],
  ],
  kept: [
    { table: '_koyalite_operators' },
    { table: '_koyalite_keys' },
    // A link that was used must not be good again.
    { table: '_koyalite_one_time_tokens' },
    { table: '_koyalite_sessions', where: OPERATOR_SESSIONS },
    ...['_koyalite_refresh_tokens', '_koyalite_session_proofs'].map((table) => ({
      table,
      where: `"session_id" IN (SELECT "id" FROM "_koyalite_sessions" WHERE ${OPERATOR_SESSIONS})`,
    })),
    ...['_koyalite_totp', '_koyalite_recovery_codes'].map((table) => ({
      table,
      where: `"user_id" LIKE '${FACTOR_OF_OPERATOR}%'`,
    })),
  ],
}
