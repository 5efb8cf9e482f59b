import { parseEmail } from '@koyalite/schema'
import { fetchProtectedResource } from 'openid-client'
import { z } from 'zod'
import type { ProviderDefinition } from './provider-definition'

const userSchema = z.object({ id: z.int() })
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/** @param addresses where it is; another one for GitHub Enterprise */
export function githubProvider(
  addresses: { readonly web: string; readonly api: string } = {
    web: 'https://github.com',
    api: 'https://api.github.com',
  },
): ProviderDefinition {
  const { web, api } = addresses
  return {
    label: 'GitHub',
    scopes: ['user:email'],
    server: {
      kind: 'oauth2',
      metadata: {
        issuer: web,
        authorization_endpoint: `${web}/login/oauth/authorize`,
        token_endpoint: `${web}/login/oauth/access_token`,
      },
    },
    async profile(configuration, { accessToken }) {
      const get = async (path: string): Promise<unknown> => {
        const headers = new Headers({ accept: 'application/vnd.github+json', 'user-agent': 'koyalite' })
        const response = await fetchProtectedResource(
          configuration,
          accessToken,
          new URL(api + path),
          'GET',
          null,
          headers,
        )
        if (!response.ok) throw new Error(`GitHub answered ${response.status} for ${path}`)
        return response.json()
      }
      const { id } = userSchema.parse(await get('/user'))
      // The address of the public profile is whatever its owner typed; this list says what was proved.
      const emails = emailsSchema.parse(await get('/user/emails'))
      const primary = emails.find((one) => one.primary)
      return {
        subject: String(id),
        email: parseEmail(primary?.email),
        emailVerified: primary?.verified ?? false,
      }
    },
  }
}
