import './component-styles.css'
import '@mantine/notifications/styles.css'
import './style.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startTexts } from './texts/start-texts.ts'

// A part of this page could not be loaded. Where the program answers, it was updated meanwhile and has a newer page; where it does not, the
// router says so, and nothing that stands on the page is lost.
window.addEventListener('vite:preloadError', () => {
  void fetch(import.meta.env.BASE_URL).then(
    ({ ok }) => ok && location.reload(),
    () => undefined,
  )
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
await startTexts()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
