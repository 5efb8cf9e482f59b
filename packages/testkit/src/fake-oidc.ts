/** How a fake provider behaves; each test changes what it is about. */
export interface FakeBehaviour {
  /** What its discovery document says besides, or instead. */
  metadata: Record<string, unknown>
  /** How applications must show their secret. */
  authentication: 'basic' | 'post' | 'none'
  /** Claims of the ID token, besides, or instead of, what it needs. Undefined ones are left out. */
  idToken: Record<string, unknown>
  /** Whether the nonce that it was sent comes back. */
  nonce: boolean
  /** The response of the userinfo endpoint; null: there is none. */
  userinfo: Record<string, unknown> | null
  /** The browser comes back with this error instead of a code. */
  refusal: string | null
  /** Special responses by path. */
  responses: Record<string, (request: Request) => Response | Promise<Response>>
  /** Signs ID tokens with a key that it does not publish. */
  foreignKey: boolean
}

export interface FakeOidc {
  readonly issuer: string
  behaviour: FakeBehaviour
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  /** Addresses of the authorization endpoint that browsers were sent to. */
  readonly visits: URL[]
  stop(): Promise<void>
}

/** The one application that it knows. */
export const OIDC_CLIENT = { id: 'client', secret: 's:ecret/with+odd characters%' }

const normal = (): FakeBehaviour => ({
  metadata: {},
  authentication: 'post',
  idToken: { sub: 'sub-1', email: 'ann@example.com', email_verified: true },
  nonce: true,
  userinfo: null,
  refusal: null,
  responses: {},
  foreignKey: false,
})

/** Made once for all providers of a process: RSA keys take a quarter of a second. */
let keys: Promise<readonly [own: CryptoKeyPair, foreign: CryptoKeyPair]> | undefined

/** An OpenID provider that can be made to misbehave: the browser that it sends back has always agreed. */
export async function startFakeOidc(): Promise<FakeOidc> {
  keys ??= Promise.all([generateKeys(), generateKeys()])
  const [own, foreign] = await keys
  const jwk = { ...(await crypto.subtle.exportKey('jwk', own.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }
  const asked: string[] = []
  const visits: URL[] = []
  let nonce: string | null = null

  async function response(request: Request): Promise<Response> {
    const url = new URL(request.url)
    asked.push(url.pathname)
    const { behaviour } = fake
    const special = behaviour.responses[url.pathname]
    if (special) return special(request)
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return Response.json(metadata(behaviour))
      case '/jwks':
        return Response.json({ keys: [jwk] })
      case '/authorize':
        return authorize(url, behaviour)
      case '/token':
        return token(request, behaviour)
      case '/userinfo':
        return Response.json(behaviour.userinfo)
      default:
        return new Response(null, { status: 404 })
    }
  }

  function metadata({ userinfo, metadata: more }: FakeBehaviour): object {
    const { issuer } = fake
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      ...(userinfo === null ? {} : { userinfo_endpoint: `${issuer}/userinfo` }),
      ...more,
    }
  }

  function authorize(url: URL, { refusal }: FakeBehaviour): Response {
    visits.push(url)
    nonce = url.searchParams.get('nonce')
    const back = new URL(url.searchParams.get('redirect_uri') ?? '')
    back.searchParams.set('state', url.searchParams.get('state') ?? '')
    if (refusal === null) back.searchParams.set('code', 'the-code')
    else back.searchParams.set('error', refusal)
    return Response.redirect(back.href, 302)
  }

  async function token(request: Request, behaviour: FakeBehaviour): Promise<Response> {
    const form = new URLSearchParams(await request.text())
    if (!isClient(behaviour.authentication, request.headers.get('authorization'), form))
      return Response.json({ error: 'invalid_client' }, { status: 401 })
    if (form.get('code') !== 'the-code' || !form.get('code_verifier'))
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    const claims = {
      iss: fake.issuer,
      aud: OIDC_CLIENT.id,
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 300,
      ...(behaviour.nonce && nonce !== null ? { nonce } : {}),
      ...behaviour.idToken,
    }
    const idToken = await signed(claims, (behaviour.foreignKey ? foreign : own).privateKey)
    return Response.json({ access_token: 'the-access-token', token_type: 'Bearer', id_token: idToken })
  }

  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: response })
  const fake: FakeOidc = {
    issuer: `http://127.0.0.1:${server.port}`,
    behaviour: normal(),
    asked,
    visits,
    stop: () => server.stop(true),
  }
  return fake
}

function generateKeys(): Promise<CryptoKeyPair> {
  const algorithm = { name: RSA, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

const RSA = 'RSASSA-PKCS1-v1_5'

/** A JWT (RS256). */
async function signed(claims: object, key: CryptoKey): Promise<string> {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims)}`
  const signature = await crypto.subtle.sign(RSA, key, new TextEncoder().encode(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}

function isClient(method: FakeBehaviour['authentication'], header: string | null, form: URLSearchParams): boolean {
  const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
  switch (method) {
    case 'basic':
      return (
        header === `Basic ${btoa(`${encode(OIDC_CLIENT.id)}:${encode(OIDC_CLIENT.secret)}`)}` &&
        !form.has('client_secret')
      )
    case 'post':
      return (
        header === null && form.get('client_id') === OIDC_CLIENT.id && form.get('client_secret') === OIDC_CLIENT.secret
      )
    case 'none':
      return header === null && form.get('client_id') === OIDC_CLIENT.id && !form.has('client_secret')
  }
}
