import { useEffect, useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { ChevronsUpDown, Languages, LogOut, Menu, X } from 'lucide-react'
import { graphql } from '@/gql'
import { Announcer } from '@/lib/arrival.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { signOut, tenantInView, viewTenant } from './desk.ts'
import type { Place } from './places.ts'
import { useViewer } from './viewer.tsx'
import { useQuery } from './kit/query.ts'

const TenantsDocument = graphql(`
  query ConsoleTenants { viewer { tenants { id handle name kind depth status } } }
`)

const groups = ['trade', 'care', 'money', 'people'] as const

/** What is around every page: which tenant is looked at, the menu of what the viewer may see, who is signed in. */
export function Frame({ places, children }: { places: Place[]; children: ReactNode }) {
  const { t } = useWords()
  const { tenant } = useViewer()
  const [open, setOpen] = useState(false)
  const [path] = useLocation()
  // The menu is out of the way of a page that was gone to.
  useEffect(() => setOpen(false), [path])
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[16rem_minmax(0,1fr)]">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">{t('frame.skip')}</a>
      <header className={cx('z-20 border-line bg-surface max-lg:sticky max-lg:top-0 max-lg:border-b lg:sticky lg:top-0 lg:flex lg:h-dvh lg:flex-col lg:border-r', open && 'max-lg:max-h-dvh max-lg:overflow-y-auto')}>
        <div className="flex items-center gap-3 px-4 py-2 lg:py-4">
          <Initial name={tenant.name} />
          <div className="mr-auto min-w-0">
            <p className="truncate font-semibold">{tenant.name}</p>
            <p className="truncate text-xs text-muted">{t(`tenant.kind.${tenant.kind}`)}</p>
          </div>
          <button type="button" className="grid size-11 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken lg:hidden" aria-expanded={open} aria-controls="menu" aria-label={t('frame.menu')} onClick={() => setOpen(!open)}>
            {open ? <X className="size-5" aria-hidden /> : <Menu className="size-5" aria-hidden />}
          </button>
        </div>
        <div id="menu" className={cx('flex min-h-0 flex-1 flex-col px-3 pb-4 lg:overflow-y-auto', !open && 'max-lg:hidden')}>
          <Switcher />
          <Places places={places} path={path} />
          <Person />
        </div>
      </header>
      <main id="main" tabIndex={-1} className="min-w-0 px-4 py-5 outline-none sm:px-6 sm:py-7 lg:px-10"><div className="mx-auto max-w-6xl">{children}</div></main>
      <Announcer />
    </div>
  )
}

/** Stands where a shop has no picture of its own. */
function Initial({ name }: { name: string }) {
  return <span aria-hidden className="grid size-9 shrink-0 place-items-center rounded-md bg-accent text-lg font-semibold text-on-accent">{[...name][0]}</span>
}

/** Which tenant is looked at, for whoever may look at more than one. */
function Switcher() {
  const { t } = useWords()
  const { tenant } = useViewer()
  const [{ data }] = useQuery({ query: TenantsDocument })
  const reached = (data?.viewer?.tenants ?? []).filter((one) => one.status === 'ACTIVE' || one.id === tenant.id)
  // The one that is looked at is chosen, wherever the list ends.
  const tenants = reached.length === 0 || reached.some((one) => one.id === tenant.id) ? reached : [tenant, ...reached]
  if (tenants.length < 2) return null
  const least = Math.min(...tenants.map((one) => one.depth))
  return (
    <label className="relative mb-3 block">
      <span className="sr-only">{t('frame.tenant')}</span>
      <select value={tenantInView() ?? ''} onChange={(event) => viewTenant(event.target.value)}
        className="min-h-10 w-full appearance-none truncate rounded-md border border-line-strong bg-surface pr-9 pl-3 text-sm">
        {tenants.map((one) => <option key={one.id} value={one.handle}>{`${'\u2007\u2007'.repeat(one.depth - least)}${one.name}`}</option>)}
      </select>
      <ChevronsUpDown aria-hidden className="pointer-events-none absolute top-3 right-3 size-4 text-muted" />
    </label>
  )
}

function Places({ places, path }: { places: Place[]; path: string }) {
  const { t } = useWords()
  const named = places.filter((place) => place.name)
  const entry = ({ path: to, name, icon: Icon }: Place) => {
    const here = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)
    return (
      <li key={to}>
        <Link href={to} aria-current={here ? 'page' : undefined}
          className={cx('flex min-h-10 items-center gap-3 rounded-md px-3 text-sm', here ? 'bg-accent-soft font-medium text-accent-ink' : 'hover:bg-sunken')}>
          {Icon ? <Icon aria-hidden className={cx('size-4.5 shrink-0', !here && 'text-muted')} /> : <span aria-hidden className="size-4.5 shrink-0" />}
          {t(name ?? '')}
        </Link>
      </li>
    )
  }
  return (
    <nav aria-label={t('frame.places')}>
      <ul className="flex flex-col gap-0.5">{named.filter((place) => !place.group).map(entry)}</ul>
      {groups.map((group) => {
        const of = named.filter((place) => place.group === group)
        return of.length > 0 && (
          <div key={group} className="mt-4">
            <p id={`group-${group}`} className="px-3 pb-1 text-xs font-medium text-muted">{t(`place.group.${group}`)}</p>
            <ul aria-labelledby={`group-${group}`} className="flex flex-col gap-0.5">{of.map(entry)}</ul>
          </div>
        )
      })}
    </nav>
  )
}

/** Who is signed in, in which language, and the way out. */
function Person() {
  const { t, language, choose } = useWords()
  const { user } = useViewer()
  const other = language === 'en' ? 'zh-CN' : 'en'
  return (
    <div className="mt-6 flex flex-col gap-1 border-t border-line pt-3 text-sm lg:mt-auto">
      <div className="min-w-0 px-3 py-1">
        <p className="truncate font-medium">{user.displayName}</p>
        <p className="truncate text-xs text-muted">{user.email}</p>
      </div>
      <Button kind="quiet" size="sm" className="justify-start" lang={other} icon={<Languages className="size-4" aria-hidden />} onClick={() => choose(other)}>
        {t(`language.${other}`)}
      </Button>
      <Button kind="quiet" size="sm" className="justify-start" icon={<LogOut className="size-4" aria-hidden />} onClick={signOut}>{t('frame.signOut')}</Button>
    </div>
  )
}
