import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import '@/ui/theme.css'
import { LanguageProvider, startLanguage, type Language } from '@/lib/i18n.tsx'
import { startTheme } from '@/lib/theme.ts'
import { App } from './App.tsx'
import { useDesk } from './desk.ts'

startTheme()

const load = (language: Language) =>
  language === 'en' ? import('virtual:messages/console/en') : import('virtual:messages/console/zh-CN')

/** The console, begun anew for each who signs in. */
function Console() {
  const { token, client } = useDesk()
  return (
    <Provider key={token} value={client}>
      <App />
    </Provider>
  )
}

const language = await startLanguage(load)
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider first={language} load={load}>
        <Console />
      </LanguageProvider>
    </StrictMode>,
  )
}
