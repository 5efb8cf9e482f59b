import { parseEmail } from '@koyalite/schema'
import { z } from 'zod'
import { fetchJson } from './fetch-json'
import type { ProviderDefinition } from './provider-definition'

const userSchema = z.looseObject({ id: z.string(), email: z.string().nullish(), verified: z.boolean().nullish() })

/** @param base where it is; another one in tests */
export function discordProvider(base = 'https://discord.com'): ProviderDefinition {
  return {
    label: 'Discord',
    scopes: ['identify', 'email'],
    server: {
      kind: 'oauth2',
      metadata: {
        issuer: base,
        authorization_endpoint: `${base}/oauth2/authorize`,
        token_endpoint: `${base}/api/oauth2/token`,
      },
    },
    async profile(configuration, { accessToken }) {
      const user = userSchema.parse(await fetchJson(configuration, accessToken, `${base}/api/users/@me`))
      const email = parseEmail(user.email)
      return { subject: user.id, email, emailVerified: email !== null && user.verified === true, claims: user }
    },
  }
}
