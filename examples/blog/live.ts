import { createKoyalite } from './generated/koyalite'

const koya = createKoyalite({ url: location.origin })

/** With its lines as text, never as HTML: anyone may have written it. */
type Shown = readonly [title: string, more: string]

follow(
  'posts',
  koya.posts
    .filter({ published: true })
    .sort('-published_at')
    .limit(10)
    .expand('category')
    .fields('id', 'title', 'excerpt'),
  ({ title, excerpt, category }): Shown => [title, [category?.name, excerpt].filter(Boolean).join(' · ')],
)
follow(
  'comments',
  koya.comments.sort('-created_at').limit(10).expand('post').fields('id', 'content', 'post.title'),
  ({ content, post }): Shown => [content, post ? `on ${post.title}` : ''],
)
koya.realtime.status.subscribe(() => {
  const { status, error } = koya.realtime.status.getSnapshot()
  // `live`: the lists are as the server has them. `away`: they are as they were.
  document.body.dataset.state = status === 'live' ? 'live' : 'away'
  const words = status === 'live' ? 'Live: change something, and watch.' : 'The connection is gone; trying again …'
  element('status').textContent = status === 'closed' && error ? error.message : words
})

interface Followed<D> {
  subscribe(observer: {
    next(state: { readonly docs: readonly D[] }): void
    delta(delta: { readonly inserts: readonly D[]; readonly updates: readonly D[]; readonly reset: boolean }): void
  }): () => void
}

/** Draws a list of the page whenever it has changed; what is new in it lights up. */
function follow<D>(id: string, query: Followed<D>, show: (doc: D) => Shown): void {
  let fresh: ReadonlySet<D> = new Set()
  query.subscribe({
    delta({ inserts, updates, reset }) {
      fresh = new Set(reset ? [] : [...inserts, ...updates])
    },
    next({ docs }) {
      element(id).dataset.known = ''
      element(id).replaceChildren(...docs.map((doc) => line(show(doc), fresh.has(doc))))
    },
  })
}

function line([title, more]: Shown, isFresh: boolean): HTMLElement {
  const item = document.createElement('li')
  if (isFresh) item.className = 'new'
  item.append(title)
  if (more) item.append(Object.assign(document.createElement('small'), { textContent: more }))
  return item
}

function element(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement
}
