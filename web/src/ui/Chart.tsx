import { lazy, Suspense, useState, type ReactNode } from 'react'
import { ChartColumn, Table2 } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from './Button.tsx'
import { Skeleton } from './parts.tsx'

const Plot = lazy(() => import('./Plot.tsx'))

export type Series = {
  key: string
  label: string
  values: number[]
  /** What a value is called, exactly: the drawing rounds, the words do not. */
  told: (index: number) => string
  as: 'bars' | 'line'
  tone: 'accent' | 'info' | 'warn' | 'bad'
}

/** Figures over time as a drawing, and the same figures as a table for whoever reads better than sees. */
export function Chart({ title, labels, series, axis, heading }: {
  title: string
  /** What each place on the horizontal axis is called. */
  labels: string[]
  series: Series[]
  /** How the vertical axis tells its values. */
  axis: (value: number) => string
  heading?: ReactNode
}) {
  const { t } = useWords()
  const [table, setTable] = useState(false)
  return (
    <figure>
      <figcaption className="mb-3 flex flex-wrap items-center justify-between gap-2">
        {heading ?? <span className="font-medium">{title}</span>}
        <Button size="sm" kind="quiet" aria-pressed={table} icon={table ? <ChartColumn className="size-4" aria-hidden /> : <Table2 className="size-4" aria-hidden />} onClick={() => setTable(!table)}>
          {t(table ? 'chart.asChart' : 'chart.asTable')}
        </Button>
      </figcaption>
      {table ? <Figures title={title} labels={labels} series={series} /> : (
        <>
          <Suspense fallback={<Skeleton className="h-64" />}>
            <Plot labels={labels} series={series} axis={axis} />
          </Suspense>
          <p className="sr-only">{t('chart.hasTable', { title })}</p>
        </>
      )}
    </figure>
  )
}

function Figures({ title, labels, series }: { title: string; labels: string[]; series: Series[] }) {
  const { t } = useWords()
  return (
    <div className="h-72 overflow-y-auto rounded-md border border-line" tabIndex={0} role="region" aria-label={title}>
      <table className="w-full text-sm">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-sunken text-xs">
          <tr>
            <th scope="col" className="px-3 py-2 text-left font-medium">{t('chart.day')}</th>
            {series.map((one) => <th key={one.key} scope="col" className="px-3 py-2 text-right font-medium">{one.label}</th>)}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, index) => (
            <tr key={label} className="border-t border-line">
              <th scope="row" className="px-3 py-1.5 text-left font-normal">{label}</th>
              {series.map((one) => <td key={one.key} className="px-3 py-1.5 text-right tabular-nums">{one.told(index)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
