import { useAuth, useKoya } from '@koyalite/client/react'
import { eq, useLiveQuery } from '@tanstack/react-db'
import { people, todos } from './collections'
import { Composer } from './composer'
import { Person } from './person'
import { TodoRow } from './todo-row'

export function Board() {
  const koya = useKoya()
  const { user } = useAuth()
  const { data: everybody } = useLiveQuery((q) => q.from({ person: people }).orderBy(({ person }) => person.name))
  // Two live queries of the server, joined here: a row appears with the name of its owner, whichever arrives first.
  const { data, isReady } = useLiveQuery((q) =>
    q
      .from({ todo: todos })
      .join({ owner: people }, ({ todo, owner }) => eq(todo.owner_id, owner.id), 'left')
      .orderBy(({ todo }) => todo.created_at, 'desc')
      .select(({ todo, owner }) => ({
        id: todo.id,
        title: todo.title,
        done: todo.done,
        owner_id: todo.owner_id,
        owner: owner?.name,
        isPending: todo.$hasPendingWrites,
      })),
  )
  const open = data.filter(({ done }) => !done)
  const done = data.filter((todo) => todo.done)
  return (
    <div className="board">
      <header>
        <h1>Todo</h1>
        <ul className="people" aria-label="People on this list">
          {everybody.map(({ id, name }) => (
            <li key={id} aria-current={id === user?.id || undefined}>
              <Person id={id} name={id === user?.id ? `${name} (you)` : name} />
            </li>
          ))}
        </ul>
        <button type="button" className="quiet" onClick={() => void koya.auth.logout().catch(() => undefined)}>
          Leave
        </button>
      </header>
      <Composer />
      <main aria-busy={!isReady}>
        <section aria-labelledby="open-title">
          <h2 id="open-title">
            Open <span className="count">{open.length}</span>
          </h2>
          {isReady && open.length === 0 && (
            <p className="empty">{done.length === 0 ? 'Nothing yet. Add the first one above.' : 'All done.'}</p>
          )}
          <ul className="todos" id="open">
            {open.map((todo) => (
              <TodoRow key={todo.id} todo={todo} />
            ))}
          </ul>
        </section>
        <section aria-labelledby="done-title" hidden={done.length === 0}>
          <h2 id="done-title">
            Done <span className="count">{done.length}</span>
          </h2>
          <ul className="todos" id="done">
            {done.map((todo) => (
              <TodoRow key={todo.id} todo={todo} />
            ))}
          </ul>
        </section>
      </main>
    </div>
  )
}
