import { type Call, exampleChange, exampleDocument, keyOf } from './call'

/** The call for a shell. */
export function curlSnippet(call: Call): string {
  const { kind, url, model } = call
  const path = `${url}/api/collections/${model.name}`
  const one = `${path}/${inPath(keyOf(call))}`
  switch (kind) {
    case 'list':
      return lines('curl -G', quoted(path), ...token(call), ...queryOf(call))
    case 'live':
      return lines('curl -N -G', quoted(`${path}/live`), ...token(call), ...queryOf(call))
    case 'get':
      return lines('curl', quoted(one), ...token(call))
    case 'create':
      return lines('curl', quoted(path), ...token(call), `--json ${quoted(JSON.stringify(exampleDocument(model)))}`)
    case 'update':
      return lines(
        'curl -X PATCH',
        quoted(one),
        ...token(call),
        `--json ${quoted(JSON.stringify(exampleChange(model)))}`,
      )
    case 'delete':
      return lines('curl -X DELETE', quoted(one), ...token(call))
    case 'sign-in':
      return `curl ${quoted(`${url}/api/auth/login`)} \\\n  --json ${quoted(
        JSON.stringify({ email: 'ann@example.com', password: 'correct horse battery' }),
      )}`
  }
}

/** With a tilde, a key is never taken for a word of the API. */
function inPath(key: string): string {
  const tilde = key === 'live' || key === 'aggregate' || key.startsWith('~') ? '~' : ''
  return tilde + encodeURIComponent(key).replaceAll('%3C', '<').replaceAll('%3E', '>')
}

function lines(command: string, address: string, ...more: readonly string[]): string {
  return [`${command} ${address}`, ...more.map((line) => `  ${line}`)].join(' \\\n')
}

function token({ hasToken }: Call): readonly string[] {
  return hasToken ? ['-H "Authorization: Bearer $TOKEN"'] : []
}

function queryOf({ filter, where, params, sort }: Call): readonly string[] {
  const pairs = [
    ...filter.map((one) => `filter=${one}`),
    ...(where === null ? [] : [`where=${where}`]),
    ...(params.length === 0 ? [] : [`params=${JSON.stringify(params)}`]),
    ...(sort.length === 0 ? [] : [`sort=${sort.join(',')}`]),
  ]
  return pairs.map((pair) => `--data-urlencode ${quoted(pair)}`)
}

/** For a shell: nothing inside of it means anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
