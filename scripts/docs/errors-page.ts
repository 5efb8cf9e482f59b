import { ERROR_STATUS, type ErrorCode } from '@koyalite/contracts'

const INTRODUCTION = `# Errors

Every answer that is no success has this shape, also on WebSockets and in batches. The codes are all there are. Made from the catalogue by
\`npm run docs\`.

\`\`\`json
{
  "error": {
    "code": "VALIDATION_ERROR",
    "message": "title must have at least 1 character",
    "details": [{ "field": "title", "code": "minLength", "message": "title must have at least 1 character" }],
    "request_id": "0197a3d4-5b6c-7d8e-9f00-112233445566",
    "timestamp": "2026-11-21T03:00:00.000Z"
  }
}
\`\`\`

\`details\` names every field that is wrong, at once. \`operation\`, in batches, is the index of the one that failed; nothing of a failed batch is written.
\`request_id\` is also the header \`X-Request-Id\`; the server's log has everything about the request under it.

| status | code | means | do |
| ---: | --- | --- | --- |
`

interface Explained {
  readonly means: string
  readonly advice: string
}

/** A code without an explanation does not compile. */
const EXPLAINED: Readonly<Record<ErrorCode, Explained>> = {
  INVALID_REQUEST: {
    means: 'A parameter, header or the form of a body is wrong',
    advice: 'Read the message: it names it',
  },
  INVALID_FILTER: {
    means: 'A `filter` or `where` is wrong',
    advice: 'Look at the field, operator and value that it names',
  },
  INVALID_SORT: { means: 'A `sort` is wrong', advice: 'Sort by fields that are there and may be read' },
  INVALID_JSON: { means: 'The body is not JSON, or nested too deep', advice: 'Send valid JSON' },
  UNAUTHENTICATED: {
    means: 'Nobody is signed in, or the credential is no longer good',
    advice: 'Sign in, or refresh the token',
  },
  FORBIDDEN: { means: 'Whoever asks may not do this', advice: 'Ask `koyalite rules explain` why' },
  NOT_FOUND: { means: 'It is not there, or not for whoever asks', advice: 'Both look the same on purpose' },
  COLLECTION_NOT_FOUND: { means: 'schema.yaml has no such collection', advice: 'The message names the nearest one' },
  METHOD_NOT_ALLOWED: { means: 'The address is there, the method is not', advice: 'The header `Allow` says which are' },
  CONFLICT: {
    means: 'A unique value is taken, a reference leads nowhere, or is still needed',
    advice: 'The details name the field, if it may be read',
  },
  PROFILE_INCOMPLETE: {
    means: 'The first sign-in with a provider needs fields of `users` that it does not give',
    advice:
      'Ask for those in the details, send them with `error.ticket` ([how](authentication.md#fields-that-an-account-needs))',
  },
  PRECONDITION_FAILED: { means: 'The document has changed since it was read (`If-Match`)', advice: 'Read it again' },
  PAYLOAD_TOO_LARGE: { means: 'The body is longer than `server.max_body`', advice: 'Send less at once' },
  UNSUPPORTED_MEDIA_TYPE: {
    means: 'The body is not declared as JSON',
    advice: 'Send `Content-Type: application/json`',
  },
  VALIDATION_ERROR: { means: 'Values do not fit the schema', advice: 'The details name every field' },
  RATE_LIMITED: { means: 'Too many requests', advice: 'Wait as long as `Retry-After` says' },
  INTERNAL: { means: 'A mistake of the server', advice: 'Look the request id up in the log' },
  UNAVAILABLE: {
    means: 'The server cannot do it at the moment: it starts, stops, or cannot store',
    advice: 'Try again; see [operations](operations.md)',
  },
  REALTIME_BUSY: {
    means: 'Live queries take as much memory as `realtime.memory` allows',
    advice: 'Try again after `Retry-After`; raise the setting if the machine has more',
  },
  TOO_MANY_DOCUMENTS: {
    means: 'The live lists of one connection show more documents than `realtime.max_documents`',
    advice: 'Ask for fewer with `limit`, end a subscription, or open another connection',
  },
  QUERY_TIMEOUT: { means: 'A read took longer than `server.query_timeout`', advice: 'Ask for less, or add an index' },
}

/** docs/errors.md: the catalogue, with what to do about each. */
export function errorsPage(): string {
  const codes = Object.keys(ERROR_STATUS) as ErrorCode[]
  const rows = codes.map((code) => {
    const { means, advice } = EXPLAINED[code]
    return `| ${ERROR_STATUS[code]} | \`${code}\` | ${means} | ${advice} |`
  })
  return `${INTRODUCTION}${rows.join('\n')}\n`
}
