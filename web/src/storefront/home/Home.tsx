import { useCallback, useMemo, useState, type FormEvent } from 'react'
import { useLocation, useSearch } from 'wouter'
import { Megaphone, Search } from 'lucide-react'
import type { ListingOrder, ProductKind } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { Page } from '../page.tsx'
import { useSite } from '../site.tsx'
import { Goods, type Asked } from './Goods.tsx'

export const kinds: ProductKind[] = ['CARD', 'GIFT_CARD', 'TOP_UP', 'MEMBERSHIP', 'LICENCE', 'SERVICE']
const orders = ['TITLE', 'PRICE_ASC', 'PRICE_DESC', 'NEWEST'] as const satisfies ListingOrder[]

/** What the site sells: what it has to say, search, categories, and a page of goods after the other. What is looked at
 *  stands in the address, so that it can be sent to somebody. */
export function Home() {
  const { t } = useWords()
  const site = useSite()
  const [, go] = useLocation()
  const query = useSearch()
  const [brands, setBrands] = useState<string[]>([])
  const params = new URLSearchParams(query)
  const kind = kinds.find((one) => one === params.get('kind'))
  const order = orders.find((one) => one === params.get('sort'))
  const [search, brand, inStock] = [params.get('q') ?? '', params.get('brand') ?? '', params.get('stock') === '1']
  const show = (name: string, value: string) => {
    const next = new URLSearchParams(query)
    if (value) next.set(name, value)
    else next.delete(name)
    go(next.size ? `/?${next}` : '/')
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    show('q', String(new FormData(event.currentTarget).get('q')).trim())
  }
  const asked = useMemo<Asked>(() => {
    const where = { ...(kind && { kind }), ...(search && { search }), ...(brand && { brand }), ...(inStock && { inStock }) }
    return { ...(Object.keys(where).length > 0 && { where }), ...(order && { orderBy: order }) }
  }, [kind, search, brand, inStock, order])
  const seen = useCallback((more: string[]) => setBrands((all) => (more.every((one) => all.includes(one)) ? all : [...new Set([...all, ...more])].sort())), [])
  const choices = brand && !brands.includes(brand) ? [brand, ...brands] : brands
  const small = 'min-h-11 rounded-md border border-line-strong bg-surface px-3 text-sm'
  return (
    <Page title={t('home.title')} hidden>
      {site?.settings.announcement && (
        <p className="mb-4 flex items-start gap-3 rounded-lg bg-accent-soft px-4 py-3 whitespace-pre-line text-accent-ink">
          <Megaphone className="mt-0.5 size-5 shrink-0" aria-hidden /><span className="min-w-0">{site.settings.announcement}</span>
        </p>
      )}
      <form key={`search:${search}`} role="search" onSubmit={submit} className="mb-3 flex gap-2">
        <label className="relative flex-1">
          <span className="sr-only">{t('home.search')}</span>
          <Search className="pointer-events-none absolute top-3 left-3 size-5 text-muted" aria-hidden />
          <input type="search" name="q" defaultValue={search} maxLength={100} placeholder={t('home.search')}
            className="min-h-11 w-full rounded-md border border-line-strong bg-surface pr-3 pl-10" />
        </label>
        <Button type="submit">{t('home.find')}</Button>
      </form>
      <nav aria-label={t('home.kinds')} className="-mx-4 mb-3 flex gap-2 overflow-x-auto px-4 py-1">
        {[undefined, ...kinds].map((one) => (
          <button key={one ?? 'all'} type="button" aria-pressed={one === kind} onClick={() => show('kind', one ?? '')}
            className={cx('min-h-11 shrink-0 rounded-full border px-4 text-sm', one === kind ? 'border-accent bg-accent text-on-accent' : 'border-line-strong bg-surface hover:bg-sunken')}>
            {one ? t(`kind.${one}`) : t('home.all')}
          </button>
        ))}
      </nav>
      <div className="mb-5 flex items-center gap-2">
        <label className="min-w-0 flex-1 sm:flex-none">
          <span className="sr-only">{t('home.sort')}</span>
          <select className={cx(small, 'w-full')} value={order ?? ''} onChange={(event) => show('sort', event.target.value)}>
            <option value="">{t('home.sort.none')}</option>
            {orders.map((one) => <option key={one} value={one}>{t(`home.sort.${one}`)}</option>)}
          </select>
        </label>
        {choices.length > 0 && (
          <label className="min-w-0 flex-1 sm:flex-none">
            <span className="sr-only">{t('home.brand')}</span>
            <select className={cx(small, 'w-full sm:max-w-44')} value={brand} onChange={(event) => show('brand', event.target.value)}>
              <option value="">{t('home.brand.all')}</option>
              {choices.map((one) => <option key={one} value={one}>{one}</option>)}
            </select>
          </label>
        )}
        <label className={cx(small, 'inline-flex shrink-0 cursor-pointer items-center gap-2')}>
          <input type="checkbox" className="size-4 accent-[var(--accent)]" checked={inStock} onChange={(event) => show('stock', event.target.checked ? '1' : '')} />
          {t('home.inStock')}
        </label>
      </div>
      <Goods key={`goods:${query}`} asked={asked} onBrands={seen} />
    </Page>
  )
}
