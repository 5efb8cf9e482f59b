import { defineFunction } from '@koyalite/functions'

const DAY_MS = 86_400_000
const AT_ONCE = 100
const SHOWN = 10

/** Every morning: an email to the members of each team in which something has happened since the day before. */
export default defineFunction({
  config: { admin: true, schedule: { cron: '0 7 * * *', timezone: 'Europe/Berlin' }, queue: { timeout: '5m' } },
  async handler(_, ctx) {
    const { teams, activities, members, users } = ctx.admin.db
    const now = new Date()
    const since = new Date(now.getTime() - DAY_MS)
    const day = now.toISOString().slice(0, 10)
    for (let last: string | null = null; ; ) {
      const page = await teams
        .filter(last === null ? {} : { id: { $gt: last } })
        .sort('id')
        .limit(AT_ONCE)
        .get()
      for (const team of page) {
        const news = activities.filter({ team_id: team.id, at: { $gt: since } })
        const count = await news.count()
        if (count === 0) continue
        const lines = (await news.sort('-at').limit(SHOWN).get()).map(({ text }) => text)
        const props = { team: team.name, count, lines, url: 'https://example.com/teams' }
        const joined = await members.filter({ team_id: team.id }).limit(500).get()
        for (const { user_id } of joined) {
          const { email } = await users.get(user_id)
          // A job that runs again sends nobody a second one.
          if (email !== null)
            await ctx.mail.send({ to: email, template: 'daily', props, key: `${day} ${team.id} ${user_id}` })
        }
      }
      if (page.length < AT_ONCE) return
      last = page.at(-1)?.id ?? null
    }
  },
})
