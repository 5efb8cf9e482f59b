import { parseEmail } from '@koyalite/schema'
import { z } from 'zod'
import { fetchJson } from './fetch-json'
import type { ProviderDefinition } from './provider-definition'

const userSchema = z.looseObject({ id: z.int().positive() })
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
      const get = (path: string) =>
        fetchJson(configuration, accessToken, api + path, {
          accept: 'application/vnd.github+json',
          'user-agent': 'koyalite',
        })
      const user = userSchema.parse(await get('/user'))
      // The address of the public profile is whatever its owner typed; this list says what was proved.
      const primary = emailsSchema.parse(await get('/user/emails')).find((one) => one.primary)
      const email = parseEmail(primary?.email)
      return {
        subject: String(user.id),
        email,
        emailVerified: email !== null && primary?.verified === true,
        claims: { ...user, email },
      }
    },
  }
}
