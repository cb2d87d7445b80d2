import { Link } from 'wouter'

const pages: Record<string, string> = { ord: '/orders', clm: '/claims', ten: '/tenants', prd: '/products', buy: '/buyers' }

/** What something was about: a link where the console has a page of it. */
export function Subject({ id }: { id: string | null }) {
  if (!id) return <span className="text-muted">—</span>
  const page = pages[id.slice(0, 3)]
  const text = <span className="font-mono text-xs whitespace-nowrap" title={id}>{id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-8)}` : id}</span>
  return page ? <Link href={`${page}/${id}`} className="text-accent-ink underline underline-offset-4">{text}</Link> : text
}
