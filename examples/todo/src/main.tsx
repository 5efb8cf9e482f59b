import { KoyaProvider } from '@koyalite/client/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { koya } from './koya'
import './styles.css'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <KoyaProvider koya={koya}>
      <App />
    </KoyaProvider>
  </StrictMode>,
)
