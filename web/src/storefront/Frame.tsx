import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useQuery } from 'urql'
import { Languages, ReceiptText, Settings, ShieldQuestion, Store, UserRound, Wallet } from 'lucide-react'
import { Announcer, OwnerContext } from '@/lib/arrival.tsx'
import { useSigned } from '@/lib/session.ts'
import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'
import { EmptyState } from '@/ui/parts.tsx'
import { Page } from './page.tsx'
import { session } from './shop.ts'
import { SiteContext, SiteDocument } from './site.tsx'

/** What is around every page: the site's name, where a signed-in buyer can go, the language. */
export function Frame({ children }: { children: ReactNode }) {
  const { t, language, choose } = useWords()
  const signed = useSigned(session)
  const [path] = useLocation()
  const [{ data, error }] = useQuery({ query: SiteDocument })
  const site = data?.storefront ?? null
  const closed = !site && error?.graphQLErrors.some((one) => ['TENANT_REQUIRED', 'FORBIDDEN'].includes(String(one.extensions.code)))
  const name = site?.name ?? (closed ? t('frame.closed') : document.title)
  const look = 'inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-md px-2 text-sm whitespace-nowrap hover:bg-sunken'
  const entry = (href: string, icon: ReactNode, said: string) => {
    const here = path === href || path.startsWith(`${href}/`)
    return (
      <Link href={href} aria-current={here ? 'page' : undefined} className={cx(look, here && 'bg-accent-soft text-accent-ink')}>
        {icon}<span className="sr-only sm:not-sr-only">{said}</span>
      </Link>
    )
  }
  const icon = { className: 'size-5 shrink-0', 'aria-hidden': true }
  return (
    <SiteContext value={site}><OwnerContext value={site?.name ?? null}>
      <div className="flex min-h-dvh flex-col">
        <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">{t('frame.skip')}</a>
        <header className="border-b border-line bg-surface">
          <div className="mx-auto flex max-w-5xl items-center gap-1 px-4 py-1.5">
            <Link href="/" className="mr-auto min-w-0 truncate py-2 text-lg font-semibold">{name}</Link>
            <nav aria-label={t('frame.account')} className="flex shrink-0 items-center">
              {signed ? (
                <>
                  {entry('/orders', <ReceiptText {...icon} />, t('frame.orders'))}
                  {entry('/wallet', <Wallet {...icon} />, t('frame.wallet'))}
                  {entry('/settings', <Settings {...icon} />, t('frame.settings'))}
                </>
              ) : (
                <Link href="/sign-in" className={look}><UserRound {...icon} /><span>{t('frame.signIn')}</span></Link>
              )}
              <button type="button" className={look} lang={language === 'en' ? 'zh-CN' : 'en'} onClick={() => choose(language === 'en' ? 'zh-CN' : 'en')}>
                <Languages {...icon} /><span className="sr-only sm:not-sr-only">{language === 'en' ? '中文' : 'English'}</span>
              </button>
            </nav>
          </div>
        </header>
        {site && site.status !== 'ACTIVE' && <p role="status" className="bg-warn-soft px-4 py-2.5 text-center text-sm text-warn">{t('frame.suspended')}</p>}
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-5xl flex-1 px-4 py-6 outline-none">
          {closed ? <Page title={t('frame.closed')} hidden><EmptyState icon={<Store />} title={t('frame.closed')}>{t('frame.closed.why')}</EmptyState></Page> : children}
        </main>
        <footer className="border-t border-line">
          <div className="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-5 text-sm text-muted">
            <span>{name}</span>
            <Link href="/verify" className="inline-flex min-h-6 items-center gap-1.5 underline underline-offset-4"><ShieldQuestion className="size-4" aria-hidden />{t('frame.verify')}</Link>
          </div>
        </footer>
        <Announcer />
      </div>
    </OwnerContext></SiteContext>
  )
}
