import { useAuth } from '@koyalite/client/react'
import { Board } from './board'
import { ConnectionBanner } from './connection-banner'
import { JoinForm } from './join-form'
import { Notices } from './notices-list'

export function App() {
  const { status } = useAuth()
  if (status === 'loading') return null
  if (status === 'signed_out') return <JoinForm />
  return (
    <>
      <ConnectionBanner />
      <Board />
      <Notices />
    </>
  )
}
