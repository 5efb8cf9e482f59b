import { expect, test } from 'bun:test'
import { mailPage } from './mail-page'

const PAGE = { title: 'Title', text: 'Text', button: 'Send', endpoint: '/api/x', fields: [], done: 'Done.' }

interface Element {
  hidden: boolean
  disabled: boolean
  className: string
  textContent: string
}

/** Runs the script of the page in a browser that has no more than what it uses; resolves when a response was shown. */
async function submit(hash: string, response: Response) {
  const script = /<script>([\s\S]*)<\/script>/.exec(mailPage(PAGE))?.[1] ?? ''
  const element = (): Element => ({ hidden: false, disabled: false, className: '', textContent: '' })
  const [message, button] = [element(), element()]
  let send: (event: { preventDefault(): void }) => Promise<void> = async () => {}
  const form = {
    ...element(),
    dataset: { endpoint: PAGE.endpoint, done: PAGE.done },
    querySelector: () => button,
    addEventListener: (_name: string, listener: typeof send) => {
      send = listener
    },
  }
  const sent: unknown[] = []
  const addresses: string[] = []
  const run = new Function('document', 'location', 'history', 'fetch', 'FormData', script)
  run(
    { querySelector: () => form, getElementById: () => message },
    { hash, pathname: '/_/auth/x' },
    { replaceState: (_state: null, _title: string, address: string) => addresses.push(address) },
    async (url: string, init: { readonly body: string }) => {
      sent.push([url, JSON.parse(init.body)])
      return response
    },
    class {
      *[Symbol.iterator]() {
        yield ['password', 'secret']
      }
    },
  )
  if (!form.hidden) await send({ preventDefault() {} })
  return { form, message, sent, addresses }
}

test('the page takes the token out of the address and sends it with its fields', async () => {
  const { form, message, sent, addresses } = await submit('#token=abc', Response.json({ ok: true }))
  expect(addresses).toEqual(['/_/auth/x'])
  expect(sent).toEqual([['/api/x', { password: 'secret', token: 'abc' }]])
  expect([form.hidden, message.textContent]).toEqual([true, 'Done.'])
})

test('a refusal is shown, and can be tried again', async () => {
  const refused = Response.json({ error: { message: 'The link is invalid.' } }, { status: 400 })
  const { form, message } = await submit('#token=abc', refused)
  expect([form.hidden, message.className, message.textContent]).toEqual([false, 'wrong', 'The link is invalid.'])
})

test('without a token nothing is sent', async () => {
  const { form, message, sent } = await submit('', Response.json({}))
  expect([form.hidden, message.className, sent]).toEqual([true, 'wrong', []])
})
