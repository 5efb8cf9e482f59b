import { defineFunction } from '@koyalite/functions'

/** One invoice, as a job of the owner. It is stored together with the end of the job: once, whatever happens. */
export default defineFunction({
  config: { queue: { group_concurrency: 5, retry: { max_attempts: 5 } } },
  input: { payment_id: { type: 'string' } },
  async handler({ payment_id }, ctx) {
    await ctx.db.transaction(
      async (tx) => {
        const { team_id, cents } = await tx.payments.get(payment_id)
        await tx.invoices.upsert(payment_id, { team_id, text: `${(cents / 100).toFixed(2)} for a month of the team` })
      },
      { completes: true },
    )
  },
})
