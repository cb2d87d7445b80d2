import { useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useQuery } from 'urql'
import { Languages, LogOut, Menu } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select } from '@/ui/Field.tsx'
import { cx } from '@/ui/classes.ts'
import { signOut, tenantInView, viewTenant } from './desk.ts'
import type { Place } from './places.ts'
import { useViewer } from './viewer.tsx'

const TenantsDocument = graphql(`
  query ConsoleTenants { tenants { id handle name kind depth status } }
`)

const groups = ['trade', 'care', 'money', 'people'] as const

/** What is around every page: which tenant is looked at, the menu of what the viewer may see, who is signed in. */
export function Frame({ places, children }: { places: Place[]; children: ReactNode }) {
  const { t, language, choose } = useWords()
  const { user, tenant } = useViewer()
  const [open, setOpen] = useState(false)
  const [path] = useLocation()
  const [{ data }] = useQuery({ query: TenantsDocument })
  const tenants = (data?.tenants ?? []).filter((one) => one.status === 'ACTIVE' || one.id === tenant.id)
  const entry = (place: Place) => {
    const here = place.path === '/' ? path === '/' : path.startsWith(place.path.replace(/\/:.*/, ''))
    return (
      <li key={place.path}>
        <Link href={place.path} onClick={() => setOpen(false)} aria-current={here ? 'page' : undefined}
          className={cx('flex min-h-10 items-center rounded-md px-3 text-sm', here ? 'bg-accent-soft font-medium text-accent-ink' : 'hover:bg-sunken')}>
          {t(place.name ?? '')}
        </Link>
      </li>
    )
  }
  const named = places.filter((place) => place.name)
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_1fr]">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">{t('frame.skip')}</a>
      <aside className={cx('border-line bg-surface max-lg:border-b lg:sticky lg:top-0 lg:h-dvh lg:overflow-y-auto lg:border-r')}>
        <div className="flex items-center gap-2 px-4 py-2 lg:py-4">
          <p className="mr-auto min-w-0 truncate text-lg font-semibold">{tenant.name}</p>
          <Button size="sm" kind="quiet" className="lg:hidden" aria-expanded={open} aria-controls="menu" icon={<Menu className="size-5" aria-hidden />} onClick={() => setOpen(!open)}>{t('frame.menu')}</Button>
        </div>
        <div id="menu" className={cx('px-3 pb-4', !open && 'max-lg:hidden')}>
          {tenants.length > 1 && (
            <div className="mb-3">
              <Select label={t('frame.tenant')} value={tenantInView() ?? ''} onChange={(event) => viewTenant(event.target.value)}>
                {tenants.map((one) => (
                  <option key={one.id} value={one.handle}>{`${'\u00a0\u00a0'.repeat(one.depth)}${one.name}`}</option>
                ))}
              </Select>
            </div>
          )}
          <nav aria-label={t('frame.places')}>
            <ul className="flex flex-col gap-0.5">{named.filter((place) => !place.group).map(entry)}</ul>
            {groups.map((group) => {
              const of = named.filter((place) => place.group === group)
              return of.length > 0 && (
                <div key={group} className="mt-4">
                  <p className="px-3 pb-1 text-xs font-medium text-muted">{t(`place.group.${group}`)}</p>
                  <ul className="flex flex-col gap-0.5">{of.map(entry)}</ul>
                </div>
              )
            })}
          </nav>
          <div className="mt-6 flex flex-col gap-1 border-t border-line pt-3 text-sm">
            <p className="truncate px-3 text-muted">{user.displayName}</p>
            <Button kind="quiet" size="sm" className="justify-start" lang={language === 'en' ? 'zh-CN' : 'en'} icon={<Languages className="size-4" aria-hidden />} onClick={() => choose(language === 'en' ? 'zh-CN' : 'en')}>
              {language === 'en' ? '中文' : 'English'}
            </Button>
            <Button kind="quiet" size="sm" className="justify-start" icon={<LogOut className="size-4" aria-hidden />} onClick={signOut}>{t('frame.signOut')}</Button>
          </div>
        </div>
      </aside>
      <main id="main" tabIndex={-1} className="min-w-0 px-4 py-6 outline-none sm:px-6 lg:px-8"><div className="mx-auto max-w-6xl">{children}</div></main>
    </div>
  )
}
