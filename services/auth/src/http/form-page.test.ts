import { expect, test } from 'bun:test'
import { type FormPage, formPage } from './form-page'
import script from './form-page.client.js' with { type: 'text' }

const PAGE: FormPage = {
  title: 'Title',
  text: 'Text',
  button: 'Send',
  endpoint: '/api/x',
  needs: 'link',
  secondStep: '/api/second',
  fields: [],
  done: { title: 'Done', text: 'You can close this page.' },
  next: '/a"b',
}

class FakeElement {
  hidden = false
  disabled = false
  textContent = ''
  focused = false
  listener: (event: { preventDefault(): void }) => unknown = () => {}
  readonly dataset: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
  readonly button = { disabled: false, focus() {} }

  constructor(dataset: Readonly<Record<string, string>> = {}, fields: Readonly<Record<string, string>> = {}) {
    this.dataset = dataset
    this.fields = fields
  }

  querySelector() {
    return this.button
  }
  addEventListener(_name: string, listener: FakeElement['listener']) {
    this.listener = listener
  }
  focus() {
    this.focused = true
  }
}

/** Runs the script in a browser that has no more than what it uses. */
function open(hash: string, { needs = 'link', next = null }: { needs?: string; next?: string | null } = {}) {
  const elements = {
    title: new FakeElement(),
    first: new FakeElement({ endpoint: '/api/x', needs }, { password: 'secret' }),
    second: new FakeElement({ endpoint: '/api/second' }, { code: '123 456' }),
    done: new FakeElement(),
    message: new FakeElement(),
    next: next === null ? null : { href: next },
  }
  elements.second.hidden = elements.done.hidden = true
  const [sent, addresses, left]: [unknown[], string[], string[]] = [[], [], []]
  const responses: Response[] = []
  const run = new Function('document', 'location', 'history', 'fetch', 'FormData', script)
  run(
    { getElementById: (id: string) => elements[id as keyof typeof elements] ?? null },
    { hash, pathname: '/_/auth/x', replace: (address: string) => left.push(address) },
    { replaceState: (_state: null, _title: string, address: string) => addresses.push(address) },
    async (url: string, init: { readonly body: string }) => {
      sent.push([url, JSON.parse(init.body)])
      const response = responses.shift()
      if (response === undefined) throw new TypeError('Failed to fetch')
      return response
    },
    class {
      readonly fields: Readonly<Record<string, string>>
      constructor(form: FakeElement) {
        this.fields = form.fields
      }
      get(name: string) {
        return this.fields[name]
      }
      *[Symbol.iterator]() {
        yield* Object.entries(this.fields)
      }
    },
  )
  return {
    ...{ elements, sent, addresses, left },
    async submit(form: 'first' | 'second', response?: Response) {
      if (response !== undefined) responses.push(response)
      elements[form].listener({ preventDefault() {} })
      // The listener returns at once; what it has begun ends with the button.
      while (elements[form].button.disabled) await Bun.sleep(0)
    },
  }
}

test('the page takes the token out of the address and sends it with its fields', async () => {
  const page = open('#token=abc')
  expect([page.addresses, page.sent]).toEqual([['/_/auth/x'], []])
  await page.submit('first', Response.json({ ok: true }))
  expect(page.sent).toEqual([['/api/x', { password: 'secret', token: 'abc' }]])
  const { first, title, done, message } = page.elements
  expect([first.hidden, title.hidden, done.hidden, done.focused, message.textContent]).toEqual([
    true,
    true,
    false,
    true,
    '',
  ])
  expect(page.left).toEqual([])
})

test('it continues where the settings say', async () => {
  const page = open('#token=abc', { next: 'https://app.example.com/welcome' })
  await page.submit('first', Response.json({ ok: true }))
  expect(page.left).toEqual(['https://app.example.com/welcome'])
})

test('a refusal is shown, and can be tried again', async () => {
  const page = open('#token=abc', { next: '/welcome' })
  await page.submit('first', Response.json({ error: { message: 'The link is invalid.' } }, { status: 400 }))
  const { first, message, done } = page.elements
  expect([first.hidden, message.textContent, done.hidden]).toEqual([false, 'The link is invalid.', true])
  await page.submit('first')
  expect(message.textContent).toBe('The server cannot be reached. Try again.')
  await page.submit('first', Response.json({ ok: true }))
  expect([message.textContent, page.left]).toEqual(['', ['/welcome']])
})

test('a second factor is asked for', async () => {
  const page = open('#token=abc')
  await page.submit('first', Response.json({ mfa_required: true, mfa_token: 'km_x', methods: ['totp'] }))
  const { first, second, done } = page.elements
  expect([first.hidden, second.hidden, done.hidden]).toEqual([true, false, true])
  await page.submit('second', Response.json({ csrf_token: 'x' }))
  expect(page.sent.at(-1)).toEqual(['/api/second', { mfa_token: 'km_x', code: '123456' }])
  expect(done.hidden).toBe(false)
})

test('without a token nothing can be sent, unless the page needs none', async () => {
  const { first, message } = open('').elements
  expect([first.hidden, message.textContent === '']).toEqual([true, false])
  const signIn = open('', { needs: 'nothing' })
  await signIn.submit('first', Response.json({}))
  expect(signIn.sent).toEqual([['/api/x', { password: 'secret' }]])
})

test('nothing inline runs, and what the settings say is text', () => {
  const name = '"><script>alert(1)</script>'
  const { text, headers } = formPage(PAGE, { project: name, script: '/x.js' })
  expect(text).not.toContain(name)
  expect(text).not.toMatch(/<script(?! src="\/x\.js" defer><\/script>)| on\w+=| style=/)
  expect(text).toContain('href="/a&quot;b"')
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toStartWith("default-src 'none'; style-src 'sha256-")
  expect(policy).not.toMatch(/unsafe|http|\*/)
})
