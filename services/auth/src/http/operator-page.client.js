// The page of a signed-in operator. The CSRF token is in memory only: it comes with the session.
const main = document.querySelector('main')
const byId = (id) => document.getElementById(id)
let csrf = ''

void begin()

async function begin() {
  const { status, body } = await send('POST', '/api/admin/session')
  if (status === 401) return location.replace(main.dataset.signIn)
  // Without TLS, browsers say only under http://localhost which page sends a request.
  if (status === 403) return report({ error: { message: main.dataset.insecure } })
  if (status !== 200) return report(body)
  const { operator, csrf_token } = body
  csrf = csrf_token
  byId('email').textContent = operator.email
  byId('role').textContent = operator.role
  byId('create-key').hidden = !operator.permissions.includes('keys:write')
  byId('who').hidden = byId('steps').hidden = false
}

onClick('create-key', async () => {
  const { status, body } = await send('POST', '/api/admin/keys', { name: 'first key', scopes: [{ scope: 'admin' }] })
  if (status !== 201) return report(body)
  byId('create-key').hidden = true
  byId('key-text').textContent = `KEY=${body.key}`
  byId('key').hidden = false
})

onClick('check', async () => {
  const { status, body } = await send('GET', '/api/admin/doctor')
  if (status !== 200) return report(body)
  const found = body.findings.filter(({ level }) => level !== 'ok')
  if (found.length === 0) found.push({ level: 'ok', check: 'Nothing to do', message: 'all checks passed' })
  byId('findings').replaceChildren(...found.map(findingItem))
})

onClick('sign-out', async () => {
  const { status, body } = await send('DELETE', '/api/admin/session')
  if (status !== 204) return report(body)
  location.replace(main.dataset.signIn)
})

function findingItem({ level, check, message, advice = '' }) {
  const item = document.createElement('li')
  item.className = level
  item.append(element('strong', sentence(check)), element('span', sentence(message)), element('span', advice))
  return item
}

function element(tag, text) {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function onClick(id, action) {
  const button = byId(id)
  button.addEventListener('click', async () => {
    button.disabled = true
    byId('message').textContent = ''
    await action()
    button.disabled = false
  })
}

async function send(method, path, json) {
  const headers = { 'x-csrf-token': csrf, ...(json === undefined ? {} : { 'content-type': 'application/json' }) }
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  try {
    const response = await fetch(path, { method, headers, ...body })
    return { status: response.status, body: await response.json().catch(() => null) }
  } catch {
    return { status: 0, body: { error: { message: 'The server cannot be reached. Try again.' } } }
  }
}

function report(body) {
  byId('message').textContent = body?.error?.message ?? 'Something went wrong. Try again.'
}
