import { createKoyalite } from './generated/koyalite'

const koya = createKoyalite({ url: 'https://api.example.com' })
export const texts: Promise<string[]> = koya.notes.filter({ text: { $like: 'a%' } }).where`doc.made_at < ${new Date()}`
  .sort('-made_at')
  .all()
  .then((notes) => notes.map(({ text }) => text))
export const stop: () => void = koya.notes.subscribe(({ docs }) => void docs[0]?.made_at.getTime())
export const made = koya.batch((tx) => [tx.notes.create({ text: 'x' }), tx.notes.delete('y')])
export const first: Promise<string> = made.then(([note]) => note.text)
// @ts-expect-error: there is no such field
koya.notes.filter({ txt: 'a' })
// @ts-expect-error: without a text
koya.notes.create({})
// @ts-expect-error: undefined is no condition
koya.notes.filter({ text: undefined })
