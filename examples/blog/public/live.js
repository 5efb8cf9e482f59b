/** Two lists that are kept as the server has them. Plain JavaScript, to be read: the whole protocol is in it. */
const LISTS = [
  {
    element: document.getElementById('posts'),
    payload: {
      collection: 'posts',
      filter: { published: true },
      sort: ['-published_at'],
      limit: 10,
      expand: ['category'],
      fields: ['id', 'title', 'excerpt', 'category'],
    },
    show: (post) => [post.title, [post.category?.name, post.excerpt].filter(Boolean).join(' · ')],
  },
  {
    element: document.getElementById('comments'),
    payload: {
      collection: 'comments',
      sort: ['-created_at'],
      limit: 10,
      expand: ['post'],
      fields: ['id', 'content', 'post.title'],
    },
    show: (comment) => [comment.content, comment.post ? `on ${comment.post.title}` : ''],
  },
]

let patience = 500

function connect() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/realtime`)
  /** Lists by the id that the server gave their subscription. */
  const byId = new Map()
  socket.onopen = () => {
    patience = 500
    say('live', 'Live: change something, and watch.')
    LISTS.forEach((list, id) => {
      // `since` asks for what was missed; the server may send everything instead.
      const payload = { ...list.payload, since: list.resume }
      socket.send(JSON.stringify({ id, type: 'subscribe', payload }))
    })
  }
  socket.onmessage = ({ data }) => {
    const { id, type, payload } = JSON.parse(data)
    if (type === 'subscribed') byId.set(payload.subscription_id, LISTS[id])
    if (type === 'error') say('away', `${payload.code}: ${payload.message}`)
    if (type !== 'snapshot' && type !== 'delta') return
    const list = byId.get(payload.subscription_id)
    list.docs = type === 'snapshot' ? payload.docs : applied(list.docs, payload.changes)
    list.resume = payload.resume
    draw(list, type === 'delta' ? payload.changes : null)
  }
  socket.onclose = () => {
    say('away', 'The connection is gone; trying again …')
    setTimeout(connect, patience)
    patience = Math.min(patience * 2, 10_000)
  }
}

/** A list after a delta: deletes, then inserts, then updates, each behind the document that `after` names. */
function applied(docs, { inserts, updates, deletes }) {
  let next = docs.filter((doc) => !deletes.includes(doc.id))
  const place = (doc, after) => {
    next = next.filter((other) => other.id !== doc.id)
    next.splice(after === null ? 0 : next.findIndex((other) => other.id === after) + 1, 0, doc)
  }
  for (const { doc, after } of inserts) place(doc, after)
  for (const { doc, after } of updates) {
    if (after !== undefined) place(doc, after)
    else next = next.map((other) => (other.id === doc.id ? doc : other))
  }
  return next
}

function draw({ element, docs, show }, changes) {
  const fresh = new Set(changes ? [...changes.inserts, ...changes.updates].map(({ doc }) => doc.id) : [])
  element.dataset.known = ''
  element.replaceChildren(
    ...docs.map((doc) => {
      const [title, more] = show(doc)
      const item = document.createElement('li')
      if (fresh.has(doc.id)) item.className = 'new'
      // Text, never HTML: anyone may have written it.
      item.append(title)
      if (more) item.append(Object.assign(document.createElement('small'), { textContent: more }))
      return item
    }),
  )
}

/** `live`: the lists are as the server has them. `away`: they are as they were. */
function say(state, text) {
  document.body.dataset.state = state
  document.getElementById('status').textContent = text
}

connect()
