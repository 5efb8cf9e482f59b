import { exportJWK, generateKeyPair, SignJWT } from 'jose'

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
  /** What the userinfo endpoint answers; null: there is none. */
  userinfo: Record<string, unknown> | null
  /** The browser comes back with this error instead of a code. */
  refusal: string | null
  /** Answers of its own by path. */
  answers: Record<string, (request: Request) => Response | Promise<Response>>
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

export const CLIENT = { id: 'client', secret: 's:ecret/with+odd characters%' }

const normal = (): FakeBehaviour => ({
  metadata: {},
  authentication: 'post',
  idToken: { sub: 'sub-1', email: 'ann@example.com', email_verified: true },
  nonce: true,
  userinfo: null,
  refusal: null,
  answers: {},
  foreignKey: false,
})

/** An OpenID provider that can be made to misbehave: the browser that it sends back has always agreed. */
export async function startFakeOidc(): Promise<FakeOidc> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }
  const asked: string[] = []
  const visits: URL[] = []
  let nonce: string | null = null

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url)
    asked.push(url.pathname)
    const { behaviour } = fake
    const special = behaviour.answers[url.pathname]
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
      aud: CLIENT.id,
      exp: Math.floor(Date.now() / 1000) + 300,
      ...(behaviour.nonce && nonce !== null ? { nonce } : {}),
      ...behaviour.idToken,
    }
    const idToken = await new SignJWT(JSON.parse(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuedAt()
      .sign(behaviour.foreignKey ? foreign.privateKey : own.privateKey)
    return Response.json({ access_token: 'the-access-token', token_type: 'Bearer', id_token: idToken })
  }

  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  const fake: FakeOidc = {
    issuer: `http://127.0.0.1:${server.port}`,
    behaviour: normal(),
    asked,
    visits,
    stop: () => server.stop(true),
  }
  return fake
}

function isClient(method: FakeBehaviour['authentication'], header: string | null, form: URLSearchParams): boolean {
  const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
  switch (method) {
    case 'basic':
      return header === `Basic ${btoa(`${encode(CLIENT.id)}:${encode(CLIENT.secret)}`)}` && !form.has('client_secret')
    case 'post':
      return header === null && form.get('client_id') === CLIENT.id && form.get('client_secret') === CLIENT.secret
    case 'none':
      return header === null && form.get('client_id') === CLIENT.id && !form.has('client_secret')
  }
}
