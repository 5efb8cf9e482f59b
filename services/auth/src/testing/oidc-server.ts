// An OpenID provider as a process of its own: `bun oidc-server.ts <client id> <secret> <redirect uri>`; it prints its
// address.
// `/test-account?sub=…&email=…&verified=true` sets the claims of an account; typing the subject signs
// in.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

const [clientId = '', clientSecret = '', redirectUri = ''] = process.argv.slice(2)

const accounts = new Map<string, { readonly email?: string; readonly verified: boolean }>()

const server = createServer()
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const issuer = `http://127.0.0.1:${port}`
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  pkce: { required: () => true },
  scopes: ['openid', 'email'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  async findAccount(_context: unknown, sub: string) {
    const { email, verified } = accounts.get(sub) ?? {}
    return { accountId: sub, claims: async () => ({ sub, email, email_verified: verified }) }
  },
})
const handle = provider.callback()
server.on('request', (request, response) => {
  const url = new URL(request.url ?? '/', issuer)
  if (url.pathname !== '/test-account') return handle(request, response)
  const { sub = '', email, verified } = Object.fromEntries(url.searchParams)
  accounts.set(sub, { ...(email === undefined ? {} : { email }), verified: verified === 'true' })
  return response.end('ok')
})
process.stdout.write(`${issuer}\n`)
