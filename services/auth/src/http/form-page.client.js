// Sends the forms of these pages to the API. Opening a page does nothing: programs that scan emails open links too. The
// secret of a link stands behind the `#`, where no server and no log sees it; it leaves the address bar at once.
const first = document.getElementById('first')
const second = document.getElementById('second')
const done = document.getElementById('done')
const message = document.getElementById('message')
const token = new URLSearchParams(location.hash.slice(1)).get('token')
history.replaceState(null, '', location.pathname)

/** Of the first step, where there is a second one. */
let mfaToken = null

if (first.dataset.needs === 'link' && token === null) {
  first.hidden = true
  refuse('This link is incomplete. Open the full link from the email or the terminal.')
}
first.addEventListener('submit', (event) => {
  event.preventDefault()
  const fields = Object.fromEntries(new FormData(first))
  void submit(first, token === null ? fields : { ...fields, token })
})
second?.addEventListener('submit', (event) => {
  event.preventDefault()
  const code = new FormData(second).get('code').replaceAll(/\s/g, '')
  const factor = /^\d{6}$/.test(code) ? { code } : { recovery_code: code }
  void submit(second, { mfa_token: mfaToken, ...factor })
})

async function submit(form, body) {
  const button = form.querySelector('button')
  button.disabled = true
  refuse('')
  try {
    const response = await fetch(form.dataset.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const result = await response.json().catch(() => null)
    if (!response.ok) refuse(result?.error?.message ?? 'Something went wrong. Try again.')
    else if (result?.mfa_required === true && second !== null) askSecond(result.mfa_token)
    else finish()
  } catch {
    refuse('The server cannot be reached. Try again.')
  }
  button.disabled = false
}

/** Messages about a field begin with its name. */
function refuse(text) {
  message.textContent = text.charAt(0).toUpperCase() + text.slice(1)
}

function askSecond(given) {
  mfaToken = given
  first.hidden = true
  second.hidden = false
  second.querySelector('input').focus()
}

function finish() {
  for (const id of ['title', 'first', 'second', 'note']) {
    const part = document.getElementById(id)
    if (part !== null) part.hidden = true
  }
  done.hidden = false
  done.focus()
  const next = document.getElementById('next')
  if (next !== null) location.replace(next.href)
}
