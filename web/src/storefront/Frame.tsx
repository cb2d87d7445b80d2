import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useQuery } from 'urql'
import { Languages, ReceiptText, Settings, Wallet } from 'lucide-react'
import { graphql } from '@/gql'
import { useSigned } from '@/lib/session.ts'
import { useWords } from '@/lib/i18n.tsx'
import { session } from './shop.ts'

const SiteDocument = graphql(`
  query Site {
    storefront { id handle name }
  }
`)

/** What is around every page: the site's name, where a signed-in buyer can go, the language. */
export function Frame({ children }: { children: ReactNode }) {
  const { t, language, choose } = useWords()
  const signed = useSigned(session)
  const [{ data }] = useQuery({ query: SiteDocument })
  const name = data?.storefront.name ?? document.title
  const place = 'inline-flex min-h-11 items-center gap-2 rounded-md px-2.5 text-sm hover:bg-sunken'
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">{t('frame.skip')}</a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-5xl items-center gap-1 px-4 py-1.5">
          <Link href="/" className="mr-auto min-w-0 truncate py-2 text-lg font-semibold">{name}</Link>
          <nav aria-label={t('frame.account')} className="flex items-center">
            {signed ? (
              <>
                <Link href="/orders" className={place}><ReceiptText className="size-5" aria-hidden /><span className="sr-only sm:not-sr-only">{t('frame.orders')}</span></Link>
                <Link href="/wallet" className={place}><Wallet className="size-5" aria-hidden /><span className="sr-only sm:not-sr-only">{t('frame.wallet')}</span></Link>
                <Link href="/settings" className={place}><Settings className="size-5" aria-hidden /><span className="sr-only sm:not-sr-only">{t('frame.settings')}</span></Link>
              </>
            ) : (
              <Link href="/sign-in" className={place}>{t('frame.signIn')}</Link>
            )}
            <button type="button" className={place} lang={language === 'en' ? 'zh-CN' : 'en'} onClick={() => choose(language === 'en' ? 'zh-CN' : 'en')}>
              <Languages className="size-5" aria-hidden /><span>{language === 'en' ? '中文' : 'English'}</span>
            </button>
          </nav>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-5xl flex-1 px-4 py-6 outline-none">{children}</main>
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-5xl flex-wrap gap-x-6 gap-y-1 px-4 py-5 text-sm text-muted">
          <span>{name}</span>
          <Link href="/verify" className="underline underline-offset-4">{t('frame.verify')}</Link>
        </div>
      </footer>
    </div>
  )
}
