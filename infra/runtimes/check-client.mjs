/** What every runtime has to do: write, read, follow a query, and let go of it. */
export async function checkClient(createKoyalite, options) {
  const metadata = { collections: { notes: { fields: { made_at: 'timestamp' } } } }
  const koya = createKoyalite(metadata, options)
  const text = `note ${Math.random()}`
  const note = await koya.notes.create({ text })
  if (!(note.made_at instanceof Date)) throw new Error('no Date')
  if ((await koya.notes.filter({ text }).count()) !== 1) throw new Error('not found')
  if ((await koya.notes.where`doc.text == ${text}`.first()).id !== note.id) throw new Error('not found by where')
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no change came')), 10_000)
    const stop = koya.notes.filter({ text: `${text}, live` }).subscribe({
      next({ docs }) {
        if (docs.length === 0) return void koya.notes.create({ text: `${text}, live` }).catch(reject)
        clearTimeout(timer)
        stop()
        resolve()
      },
      error: reject,
    })
  })
  const refused = await koya.notes.getById('00000000-0000-4000-8000-000000000000').catch((error) => error)
  if (refused.code !== 'NOT_FOUND') throw new Error(`not refused: ${refused}`)
  return 'ok'
}
