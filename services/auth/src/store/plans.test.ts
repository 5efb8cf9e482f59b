import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as accounts from './accounts'
import { AUTH_TABLES } from './auth-tables'
import * as identities from './identities'
import * as invalidations from './invalidations'
import * as loginFailures from './login-failures'
import * as oneTimeTokens from './one-time-tokens'
import * as passkeys from './passkeys'
import * as refreshTokens from './refresh-tokens'
import * as sessionProofs from './session-proofs'
import * as sessions from './sessions'
import * as totp from './totp'

test('no statement about sessions, tokens and accounts slows down with their number', () => {
  const { statements, scans } = scansOf({
    tables: AUTH_TABLES.steps.flat(),
    modules: [
      accounts,
      invalidations,
      identities,
      loginFailures,
      oneTimeTokens,
      passkeys,
      refreshTokens,
      sessionProofs,
      sessions,
      totp,
    ],
    // One person's sessions and passkeys are few; secrets of all are sealed again once, by hand.
    mayScan: [
      /"subject" = \? ORDER BY/,
      /"user_id" = \? ORDER BY/,
      /^SELECT "user_id", "secret" FROM "_koyalite_totp"$/,
    ],
  })
  expect(statements).toBeGreaterThan(40)
  expect(scans).toEqual([])
})
