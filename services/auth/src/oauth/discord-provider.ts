import { parseEmail } from '@koyalite/schema'
import { fetchProtectedResource } from 'openid-client'
import { z } from 'zod'
import type { ProviderDefinition } from './provider-definition'

const userSchema = z.object({ id: z.string(), email: z.string().nullish(), verified: z.boolean().nullish() })

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
      const response = await fetchProtectedResource(configuration, accessToken, new URL(`${base}/api/users/@me`), 'GET')
      if (!response.ok) throw new Error(`Discord answered ${response.status}`)
      const { id, email, verified } = userSchema.parse(await response.json())
      return { subject: id, email: parseEmail(email), emailVerified: verified === true }
    },
  }
}
