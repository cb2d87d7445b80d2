import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Series } from './Chart.tsx'
import { cx } from './classes.ts'

const height = 240
const swatch: Record<Series['tone'], string> = { accent: 'bg-accent', info: 'bg-info', warn: 'bg-warn', bad: 'bg-bad' }

type Props = { labels: string[]; series: Series[]; axis: (value: number) => string }

/** The drawing itself. Loaded only where there is one. */
export default function Plot({ labels, series, axis }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<number | null>(null)
  const [theme, setTheme] = useState(0)
  useThemeChange(() => setTheme((count) => count + 1))
  const said = useRef({ labels, axis })
  said.current = { labels, axis }
  const shape = JSON.stringify(series.map(({ key, as, tone }) => [key, as, tone]))
  const data = JSON.stringify(series.map(({ values }) => values))

  useEffect(() => {
    const holder = element.current
    if (!holder) return
    const options = optionsOf(series, said, holder, (index) => setAt(index))
    const plot = new uPlot(options, [labels.map((_, index) => index), ...series.map((one) => one.values)] as uPlot.AlignedData, holder)
    const watch = new ResizeObserver(() => holder.clientWidth > 0 && plot.setSize({ width: holder.clientWidth, height }))
    watch.observe(holder)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
    // Drawn anew when its figures, its kinds of line or the theme change; words are read when they are needed.
  }, [shape, data, theme, labels.length])

  const shown = at ?? labels.length - 1
  return (
    <div>
      <div ref={element} aria-hidden className="h-60 w-full" />
      <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-sm" aria-hidden>
        <li className="text-muted">{labels[shown]}</li>
        {series.map((one) => (
          <li key={one.key} className="flex items-center gap-2">
            <span className={cx('inline-block w-3', one.as === 'bars' ? 'h-3 rounded-sm' : 'h-0.5', swatch[one.tone])} />
            {one.label} <span className="font-medium tabular-nums">{labels.length > 0 ? one.told(shown) : ''}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function optionsOf(series: Series[], said: { current: { labels: string[]; axis: (value: number) => string } }, holder: HTMLElement, onMove: (index: number | null) => void): uPlot.Options {
  // A canvas wants the colour that a role has now, which only something that is painted in it tells.
  const colour = (name: string) => {
    holder.style.color = `var(--${name})`
    const now = getComputedStyle(holder).color
    holder.style.color = ''
    return now
  }
  const [muted, line] = [colour('muted'), colour('line')]
  const font = '12px system-ui, sans-serif'
  const bars = uPlot.paths.bars?.({ size: [0.66, 28], radius: 0.15 })
  return {
    width: holder.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: (_plot, _min, max) => [-0.6, Math.max(max ?? 0, 0) + 0.6] },
      y: { range: (_plot, min, max) => [Math.min(0, min ?? 0), (max ?? 0) > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        stroke: muted, font, size: 30, grid: { show: false }, ticks: { show: false }, space: 64, incrs: [1, 2, 5, 7, 10, 14, 30],
        values: (_plot, splits) => splits.map((split) => (Number.isInteger(split) ? said.current.labels[split] ?? '' : '')),
      },
      {
        stroke: muted, font, size: 56, grid: { stroke: line, width: 1 }, ticks: { show: false }, space: 44,
        values: (_plot, splits) => splits.map((split) => said.current.axis(split)),
      },
    ],
    series: [
      {},
      ...series.map((one): uPlot.Series => ({
        label: one.label,
        stroke: colour(one.tone),
        ...(one.as === 'bars'
          ? { fill: colour(one.tone), width: 0, paths: bars, points: { show: false } }
          : { width: 2, points: { show: false } }),
      })),
    ],
    hooks: { setCursor: [(plot) => onMove(plot.cursor.idx ?? null)] },
  }
}

/** A theme is chosen by the system, or by the page. */
function useThemeChange(changed: () => void): void {
  const last = useRef(changed)
  last.current = changed
  useEffect(() => {
    const tell = () => last.current()
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const chosen = new MutationObserver(tell)
    dark.addEventListener('change', tell)
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      dark.removeEventListener('change', tell)
      chosen.disconnect()
    }
  }, [])
}
