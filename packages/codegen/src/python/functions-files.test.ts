import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasPython } from '@koyalite/testkit'
import { schemaOf, troublesomeSchema } from '../testing/troublesome-schema'
import { pythonFunctionsFiles } from './functions-files'
import { type PythonProject, pythonProject } from './testing/python-project'

// The first run on a machine installs packages.
setDefaultTimeout(300_000)

const PACKAGE = join(import.meta.dir, '../../../functions-python/koyalite_functions')
const projects: PythonProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

const sources = Object.fromEntries(
  [...new Bun.Glob('**/*.py').scanSync(PACKAGE)]
    .filter((path) => !path.startsWith('host/'))
    .map((path) => [path, readFileSync(join(PACKAGE, path), 'utf8')]),
)

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
      state: { type: string, enum: [draft, live], default: draft }
      views: { type: int, default: 0 }
      day: { type: date, nullable: true }
      at: { type: timestamp }
      class: { type: string, nullable: true }
  queue:
    fields:
      id: { type: uuid, primary: true, default: auto }
  mail:
    fields:
      id: { type: uuid, primary: true, default: auto }
`

/** Each line is right, or is marked as an error: one that is not there is an error too. */
const PROGRAM = `from datetime import date, datetime, timezone
from typing import assert_type

from koyalite_functions import AsyncCtx, Ctx, PushedJob, Retry, Transaction, function
from koyalite_functions._schema_types import Post, Queue


@function(access="true")
def publish(ctx: Ctx, data: dict[str, str]) -> str:
    post = ctx.db.posts.create(title="x", day=date(2026, 1, 2), at=datetime.now(timezone.utc))
    assert_type(post, Post)
    assert_type(post.title, str)
    assert_type(post.day, str | None)
    assert_type(post.at, datetime)
    ctx.db.posts.update(post.id, {"class": "x"}, views={"$inc": 1}, if_match=post)
    assert_type(ctx.db.posts.filter(title={"$like": "a%"}, state="live").sort("title").list(), list[Post])
    assert_type(ctx.admin.db.posts.first(), Post | None)
    ctx.db.posts.create(titel="x")  # type: ignore[call-arg]
    ctx.db.posts.create(title=3)  # type: ignore[arg-type]
    ctx.db.posts.filter(state="done")  # type: ignore[arg-type]
    ctx.db.pots  # type: ignore[attr-defined]

    assert_type(ctx.db.queue.list(), list[Queue])
    ctx.queue.push("publish", data, delay=3)  # type: ignore[arg-type]
    ctx.mail.send("ann@example.com", "Hello", text="Hi", delivery="twice")  # type: ignore[arg-type]
    if ctx.job is not None and ctx.job.attempt > 3:
        raise Retry(after="10m")

    def work(tx: Transaction) -> int:
        assert_type(tx.queue.push("publish", data, key="a"), PushedJob)
        assert_type(tx.mail.send(["ann@example.com"], template="welcome", props={"name": "Ann"}), str)
        return tx.posts.update(post.id, views=1).views

    assert_type(ctx.db.transaction(work), int)
    return post.title


async def later(ctx: AsyncCtx) -> None:
    assert_type(await ctx.db.posts.get("x"), Post)
    assert_type(await ctx.queue.push_many("publish", [{"title": "x"}]), list[PushedJob])
    assert_type([post.title async for post in ctx.db.posts.filter(title="x")], list[str])
`

describe.skipIf(!hasPython)('types of a project for functions in Python', () => {
  test('what a program may and may not do', () => {
    const files = new Map(pythonFunctionsFiles(schemaOf(SCHEMA), sources))
    const project = pythonProject(files.set('python/program.py', PROGRAM))
    projects.push(project)
    expect(project.mypy()).toBe('')
  })

  test('a schema made for trouble', () => {
    const project = pythonProject(new Map(pythonFunctionsFiles(troublesomeSchema(), sources)))
    projects.push(project)
    expect(project.mypy()).toBe('')
  })
})
