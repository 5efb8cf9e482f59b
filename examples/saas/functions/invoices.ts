import { defineFunction } from '@koyalite/functions'

const AT_ONCE = 100

/**
 * An invoice for each payment of a team. Owners call it, and get the job that does it: the same function, run by the queue. That pushes a job for each payment, and says
 * how far it is. Where it runs again, it pushes none that still waits: each has its payment as key.
 */
export default defineFunction({
  config: { access: 'auth.id != null', queue: { timeout: '10m', result: true }, queues: ['invoices', 'invoice'] },
  input: { team_id: { type: 'uuid' } },
  async handler({ team_id }, ctx) {
    const payments = ctx.db.payments.filter({ team_id })
    if (ctx.job === null) {
      const { id } = await ctx.db.teams.get(team_id)
      return ctx.queue.push('invoices', { team_id: id }, { key: id })
    }
    const total = await payments.count()
    let count = 0
    for (let last = ''; ; ) {
      const page = await payments
        .filter({ id: { $gt: last } })
        .sort('id')
        .limit(AT_ONCE)
        .get()
      if (page.length === 0) return { payments: count }
      await ctx.queue.pushMany(
        'invoice',
        page.map(({ id }) => ({ payload: { payment_id: id }, key: id, group: team_id })),
      )
      count += page.length
      last = page.at(-1)?.id ?? ''
      await ctx.job.progress(count / total)
    }
  },
})
