import { defineFunction, KoyaError } from '@koyalite/functions'

/** All three writes are stored and the email is sent, or none is; and the seats that were counted are still free when they are. */
export default defineFunction({
  config: { access: 'auth.id != null' },
  input: { invite_id: { type: 'uuid' } },
  output: { team: { type: 'string' }, free_seats: { type: 'int' } },
  async handler({ invite_id }, ctx) {
    return ctx.db.transaction(async (tx) => {
      // Somebody else's is not found: the rules of the schema hold here as well.
      const invite = await tx.invites.get(invite_id)
      if (invite.accepted_at !== null)
        throw new KoyaError('ACCEPTED', 'This invitation was accepted before.', { status: 409 })
      const team = await tx.teams.get(invite.team_id)
      const members = await tx.members.list({ filter: { team_id: team.id }, limit: 500 })
      if (members.length >= team.seats) {
        throw new KoyaError('NO_SEATS', `${team.name} has no free seat.`, {
          status: 409,
          details: { seats: team.seats },
        })
      }
      await tx.members.create({ team_id: team.id })
      await tx.activities.create({ team_id: team.id, text: 'joined' })
      // The last one: until then, the rules know the caller by the invitation.
      await tx.invites.update(invite.id, { accepted_at: new Date() })
      const free_seats = team.seats - members.length - 1
      if (ctx.user?.email) {
        const props = { team: team.name, seats: free_seats, url: 'https://example.com/teams' }
        await tx.mail.send({ to: ctx.user.email, template: 'welcome', props })
      }
      return { team: team.name, free_seats }
    })
  },
})
