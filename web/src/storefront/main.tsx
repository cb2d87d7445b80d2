import { startTransition, StrictMode, useMemo, useRef } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import '@/ui/theme.css'
import { LanguageProvider, startLanguage, type Language } from '@/lib/i18n.tsx'
import { knownAnswers } from '@/lib/first.ts'
import { useSigned } from '@/lib/session.ts'
import { startTheme } from '@/lib/theme.ts'
import { App } from './App.tsx'
import { HomeDocument } from './home/Goods.tsx'
import { ProductDocument } from './product/Product.tsx'
import { clientOfNow, place, session } from './shop.ts'
import { SiteDocument } from './site.tsx'

startTheme()

const load = (language: Language) =>
  language === 'en' ? import('virtual:messages/storefront/en') : import('virtual:messages/storefront/zh-CN')

const first = clientOfNow(knownAnswers({ Site: SiteDocument, StorefrontHome: HomeDocument, StorefrontProduct: ProductDocument }))

/** The pages, with a client of their own for each who signs in. */
function Shop() {
  const token = useSigned(session)?.token ?? null
  const began = useRef(token)
  const client = useMemo(() => {
    if (token === began.current) return first
    began.current = ''
    return clientOfNow()
  }, [token])
  return (
    <Provider value={client}>
      <App place={place} />
    </Provider>
  )
}

const language = await startLanguage(load)
const root = document.getElementById('root')
if (root) {
  const shop = (
    <StrictMode>
      <LanguageProvider first={language} load={load}>
        <Shop />
      </LanguageProvider>
    </StrictMode>
  )
  // In slices: what the server has drawn stands meanwhile, and a slow phone scrolls it.
  startTransition(() => createRoot(root).render(shop))
}
