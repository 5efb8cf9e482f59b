import { describe, test } from 'bun:test'
import { MAIL_BEHAVIOURS } from '@koyalite/functions/protocol-testing'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

const KINDS = [
  { kind: 'def', def: 'def', wait: '' },
  { kind: 'async def', def: 'async def', wait: 'await ' },
] as const

describe.skipIf(PYTHON === null).each(KINDS)('emails of a function that is `$kind`', ({ def, wait }) => {
  const source = `
from koyalite_functions import Attachment, KoyaError, function

@function(concurrency=20)
${def} f(ctx, data):
    ${def} send(mail):
        return ${wait}mail.send("ann@example.com", "Hello", text="Hi")

    ${def} sends(tx):
        ${wait}tx.posts.create(title="a")
        return ${wait}send(tx.mail)

    ${def} rolls_back(tx):
        ${wait}send(tx.mail)
        raise KoyaError("NO", "no")

    ${def} others(tx):
        try:
            ${wait}send(ctx.mail)
            return "allowed"
        except KoyaError as error:
            return error.code

    what = data["do"]
    if what == "send":
        return ${wait}send(ctx.mail)
    if what == "everything":
        return ${wait}ctx.mail.send(
            ["ann@example.com", "bob@example.com"], "Hello", html="<p>Hi</p>",
            cc=["cy@example.com"], bcc=["di@example.com"], reply_to="help@example.com",
            headers={"X-Campaign": "spring"}, key="hello-1", delivery="at_most_once",
        )
    if what == "file":
        files = [Attachment("a.csv", b"a,b", "text/csv")]
        return ${wait}ctx.mail.send("ann@example.com", "Hello", text="Hi", attachments=files)
    if what == "template":
        props = {"name": "Ann", "count": 2}
        return ${wait}ctx.mail.send("ann@example.com", template="welcome", props=props, locale="fr-CA")
    work = {"in a transaction": sends, "rolled back": rolls_back, "open": others}[what]
    return ${wait}ctx.db.transaction(work)
`
  for (const { name, run } of MAIL_BEHAVIOURS) test(name, async () => run(await start(source)))
})
